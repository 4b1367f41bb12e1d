"""The PDF against independent calculations: diffpy, slow sums written here, and Bragg peaks."""

import gzip
import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from edex.spacegroup.crystal import Crystal
from edex.spacegroup.pdf import PdfCalculator, default_grid, simulate_pdf
from edex.spacegroup.symmetry import orbits, primitive_cell

DATA = Path(__file__).parents[1] / "data" / "pdf-reference" / "diffpy-reference.json.gz"


@pytest.fixture(scope="module")
def references():
    """The curves of diffpy: a list of (crystal, entry)."""
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        content = json.load(file)
    np.testing.assert_allclose(content["r"], default_grid(), atol=1e-9)
    return [
        (
            Crystal(entry["lattice"], entry["species"], entry["frac_coords"]),
            {name: np.array(values) for name, values in entry.items() if name.startswith("G")},
        )
        for entry in content["items"]
    ]


def rw(found, reference):
    """Return the deviation that diffraction people quote."""
    return np.sqrt(((found - reference) ** 2).sum() / (reference**2).sum())


def test_all_curves_of_diffpy_are_reproduced(references):
    calculator = PdfCalculator()
    deviations = [rw(calculator.calculate(crystal), curves["G"]) for crystal, curves in references]
    assert len(deviations) == 37
    assert np.median(deviations) < 3e-4
    assert max(deviations) < 5e-4


def test_primitive_cells_with_orbits_give_the_curves_of_diffpy(references):
    calculator = PdfCalculator()
    deviations = []
    for crystal, curves in references:
        primitive = primitive_cell(crystal)
        found = calculator.calculate(primitive, orbits(primitive))
        deviations.append(rw(found, curves["G"]))
    assert np.median(deviations) < 3e-4
    assert max(deviations) < 6e-4


@pytest.mark.parametrize(
    ("key", "settings"), [("G_qmin=0.5", {"qmin": 0.5}), ("G_qdamp=0", {"qdamp": 0})]
)
def test_curves_of_diffpy_with_other_settings_are_reproduced(references, key, settings):
    found = [
        rw(simulate_pdf(crystal, **settings), curves[key])
        for crystal, curves in references
        if key in curves
    ]
    assert len(found) == 3
    assert max(found) < 1e-3


def slow_pdf(crystal, weights, u, r, *, cutoff, qmin, qmax, qdamp, n_q):
    """Add one Gaussian after the other, cut, transform and transform back, all on fine grids."""
    h = 0.004
    x = h * np.arange(1, round(cutoff / h))
    heights = 1 / np.linalg.norm(np.linalg.inv(crystal.lattice), axis=0)
    reach = np.ceil((cutoff + 1.5) / heights).astype(int) + 1
    images = np.array(list(product(*[range(-n, n + 1) for n in reach]))) @ crystal.lattice
    positions = crystal.frac_coords @ crystal.lattice
    b = weights * crystal.occupancies
    n = crystal.occupancies.sum()
    density = -4 * np.pi * x * n / crystal.volume
    for i in range(len(b)):
        for j in range(i, len(b)):
            distances = np.linalg.norm(positions[j] - positions[i] + images, axis=1)
            distances = distances[(distances > 0.01) & (distances < cutoff + 1.5)]
            values, counts = np.unique(distances.round(9), return_counts=True)
            variance = u[i] + u[j]
            for distance, count in zip(values, counts, strict=True):
                first, last = np.searchsorted(x, distance + np.array([-6, 6]) * np.sqrt(variance))
                part = x[first:last]
                peak = np.exp(-((part - distance) ** 2) / 2 / variance)
                peak *= (
                    (2 - (i == j)) * count * b[i] * b[j] / distance / np.sqrt(2 * np.pi * variance)
                )
                density[first:last] += peak * n / b.sum() ** 2
    step = qmax / n_q
    q = step * np.arange(1, n_q + 1)
    share = np.clip((q + step / 2 - max(qmin, step / 2)) / step, 0, 1)  # of an interval of Q
    share[-1] = 0.5
    spectrum = np.sin(np.outer(q, x)) @ density * h
    back = np.sin(np.outer(r, q)) @ (spectrum * share) * (2 / np.pi) * step
    return back * np.exp(-((qdamp * r) ** 2) / 2)


