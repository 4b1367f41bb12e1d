"""Independent source: spglib's own search, and lattices whose symmetry every textbook lists."""

import numpy as np
import pytest

from edex.spacegroup.classes import CLASSES, space_group
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.structures import load_crystals
from edex.spacegroup.symmetry import find_space_group
from edex.spacegroup.templates import RejectedDrawError, make_template, perturb
from edex.spacegroup.verification import LabelCheck, count_lattice_symmetries

FCC = 2.0 * (1 - np.eye(3))
HEXAGONAL = np.array([[3.0, 0, 0], [-1.5, 1.5 * np.sqrt(3), 0], [0, 0, 5.0]])
MONOCLINIC = np.array([[4.0, 0, 0], [0, 5.0, 0], [-1.0, 0, 6.0]])
TRICLINIC = np.array([[4.0, 0, 0], [0.5, 5.0, 0], [-1.0, 0.7, 6.0]])


@pytest.fixture(scope="module")
def templates():
    """A dozen small templates of each class."""
    crystals, _ = load_crystals(classes=[2, 14, 62, 139])
    cubic = [
        salt(),
        Crystal(
            5.43 / 2 * (1 - np.eye(3)), ["Si", "Si"], [[0] * 3, [0.25] * 3], space_group_number=227
        ),
        Crystal(HEXAGONAL, ["Mg", "Mg"], [[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]],
                space_group_number=194),
    ]  # fmt: skip
    chosen = cubic
    for number in (2, 14, 62, 139):
        chosen += [c for c in crystals if c.space_group_number == number and len(c) < 40][:12]
    return [make_template(crystal) for crystal in chosen]


def salt(**options):
    return Crystal(
        2.82 * (1 - np.eye(3)), ["Na", "Cl"], [[0] * 3, [0.5] * 3], space_group_number=225,
        **options,
    )  # fmt: skip


class TestLatticeSymmetry:
    @pytest.mark.parametrize(
        ("lattice", "order"),
        [
            (TRICLINIC, 2),
            (MONOCLINIC, 4),
            (np.diag([3.0, 4.0, 5.0]), 8),
            (np.diag([3.0, 3.0, 5.0]), 16),
            (HEXAGONAL, 24),
            (np.eye(3) * 4.0, 48),
            (FCC, 48),
            (2.0 * (np.ones((3, 3)) - 2 * np.eye(3)), 48),
            (FCC * 1.5 + 0.1, 12),  # stretched along the body diagonal: rhombohedral
        ],
        ids="triclinic monoclinic orthorhombic tetragonal hexagonal cP cF cI rhombohedral".split(),
    )
    def test_the_order_is_that_of_the_holohedry(self, lattice, order):
        assert count_lattice_symmetries(lattice, 0.01) == order

    @pytest.mark.parametrize("number", CLASSES)
    def test_the_classes_are_holohedral(self, number):
        holohedries = {"triclinic": 2, "monoclinic": 4, "orthorhombic": 8, "tetragonal": 16,
                       "hexagonal": 24, "cubic": 48}  # fmt: skip
        assert space_group(number).order == holohedries[space_group(number).family]

    def test_a_turned_lattice_has_the_same_symmetry(self):
        turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
        assert count_lattice_symmetries(HEXAGONAL @ turn, 0.01) == 24

    def test_nearly_right_angles_count_within_the_tolerance(self):
        lattice = np.diag([3.0, 4.0, 5.0])
        lattice[2, 0] = 0.02
        assert count_lattice_symmetries(lattice, 0.05) == 8
        assert count_lattice_symmetries(lattice, 1e-3) == 4


