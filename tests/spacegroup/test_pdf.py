"""The PDF: closed forms, what must not change it, what it must refuse."""

import pickle
import sys
import threading

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from textbook_crystals import (
    OF_THE_COURSE,
    random_rotation,
    random_unimodular,
    textbook_crystal,
    transformed,
)

from edex.errors import InputError, MissingExtraError
from edex.spacegroup.crystal import Crystal, Orbits
from edex.spacegroup.pdf import PdfCalculator, default_grid, simulate_pdf
from edex.spacegroup.pdf_parameters import read_grid
from edex.spacegroup.symmetry import orbits, primitive_cell

A_NI = 3.52
FCC = [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
NICKEL = Crystal(A_NI * np.eye(3), ["Ni"] * 4, FCC, source_id="nickel")
SALT = textbook_crystal("rock salt")
SHORT = PdfCalculator(np.arange(0.5, 12.0, 0.05))  # a short range: quick
U_OF = {"Na": 0.012, "Cl": 0.007, "O": 0.01, "Ti": 0.004}


@st.composite
def crystals(draw):
    """Draw one to five atoms, sometimes on one site, in a triclinic cell."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lattice = np.diag(random.uniform(2.5, 6.0, 3)) + random.uniform(-1.2, 1.2, (3, 3))
    assume(abs(np.linalg.det(lattice)) > 12)
    n = draw(st.integers(1, 5))
    # Coordinates of special positions, where differences coincide, as well as general ones.
    coords = np.where(
        random.random((n, 3)) < 0.5, random.integers(0, 4, (n, 3)) / 4, random.random((n, 3))
    )
    species = random.choice(list(U_OF), n)
    occupancies = random.choice([1.0, 0.7, 0.3], n)
    crystal = Crystal(lattice, species, coords, occupancies)
    try:
        SHORT.calculate(crystal)
    except InputError:  # atoms too close
        assume(False)
    return crystal


seeds = st.integers(0, 2**32 - 1)


def assert_same(found, expected, tolerance=1e-8):
    assert np.abs(found - expected).max() <= tolerance * max(1.0, np.abs(expected).max() / 30)


# Closed forms ----------------------------------------------------------------------------------


def test_the_default_grid_is_the_one_of_the_course():
    r = default_grid()
    assert r.shape == (209,)
    np.testing.assert_allclose(r[[0, -1]], [1.5025, 29.9134], atol=1e-4)
    np.testing.assert_allclose(np.diff(r), np.pi / 23)
    assert simulate_pdf(NICKEL).shape == (209,)


def test_the_first_peak_of_fcc_is_at_the_nearest_neighbours():
    r = np.arange(2.0, 3.0, 0.001)
    G = simulate_pdf(NICKEL, r=r, qmax=60.0, u_iso=0.002)
    assert r[G.argmax()] == pytest.approx(A_NI / np.sqrt(2), abs=0.003)


@pytest.mark.parametrize(
    ("low", "high", "neighbours"),
    [(2.1, 2.9, 12), (3.2, 3.85, 6), (3.95, 4.65, 24), (1.0, 2.9, 12)],
)
def test_the_area_of_a_peak_of_fcc_is_its_coordination_number(low, high, neighbours):
    r = np.arange(low, high, 0.002)
    G = simulate_pdf(NICKEL, r=r, qmax=80.0, qdamp=0.0, u_iso=0.003)
    radial_distribution = r * G + 4 * np.pi * r**2 * 4 / A_NI**3
    assert np.trapezoid(radial_distribution, r) == pytest.approx(neighbours, rel=2e-3)


def test_below_the_first_distance_the_curve_is_a_straight_line():
    # No ripples: at qmax = 80 the Gaussians have died out, exp(-qmax^2 u) = 1e-11. What remains
    # comes from the cut far away, at 30 Å: about G there / (qmax pi 30 Å).
    r = np.arange(0.4, 1.9, 0.01)
    G = simulate_pdf(NICKEL, r=r, qmax=80.0, qdamp=0.0, u_iso=0.004)
    np.testing.assert_allclose(G, -4 * np.pi * r * 4 / A_NI**3, atol=5e-3)
    slope = np.polyfit(r, G, 1)[0]
    assert slope == pytest.approx(-4 * np.pi * 4 / A_NI**3, rel=1e-3)


def test_two_atoms_in_a_huge_cell_give_one_gaussian():
    d, u = 2.3, 0.006
    pair = Crystal(400 * np.eye(3), ["C", "O"], [[0.1, 0.2, 0.3], [0.1, 0.2, 0.3 + d / 400]])
    r = np.arange(0.5, 8.0, 0.01)
    G = simulate_pdf(pair, r=r, qmax=90.0, qdamp=0.0, u_iso=u)
    b = np.array([6.0, 8.0])
    area = 2 * b[0] * b[1] / (2 * b.mean() ** 2 * d)
    gaussian = np.exp(-((r - d) ** 2) / (4 * u)) / np.sqrt(4 * np.pi * u)
    np.testing.assert_allclose(G, area * gaussian, atol=2e-3)  # the baseline is 4 pi r 3e-8
    assert np.trapezoid(G, r) == pytest.approx(area, rel=1e-3)


def test_two_atoms_with_a_narrow_band_give_the_sine_integral():
    # sum b_i b_j / d (2/pi) int Q-band exp(-Q^2 u) sin(Q d) sin(Q r) dQ, integrated here
    d, u, qmin, qmax = 2.3, 0.006, 1.2, 12.0
    pair = Crystal(400 * np.eye(3), ["C", "O"], [[0, 0, 0], [0, 0, d / 400]])
    r = np.arange(0.5, 20.0, 0.03)
    found = simulate_pdf(pair, r=r, qmin=qmin, qmax=qmax, qdamp=0.0, u_iso=u)
    x, w = np.polynomial.legendre.leggauss(300)
    q, w = qmin + (qmax - qmin) * (x + 1) / 2, w * (qmax - qmin) / 2
    spectrum = 2 * 6 * 8 / (2 * 7**2 * d) * np.exp(-(q**2) * u) * np.sin(q * d)
    expected = 2 / np.pi * np.sin(np.outer(r, q)) @ (w * spectrum)
    assert np.abs(found - expected).max() < 0.02 * np.abs(expected).max()


def test_one_atom_in_a_huge_cell_has_no_pairs():
    alone = Crystal(500 * np.eye(3), ["Fe"], [[0.3, 0.3, 0.3]])
    G = simulate_pdf(alone, qdamp=0.0)
    np.testing.assert_allclose(G, -4 * np.pi * default_grid() / 500**3, atol=1e-6)


def test_resolution_damps_the_curve_by_a_gaussian():
    r = default_grid()
    sharp, damped = simulate_pdf(SALT, qdamp=0.0), simulate_pdf(SALT, qdamp=0.07)
    np.testing.assert_allclose(damped, sharp * np.exp(-((0.07 * r) ** 2) / 2), atol=1e-12)


def test_a_sphere_damps_the_curve_by_the_volume_it_shares_with_its_shifted_self():
    d = 20.0
    r = default_grid()
    bulk, sphere = simulate_pdf(SALT), simulate_pdf(SALT, particle_diameter=d)
    points = np.random.default_rng(0).uniform(-d / 2, d / 2, (200_000, 3))
    points = points[(points**2).sum(axis=1) < d**2 / 4]
    for k in (20, 70, 110):
        shared = (((points + np.array([0, 0, r[k]])) ** 2).sum(axis=1) < d**2 / 4).mean()
        assert sphere[k] / bulk[k] == pytest.approx(shared, abs=0.006)
    assert (sphere[r >= d] == 0).all()
    np.testing.assert_allclose(simulate_pdf(SALT, particle_diameter=1e9), bulk, atol=1e-6)


def test_elements_cancel_in_a_monatomic_crystal():
    np.testing.assert_allclose(
        simulate_pdf(NICKEL), simulate_pdf(NICKEL, radiation="neutron"), atol=1e-10
    )
    titanium = Crystal(A_NI * np.eye(3), ["Ti"] * 4, FCC)  # b < 0
    np.testing.assert_allclose(
        simulate_pdf(NICKEL), simulate_pdf(titanium, radiation="neutron"), atol=1e-10
    )


def test_negative_scattering_lengths_turn_peaks_over():
    rutile = textbook_crystal("rutile")
    r = np.arange(1.7, 2.2, 0.01)  # Ti-O at 1.95 and 1.98 Å
    assert simulate_pdf(rutile, r=r).max() > 1
    assert simulate_pdf(rutile, r=r, radiation="neutron").min() < -1


def test_u_of_each_pair_sets_the_width_of_its_peak():
    r = np.arange(2.2, 3.4, 0.002)
    u = {"Na": 0.004, "Cl": 0.012}
    G = simulate_pdf(SALT, r=r, qmax=70.0, qdamp=0.0, u_iso=u)  # Na-Cl at 2.82 Å alone
    peak = r * G + 4 * np.pi * r**2 * 8 / SALT.volume
    center = np.average(r, weights=peak)
    variance = np.average((r - center) ** 2, weights=peak)
    assert variance == pytest.approx(0.016, rel=0.02)


def test_larger_displacements_broaden_the_curve():
    heights = [simulate_pdf(NICKEL, u_iso=u).max() for u in (0.003, 0.008, 0.02)]
    assert heights[0] > heights[1] > heights[2]


def test_a_vacancy_lowers_the_density_but_not_the_scale():
    # every site half empty: same distances, half the neighbours, half the density
    half = Crystal(NICKEL.lattice, NICKEL.species, NICKEL.frac_coords, [0.5] * 4)
    np.testing.assert_allclose(simulate_pdf(half), 0.5 * simulate_pdf(NICKEL), atol=1e-10)


def test_a_mixed_site_of_two_equal_halves_is_one_atom():
    halves = Crystal(NICKEL.lattice, ["Ni"] * 8, FCC * 2, [0.5] * 8)
    np.testing.assert_allclose(simulate_pdf(halves), simulate_pdf(NICKEL), atol=1e-10)
    nearly = np.array(FCC * 2) + np.repeat([[0.0], [0.001]], 4, axis=0)  # 0.006 Å apart
    apart = Crystal(NICKEL.lattice, ["Ni"] * 8, nearly, [0.5] * 8)
    assert np.abs(simulate_pdf(apart) - simulate_pdf(NICKEL)).max() < 0.02


# What must not change the curve ----------------------------------------------------------------


@given(crystals(), seeds)
@settings(max_examples=20)
def test_supercell_origin_cell_vectors_and_order_of_atoms_do_not_matter(crystal, seed):
    random = np.random.default_rng(seed)
    matrix = random_unimodular(random)
    matrix[random.integers(3)] *= random.integers(1, 3)
    other = transformed(crystal, matrix, random.uniform(-1, 1, 3), random)
    assert_same(SHORT.calculate(other), SHORT.calculate(crystal))


@given(crystals(), seeds)
@settings(max_examples=15)
def test_rotation_and_mirror_images_of_the_lattice_do_not_matter(crystal, seed):
    random = np.random.default_rng(seed)
    rotation = random_rotation(random) * random.choice([-1, 1])
    turned = Crystal(
        crystal.lattice @ rotation, crystal.species, crystal.frac_coords, crystal.occupancies
    )
    assert_same(SHORT.calculate(turned), SHORT.calculate(crystal))


@given(crystals(), seeds)
@settings(max_examples=15)
def test_lattice_translations_of_single_atoms_do_not_matter(crystal, seed):
    steps = np.random.default_rng(seed).integers(-3, 4, (len(crystal), 3))
    moved = Crystal(
        crystal.lattice, crystal.species, crystal.frac_coords + steps, crystal.occupancies
    )
    assert_same(SHORT.calculate(moved), SHORT.calculate(crystal))


@given(crystals(), st.floats(0.8, 1.3))
@settings(max_examples=15)
def test_a_larger_crystal_with_a_longer_ruler_has_the_same_curve(crystal, scale):
    # G has the unit of Å^-2: G(s r) of a crystal s times as large is G(r) / s^2
    r = np.arange(0.5, 9.0, 0.05)
    larger = Crystal(
        scale * crystal.lattice, crystal.species, crystal.frac_coords, crystal.occupancies
    )
    small = PdfCalculator(r, qmax=20.0, qdamp=0.03, u_iso=0.02)
    large = PdfCalculator(
        scale * r, qmax=20.0 / scale, qdamp=0.03 / scale, u_iso=0.02 * scale**2, min_distance=0.3
    )
    expected = small.calculate(crystal) / scale**2
    found = large.calculate(larger)
    # The cut, far away, does not scale.
    assert np.abs(found - expected).max() < 2e-3 * np.abs(expected).max()


@given(crystals())
@settings(max_examples=15)
def test_equal_displacements_can_be_written_in_three_ways(crystal):
    r = np.arange(0.5, 8.0, 0.05)
    one = simulate_pdf(crystal, r=r, u_iso=0.01)
    each_element = simulate_pdf(crystal, r=r, u_iso=dict.fromkeys(U_OF, 0.01))
    each_atom = simulate_pdf(crystal, r=r, u_iso=np.full(len(crystal), 0.01))
    np.testing.assert_array_equal(each_element, one)
    np.testing.assert_array_equal(each_atom, one)


@given(crystals())
@settings(max_examples=15)
def test_displacements_of_elements_and_of_atoms_agree(crystal):
    r = np.arange(0.5, 8.0, 0.05)
    by_element = simulate_pdf(crystal, r=r, u_iso=U_OF)
    by_atom = simulate_pdf(crystal, r=r, u_iso=[U_OF[element] for element in crystal.species])
    assert np.abs(by_element - by_atom).max() < 2e-3 * np.abs(by_element).max()


@pytest.mark.parametrize("name", OF_THE_COURSE)
def test_primitive_cells_and_orbits_change_nothing(name):
    crystal = textbook_crystal(name)
    u_iso = {element: 0.004 + 0.001 * k for k, element in enumerate(sorted(set(crystal.species)))}
    for calculator in (PdfCalculator(), PdfCalculator(u_iso=u_iso)):
        everything = calculator.calculate(crystal)
        assert_same(calculator.calculate(crystal, orbits(crystal)), everything, 1e-10)
        primitive = primitive_cell(crystal)
        assert_same(calculator.calculate(primitive, orbits(primitive)), everything, 1e-6)


def test_orbits_of_mixed_sites_change_nothing():
    spinel = textbook_crystal("spinel")
    aluminium = [k for k, element in enumerate(spinel.species) if element == "Al"]
    mixed = Crystal(
        spinel.lattice,
        [*spinel.species, *["Fe"] * len(aluminium)],
        np.vstack([spinel.frac_coords, spinel.frac_coords[aluminium]]),
        [0.6 if element == "Al" else 1.0 for element in spinel.species] + [0.4] * len(aluminium),
    )
    assert_same(simulate_pdf(mixed, orbits=orbits(mixed)), simulate_pdf(mixed), 1e-10)


def test_orbits_may_split_the_atoms_of_an_element_in_any_way():
    # Every atom is an orbit of its own: true, if wasteful.
    single = Orbits(np.arange(8), np.ones(8, dtype=int))
    assert_same(simulate_pdf(SALT, orbits=single), simulate_pdf(SALT), 1e-10)


def test_the_value_at_a_distance_does_not_depend_on_the_grid():
    r, G = default_grid(), simulate_pdf(SALT)
    fine = np.sort(np.concatenate([r, np.arange(1.5, 29.9, 0.01)]))
    for grid in (r[100:], r[:40], r[[50]], fine):
        at = np.isin(grid, r)
        same = np.isin(r, grid)
        np.testing.assert_allclose(simulate_pdf(SALT, r=grid)[at], G[same], atol=1e-9)
    # Beyond 30 Å the sum is cut later.
    longer = simulate_pdf(SALT, r=np.append(r, 45.0))[:-1]
    assert np.abs(longer - G)[r < 25].max() < 2e-3 * np.abs(G).max()


def test_many_atoms_are_summed_in_portions(monkeypatch):
    # 300 atoms make 45,000 differences, more than are held at once
    random = np.random.default_rng(3)
    steps = np.stack(np.meshgrid(*[np.arange(7)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)[:300]
    coords = (steps + random.uniform(0, 0.5, (300, 3))) / 7
    crystal = Crystal(21 * np.eye(3), random.choice(["Si", "O"], 300), coords)
    calculator = PdfCalculator(np.arange(1.0, 7.0, 0.1))
    everything = calculator.calculate(crystal)
    single = Orbits(np.arange(300), np.ones(300, dtype=int))
    assert_same(calculator.calculate(crystal, single), everything, 1e-9)
    x = coords @ crystal.lattice
    shifts = np.array([(i, j, k) for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)]) * 21
    distances = np.concatenate([np.linalg.norm(x[None] - x[:, None] + t, axis=2) for t in shifts])
    in_peak = ((distances > 0.1) & (distances < 2.5)).sum() / 300
    assert in_peak > 0.5  # there is something to sum
    monkeypatch.setattr(sys.modules["edex.spacegroup.pdf"], "_REMEMBERED", 0)
    assert_same(calculator.calculate(crystal), everything, 1e-12)


# Calculators -----------------------------------------------------------------------------------


def test_a_calculator_can_be_pickled():
    calculator = PdfCalculator(np.arange(1.0, 10.0, 0.1), qmin=0.5, u_iso=U_OF, radiation="neutron")
    copy = pickle.loads(pickle.dumps(calculator))
    np.testing.assert_array_equal(copy.calculate(SALT), calculator.calculate(SALT))
    assert repr(copy) == repr(calculator)
    assert "90 points" in repr(copy)
    assert len(pickle.dumps(calculator)) < 3000  # parameters, not tables


def test_a_crystal_that_was_pickled_or_laid_out_otherwise_gives_the_same():
    expected = SHORT.calculate(SALT)
    np.testing.assert_array_equal(SHORT.calculate(pickle.loads(pickle.dumps(SALT))), expected)
    fortran = Crystal(
        np.asfortranarray(SALT.lattice), SALT.species, np.asfortranarray(SALT.frac_coords)
    )
    np.testing.assert_array_equal(SHORT.calculate(fortran), expected)


def test_a_calculation_leaves_crystal_and_orbits_as_they_were():
    crystal = textbook_crystal("kyanite")
    sets = orbits(crystal)
    before = pickle.dumps((crystal.lattice, crystal.frac_coords, crystal.occupancies, sets))
    first = simulate_pdf(crystal, orbits=sets)
    assert pickle.dumps((crystal.lattice, crystal.frac_coords, crystal.occupancies, sets)) == before
    np.testing.assert_array_equal(simulate_pdf(crystal, orbits=sets), first)


def test_threads_do_not_disturb_each_other():
    names = ["perovskite", "rock salt", "diopside", "magnesium"] * 3
    found = {}

    def work(number):
        found[number] = SHORT.calculate(textbook_crystal(names[number]))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(names))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, G in found.items():
        np.testing.assert_array_equal(G, SHORT.calculate(textbook_crystal(names[number])))


def test_the_result_is_new_each_time():
    first = SHORT.calculate(SALT)
    first[:] = 0
    assert np.abs(SHORT.calculate(SALT)).max() > 1


# What must be refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"qmin": 23.0}, "qmin is 23 Å⁻¹ and qmax is 23 Å⁻¹; qmax must be the larger"),
        ({"qmin": -0.1}, "qmin is -0.1; it must be at least 0"),
        ({"qmax": 0}, "qmax is 0; it must be above 0"),
        ({"qmax": np.nan}, "qmax is nan"),
        ({"qmax": np.inf}, "qmax is inf"),
        ({"qmax": "23"}, "qmax is '23'; it must be a number"),
        ({"qmax": [23]}, "qmax is .23.; it must be a number"),
        ({"qmax": True}, "qmax is True; it must be a number"),
        ({"qdamp": -0.04}, "qdamp is -0.04; it must be at least 0"),
        ({"u_iso": 0}, "u_iso is 0; it must be above 0"),
        ({"u_iso": 8.0}, "u_iso is 8; it must be above 0 and at most 1 Å²"),
        ({"u_iso": None}, "u_iso is None; it must be a number"),
        ({"u_iso": {}}, "u_iso is empty"),
        ({"u_iso": {"Na": 0.01, "Cl": -1}}, "u_iso of Cl is -1"),
        ({"u_iso": {"Na": 0.01, "Xx": 0.01}}, "'Xx' is not an element"),
        ({"u_iso": {"Na": 0.01}}, "u_iso has no value for Cl; it has Na. Add 'Cl': 0.008"),
        ({"u_iso": [0.01, 0.01]}, "u_iso has 2 values and the crystal 8 atoms"),
        ({"u_iso": [0.01] * 7 + [np.nan]}, "u_iso of atom 7 is nan"),
        ({"radiation": "muon"}, "radiation is 'muon'; it must be 'xray' or 'neutron'"),
        ({"particle_diameter": 0}, "particle_diameter is 0; it must be above 0"),
        ({"min_distance": 0}, "min_distance is 0; it must be at least 0.01"),
        ({"r": []}, "r has shape .0,."),
        ({"r": [[1.0, 2.0]]}, "r has shape .1, 2.; it must be a list"),
        ({"r": "1.5 to 30"}, "r must be an array of distances in Å, not '1.5 to 30'"),
        ({"r": [0.0, 1.0]}, "r contains 0; distances must be above 0"),
        ({"r": [1.0, np.nan]}, "r contains nan"),
        ({"r": [1.0, 2e4]}, "r contains 20000; .* at most 1000 Å"),
        ({"r": [1.0, 3.0, 2.0]}, "r does not increase: 3 Å is followed by 2 Å"),
        ({"r": [1.0, 1.0]}, "r does not increase: 1 Å is followed by 1 Å"),
        ({"r": [900.0], "u_iso": 1e-5}, "needs tables of .* GB; 0.4 GB are allowed. Lower qmax"),
        ({"orbits": [0, 4]}, "orbits is a list, not Orbits"),
        ({"orbits": Orbits(np.array([]), np.array([]))}, "0 representatives and 0 multiplicities"),
        ({"orbits": Orbits(np.array([0]), np.array([4, 4]))}, "1 representatives and 2"),
        ({"orbits": Orbits(np.array([0, 4]), np.array([4, 3]))}, "do not fit its 8 atoms"),
        ({"orbits": Orbits(np.array([0, 8]), np.array([4, 4]))}, "do not fit its 8 atoms"),
        ({"orbits": Orbits(np.array([0, 4]), np.array([8, 0]))}, "do not fit its 8 atoms"),
    ],
)
def test_wrong_parameters_are_named_with_the_rule(parameters, message):
    with pytest.raises(InputError, match=message):
        simulate_pdf(SALT, **parameters)


def test_what_is_no_crystal_is_refused():
    with pytest.raises(InputError, match="The crystal is a str, not a Crystal"):
        simulate_pdf("NaCl")


def test_an_unknown_element_of_the_crystal_is_named():
    with pytest.raises(InputError, match="'Na\\+' is not an element"):
        simulate_pdf(Crystal(4 * np.eye(3), ["Na+"], [[0, 0, 0]]))


def test_clashing_atoms_are_named_with_their_distance():
    close = Crystal(4 * np.eye(3), ["Na", "Cl"], [[0, 0, 0], [0.98, 0, 0.05]], source_id="mp-0")
    with pytest.raises(InputError) as error:
        simulate_pdf(close)
    assert "The crystal 'mp-0': atom 0 (Na) and atom 1 (Cl) are 0.215 Å apart" in str(error.value)
    assert np.isfinite(simulate_pdf(close, min_distance=0.2)).all()


def test_an_atom_that_clashes_with_its_own_image_is_named():
    with pytest.raises(InputError, match=r"atom 0 \(Na\) and its own image are 0.3 Å apart"):
        simulate_pdf(Crystal(np.diag([5.0, 0.3, 5.0]), ["Na"], [[0, 0, 0]]))
    with pytest.raises(InputError, match=r"its own image are 0\.005 Å"):
        simulate_pdf(Crystal(np.diag([5.0, 0.005, 5.0]), ["Na"], [[0, 0, 0]]))


@given(crystals(), st.floats(0.02, 0.49), seeds)
@settings(max_examples=15)
def test_every_clash_is_found(crystal, distance, seed):
    random = np.random.default_rng(seed)
    direction = random.normal(size=3)
    step = distance * direction / np.linalg.norm(direction) @ np.linalg.inv(crystal.lattice)
    place = crystal.frac_coords[0] + step + random.integers(-2, 3, 3)
    crowded = Crystal(
        crystal.lattice, [*crystal.species, "H"], np.vstack([crystal.frac_coords, place])
    )
    with pytest.raises(InputError, match="Å apart"):
        simulate_pdf(crowded)


def test_a_mean_scattering_length_of_zero_is_refused():
    # The alloy of titanium and zirconium that holds powders in neutron beams unseen.
    share = 7.16 / (7.16 + 3.37)
    null = Crystal(3.3 * np.eye(3), ["Ti", "Zr"], [[0, 0, 0]] * 2, [share, 1 - share])
    with pytest.raises(
        InputError, match=r"mean scattering weight of .* for neutron is .*e-1.*close"
    ):
        simulate_pdf(null, radiation="neutron")
    assert np.isfinite(simulate_pdf(null)).all()


def test_without_numba_the_extra_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "edex.spacegroup.kernel", raising=False)
    monkeypatch.setattr("edex.spacegroup.kernel", None, raising=False)
    monkeypatch.delattr("edex.spacegroup.kernel")
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(MissingExtraError, match=r"edex\[spacegroup\]"):
        PdfCalculator()


def test_the_grid_of_a_calculator_cannot_be_changed_by_accident():
    calculator = PdfCalculator()
    with pytest.raises(ValueError, match="read-only"):
        calculator.r[0] = 1.0
    mine = np.array([1.0, 2.0])
    read_grid(mine)[:]
    mine[0] = 1.5  # a copy was taken
