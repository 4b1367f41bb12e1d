import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edex.datasets.operators import (
    SAME_ATOM,
    fill_cell,
    lattice_fits,
    lattice_from_cell,
    parse_operators,
)
from edex.errors import InputError

gemmi = pytest.importorskip("gemmi")

# Cells that obey the symmetry of each crystal family, in Å and degrees.
CELLS = {
    "Triclinic": (5.1, 6.2, 7.3, 82, 95, 107),
    "Monoclinic": (5.1, 6.2, 7.3, 90, 105, 90),
    "Orthorhombic": (5.1, 6.2, 7.3, 90, 90, 90),
    "Tetragonal": (5.1, 5.1, 7.3, 90, 90, 90),
    "Trigonal": (5.1, 5.1, 7.3, 90, 90, 120),
    "Hexagonal": (5.1, 5.1, 7.3, 90, 90, 120),
    "Cubic": (9.1, 9.1, 9.1, 90, 90, 90),
}


def group_of(number):
    """Give the standard group of gemmi, as texts, and a cell for it."""
    group = gemmi.find_spacegroup_by_number(number)
    texts = [operator.triplet() for operator in group.operations()]
    return group, texts, lattice_from_cell(*CELLS[group.crystal_system_str().capitalize()])


@pytest.mark.parametrize(
    ("text", "rotation", "translation"),
    [
        ("x,y,z", [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0]),
        ("1/2+x, -y ,z-1/4", [[1, 0, 0], [0, -1, 0], [0, 0, 1]], [0.5, 0, 0.75]),
        ("-x+y,Y,0.5-Z", [[-1, 1, 0], [0, 1, 0], [0, 0, -1]], [0, 0, 0.5]),
        ("2/3-y,1/3+x-y,5/6+z", [[0, -1, 0], [1, -1, 0], [0, 0, 1]], [2 / 3, 1 / 3, 5 / 6]),
    ],
)
def test_operators_are_read_in_every_usual_spelling(text, rotation, translation):
    rotations, translations = parse_operators([text])
    assert rotations[0].tolist() == rotation
    assert translations[0] == pytest.approx(translation)


@pytest.mark.parametrize(
    "text", ["", "x,y", "x,y,z,x", "x,y,2z", "x,y,w", "x,y,", "x,y,y", "x,y,1/2", "x,y,z/2", "a b"]
)
def test_text_that_is_no_operator_is_refused(text):
    with pytest.raises(InputError, match=r"is not a symmetry operator\. .* Write it like '1/2-x"):
        parse_operators(["x,y,z", text])


