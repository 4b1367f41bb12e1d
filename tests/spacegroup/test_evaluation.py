"""Scores of a classifier: honest folds, ranks, error bars, confusion."""

import numpy as np
import pytest

from edex.errors import InputError
from edex.spacegroup.classes import CLASSES, class_index, space_group
from edex.spacegroup.evaluation import (
    accuracy,
    class_recall,
    confusion_table,
    family_confusion,
    paired_gain,
    prototype_folds,
    random_folds,
    true_rank,
)


@pytest.fixture
def crystals():
    """Numbers and prototypes of 400 crystals in 80 families of unequal size."""
    rng = np.random.default_rng(0)
    families = np.arange(80)
    members = rng.choice(families, size=400, p=(w := rng.pareto(1.5, 80) + 0.2) / w.sum())
    members = np.concatenate([members, families])  # no family is empty
    numbers = np.array(CLASSES)[members % 8]
    return numbers, np.array([f"type {m}" for m in members])


def test_a_prototype_is_never_on_both_sides(crystals):
    numbers, prototypes = crystals
    for train, test in prototype_folds(numbers, prototypes, 5):
        assert not set(prototypes[train]) & set(prototypes[test])


def test_every_crystal_is_tested_once_and_every_fold_has_every_class(crystals):
    numbers, prototypes = crystals
    folds = prototype_folds(numbers, prototypes, 5)
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(numbers)))
    assert all(set(numbers[test]) == set(CLASSES) for _, test in folds)


def test_random_folds_put_relatives_on_both_sides(crystals):
    numbers, prototypes = crystals
    shared = [
        set(prototypes[train]) & set(prototypes[test]) for train, test in random_folds(numbers, 5)
    ]
    assert all(shared)


def test_folds_depend_on_the_seed_alone(crystals):
    first, again, other = (
        prototype_folds(*crystals, 5, random_state=seed)[0][1].tolist() for seed in (0, 0, 1)
    )
    assert first == again != other


def test_too_few_prototypes_are_named():
    with pytest.raises(InputError, match="Space group 2 has 1 prototypes, and 2 folds"):
        prototype_folds([2, 2, 14, 14], ["a", "a", "b", "c"], 2)


@pytest.mark.parametrize(
    ("probabilities", "rank"),
    [
        ([0.7, 0.2, 0.1], 1),
        ([0.2, 0.7, 0.1], 2),
        ([0.1, 0.7, 0.2], 3),
        ([1 / 3, 1 / 3, 1 / 3], 3),  # does not decide: counted as last
        ([0.45, 0.45, 0.1], 2),
    ],
)
def test_the_rank_of_the_true_class(probabilities, rank):
    assert true_rank([2], [probabilities], classes=(2, 14, 15)).tolist() == [rank]


@pytest.mark.parametrize(
    ("numbers", "probabilities", "message"),
    [
        ([2], [[0.5, 0.5, 0.0]], r"shape \(1, 3\); 1 labels and 2 classes"),
        ([2], [[np.nan, 0.5]], "not finite"),
        ([15], [[0.5, 0.5]], "Space group 15 is not one of the classes"),
    ],
)
def test_bad_probabilities_are_refused_by_name(numbers, probabilities, message):
    with pytest.raises(InputError, match=message):
        true_rank(numbers, probabilities, classes=(2, 14))


def test_the_error_bar_of_independent_answers_is_the_binomial_one():
    rng = np.random.default_rng(1)
    right = rng.random(1000) < 0.8
    score = accuracy(right, np.arange(1000))
    binomial = np.sqrt(right.mean() * (1 - right.mean()) / 1000)
    assert score.standard_error == pytest.approx(binomial, rel=0.1)
    assert score.interval[0] < score.value < score.interval[1]


def test_copies_of_a_prototype_do_not_shrink_the_error_bar():
    rng = np.random.default_rng(2)
    right = rng.random(50) < 0.7
    alone = accuracy(right, np.arange(50))
    copied = accuracy(np.repeat(right, 20), np.repeat(np.arange(50), 20))
    assert copied.value == pytest.approx(alone.value)
    assert copied.standard_error == pytest.approx(alone.standard_error, rel=0.05)
    assert (copied.n, copied.n_groups) == (1000, 50)


def test_each_prototype_once_is_the_mean_of_the_prototype_means():
    right, groups = [1, 1, 1, 0, 0], ["spinel"] * 3 + ["garnet", "quartz"]
    assert accuracy(right, groups).value == pytest.approx(0.6)
    assert accuracy(right, groups, each_group_once=True).value == pytest.approx(1 / 3)


def test_a_gain_is_paired():
    a, b = np.array([1, 1, 1, 0] * 30), np.array([1, 1, 0, 0] * 30)
    gain = paired_gain(a, b, np.arange(120))
    assert gain.value == pytest.approx(0.25)
    assert gain.interval[0] > 0


@pytest.mark.parametrize("groups", [["a", "a"], ["a", "b", "c"]])
def test_an_error_bar_needs_two_groups_and_a_label_each(groups):
    with pytest.raises(InputError, match="at least two groups"):
        accuracy([1, 0], groups)


def test_confusion_has_true_groups_in_rows():
    table = confusion_table([2, 2, 225], [14, 2, 225])
    assert table.loc[2, 14] == 1
    assert table.loc[14, 2] == 0
    assert table.to_numpy().sum() == 3
    assert class_recall([2, 2, 225], [14, 2, 225]).dropna().to_dict() == {2: 0.5, 225: 1.0}


def test_families_add_up_to_one():
    table = family_confusion([14, 15, 225, 227], [15, 62, 227, 227])
    assert table.loc["monoclinic", "monoclinic"] == 0.5
    assert table.loc["cubic", "cubic"] == 1.0
    assert table.index[0] == "triclinic"


def test_symbols_and_orders_agree_with_the_tables_in_gemmi():
    import gemmi

    for number in CLASSES:
        entry = gemmi.find_spacegroup_by_number(number)
        group = space_group(number)
        assert group.point_group == entry.point_group_hm()
        assert group.order == len({str(op.rot) for op in entry.operations().sym_ops})
        assert group.symbol.replace("_", "") == entry.short_name()
        assert group.family == entry.crystal_system_str()


def test_an_unknown_class_is_refused():
    with pytest.raises(InputError, match="Space group 166 is not one of the eight"):
        class_index(166)
