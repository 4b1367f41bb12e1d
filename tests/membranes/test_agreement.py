"""Rankings are compared by rank, and directions with what was expected beforehand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from edex.errors import InputError
from edex.membranes.agreement import (
    agreement_table,
    effect_signs,
    motif_effects,
    rank_agreement,
    textbook_agreement,
)
from edex.membranes.motifs import Motif

FEATURES = list("abcde")
SCORES = st.lists(st.integers(0, 5), min_size=5, max_size=5)


def series(values, names=FEATURES):
    return pd.Series(values, index=list(names), dtype=float)


def test_ranks_begin_at_one_and_the_order_of_the_features_does_not_matter():
    one = series([5, 4, 3, 2, 1])
    other = series([1, 1, 9, 0, 5], "edcba")
    table = agreement_table(one=one, other=other)
    assert table.loc["a", "one"] == 1
    assert table.loc["c", "other"] == 1
    assert table.loc["a", "other"] == 2
    assert table.loc["e", "other"] == table.loc["d", "other"] == 3.5
    assert table["mean_rank"].is_monotonic_increasing


@given(SCORES, SCORES)
def test_spearman_agrees_with_scipy_and_the_table_is_symmetric(first, second):
    table = rank_agreement(one=series(first), other=series(second), top=3)
    turned = rank_agreement(other=series(second), one=series(first), top=3)
    assert list(table.index) == [("one", "other")]
    if len(set(first)) > 1 and len(set(second)) > 1:
        assert table["spearman"].item() == pytest.approx(spearmanr(first, second).statistic)
        assert turned["spearman"].item() == pytest.approx(table["spearman"].item())
    else:
        assert np.isnan(table["spearman"].item())


def test_the_overlap_of_the_tops_is_counted():
    table = rank_agreement(
        top=2, one=series([9, 8, 1, 1, 1]), other=series([9, 1, 8, 1, 1]), all=series(range(5))
    )
    assert table["top_overlap"].to_dict() == {
        ("one", "other"): 0.5,
        ("one", "all"): 0.0,
        ("other", "all"): 0.0,
    }


@pytest.mark.parametrize(
    ("rankings", "message"),
    [
        ({}, "no ranking"),
        ({"one": series([1, 2, 3, 4, np.nan])}, "lacks 1 numbers"),
        ({"one": series(range(5)), "two": series(range(5), "abcdz")}, "2 features are in one"),
        ({"one": series(range(5), "abcda")}, "one number to each"),
    ],
)
def test_rankings_that_do_not_match_are_refused(rankings, message):
    with pytest.raises(InputError, match=message):
        agreement_table(**rankings)


@pytest.mark.parametrize("top", [0, 6])
def test_a_top_that_is_empty_or_longer_than_the_list_is_refused(top):
    with pytest.raises(InputError, match=f"top is {top}"):
        rank_agreement(one=series(range(5)), other=series(range(5)), top=top)
    with pytest.raises(InputError, match="1 rankings"):
        rank_agreement(one=series(range(5)), top=2)


def test_signs_follow_the_direction_and_are_zero_where_there_is_none():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(400, 5)), columns=FEATURES)
    X["d"] = 1.0
    shap = pd.DataFrame(
        {
            "a": np.exp(X["a"]),
            "b": -(X["b"] ** 3),
            "c": X["c"] ** 2,
            "d": rng.normal(size=400),
            "e": 0.0,
        }
    )
    assert effect_signs(shap, X).to_dict() == {"a": 1, "b": -1, "c": 0, "d": 0, "e": 0}


@given(st.floats(0.0, 1.0))
def test_a_direction_is_clear_from_the_correlation_asked_for(threshold):
    x = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0]})
    shap = pd.DataFrame({"x": [1.0, 3.0, 2.0, 4.0]})  # rho = 1 - 6 * 2 / (4 * 15) = 0.8
    sign = effect_signs(shap, x, min_correlation=threshold)["x"]
    assume(abs(threshold - 0.8) > 1e-9)
    assert sign == (1 if threshold < 0.8 else 0)


def test_signs_need_the_same_rows_and_columns():
    X = pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 0.0]})
    with pytest.raises(InputError, match=r"\(2, 2\) and X \(1, 2\)"):
        effect_signs(X, X[:1])
    with pytest.raises(InputError, match="same order"):
        effect_signs(X[["b", "a"]], X)


MOTIFS = (
    Motif("a", "[CH3]", +1, "Up."),
    Motif("b", "[Cl]", -1, "Down."),
    Motif("c", "[Br]", 0, "Who knows."),
    Motif("d", "[OH]", -1, "Down too."),
)


def test_the_top_motifs_with_an_expectation_are_compared():
    importance = series([0.1, 0.5, 0.9, 0.3, 0.8])
    signs = pd.Series([1, -1, 1, 0, 1], index=FEATURES)
    table = textbook_agreement(importance, signs, motifs=MOTIFS)
    # c has no expectation, and e is no motif.
    assert list(table.index) == ["b", "d", "a"]
    assert table["agrees"].tolist() == [True, False, True]
    assert table["expected"].tolist() == [-1, -1, 1]
    assert table["found"].tolist() == [-1, 0, 1]
    assert table.loc["b", "reason"] == "Down."
    assert list(textbook_agreement(importance, signs, motifs=MOTIFS, top=1).index) == ["b"]


def test_motifs_without_a_name_or_a_sign_are_refused():
    importance = series([1.0], "a")
    with pytest.raises(InputError, match="0 of 1 features are motifs"):
        textbook_agreement(importance, pd.Series({"a": 1}))
    with pytest.raises(InputError, match="0 of them have a sign"):
        textbook_agreement(importance, pd.Series({"b": 1}), motifs=MOTIFS)


def test_the_effect_of_a_motif_is_that_of_having_it():
    smiles = ["*CC(*)(C)Cl", "*CC*", "*CC(*)Cl"]
    X = pd.DataFrame({"chlorine": [0.2, 0.0, 0.25], "methyl": [0.2, 0.0, 0.0], "nitro": 0.0})
    shap = pd.DataFrame({"chlorine": [-2.0, 1.0, -1.0], "methyl": [0.5, 0.0, 0.1], "nitro": 0.0})
    table = motif_effects(shap, X, smiles)
    assert list(table.index) == ["chlorine", "methyl"]
    assert table["effect"].tolist() == pytest.approx([-2.5, 0.45])
    assert table["n"].tolist() == [2, 1]
    assert table["example"].tolist() == ["*CC(*)Cl", "*CC(*)(C)Cl"]
    with pytest.raises(InputError, match="2 polymers and X has 3 rows"):
        motif_effects(shap, X, smiles[:2])
