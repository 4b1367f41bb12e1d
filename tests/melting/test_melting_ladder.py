"""The ladder of models."""

import numpy as np
import pytest
from sklearn.base import clone

from edex.errors import InputError
from edex.melting.ladder import (
    LADDER,
    log_temperature,
    make_regressor,
    model_ladder,
    temperature_from_log,
)

FORMULAS = ["NaCl", "KCl", "MgO", "CaO", "NaF", "LiF", "KBr", "SrO", "BaO", "RbCl", "CsI", "TiC"]
TEMPERATURES = np.array(
    [1074, 1044, 3098, 2886, 1269, 1121, 1007, 2804, 2246, 988, 905, 3340], dtype=float
)


@pytest.mark.parametrize("name", LADDER)
def test_every_rung_takes_formulas_and_answers_in_kelvin(name):
    model = clone(model_ladder(n_trees=10)[name])
    predicted = model.fit(FORMULAS, TEMPERATURES).predict(["NaBr", "MgS"])
    assert predicted.shape == (2,)
    assert np.all((predicted > 0) & (predicted < 6000))


def test_without_featurizer_a_rung_takes_numbers():
    X = np.arange(24.0).reshape(12, 2)
    model = model_ladder(featurize=False)["ridge"].fit(X, TEMPERATURES)
    assert model.predict(X).shape == (12,)
    assert "features" not in model.named_steps


def test_the_same_seed_gives_the_same_predictions():
    first, second = (
        model_ladder(n_trees=10, random_state=3)["blend"].fit(FORMULAS, TEMPERATURES)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.predict(FORMULAS), second.predict(FORMULAS))


def test_the_lowest_rung_says_the_mean():
    predicted = model_ladder()["mean"].fit(FORMULAS, TEMPERATURES).predict(["WC"])
    assert predicted[0] == TEMPERATURES.mean()


def test_the_log_transform_undoes_itself():
    np.testing.assert_allclose(temperature_from_log(log_temperature(TEMPERATURES)), TEMPERATURES)


def test_an_unknown_rung_is_refused():
    with pytest.raises(InputError, match="Choose from mean, linear"):
        make_regressor("forest")
