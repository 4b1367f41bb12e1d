"""Claim: the PDF of a real crystal takes at most 0.3 ms on one thread.

34 real structures (of tests/data/pdf-reference) in primitive cells, the default grid of 209 points.
Ours is the whole ``PdfCalculator.calculate``, with and without the orbits of equivalent atoms;
finding cells and orbits is timed for nobody. The peer is diffpy.pdffit2 at the same 209 points,
where it is fastest; only its ``calc()`` is timed. It divides by r where we divide by the distance
of the pair, and treats the end of the range otherwise: the curves agree within 2 %.

Python 3.11 has a wheel of it. Where it lives in another interpreter, name that:

    python3.11 -m venv peer && peer/bin/pip install diffpy.pdffit2==1.5.1
    EDEX_PDFFIT2_PYTHON=peer/bin/python python benchmarks/pdf_kernel.py

Without it the peer is a short calculation in plain NumPy, written here. ``--profile`` shows where
the time of one PDF goes. Every time is the shortest of several runs.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from edex.spacegroup import kernel
from edex.spacegroup.crystal import Crystal, Orbits
from edex.spacegroup.pdf import PdfCalculator
from edex.spacegroup.symmetry import orbits, primitive_cell

REFERENCE = Path(__file__).parents[1] / "tests" / "data" / "pdf-reference"
PEER = Path(__file__).with_name("pdffit2_peer.py")
QMAX, QDAMP, U_ISO = 23.0, 0.04, 0.008
LEAST_AGREEMENT = 0.999  # Pearson's r with the peer


def real_structures() -> list[tuple[Crystal, Orbits]]:
    """Return the 34 real structures in primitive cells, with their orbits."""
    with gzip.open(REFERENCE / "diffpy-reference.json.gz", "rt", encoding="utf-8") as file:
        items = json.load(file)["items"]
    cells = [
        primitive_cell(Crystal(item["lattice"], item["species"], item["frac_coords"]))
        for item in items
        if item["name"].startswith("real")
    ]
    return [(cell, orbits(cell)) for cell in cells]


def shortest(work: Callable[[], object], repeats: int = 30) -> float:
    """Return the shortest time in s."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def pdffit2_python() -> str | None:
    """Return an interpreter that has diffpy.pdffit2, if there is one."""
    named = os.environ.get("EDEX_PDFFIT2_PYTHON")
    if named:
        return named
    try:
        return sys.executable if importlib.util.find_spec("diffpy.pdffit2") else None
    except ModuleNotFoundError:
        return None


def run_pdffit2(python: str, cells: list[Crystal], r: np.ndarray) -> tuple[list[float], np.ndarray]:
    """Let the other interpreter calculate and time."""
    request = {
        "settings": {
            "qmax": QMAX, "qdamp": QDAMP, "u_iso": U_ISO,
            "r_min": r[0], "r_max": r[-1], "n_points": len(r), "repeats": 5,
        },
        "structures": [
            {
                "lattice": cell.lattice.tolist(),
                "species": cell.species,
                "frac_coords": cell.frac_coords.tolist(),
            }
            for cell in cells
        ],
    }  # fmt: skip
    answer = subprocess.run(
        [python, str(PEER)], input=json.dumps(request), capture_output=True, text=True, check=True
    )
    results = json.loads(answer.stdout)
    return [result["seconds"] for result in results], np.array([result["G"] for result in results])


def plain_pdf(
    cell: Crystal, weights: np.ndarray, r: np.ndarray, *, cutoff: float = 31.6
) -> np.ndarray:
    """Calculate a PDF in plain NumPy: all images at once, a histogram, two sine transforms."""
    h = np.pi / QMAX / 64
    heights = 1 / np.linalg.norm(np.linalg.inv(cell.lattice), axis=0)
    reach = [np.arange(-n, n + 1) for n in np.ceil(cutoff / heights).astype(int) + 1]
    images = np.stack(np.meshgrid(*reach, indexing="ij"), axis=-1).reshape(-1, 3) @ cell.lattice
    positions = cell.frac_coords @ cell.lattice
    edges = h * (np.arange(round(cutoff / h) + 1) - 0.5)
    counts = np.zeros(len(edges) - 1)
    for i, here in enumerate(positions):
        distances = np.linalg.norm(positions[:, None] - here + images, axis=2)
        pairs = np.repeat(weights[i] * weights, len(images)).reshape(distances.shape)
        counts += np.histogram(distances, edges, weights=pairs * (distances > 0.01))[0]
    x = np.maximum(edges[1:] - h / 2, h / 2)
    density = counts / x / len(weights) / weights.mean() ** 2
    density -= 4 * np.pi * x * len(weights) / cell.volume * h
    q = QMAX / 256 * np.arange(1, 256)
    spectrum = np.sin(np.outer(q, x)) @ density * np.exp(-(q**2) * U_ISO)
    curve = np.sin(np.outer(r, q)) @ spectrum * 2 / np.pi * QMAX / 256
    return np.asarray(curve * np.exp(-((QDAMP * r) ** 2) / 2))


