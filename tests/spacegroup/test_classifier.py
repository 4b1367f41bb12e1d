"""The classifier: what it learns, what it repeats, what it keeps apart, what it refuses."""

import random
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from toy_curves import GRID, toy_classifier, toy_curves

import edex.spacegroup.classifier as classifier_module
from edex.errors import InputError, MissingExtraError
from edex.spacegroup import rungs
from edex.spacegroup.calibration import mean_log_loss
from edex.spacegroup.classifier import MODELS, SpaceGroupClassifier
from edex.spacegroup.scaling import scale_curves


@pytest.fixture(scope="module")
def curves():
    return toy_curves(600)


@pytest.fixture(scope="module")
def unseen():
    return toy_curves(300, random_state=1)


@pytest.mark.parametrize("model", ["extra_trees", "small_cnn", "ensemble"])
def test_a_model_learns_curves_that_linear_weights_cannot_tell_apart(model, unseen):
    X, y, _ = unseen
    classifier = toy_classifier(model)
    assert classifier.classes_.tolist() == [2, 62, 225]
    assert classifier.score(X, y) > 0.8
    assert toy_classifier("logistic_regression").score(X, y) < 0.7


@pytest.mark.parametrize("model", ["logistic_regression", "extra_trees", "ensemble"])
def test_the_amplitude_of_a_curve_does_not_matter(model, unseen):
    X = unseen[0][:20].astype(float)
    classifier = toy_classifier(model)
    proba = classifier.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0, rtol=1e-9)
    for factor in (1e-30, 0.7, 1e30):
        np.testing.assert_allclose(classifier.predict_proba(X * factor), proba, atol=1e-5)


def test_the_ensemble_is_the_mean_of_networks_that_were_trained_apart(unseen):
    scaled = scale_curves(unseen[0])
    ensemble, small = toy_classifier("ensemble"), toy_classifier("small_cnn")
    members = {
        name: np.asarray(ensemble.model_.get_layer(name)(scaled))
        for name in ("small_cnn", "resnet", "small_cnn_2")
    }
    np.testing.assert_allclose(members["small_cnn"], small.model_(scaled), atol=1e-6)
    mean = sum(members.values()) / 3.0
    np.testing.assert_allclose(ensemble._raw_probabilities(scaled), mean, atol=1e-6)
    for proba in members.values():
        assert np.mean(ensemble.classes_[proba.argmax(axis=1)] == unseen[1]) > 0.5  # chance: 1 / 3
    assert set(ensemble.history_["network"]) == set(members)


def test_each_member_of_an_ensemble_leaves_out_other_groups(curves, monkeypatch):
    """So most members know each group; the temperature is fitted to rows that were not learned."""
    learned, fitted = [], []
    original = rungs.fit_rung

    def spy(member, training, validation, **options):
        learned.append({row.tobytes() for row in training.curves})
        return original(member, training, validation, **options)

    def fit_temperature(proba, y, classes, *, sample_weight):
        fitted.append((proba, y))
        return 1.5

    monkeypatch.setattr(rungs, "fit_rung", spy)
    monkeypatch.setattr(classifier_module, "fit_temperature", fit_temperature)
    X, y, groups = curves
    ensemble = SpaceGroupClassifier("ensemble", epochs=1).fit(X, y, groups=groups)
    names = [row.tobytes() for row in scale_curves(X)]
    left_out = [np.array([name not in known for name in names]) for known in learned]
    assert len({mask.tobytes() for mask in left_out}) == 3
    for mask in left_out:
        assert not set(np.array(groups)[mask]) & set(np.array(groups)[~mask])
    assert np.flatnonzero(np.any(left_out, axis=0)).tolist() == ensemble.validation_rows_.tolist()
    ((proba, labels),) = fitted
    assert (labels == y[ensemble.validation_rows_]).all()
    members = {
        name: np.asarray(ensemble.model_.get_layer(name)(scale_curves(X)), dtype=float)
        for name in ("small_cnn", "resnet", "small_cnn_2")
    }
    shares = np.array(left_out, dtype=float)[:, :, None]
    mean = (shares * list(members.values())).sum(axis=0)[ensemble.validation_rows_]
    expected = mean / shares.sum(axis=0)[ensemble.validation_rows_]
    np.testing.assert_allclose(proba, expected, atol=1e-5)
    assert ensemble.temperature_ == 1.5


