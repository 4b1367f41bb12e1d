import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edex.errors import InputError
from edex.spacegroup.plan import TemplatePool, apportion, make_plan, row_generator

CLASSES = [2] * 10 + [14] * 30 + [225] * 60
PROTOTYPES = [f"{number}|{i % 7}" for i, number in enumerate(CLASSES)]


def plan_of(size=2000, seed=0, **options):
    return make_plan(CLASSES, PROTOTYPES, size=size, seed=seed, **options)


class TestApportion:
    @given(
        st.lists(st.integers(1, 1000), min_size=1, max_size=12),
        st.integers(12, 50_000),
    )
    @settings(max_examples=200)
    def test_every_row_is_given_and_no_class_goes_empty(self, shares, size):
        counts = apportion(shares, size)
        assert counts.sum() == size
        assert counts.min() >= 1

    @given(st.lists(st.integers(50, 100), min_size=1, max_size=8), st.integers(1000, 5000))
    @settings(max_examples=100)
    def test_no_class_is_off_by_a_whole_row(self, shares, size):
        exact = np.array(shares) / sum(shares) * size
        assert np.abs(apportion(shares, size) - exact).max() < 1

    def test_a_rare_class_gets_its_row_from_the_others(self):
        assert apportion([1, 1, 10_000], 10).tolist() == [1, 1, 8]

    def test_fewer_rows_than_classes_are_refused(self):
        with pytest.raises(InputError, match="The size is 2, and there are 3 classes"):
            apportion([1, 1, 1], 2)


class TestPlan:
    def test_classes_get_their_share_of_the_crystals(self):
        assert plan_of().class_counts() == {2: 200, 14: 600, 225: 1200}

    def test_balanced_classes_get_the_same(self):
        counts = plan_of(size=2000, balanced=True).class_counts()
        assert max(counts.values()) - min(counts.values()) <= 1

    def test_the_template_of_a_row_has_its_class(self):
        plan = plan_of()
        assert (np.array(CLASSES)[plan.templates] == plan.classes).all()

    def test_the_same_seed_gives_the_same_plan_and_another_seed_another(self):
        one, again, other = plan_of(seed=5), plan_of(seed=5), plan_of(seed=6)
        for name in ("templates", "classes", "order"):
            assert (getattr(one, name) == getattr(again, name)).all()
            assert (getattr(one, name) != getattr(other, name)).any()

    def test_any_part_of_the_table_holds_all_classes(self):
        assert set(plan_of().classes[:100]) == {2, 14, 225}

    def test_rows_of_a_template_are_made_together(self):
        plan = plan_of()
        made = plan.templates[plan.order]
        assert sorted(plan.order) == list(range(2000))
        changes = 1 + int((made[1:] != made[:-1]).sum())
        assert changes == len(set(made.tolist()))

    def test_shards_hold_all_classes_though_templates_stay_together(self):
        plan = plan_of()
        assert set(plan.classes[plan.order[:500]]) == {2, 14, 225}

    def test_no_crystals_are_refused(self):
        with pytest.raises(InputError, match="There are no crystals"):
            make_plan([], [], size=10)

    def test_a_negative_seed_is_refused(self):
        with pytest.raises(InputError, match="The seed is -1; it must be 0 or more"):
            plan_of(seed=-1)


class TestPool:
    def test_a_prototype_counts_by_the_root_of_its_crystals(self):
        # 16 spinels, 4 of b, 1 of c: 4 to 2 to 1
        pool = TemplatePool.from_prototypes(np.arange(21), ["a"] * 16 + ["b"] * 4 + ["c"])
        drawn = pool.draw(np.random.default_rng(0), 70_000)
        shares = np.bincount(np.digitize(drawn, [16, 20])) / 70_000
        assert np.abs(shares - np.array([4, 2, 1]) / 7).max() < 0.01

    def test_crystals_of_a_prototype_are_equally_likely(self):
        pool = TemplatePool.from_prototypes(np.arange(4), ["a"] * 4)
        counts = np.bincount(pool.draw(np.random.default_rng(0), 40_000))
        assert np.abs(counts - 10_000).max() < 400  # more than four standard deviations

    def test_the_last_number_of_a_generator_has_a_crystal(self):
        class Highest:
            def random(self, size):
                return np.full(size, np.nextafter(1.0, 0.0))

        pool = TemplatePool.from_prototypes(np.arange(3), ["a", "b", "c"])
        assert pool.draw(Highest(), 2).tolist() == [2, 2]


def test_rows_have_random_numbers_of_their_own():
    firsts = [row_generator(0, row).random() for row in range(1000)]
    assert len(set(firsts)) == 1000
    assert firsts[7] == row_generator(0, 7).random()
    assert firsts[7] != row_generator(1, 7).random()
    assert abs(np.mean(firsts) - 0.5) < 0.04