def run_plain(cells: list[Crystal], r: np.ndarray) -> tuple[list[float], np.ndarray]:
    """Time the calculation in plain NumPy."""
    calculator = PdfCalculator()
    times, curves = [], []
    for cell in cells:
        weights = calculator._look_up(cell)[0]
        times.append(shortest(lambda c=cell, w=weights: plain_pdf(c, w, r), repeats=1))
        curves.append(plain_pdf(cell, weights, r))
    return times, np.array(curves)


def measure() -> list[dict[str, str]]:
    """Return two rows: with and without known symmetry."""
    calculator = PdfCalculator(qmax=QMAX, qdamp=QDAMP, u_iso=U_ISO)
    structures = real_structures()
    cells = [cell for cell, _ in structures]
    python = pdffit2_python()
    if python:
        name = "diffpy.pdffit2"
        times, curves = run_pdffit2(python, cells, calculator.r)
    else:
        name = "plain NumPy (diffpy.pdffit2 is not installed)"
        times, curves = run_plain(cells, calculator.r)
    ours = np.array([calculator.calculate(*structure) for structure in structures])
    agreement = [np.corrcoef(a, b)[0, 1] for a, b in zip(ours, curves, strict=True)]
    if min(agreement) < LEAST_AGREEMENT:
        raise SystemExit(f"ours and {name} disagree: Pearson's r = {min(agreement):.4f}")
    deviation = np.sqrt(((ours - curves) ** 2).sum(axis=1) / (curves**2).sum(axis=1))
    peer = float(np.mean(times))
    rows = []
    for claim, with_orbits in (("symmetry known", True), ("nothing known", False)):
        mean = np.mean(
            [
                shortest(lambda c=cell, o=sets if with_orbits else None: calculator.calculate(c, o))
                for cell, sets in structures
            ]
        )
        rows.append(
            {
                "claim": f"PDF of {len(cells)} real crystals, primitive cells, {claim}, one thread",
                "ours": f"{1e3 * mean:.3f} ms each",
                "peer": f"{name}, {1e3 * peer:.1f} ms; agree within "
                f"{100 * np.median(deviation):.1f} % (r ≥ {min(agreement):.4f})",
                "ratio": f"{peer / mean:.0f} × as fast",
                "target": "≤ 0.3 ms" if with_orbits else "-",
            }
        )
    return rows


def profile() -> None:
    """Print where the time of one PDF goes, in µs (mean over the 34 structures)."""
    calculator = PdfCalculator()
    structures = real_structures()
    whole = [shortest(lambda s=s: calculator.calculate(*s), 200) for s in structures]
    empty = Crystal(1000 * np.eye(3), ["Ni"], [[0, 0, 0]])
    fixed = shortest(lambda: calculator.calculate(empty), 500)
    call = shortest(lambda: kernel.triangular(empty.lattice.copy()), 500)
    print(f"one PDF                                   {1e6 * np.mean(whole):6.1f}")
    print(f"  without any pair: Python, smear, band limit {1e6 * fixed:6.1f}")
    matrix, vector = calculator._band_limit[1], np.ones(calculator._band_limit[1].shape[1])
    product = shortest(lambda: matrix @ vector, 500)
    print(f"    of which band limit (as matrix @ vector)  {1e6 * product:6.1f}")
    print(f"    of which an empty call of compiled code   {1e6 * call:6.1f}")
    print(f"  pairs: differences, distances, counts   {1e6 * (np.mean(whole) - fixed):6.1f}")


if __name__ == "__main__":
    if "--profile" in sys.argv:
        profile()
    else:
        for row in measure():
            print(row)
