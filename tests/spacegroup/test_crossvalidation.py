"""What a fold learns has nothing to do with what it is tested on."""

import numpy as np
import pandas as pd
import pytest

from edex.errors import InputError
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.crossvalidation import REAL_COPIES, make_bench, predict_folds, training_rows
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.evaluation import prototype_folds
from edex.spacegroup.pdf import default_grid
from edex.spacegroup.pdf_table import PdfTable


class Spy:
    """A classifier that remembers what it was given and always says 225."""

    model = "spy"
    seen: list

    def fit(self, X, y, groups):
        Spy.seen.append((X, y, groups))
        self.classes_ = np.array([2, 225])
        return self

    def predict_proba(self, X):
        return np.tile([0.25, 0.75], (len(X), 1))


@pytest.fixture
def bench():
    """Forty cubic cells of two classes and ten prototypes, three simulated PDFs each."""
    Spy.seen = []
    crystals = [
        Crystal(
            (3.0 + 0.05 * i) * np.eye(3),
            ["Na"],
            [[0, 0, 0]],
            space_group_number=(2, 225)[i % 2],
            prototype=f"type {i % 10}",
            source_id=f"c{i}",
        )
        for i in range(40)
    ]
    labels = pd.DataFrame({"template": [f"c{i}" for i in range(40)] * 3})
    G = np.repeat(np.arange(40)[None], 3, axis=0).reshape(-1, 1) + np.sin(default_grid())
    return make_bench(crystals, PdfTable(default_grid(), G.astype(np.float32), labels, {}))


def test_nothing_of_a_test_prototype_is_learned(bench):
    train, test = prototype_folds(bench.space_groups, bench.prototypes, 5)[0]
    X, y, groups = training_rows(bench, train)
    assert not set(groups) & set(bench.prototypes[test])
    assert len(X) == len(y) == len(groups) == (3 + REAL_COPIES) * len(train)


def test_each_row_has_the_label_of_its_crystal(bench):
    X, y, _ = training_rows(bench, np.arange(40))
    origin = np.rint(X[:120, 0] - np.sin(default_grid()[0])).astype(int)
    np.testing.assert_array_equal(y[:120], bench.space_groups[origin])


def test_each_crystal_is_predicted_once_in_the_columns_of_all_classes(bench):
    folds = prototype_folds(bench.space_groups, bench.prototypes, 5)
    outcome = predict_folds(bench, folds, Spy, probes={"same": bench.G}, extras=bench.G[:3])
    assert sorted(outcome.rows) == list(range(40))
    assert outcome.probabilities.shape == (40, len(CLASSES))
    assert outcome.probabilities[0, CLASSES.index(225)] == 0.75
    assert outcome.probabilities.sum(axis=1) == pytest.approx(1)
    assert outcome.probes["same"].shape == (40, len(CLASSES))
    assert outcome.extras.shape == (5, 3, len(CLASSES))
    for number, (_, test) in enumerate(folds):
        assert set(outcome.fold_of[test]) == {number}


def test_untested_crystals_belong_to_no_fold(bench):
    folds = prototype_folds(bench.space_groups, bench.prototypes, 5)[:1]
    outcome = predict_folds(bench, folds, Spy, with_neighbours=False)
    assert (outcome.fold_of[folds[0][0]] == -1).all()
    assert np.isnan(outcome.correlation).all()


def test_a_simulated_pdf_without_its_crystal_is_named(bench):
    with pytest.raises(InputError, match="come from 'c0'"):
        make_bench(bench.crystals[1:], bench.simulated)
