"""Two sources of temperatures, and no way for the answer to slip through."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin

from edex.melting.compounds import reduced_formula
from edex.melting.transfer import fused_predictions, remove_compositions

CATIONS = ["Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Sr", "Ba", "Zn", "Cd", "Ti", "Zr", "Hf"]
ANIONS = ["F", "Cl", "Br", "I", "O", "S", "Se", "N"]


@pytest.fixture
def tables():
    rng = np.random.default_rng(0)
    formulas = [cation + anion for cation in CATIONS for anion in ANIONS]
    table = pd.DataFrame({"formula": formulas, "stiffness": rng.uniform(1, 2, len(formulas))})
    table["melting_temperature"] = 1000 * table["stiffness"] + rng.normal(0, 20, len(table))
    handbook = table[["formula", "melting_temperature"]].copy()
    table = table.sample(frac=1.0, random_state=0).reset_index(drop=True)
    return table.iloc[:80], table.iloc[80:], handbook


def predict(train, test, handbook, **options):
    return fused_predictions(
        train, test, handbook, columns=["stiffness"], model="ridge", n_trees=5, **options
    )


def test_test_temperatures_in_the_handbook_change_nothing(tables):
    train, test, handbook = tables
    honest = predict(train, test, handbook)
    held_out = handbook["formula"].map(reduced_formula).isin(test["formula"].map(reduced_formula))
    poisoned = handbook.copy()
    poisoned.loc[held_out, "melting_temperature"] = 1e7
    np.testing.assert_array_equal(predict(train, test, poisoned), honest)


def test_another_spelling_in_the_handbook_does_not_slip_through(tables):
    train, test, handbook = tables
    spelt = pd.DataFrame({"formula": ["(" + test["formula"].iloc[0] + ")2"],
                          "melting_temperature": [1e7]})  # fmt: skip
    grown = pd.concat([handbook, spelt], ignore_index=True)
    np.testing.assert_array_equal(predict(train, test, grown), predict(train, test, handbook))


def test_temperatures_of_the_test_table_are_not_looked_at(tables):
    train, test, handbook = tables
    blind = test.drop(columns="melting_temperature")
    np.testing.assert_array_equal(predict(train, blind, handbook), predict(train, test, handbook))


def test_the_stacked_feature_of_a_training_row_has_not_seen_its_temperature(tables, monkeypatch):
    """Record every fit: no inner model may hold a composition that it predicts."""
    from edex.melting import transfer

    seen = []

    class Spy(RegressorMixin, BaseEstimator):
        def fit(self, X, y):
            self.rows_ = {row.tobytes() for row in np.ascontiguousarray(X)}
            return self

        def predict(self, X):
            seen.append(any(row.tobytes() in self.rows_ for row in np.ascontiguousarray(X)))
            return np.ones(len(X))

    monkeypatch.setattr(transfer, "make_regressor", lambda *args, **kwargs: Spy())
    train, test, handbook = tables
    transfer.fused_predictions(train, test, handbook, columns=["stiffness"])
    assert len(seen) == 7  # five inner folds, the test rows, and the second model
    assert not any(seen)


def test_remove_compositions_takes_out_every_spelling():
    table = pd.DataFrame({"formula": ["NaCl", "Na2Cl2", "MgO"]})
    assert remove_compositions(table, ["ClNa"])["formula"].tolist() == ["MgO"]


def test_a_handbook_helps_where_it_holds_the_law(tables):
    train, test, handbook = tables
    law = {symbol: 500.0 + 300.0 * rank for rank, symbol in enumerate(CATIONS)}

    def by_cation(table):
        cations = table["formula"].str.extract(f"^({'|'.join(CATIONS)})")[0]
        return table.assign(melting_temperature=cations.map(law))

    train, test, handbook = by_cation(train), by_cation(test), by_cation(handbook)
    few = train.iloc[::8]
    fused = fused_predictions(
        few, test, handbook, columns=["stiffness"], model="extra trees", n_trees=30
    )
    empty = handbook.iloc[:0]
    alone = fused_predictions(
        few, test, empty, columns=["stiffness"], model="extra trees", n_trees=30
    )
    target = test["melting_temperature"].to_numpy()
    assert np.abs(fused - target).mean() < np.abs(alone - target).mean()