@pytest.mark.parametrize("number", range(1, 231, 7))
def test_operators_agree_with_those_of_gemmi(number):
    group, texts, _ = group_of(number)
    rotations, translations = parse_operators(texts)
    for operator, rotation, translation in zip(
        group.operations(), rotations, translations, strict=True
    ):
        assert (np.array(operator.rot) // operator.DEN == rotation).all()
        difference = np.array(operator.tran) / operator.DEN - translation
        assert np.abs(difference - difference.round()).max() < 1e-12


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_lattice_agrees_with_gemmi(cell):
    expected = np.array(gemmi.UnitCell(*cell).orth.mat.tolist()).T
    assert np.allclose(lattice_from_cell(*cell), expected, atol=1e-12)


def test_right_angles_give_an_exactly_rectangular_cell():
    assert (lattice_from_cell(3, 4, 5, 90, 90, 90) == np.diag([3, 4, 5])).all()


@pytest.mark.parametrize(
    "cell", [(0, 1, 1, 90, 90, 90), (1, 1, 1, 0, 90, 90), (5, 5, 5, 120, 120, 120.1)]
)
def test_impossible_cell_is_refused(cell):
    with pytest.raises(InputError, match=r"make no cell\. .*Check them"):
        lattice_from_cell(*cell)


@pytest.mark.parametrize("number", [2, 14, 15, 62, 139, 194, 225, 227])
def test_lattice_fits_its_own_group_and_not_when_an_angle_is_off(number):
    group, texts, lattice = group_of(number)
    rotations, _ = parse_operators(texts)
    assert lattice_fits(lattice, rotations)
    wrong = lattice_from_cell(5.1, 6.2, 7.3, 82, 95, 107)
    assert lattice_fits(wrong, rotations) == (group.crystal_system_str() == "triclinic")


@pytest.mark.parametrize("number", range(1, 231, 7))
def test_a_general_site_has_one_atom_for_every_operator(number):
    _, texts, lattice = group_of(number)
    general = np.array([[0.1234, 0.2713, 0.4067]])
    positions, sites = fill_cell(lattice, general, *parse_operators(texts))
    assert len(positions) == len(texts)
    assert (sites == 0).all()


@pytest.mark.parametrize(
    ("number", "site", "multiplicity"),
    # International Tables A: Wyckoff positions of the standard settings.
    [
        (2, (0, 0, 0), 1),
        (14, (0, 0, 0.5), 2),
        (15, (0, 0.21, 0.25), 4),
        (62, (0.13, 0.25, 0.62), 4),
        (62, (0, 0, 0), 4),
        (139, (0, 0, 0.354), 4),
        (139, (0, 0.5, 0.25), 4),
        (139, (0.2, 0.2, 0), 8),
        (194, (0.3333, 0.6667, 0.25), 2),
        (194, (0.3333, 0.6667, 0.062), 4),
        (194, (0.1699, 0.3398, 0.25), 6),
        (225, (0.25, 0.25, 0.25), 8),
        (225, (0.24, 0, 0), 24),
        (227, (0.125, 0.125, 0.125), 8),
        (227, (0.5, 0.5, 0.5), 16),
        (227, (0.2624, 0.2624, 0.2624), 32),
        (227, (0.3751, 0.1249, 0.1251), 48),
    ],
)
def test_special_positions_have_the_multiplicity_of_the_tables(number, site, multiplicity):
    _, texts, lattice = group_of(number)
    if number == 227:  # origin choice 2, as the tables list it
        texts = [op.triplet() for op in gemmi.SpaceGroup("F d -3 m:2").operations()]
    positions, _ = fill_cell(lattice, np.array([site]), *parse_operators(texts))
    assert len(positions) == multiplicity
    assert ((positions >= 0) & (positions < 1)).all()


def test_rounded_coordinates_are_moved_to_the_special_position():
    _, texts, lattice = group_of(194)
    positions, _ = fill_cell(lattice, np.array([[0.333, 0.667, 0.25]]), *parse_operators(texts))
    assert np.allclose(positions, [[1 / 3, 2 / 3, 0.25], [2 / 3, 1 / 3, 0.75]], atol=1e-12)


@pytest.mark.parametrize(("gap", "n_atoms"), [(0.9 * SAME_ATOM, 1), (1.1 * SAME_ATOM, 2)])
def test_images_are_one_atom_up_to_the_tolerance(gap, n_atoms):
    inversion = parse_operators(["x,y,z", "-x,-y,-z"])
    site = np.array([[gap / 2 / 10, 0, 0]])
    assert len(fill_cell(10 * np.eye(3), site, *inversion)[0]) == n_atoms


def test_sites_keep_their_order_and_a_shared_place_stays_two_sites():
    inversion = parse_operators(["x,y,z", "-x,-y,-z"])
    sites = np.array([[0.1, 0, 0], [0.5, 0.5, 0.5], [0.1, 0, 0]])
    positions, numbers = fill_cell(10 * np.eye(3), sites, *inversion)
    assert numbers.tolist() == [0, 0, 1, 2, 2]
    assert np.allclose(positions[numbers == 0], positions[numbers == 2])


def test_operators_that_are_no_group_are_refused():
    texts = ["x,y,z", "-x,-y,z", "x,y+1/2,z"]
    with pytest.raises(InputError, match=r"images of site 1 are .* Check the operators"):
        fill_cell(10 * np.eye(3), np.array([[0.0, 0.0, 0.3]]), *parse_operators(texts))


@settings(max_examples=60)
@given(
    number=st.sampled_from([2, 14, 15, 62, 139, 194, 225, 227]),
    site=st.tuples(*[st.integers(-500, 500)] * 3),
    element=st.integers(0, 191),
)
def test_every_operator_maps_the_atoms_of_a_cell_onto_themselves(number, site, element):
    _, texts, lattice = group_of(number)
    rotations, translations = parse_operators(texts)
    try:
        positions, _ = fill_cell(lattice, np.array([site]) / 500, rotations, translations)
    except InputError:
        return  # images at about the tolerance
    element %= len(texts)
    images = positions @ rotations[element].T + translations[element]
    differences = images[:, None] - positions[None, :]
    differences -= differences.round()
    distances = np.linalg.norm(differences @ lattice, axis=-1)
    assert (distances.min(axis=1) < 1e-9).all()
    assert (distances.min(axis=0) < 1e-9).all()