def test_two_fits_with_one_seed_agree_in_silence_and_touch_no_global_state(curves, capfd):
    first = toy_classifier("small_cnn")
    X, y, groups = curves
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002  the very state that must not matter
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    again = clone(first).fit(X, y, groups=groups)
    assert before == (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002
    assert np.array_equal(again.predict_proba(X), first.predict_proba(X))
    assert again.temperature_ == first.temperature_
    assert capfd.readouterr() == ("", "")


def test_a_seed_of_none_is_drawn_and_kept(curves):
    X, y, _ = curves
    classifier = SpaceGroupClassifier("extra_trees", n_trees=5, random_state=None).fit(X, y)
    repeat = SpaceGroupClassifier("extra_trees", n_trees=5, random_state=classifier.seed_)
    assert np.array_equal(repeat.fit(X, y).predict_proba(X), classifier.predict_proba(X))


@pytest.mark.parametrize("model", ["extra_trees", "small_cnn"])
def test_groups_keep_crystals_of_the_validation_part_out_of_the_training(model, curves):
    _, y, groups = curves
    held = toy_classifier(model).validation_rows_
    names = np.array(groups)
    assert 0.1 < len(held) / len(y) < 0.2
    assert not set(names[held]) & set(np.delete(names, held))


@pytest.mark.parametrize("model", ["extra_trees", "small_cnn"])
def test_calibration_lowers_the_loss_on_the_validation_part(model, curves):
    X, y, _ = curves
    classifier = toy_classifier(model)
    rows = classifier.validation_rows_
    raw = classifier._raw_probabilities(scale_curves(X[rows]))
    before = mean_log_loss(raw, y[rows], classifier.classes_)
    after = mean_log_loss(classifier.predict_proba(X[rows]), y[rows], classifier.classes_)
    assert classifier.temperature_ != 1.0
    assert after < before


def test_given_validation_data_are_used_and_every_curve_is_trained_on(curves, unseen, capsys):
    X, y, _ = curves
    classifier = SpaceGroupClassifier("small_cnn", epochs=1, verbose=1)
    classifier.fit(X, y, validation_data=(unseen[0], unseen[1]))
    assert classifier.validation_rows_ is None
    assert capsys.readouterr().out.startswith("small_cnn: 1 epochs of 600 curves")
    proba = classifier._raw_probabilities(scale_curves(unseen[0]))
    columns = np.searchsorted(classifier.classes_, unseen[1])
    weights = 100.0 / np.bincount(columns)[columns]
    loss = mean_log_loss(proba, unseen[1], classifier.classes_, sample_weight=weights)
    assert classifier.history_["val_loss"].iloc[-1] == pytest.approx(loss, rel=1e-4)


def test_without_calibration_scikit_learn_sees_every_curve_as_in_a_plain_pipeline(curves, unseen):
    X, y = curves[0][:200], curves[1][:200]
    classifier = SpaceGroupClassifier("logistic_regression", calibrate=False, class_weight=None)
    plain = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    plain.fit(scale_curves(X).astype(float), y)
    expected = plain.predict_proba(scale_curves(unseen[0]).astype(float))
    found = classifier.fit(X, y).predict_proba(unseen[0])
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_balanced_classes_help_the_rare_one():
    rng = np.random.default_rng(0)
    y = np.repeat([2, 225], [300, 30])
    X = rng.normal(size=(330, 20)) + np.where(y == 225, 0.3, -0.3)[:, None]
    recalls = []
    for class_weight in ("balanced", None):
        classifier = SpaceGroupClassifier("logistic_regression", class_weight=class_weight)
        found = classifier.fit(X[::2], y[::2]).predict(X[1::2])
        recalls.append(np.mean(found[y[1::2] == 225] == 225))
    assert recalls[0] > recalls[1] + 0.1


def test_the_first_guesses_are_the_most_probable_classes_in_order(unseen):
    classifier = toy_classifier("extra_trees")
    proba = classifier.predict_proba(unseen[0])
    guesses = classifier.predict_top_k(unseen[0], 2)
    assert np.array_equal(guesses[:, 0], classifier.predict(unseen[0]))
    rows = np.arange(len(proba))
    columns = np.searchsorted(classifier.classes_, guesses)
    assert (proba[rows, columns[:, 0]] >= proba[rows, columns[:, 1]]).all()
    with pytest.raises(InputError, match="k is 4, and there are 3 classes"):
        classifier.predict_top_k(unseen[0], 4)


def test_predictions_do_not_depend_on_what_stands_beside_a_curve(unseen):
    X = np.tile(unseen[0], (3, 1))  # more than one block
    many = toy_classifier("small_cnn").predict_proba(X)
    few = toy_classifier("small_cnn").predict_proba(X[:2])
    np.testing.assert_allclose(many[:2], few, atol=1e-6)
    np.testing.assert_allclose(many[:300], many[600:], atol=1e-6)


def test_the_grid_is_the_default_one_where_curves_have_its_points(curves):
    X, y, _ = curves
    np.testing.assert_allclose(toy_classifier("extra_trees").r_, GRID)
    short = SpaceGroupClassifier("logistic_regression").fit(X[:, :50], y)
    assert short.r_ is None
    given = SpaceGroupClassifier("logistic_regression", r=GRID[:50]).fit(X[:, :50], y)
    np.testing.assert_array_equal(given.r_, GRID[:50])


def test_a_fit_that_fails_leaves_no_half_fitted_classifier(curves):
    X, y, _ = curves
    classifier = SpaceGroupClassifier("logistic_regression").fit(X, y)
    with pytest.raises(InputError):
        classifier.fit(X, np.full(len(y), 2))
    with pytest.raises(NotFittedError):
        classifier.predict(X)


def test_a_network_without_keras_names_the_extra(curves, monkeypatch):
    X, y, _ = curves
    monkeypatch.setitem(sys.modules, "keras", None)
    for name in ("callbacks", "training", "networks"):
        monkeypatch.delitem(sys.modules, f"edex.spacegroup.{name}", raising=False)
    with pytest.raises(MissingExtraError, match=r"edex\[spacegroup\]"):
        SpaceGroupClassifier("small_cnn").fit(X, y)


def spoilt(X, value):
    X = X.copy()
    X[5, 17] = value
    return X


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (spoilt(X, np.nan), y), "Row 5 of X holds NaN or infinity at point 17"),
        (lambda X, y: (spoilt(X, np.inf), y), "Row 5 of X holds NaN or infinity at point 17"),
        (lambda X, y: (np.where(np.arange(len(X))[:, None] == 5, 0.0, X), y), "Row 5 of X is zero"),
        (lambda X, y: (X[0], y[:1]), "Expected 2D array.*A row of X is a curve on one grid"),
        (lambda X, y: (X, y[:-1]), "inconsistent numbers of samples"),
        (lambda X, y: (X, np.full(len(y), 225)), r"one class only \(225\)"),
        (lambda X, y: (X, y + 0.5), "Unknown label type.*space group number"),
        (lambda X, y: (X, None), "the target y is None"),
    ],
)
def test_curves_and_labels_that_cannot_be_used_are_refused_by_name(change, message, curves):
    X, y = change(curves[0][:40], curves[1][:40])
    with pytest.raises(InputError, match=f"(?s){message}"):
        SpaceGroupClassifier("logistic_regression").fit(X, y)


