"""Direct against two-step, on the same splits."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from edex.melting.features import CompositionFeaturizer
from edex.melting.two_step import (
    CLUSTERING_FEATURES,
    cluster_number_table,
    make_clusterers,
    two_step_gains,
)


@pytest.fixture
def two_laws():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(0, 1, 60), rng.uniform(10, 11, 60)])
    y = 1000.0 + np.where(x < 5, 100 * x, 500 - 100 * x)
    return pd.DataFrame({"x": x}), y


@pytest.fixture
def one_law():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(120, 4)), columns=list("xabc"))
    return X, 1000.0 + 100.0 * X["x"].to_numpy() + rng.normal(0, 50, 120)


def gains_of(X, y, **options):
    return two_step_gains(
        X,
        y,
        groups=np.arange(len(y)),
        regressor=LinearRegression(),
        clusterers=make_clusterers(2),
        clustering_features=["x"],
        n_splits=5,
        **options,
    )


def test_a_gain_is_seen_and_decided_where_there_are_two_laws(two_laws):
    for name, gain in gains_of(*two_laws).items():
        assert gain.gain.value > 0 and gain.gain.is_decided, name  # noqa: PT018
        assert gain.two_step.value < 1e-6
        assert gain.gain.value == pytest.approx(gain.direct.value - gain.two_step.value)


def test_no_gain_is_claimed_where_there_is_one_law(one_law):
    gains = gains_of(*one_law, n_repeats=2)
    assert set(gains) == {"k_means", "gaussian_mixture", "agglomerative"}
    for gain in gains.values():
        assert not (gain.gain.value > 0 and gain.gain.is_decided)
        assert gain.spread > 0


def test_progress_is_told(one_law):
    told = []
    gains_of(*one_law, progress=told.append)
    assert len(told) == 4
    assert told[0].startswith("two steps: direct")


def test_the_clustering_features_are_among_those_of_the_featurizer():
    names = CompositionFeaturizer().fit(["NaCl"]).get_feature_names_out()
    assert set(CLUSTERING_FEATURES) <= set(names)


def test_criteria_find_the_number_of_well_separated_clusters():
    rng = np.random.default_rng(1)
    centres = np.array([[0, 0], [10, 0], [0, 10]])
    X = np.concatenate([centre + rng.normal(size=(50, 2)) for centre in centres])
    table = cluster_number_table(X, numbers=(2, 3, 4, 5))
    assert table["silhouette"].idxmax() == 3
    assert table["bic"].idxmin() == 3
    assert table["inertia"].is_monotonic_decreasing