def bragg_pdf(crystal, sites, weights, u, r, *, qmin, qmax, qdamp):
    """Calculate the PDF of the infinite crystal from its Bragg peaks: no distance is needed.

    A peak at Q adds 4 pi |F|^2 sin(Q r) / Q, and what an atom does with itself is subtracted. It
    is the exact G(r) for Gaussian displacements and an ideal cut in Q.
    """
    reciprocal = 2 * np.pi * np.linalg.inv(crystal.lattice).T
    reach = np.ceil(qmax * np.linalg.norm(crystal.lattice, axis=1) / 2 / np.pi).astype(int)
    h = np.array(list(product(*[range(-n, n + 1) for n in reach])))
    q = np.linalg.norm(h @ reciprocal, axis=1)
    inside = (q > max(qmin, 1e-6)) & (q < qmax)
    h, q = h[inside], q[inside]
    b = weights * crystal.occupancies
    phases = np.exp(2j * np.pi * h @ crystal.frac_coords.T - 0.5 * np.outer(q**2, u))
    intensities = np.abs(phases @ b) ** 2
    scale = b.sum() ** 2 / crystal.occupancies.sum()
    G = 4 * np.pi / crystal.volume * np.sin(np.outer(r, q)) @ (intensities / q)
    x, w = np.polynomial.legendre.leggauss(400)
    x, w = qmin + (qmax - qmin) * (x + 1) / 2, w * (qmax - qmin) / 2
    for site in np.unique(sites):
        here = sites == site
        itself = (np.exp(-0.5 * np.outer(x**2, u[here])) @ b[here]) ** 2
        G -= 2 / np.pi * np.sin(np.outer(r, x)) @ (w * x * itself)
    return G / scale * np.exp(-((qdamp * r) ** 2) / 2)


@pytest.fixture(scope="module", params=["xray", "neutron"])
def rutile(request):
    """Rutile with mixed and half-empty sites; neutrons see titanium with a negative length."""
    x = 0.305
    places = [
        ("Ti", 0.7, (0, 0, 0)), ("Sn", 0.3, (0, 0, 0)),
        ("Ti", 0.7, (0.5, 0.5, 0.5)), ("Sn", 0.3, (0.5, 0.5, 0.5)),
        ("O", 0.9, (x, x, 0)), ("O", 0.9, (1 - x, 1 - x, 0)),
        ("O", 0.9, (0.5 + x, 0.5 - x, 0.5)), ("O", 0.9, (0.5 - x, 0.5 + x, 0.5)),
    ]  # fmt: skip
    species, occupancies, coords = zip(*places, strict=True)
    crystal = Crystal(np.diag([4.59, 4.59, 2.96]), species, coords, occupancies)
    u_iso = {"Ti": 0.006, "Sn": 0.004, "O": 0.015}
    xray, neutron = {"Ti": 22, "Sn": 50, "O": 8}, {"Ti": -3.37, "Sn": 6.225, "O": 5.805}
    b = xray if request.param == "xray" else neutron
    weights = np.array([b[element] for element in species])
    u = np.array([u_iso[element] for element in species])
    return crystal, {"u_iso": u_iso, "radiation": request.param, "qmax": 25.0}, weights, u


@pytest.mark.parametrize("qmin", [0.0, 0.7])
def test_elements_occupancies_and_scattering_lengths_enter_as_in_a_slow_sum(rutile, qmin):
    crystal, settings, weights, u = rutile
    r = np.arange(1.0, 9.99, 0.0371)
    found = simulate_pdf(crystal, r=r, qmin=qmin, **settings)
    # The documented cut, six ripples beyond 30 Å, and 256 steps of Q, which resolve that range.
    cut = {"cutoff": 30 + 12 * np.pi / 25, "n_q": 256}
    reference = slow_pdf(crystal, weights, u, r, qmin=qmin, qmax=25, qdamp=0.04, **cut)
    assert rw(found, reference) < 5e-4


def test_bragg_peaks_of_the_infinite_crystal_give_the_same_curve(rutile):
    crystal, settings, weights, u = rutile
    r = np.arange(1.5, 20.0, 0.0671)
    found = simulate_pdf(crystal, r=r, **settings)
    sites = np.array([0, 0, 1, 1, 2, 3, 4, 5])
    reference = bragg_pdf(crystal, sites, weights, u, r, qmin=0, qmax=25, qdamp=0.04)
    # The finite range of the sum costs up to 0.4 %, as in diffpy.
    assert rw(found, reference) < 4e-3
