"""The nearest neighbour by Pearson correlation agrees with the plain formula."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from edex.errors import InputError
from edex.spacegroup import neighbours
from edex.spacegroup.neighbours import NearestByPearson, max_correlation

RNG = np.random.default_rng(0)
KNOWN = RNG.normal(size=(60, 40))
LABELS = RNG.choice([2, 62, 225], 60)
QUERIES = RNG.normal(size=(25, 40)) + KNOWN[:25]


def pearson(X, Y):
    """Correlate every row with every row, by the textbook formula."""
    return np.array([[np.corrcoef(x, y)[0, 1] for y in Y] for x in X])


@pytest.fixture(params=["one block", "many blocks"])
def _blocks(request, monkeypatch):
    if request.param == "many blocks":
        monkeypatch.setattr(neighbours, "_BLOCK", 200)


@pytest.mark.usefixtures("_blocks")
class TestNeighbours:
    @pytest.mark.parametrize("k", [1, 5, 60])
    def test_they_are_those_of_the_textbook_formula(self, k):
        correlations, rows = NearestByPearson().fit(KNOWN, LABELS).kneighbors(QUERIES, k)
        wanted = pearson(QUERIES, KNOWN)
        np.testing.assert_array_equal(rows, np.argsort(-wanted, axis=1)[:, :k])
        np.testing.assert_allclose(correlations, -np.sort(-wanted, axis=1)[:, :k], atol=1e-6)

    def test_of_copies_the_first_comes_first(self):
        copies = np.tile(KNOWN[:3], (40, 1))
        _, rows = NearestByPearson().fit(copies, np.zeros(120)).kneighbors(KNOWN[[1]], 5)
        assert rows.tolist() == [[1, 4, 7, 10, 13]]

    @pytest.mark.parametrize("k", [0, -1, 61, 1.5])
    def test_an_impossible_k_is_refused(self, k):
        with pytest.raises(InputError, match=rf"k is {k}, and 60 PDFs are known"):
            NearestByPearson().fit(KNOWN, LABELS).kneighbors(QUERIES, k)

    def test_the_highest_correlation_is_that_of_the_nearest(self):
        wanted = pearson(QUERIES, KNOWN).max(axis=1)
        np.testing.assert_allclose(max_correlation(QUERIES, KNOWN), wanted, atol=1e-6)
        assert max_correlation(KNOWN, KNOWN).max() <= 1

    @settings(max_examples=25)
    @given(st.floats(1e-8, 1e8), st.floats(-100, 100))
    def test_scale_and_offset_do_not_matter(self, scale, offset):
        model = NearestByPearson().fit(KNOWN, LABELS)
        _, rows = model.kneighbors(scale * (QUERIES + offset), 3)
        np.testing.assert_array_equal(rows, model.kneighbors(QUERIES, 3)[1])

    def test_a_flat_curve_correlates_with_nothing(self):
        assert max_correlation(np.ones((1, 40)), KNOWN)[0] == 0


@pytest.mark.usefixtures("_blocks")
class TestClassifier:
    def test_with_one_neighbour_it_is_the_class_of_the_nearest(self):
        model = NearestByPearson().fit(KNOWN, LABELS)
        nearest = LABELS[model.kneighbors(QUERIES)[1][:, 0]]
        np.testing.assert_array_equal(model.predict(QUERIES), nearest)
        assert model.score(KNOWN, LABELS) == 1

    @pytest.mark.parametrize("n_neighbors", [1, 3, 100])
    def test_a_class_scores_the_mean_of_its_best_members(self, n_neighbors):
        model = NearestByPearson(n_neighbors).fit(KNOWN, LABELS)
        wanted = pearson(QUERIES, KNOWN)
        for column, label in enumerate(model.classes_):
            best = -np.sort(-wanted[:, label == LABELS], axis=1)[:, :n_neighbors]
            np.testing.assert_allclose(
                model.decision_function(QUERIES)[:, column], best.mean(axis=1), atol=1e-6
            )

    def test_probabilities_rank_the_classes_by_their_scores(self):
        model = NearestByPearson().fit(KNOWN, LABELS)
        proba = model.predict_proba(QUERIES)
        np.testing.assert_allclose(proba.sum(axis=1), 1)
        np.testing.assert_array_equal(
            proba.argsort(axis=1), model.decision_function(QUERIES).argsort(axis=1)
        )
        np.testing.assert_array_equal(model.classes_[proba.argmax(axis=1)], model.predict(QUERIES))
        ratio = proba[0, 0] / proba[0, 1]
        scores = model.decision_function(QUERIES)[0]
        assert ratio == pytest.approx(np.exp((scores[0] - scores[1]) / 0.02), rel=1e-4)

    def test_of_classes_with_one_score_the_lower_label_wins(self):
        model = NearestByPearson().fit(np.tile(KNOWN[:1], (4, 1)), [225, 62, 225, 62])
        assert model.predict(KNOWN[:1]).tolist() == [62]

    def test_it_is_a_scikit_learn_estimator(self):
        model = clone(NearestByPearson(3, temperature=0.1))
        assert model.get_params() == {"n_neighbors": 3, "temperature": 0.1}

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [({"n_neighbors": 0}, "n_neighbors is 0; it must be 1 or more"),
         ({"n_neighbors": 1.5}, "n_neighbors is 1.5"), ({"temperature": 0}, "temperature is 0")],
    )  # fmt: skip
    def test_impossible_parameters_are_refused(self, parameters, message):
        with pytest.raises(InputError, match=message):
            NearestByPearson(**parameters).fit(KNOWN, LABELS)

    @pytest.mark.parametrize(
        ("X", "message"),
        [(KNOWN[0], r"shape \(40,\).*one PDF is G\[None\]"), (KNOWN[:, :1], "two or more points"),
         (np.empty((0, 40)), "shape"), ([["a", "b"]], "must be numbers"),
         (np.where(KNOWN > 2, np.nan, KNOWN), "holds a value that is not finite")],
    )  # fmt: skip
    def test_what_are_no_pdfs_is_refused(self, X, message):
        with pytest.raises(InputError, match=message):
            NearestByPearson().fit(X, LABELS)

    def test_labels_and_grids_must_fit(self):
        with pytest.raises(InputError, match=r"60 PDFs and labels of shape \(3,\)"):
            NearestByPearson().fit(KNOWN, LABELS[:3])
        with pytest.raises(InputError, match="have 39 points and those of the training set 40"):
            NearestByPearson().fit(KNOWN, LABELS).predict(QUERIES[:, :39])


@pytest.mark.slow
def test_40_000_known_and_2_000_queries_fit_into_little_memory():
    import tracemalloc

    known = RNG.normal(size=(40_000, 209)).astype(np.float32)
    queries = known[:2_000] + RNG.normal(size=(2_000, 209)).astype(np.float32)
    model = NearestByPearson()
    tracemalloc.start()
    rows = model.fit(known, np.arange(40_000) % 8).kneighbors(queries)[1]
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 200e6
    assert (rows[:, 0] == np.arange(2_000)).all()
