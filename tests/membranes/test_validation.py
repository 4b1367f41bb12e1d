"""The floor of the data, leaks made on purpose, and learning curves."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from textbook_polymers import CHAINS

from edex.errors import InputError
from edex.membranes.descriptors import PolymerDescriptors
from edex.membranes.models import LADDER, make_regressor
from edex.membranes.validation import (
    leaked_bootstrap_predictions,
    learning_curve,
    replicate_noise,
)


def test_replicate_noise_compares_references_and_not_rows():
    """A laboratory that measured twice agrees with itself: that is no replicate."""
    values = [1.0, 1.2, 2.1, 0.0, 0.0, 5.0, np.nan]
    polymers = ["A", "A", "A", "B", "B", "C", "C"]
    references = ["r", "r", "s", "r", "t", "r", "s"]
    floor = replicate_noise(values, polymers, references)
    # A: r has 1.1 and s 2.1, so both differ by 1.0; B: twice 0.0; C has one value left.
    assert floor.value == pytest.approx(np.sqrt((1.0 + 1.0 + 0.0 + 0.0) / 4))
    assert (floor.n, floor.n_groups) == (4, 2)


def test_replicate_noise_finds_the_scatter_that_was_put_in():
    rng = np.random.default_rng(0)
    polymers = np.repeat(np.arange(2000), 2)
    values = rng.normal(0.0, 2.0, 2000)[polymers] + rng.normal(0.0, 0.3, 4000)
    floor = replicate_noise(values, polymers.tolist(), [0, 1] * 2000)
    assert floor.value == pytest.approx(0.3 * np.sqrt(2.0), abs=4 * floor.standard_error)


def test_replicate_noise_needs_replicates():
    with pytest.raises(InputError, match="0 polymers have values from two or more references"):
        replicate_noise([1.0, 2.0], ["A", "A"], ["r", "r"])


def test_the_leaked_bootstrap_knows_what_it_is_tested_on():
    """Targets without any rule: an honest model has nothing to say, a leaked one remembers."""
    y = np.random.default_rng(3).normal(size=len(CHAINS))
    nearest = make_pipeline(PolymerDescriptors(), KNeighborsRegressor(1))
    test = np.arange(0, len(y), 3)
    train = np.setdiff1d(np.arange(len(y)), test)
    leaked = leaked_bootstrap_predictions(nearest, CHAINS, y, test=test)
    honest = nearest.fit([CHAINS[row] for row in train], y[train])
    fair = honest.predict([CHAINS[row] for row in test])
    assert np.mean((leaked - y[test]) ** 2) < 0.5 * np.mean((fair - y[test]) ** 2)


def test_a_learning_curve_scores_polymers_that_were_not_drawn():
    y = np.array([len(text) for text in CHAINS], dtype=float)
    curve = learning_curve(DummyRegressor(), CHAINS, y, sizes=[10, 20], n_splits=3, n_repeats=2)
    assert curve["n_train"].tolist() == [10, 20]
    assert (curve["r2"] < 0.05).all()  # the mean of the others explains nothing
    better = make_regressor("linear")
    assert learning_curve(better, CHAINS, y, sizes=[20], n_splits=3)["r2"].iloc[0] < 1.0


def test_a_learning_curve_cannot_train_on_more_than_there_is():
    with pytest.raises(InputError, match="A size is 29"):
        learning_curve(DummyRegressor(), CHAINS, np.arange(float(len(CHAINS))), sizes=[29])


@pytest.mark.parametrize("name", LADDER)
def test_every_rung_learns_from_repeat_units(name):
    y = np.array([text.count("c") / len(text) for text in CHAINS])
    model = make_regressor(name, n_trees=20, random_state=0).fit(CHAINS, y)
    predicted = model.predict(["*CC(*)c1ccc(C)cc1", "*CC(*)F"])
    assert predicted.shape == (2,)
    assert np.isfinite(predicted).all()


def test_an_unknown_rung_is_named():
    with pytest.raises(InputError, match="'forest' is no model of the ladder"):
        make_regressor("forest")
