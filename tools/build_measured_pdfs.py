"""Write src/edex/datasets/measured_pdfs.csv from the measured curves in the wheel diffpy.cmi 3.2.0.

``python tools/build_measured_pdfs.py`` downloads the wheel with pip (or reads one already here,
``--archive FILE``), checks its SHA-256 hash, cuts the curves at 32 Å and thins them from a step of
0.01 Å to 0.02 Å: a curve that holds nothing above Qmax is known completely from points pi / Qmax
apart, 0.126 Å for the 25 Å⁻¹ of most of these. With ``--check`` nothing is written: the exit code
is 1 if the file in the tree differs.

The files come from the repository Billingegroup/pdfttp_data (BSD-3-Clause); so does the wheel's
licence. Both notices are in measured_pdfs.LICENSE.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "src" / "edex" / "datasets" / "measured_pdfs.csv"

PACKAGE = "diffpy.cmi==3.2.0"
ARCHIVE_SHA256 = "d9e80aa0dc4006a404cc6f655e6dbe9f4e2e261945db93ff5c8fde2571f288b8"
FOLDER = "diffpy/cmi/docs/examples/pdf/"
SOURCES = {
    "ni": "ch03NiModelling/data/Ni.gr",
    "si": "ch05Fit2Phase/data/si.gr",
    "bazn2as2_300k": "ch06RefineCrystalStructureGen/data/BaZn2As2_K-Mn-doped_300K.gr",
    "srfe2as2_246k": "ch07StructuralPhaseTransitions/data/SrFe2As2_246K.gr",
    "ni_second": "ch05Fit2Phase/data/ni.gr",
    "srfe2as2_150k": "ch07StructuralPhaseTransitions/data/SrFe2As2_150K.gr",
    "cdse": "ch08NPRefinement/data/CdSe-bulk.gr",
}

NATIVE_STEP = 0.01  # Å
STEP = 0.02  # Å
N_POINTS = 1600  # up to 32 Å: the 30 Å of the course and room to resample at the edge
DIGITS = 5


def read_archive(path: Path | None) -> bytes:
    """Read the wheel, downloaded with pip if no path is given, and check its hash."""
    if path is not None:
        content = path.read_bytes()
    else:
        with tempfile.TemporaryDirectory() as folder:
            options = ["--no-deps", "--only-binary", ":all:", "--dest", folder]
            command = [sys.executable, "-m", "pip", "download", *options, PACKAGE]
            subprocess.run(command, check=True, stdout=sys.stderr)
            content = next(Path(folder).glob("*.whl")).read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != ARCHIVE_SHA256:
        sys.exit(f"The wheel has the SHA-256 hash {sha256}; it must have {ARCHIVE_SHA256}.")
    return content


def thinned(content: bytes) -> np.ndarray:
    """Read G(r) and give it at r = 0.02, 0.04 … 32 Å.

    Returns
    -------
    ndarray of shape (N_POINTS,)
        G in Å⁻².
    """
    rows = []
    for line in content.decode("utf-8").splitlines():
        cells = line.split()
        try:
            rows.append((float(cells[0]), float(cells[1])))
        except (IndexError, ValueError):
            rows.clear()  # still the header
    distances, values = np.array(rows).T
    numbers = np.round(distances / NATIVE_STEP).astype(int)
    # One of the files rounds r to 8 digits.
    if not np.allclose(distances, numbers * NATIVE_STEP, rtol=0, atol=1e-5):
        raise ValueError("The file is not on a grid of 0.01 Å.")
    every = round(STEP / NATIVE_STEP)
    wanted = np.arange(1, N_POINTS + 1) * every
    places = np.searchsorted(numbers, wanted)
    if not np.array_equal(numbers[places], wanted):
        raise ValueError("The file has gaps or ends before 32 Å.")
    return values[places]


def build_text(content: bytes) -> str:
    """Make the text of the file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        curves = {name: thinned(archive.read(FOLDER + path)) for name, path in SOURCES.items()}
    lines = [
        f"# made by tools/build_measured_pdfs.py from {PACKAGE}; licence: measured_pdfs.LICENSE",
        "# r in angstrom, all other columns G in 1/angstrom^2",
        ",".join(["r", *curves]),
    ]
    for number in range(N_POINTS):
        values = [f"{curve[number]:.{DIGITS}g}" for curve in curves.values()]
        lines.append(",".join([f"{STEP * (number + 1):.2f}", *values]))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path, help="the wheel, if it is here already")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()
    content = build_text(read_archive(options.archive)).encode("utf-8")
    if not options.check:
        TARGET.write_bytes(content)
        sys.stdout.write(f"wrote {TARGET.name}, {len(content):,} bytes\n")
    elif TARGET.read_bytes() == content:
        sys.stdout.write(f"{TARGET.name} is what the wheel gives, byte for byte\n")
    else:
        sys.exit(f"{TARGET.name} is not what the wheel gives. Run this script without --check.")


if __name__ == "__main__":
    main()
