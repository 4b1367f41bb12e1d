"""The two-step regressor: manners of an estimator, and no leak."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import cross_val_predict
from sklearn.utils.estimator_checks import check_estimator

from edex.errors import InputError
from edex.melting.clustered import ClusterRegressor, RandomClusters


def make_two_families(n=60, seed=0):
    """Two families on a line, each with a law of its own: y = 3x, and y = 100 - x."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.uniform(0, 1, n), rng.uniform(10, 11, n)])
    y = np.where(x < 5, 3 * x, 100 - x)
    return pd.DataFrame({"x": x, "noise": rng.normal(size=2 * n)}), y


@pytest.mark.parametrize(
    "clusterer",
    [KMeans(2, random_state=0), GaussianMixture(2, random_state=0), AgglomerativeClustering(2)],
)
def test_two_laws_are_found_where_one_line_cannot_follow(clusterer):
    X, y = make_two_families()
    model = ClusterRegressor(clusterer, LinearRegression(), clustering_features=["x"])
    predicted = model.fit(X, y).predict(X)
    assert np.abs(predicted - y).max() < 1e-9
    assert np.abs(LinearRegression().fit(X, y).predict(X) - y).max() > 1.0


@pytest.mark.parametrize(
    "clusterer",
    [KMeans(2, n_init=2, random_state=0), GaussianMixture(2, random_state=0)],
)
def test_scikit_learns_own_checks_pass(clusterer):
    model = ClusterRegressor(clusterer, Ridge(), min_cluster_size=5)
    checks = check_estimator(model, on_skip=None, on_fail=None)
    failed = {c["check_name"]: c["exception"] for c in checks if c["status"] == "failed"}
    assert not failed
    assert sum(check["status"] == "passed" for check in checks) > 30


def test_held_out_targets_do_not_reach_the_predictions():
    X, y = make_two_families()
    model = ClusterRegressor(KMeans(2, random_state=0), Ridge(), clustering_features=["x"])
    train, test = np.arange(0, 100), np.arange(100, 120)
    honest = clone(model).fit(X.iloc[train], y[train]).predict(X.iloc[test])
    folds = [(train, test), (test, train)]
    poisoned = y.copy()
    poisoned[test] = 1e9
    found = cross_val_predict(clone(model), X, poisoned, cv=folds)[test]
    np.testing.assert_array_equal(found, honest)


def test_clusters_and_scaling_come_from_the_training_rows_alone():
    X, y = make_two_families()
    model = ClusterRegressor(KMeans(2, random_state=0), Ridge(), min_cluster_size=3)
    model.fit(X, y)
    alone = model.predict(X.iloc[:1])
    with_outlier = model.predict(pd.concat([X.iloc[:1], X.iloc[:1] * 1e6]))
    assert alone[0] == with_outlier[0]


def test_without_predict_a_new_row_goes_to_the_nearest_centroid():
    X, y = make_two_families()
    model = ClusterRegressor(
        AgglomerativeClustering(2), Ridge(), clustering_features=["x"], scale=False
    ).fit(X, y)
    new = pd.DataFrame({"x": [0.4, 10.4, 6.0, 5.0], "noise": 0.0})
    first, last = model.cluster_labels_[0], model.cluster_labels_[-1]
    assert model.assign_clusters(new).tolist() == [first, last, last, first]


def test_small_clusters_and_noise_use_the_regressor_fitted_on_all_rows():
    X, y = make_two_families(n=30)
    X.loc[0, "x"] = 500.0  # an outlier that k-means makes a cluster of its own
    model = ClusterRegressor(KMeans(2, random_state=0), Ridge(), clustering_features=["x"])
    model.fit(X, y)
    label = model.cluster_labels_[0]
    assert model.cluster_sizes_[label] == 1
    assert model.regressors_[label] is model.fallback_
    expected = Ridge().fit(X.to_numpy(), y).predict(X.to_numpy())
    assert model.predict(X)[0] == pytest.approx(expected[0])


def test_a_density_clusterer_may_call_everything_noise():
    X, y = make_two_families()
    model = ClusterRegressor(DBSCAN(eps=1e-9, min_samples=5), Ridge()).fit(X, y)
    assert set(model.cluster_labels_) == {-1}
    assert np.isfinite(model.predict(X)).all()


def test_scaling_decides_which_feature_makes_the_clusters():
    rng = np.random.default_rng(0)
    family = np.repeat([0, 1], 50)
    X = pd.DataFrame(
        {"family": family + 0.05 * rng.normal(size=100), "large": 1000 * rng.normal(size=100)}
    )

    def purity(scale):
        model = ClusterRegressor(KMeans(2, n_init=5, random_state=0), Ridge(), scale=scale)
        labels = model.fit(X, family).cluster_labels_
        return max(np.mean(labels == family), np.mean(labels != family))

    assert purity(scale=True) == 1.0
    assert purity(scale=False) < 0.7


def test_features_may_be_given_by_position_too():
    X, y = make_two_families()
    by_name = ClusterRegressor(KMeans(2, random_state=0), Ridge(), clustering_features=["x"])
    by_position = ClusterRegressor(KMeans(2, random_state=0), Ridge(), clustering_features=[0])
    np.testing.assert_array_equal(
        by_name.fit(X, y).predict(X), by_position.fit(X.to_numpy(), y).predict(X.to_numpy())
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clustering_features": ["electronegativity"]}, "is not among the 2 columns"),
        ({"clustering_features": [7]}, "positions from 0 to 1"),
        ({"clustering_features": []}, "clustering_features is empty"),
        ({"min_cluster_size": 0}, "must be at least 1"),
    ],
)
def test_bad_options_are_refused_with_what_is_allowed(options, message):
    X, y = make_two_families()
    with pytest.raises(InputError, match=message):
        ClusterRegressor(KMeans(2), Ridge(), **options).fit(X, y)


def test_predicting_before_fitting_is_refused():
    with pytest.raises(NotFittedError):
        ClusterRegressor(KMeans(2), Ridge()).predict([[1.0]])


def test_another_number_of_columns_is_refused():
    X, y = make_two_families()
    model = ClusterRegressor(KMeans(2, random_state=0), Ridge()).fit(X.to_numpy(), y)
    with pytest.raises(ValueError, match="features"):
        model.predict([[1.0, 2.0, 3.0]])


def test_random_clusters_know_nothing_of_the_features():
    X = np.arange(400.0)[:, None]
    made = RandomClusters(2, random_state=3).fit(X)
    shuffled = RandomClusters(2, random_state=3).fit(X[::-1])
    np.testing.assert_array_equal(made.labels_, shuffled.labels_)
    assert set(made.predict(X)) == {0, 1}
    assert 0.4 < made.labels_.mean() < 0.6


def test_random_clusters_work_as_a_control_experiment():
    X = np.linspace(0.0, 1.0, 200)[:, None]
    y = 3.0 * X[:, 0]
    model = ClusterRegressor(RandomClusters(2), LinearRegression()).fit(X, y)
    assert len(model.cluster_sizes_) == 2
    np.testing.assert_allclose(model.predict(X), y, atol=1e-9)