class TestLabelCheck:
    def test_it_says_what_spglib_says(self, templates):
        generator = np.random.default_rng(1)
        n_proven = n_seen = 0
        for template in templates:
            check = LabelCheck(template.crystal)
            for _ in range(8):
                try:
                    crystal, _ = perturb(template, generator)
                except RejectedDrawError:
                    continue
                n_seen += 1
                n_proven += check.is_proven(crystal)
                assert check(crystal) == find_space_group(crystal), crystal
        assert n_proven > 0.6 * n_seen

    def test_most_labels_need_no_search(self):
        check = LabelCheck(salt())
        assert check(salt()) == 225
        assert check.n_searches == 0

    @pytest.mark.parametrize(
        "change",
        ["an atom moved", "the lattice strained", "other atoms"],
    )
    def test_a_broken_symmetry_is_not_proven(self, change):
        cell = HEXAGONAL.copy()
        template = Crystal(
            cell, ["Mg", "Mg"], [[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]], space_group_number=194
        )
        check = LabelCheck(template)
        assert check.is_proven(template)
        coords, species = template.frac_coords.copy(), ["Mg", "Mg"]
        if change == "an atom moved":
            coords[0, 2] += 0.004  # 0.02 Å
        elif change == "the lattice strained":
            cell = HEXAGONAL @ np.diag([1.01, 1.0, 1.0])
        else:
            species = ["Mg", "Zn"]
        broken = Crystal(cell, species, coords, space_group_number=194)
        assert not check.is_proven(broken)
        assert check(broken) == find_space_group(broken) != 194
        assert check.n_searches == 1

    def test_an_accidental_translation_is_not_overlooked(self):
        # Pm-3m CsCl with equal atoms is body-centred, Im-3m
        ordered = Crystal(3.0 * np.eye(3), ["Cs", "Cl"], [[0] * 3, [0.5] * 3],
                          space_group_number=221)  # fmt: skip
        equal = Crystal(3.0 * np.eye(3), ["Cs", "Cs"], [[0] * 3, [0.5] * 3])
        check = LabelCheck(ordered)
        assert check.is_proven(ordered)
        assert not check.is_proven(equal)
        assert check(equal) == 229

    def test_accidental_symmetry_of_the_lattice_is_left_to_spglib(self):
        general = Crystal(TRICLINIC, ["C", "C"], [[0.1, 0.2, 0.3], [0.9, 0.8, 0.7]],
                          space_group_number=2)  # fmt: skip
        check = LabelCheck(general)
        assert check.is_proven(general)
        cubic_cell = Crystal(4.0 * np.eye(3), general.species, general.frac_coords)
        assert not check.is_proven(cubic_cell)
        assert check(cubic_cell) == find_space_group(cubic_cell) == 12  # the atoms follow

    def test_a_template_that_obeys_its_group_roughly_is_searched_each_time(self):
        rough = Crystal(
            HEXAGONAL, ["Mg", "Mg"], [[1 / 3, 2 / 3, 0.2506], [2 / 3, 1 / 3, 0.75]],
            space_group_number=194,
        )  # fmt: skip
        assert find_space_group(rough) == 194
        check = LabelCheck(rough)
        assert not check.is_proven(rough)
        assert check(rough) == 194
        assert check.n_searches == 1

    def test_shared_sites_are_sites(self):
        def alloy(shares):
            lattice, coords = 2.82 * (1 - np.eye(3)), [[0] * 3, [0] * 3, [0.5] * 3]
            return Crystal(lattice, ["Na", "K", "Cl"], coords, shares, space_group_number=225)

        check = LabelCheck(alloy([0.5, 0.5, 1.0]))
        assert check.is_proven(alloy([0.5, 0.5, 1.0]))
        assert check.is_proven(alloy([0.25, 0.75, 1.0]))

    def test_another_number_of_atoms_is_not_proven(self):
        check = LabelCheck(salt())
        nickel = Crystal(FCC, ["Ni"], [[0, 0, 0]])
        assert not check.is_proven(nickel)
        assert check(nickel) == 225


@pytest.mark.slow
def test_thousands_of_draws_have_the_group_that_spglib_finds():
    generator = np.random.default_rng(2)
    crystals, _ = load_crystals()
    wrong, n_proven = [], 0
    for number in generator.permutation(len(crystals))[:600]:
        template = make_template(crystals[number])
        check = LabelCheck(template.crystal)
        for _ in range(5):
            try:
                crystal, _ = perturb(template, generator)
            except RejectedDrawError:
                continue
            if check.is_proven(crystal):
                n_proven += 1
                if find_space_group(crystal) != template.crystal.space_group_number:
                    wrong.append(crystal)
    assert wrong == []
    assert n_proven > 1800
