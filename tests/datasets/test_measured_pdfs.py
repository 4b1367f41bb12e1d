import dataclasses
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from edex.datasets import load_measured_pdfs

SCRIPT = Path(__file__).parents[2] / "tools" / "build_measured_pdfs.py"
CLASSES = (2, 14, 15, 62, 139, 194, 225, 227)

# Lattice constants at room temperature in Å, from crystallography textbooks.
NICKEL, SILICON = 3.524, 5.431
FCC_SHELLS = NICKEL * np.sqrt([1 / 2, 1, 3 / 2, 2, 5 / 2])
DIAMOND_SHELLS = SILICON / 4 * np.sqrt([3, 8, 11, 19])
ANISOTROPIC = {  # nearest neighbours: Zn-As; Fe-As (any iron arsenide); Cd-Se
    "BaZn2As2, 300 K": 2.56,
    "SrFe2As2, 246 K": 2.39,
    "SrFe2As2, 150 K": 2.39,
    "CdSe": 2.63,
}


@pytest.fixture(scope="module")
def curves():
    return {curve.name: curve for curve in load_measured_pdfs()}


def peak_near(curve, distance, width=0.25):
    """Find where the curve is highest near a distance."""
    near = np.abs(curve.r - distance) < width
    return curve.r[near][np.argmax(curve.G[near])]


def test_four_curves_are_scored_and_stand_first(curves):
    scored = [curve.name for curve in curves.values() if curve.is_scored]
    assert scored == ["Ni", "Si", "BaZn2As2, 300 K", "SrFe2As2, 246 K"]
    assert list(curves)[:4] == scored


def test_scored_curves_have_a_group_of_the_course_and_differ_in_material_or_state(curves):
    scored = [curve for curve in curves.values() if curve.is_scored]
    assert all(curve.space_group_number in CLASSES for curve in scored)
    states = [(curve.material, curve.temperature) for curve in scored]
    assert len(set(states)) == len(states)


def test_curves_are_on_one_grid_from_near_0_to_32_angstrom(curves):
    for curve in curves.values():
        assert curve.r.shape == curve.G.shape == (1600,)
        assert np.allclose(curve.r, 0.02 * np.arange(1, 1601))
        assert np.isfinite(curve.G).all()


def test_the_grid_is_fine_enough_for_every_curve(curves):
    step = 0.02
    for curve in curves.values():
        assert step < np.pi / (curve.qmax or 30) / 4


@pytest.mark.parametrize("name", ["Ni", "Ni, second file"])
def test_shells_of_nickel_are_those_of_a_face_centred_cubic_crystal(curves, name):
    found = [peak_near(curves[name], distance) for distance in FCC_SHELLS]
    assert found == pytest.approx(FCC_SHELLS, abs=0.03)


def test_shells_of_silicon_are_those_of_diamond(curves):
    found = [peak_near(curves["Si"], distance) for distance in DIAMOND_SHELLS]
    assert found == pytest.approx(DIAMOND_SHELLS, abs=0.03)


@pytest.mark.parametrize(("name", "distance"), ANISOTROPIC.items())
def test_nearest_neighbours_are_where_the_chemistry_says(curves, name, distance):
    assert peak_near(curves[name], distance) == pytest.approx(distance, abs=0.03)


def test_the_two_nickel_files_show_the_same_material(curves):
    first, second = curves["Ni"], curves["Ni, second file"]
    range_of_course = (first.r > 1.5) & (first.r < 30)
    assert np.corrcoef(first.G[range_of_course], second.G[range_of_course])[0, 1] > 0.99


def test_every_curve_has_a_note_and_cannot_be_changed(curves):
    for curve in curves.values():
        assert curve.note.endswith(".")
        with pytest.raises(ValueError, match="read-only"):
            curve.G[0] = 1.0
        with pytest.raises(dataclasses.FrozenInstanceError):
            curve.name = "another"


def test_the_file_is_small():
    assert (resources.files("edex.datasets") / "measured_pdfs.csv").stat().st_size < 150_000


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("Ni", "ch03_Ni.gr"),
        ("Ni, second file", "ch05_ni.gr"),
        ("BaZn2As2, 300 K", "ch06_BaZn2As2_K-Mn-doped_300K.gr"),
        ("SrFe2As2, 246 K", "ch07_SrFe2As2_246K.gr"),
        ("SrFe2As2, 150 K", "ch07_SrFe2As2_150K.gr"),
        ("CdSe", "ch08_CdSe-bulk.gr"),
    ],
)
def test_values_are_those_of_the_repository_of_the_book(curves, name, original):
    folder = os.environ.get("EDEX_DATA_DIR")
    found = sorted(Path(folder).rglob(original)) if folder else []
    if not found:
        pytest.skip(f"EDEX_DATA_DIR does not hold {original}")
    text = found[0].read_text(encoding="utf-8")
    rows = [line.split()[:2] for line in text.splitlines() if line[:1].isdigit() or line[:1] == " "]
    published = {round(float(r), 2): float(g) for r, g in rows}
    for r, g in zip(curves[name].r, curves[name].G, strict=True):
        assert g == pytest.approx(published[round(r, 2)], rel=6e-5, abs=1e-300)


@pytest.mark.slow
def test_the_script_gives_the_same_file_again():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    if "CalledProcessError" in done.stderr:
        pytest.skip(f"pip cannot download the wheel: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    assert "byte for byte" in done.stdout