@pytest.mark.parametrize(
    ("parameters", "fit_arguments", "message"),
    [
        ({"model": "svm"}, {}, "There is no model 'svm'; possible are logistic_regression"),
        ({"class_weight": "even"}, {}, "There is no class_weight 'even'"),
        ({"scaling": "log"}, {}, "There is no scaling 'log'"),
        ({"validation_fraction": 1.0}, {}, "validation_fraction is 1.0"),
        ({"validation_fraction": 0.0}, {}, "validation_fraction is 0, and calibration needs"),
        ({"r": [1.0, 2.0]}, {}, r"The grid r has shape \(2,\) and curves have 209 points"),
        ({"r": GRID[::-1]}, {}, "ascending"),
        ({}, {"groups": ["one"] * 40}, "No class has two groups"),
        ({}, {"groups": ["one"] * 7}, r"groups have shape \(7,\)"),
        ({}, {"sample_weight": [1.0] * 7}, r"sample_weight has shape \(7,\) for 40 curves"),
        ({}, {"validation_data": (np.ones((2, 209)), [2, 194])}, r"classes \[194\]"),
        ({}, {"validation_data": (np.ones((2, 50)), [2, 2])}, "50 features"),
        ({"model": "small_cnn", "epochs": 0}, {}, "epochs is 0; .* recipe, epochs="),
        ({"model": "small_cnn", "learning_rate": np.nan}, {}, "learning_rate is nan"),
        ({"model": "small_cnn", "noise": -1.0}, {}, "noise is -1.0"),
    ],
)
def test_parameters_that_cannot_be_used_are_refused_by_name(
    parameters, fit_arguments, message, curves
):
    classifier = SpaceGroupClassifier(**{"model": "logistic_regression"} | parameters)
    with pytest.raises(InputError, match=message):
        classifier.fit(curves[0][:40], curves[1][:40], **fit_arguments)


def test_curves_of_another_length_are_refused_with_the_way_out(unseen):
    with pytest.raises(InputError, match=r"100 features.*209 points.*bring each curve|Bring each"):
        toy_classifier("extra_trees").predict(unseen[0][:, :100])


@pytest.mark.parametrize("model", MODELS)
def test_an_unfitted_classifier_says_so_and_can_be_cloned(model, unseen):
    classifier = SpaceGroupClassifier(model, r=GRID, epochs=3, noise=0.1)
    copy = clone(classifier).set_params(epochs=5)
    assert (copy.model, copy.noise, copy.epochs, classifier.epochs) == (model, 0.1, 5, 3)
    with pytest.raises(NotFittedError):
        copy.predict(unseen[0])


ON_PURPOSE = {
    "check_estimators_dtypes": "its integer curves are zero at every point, which is refused",
    "check_class_weight_classifiers": "class weights are 'balanced' or None, no dictionary",
}


@parametrize_with_checks(
    [SpaceGroupClassifier("logistic_regression", calibrate=False)],
    expected_failed_checks=lambda _: ON_PURPOSE,
)
def test_it_is_an_estimator_as_scikit_learn_understands_it(estimator, check):
    check(estimator)
