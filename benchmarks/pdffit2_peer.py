"""Times of diffpy.pdffit2, measured in an interpreter that has it (see pdf_kernel.py).

Reads a list of structures as JSON from standard input and writes, for each, the shortest time of
``calc()`` in s and the curve. Only ``calc()`` is timed: reading the structure is not.
"""

from __future__ import annotations

import json
import os
import sys
import time

from diffpy.pdffit2 import PdfFit, redirect_stdout
from diffpy.structure import Atom, Lattice, Structure


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    with open(os.devnull, "w") as nowhere:
        redirect_stdout(nowhere)
        results = [
            calculate(structure, **request["settings"]) for structure in request["structures"]
        ]
    json.dump(results, sys.stdout)


def calculate(
    structure: dict[str, list],
    *,
    qmax: float,
    qdamp: float,
    u_iso: float,
    r_min: float,
    r_max: float,
    n_points: int,
    repeats: int,
) -> dict[str, object]:
    """Calculate one PDF several times."""
    atoms = [
        Atom(symbol, xyz=place)
        for symbol, place in zip(structure["species"], structure["frac_coords"], strict=True)
    ]
    crystal = Structure(atoms, lattice=Lattice(base=structure["lattice"]))
    crystal.Uisoequiv = u_iso
    fit = PdfFit()
    fit.read_struct_string(crystal.writeStr("pdffit"))
    fit.alloc("X", qmax, qdamp, r_min, r_max, n_points)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        fit.calc()
        times.append(time.perf_counter() - start)
    return {"seconds": min(times), "G": list(fit.getpdf_fit())}


if __name__ == "__main__":
    main()
