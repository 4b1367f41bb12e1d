"""Claims: fingerprints cost little more than RDKit's own; kernels and screens take seconds.

The fingerprint that the models use is compared with a plain loop over RDKit, which neither checks
the repeat unit nor makes its name canonical; the min-max kernel with its definition written in
NumPy; the Gaussian process over all gases with one of scikit-learn for each gas; and a screen of
10,000 polymers with a limit of a minute.

Run it with ``python benchmarks/membrane_models.py [N]``: N polymers to screen.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdFingerprintGenerator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel

from edex.membranes import (
    GASES,
    MinMaxKernel,
    MorganCounts,
    PermeabilityRegressor,
    embedded_polymers,
    make_polymer_library,
    min_max_kernel,
    rank_candidates,
)
from edex.membranes.slips import log10_permeability


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return seconds and the result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def plain_fingerprints(smiles: list[str]) -> list[dict[int, int]]:
    """Count Morgan environments as a first notebook would."""
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=3)
    return [
        generator.GetSparseCountFingerprint(Chem.MolFromSmiles(text)).GetNonzeroElements()
        for text in smiles
    ]


def plain_kernel(counts: np.ndarray) -> np.ndarray:
    """Write down Σ min / Σ max for each pair of rows."""
    matrix = np.empty((len(counts), len(counts)))
    for row, values in enumerate(counts):
        shared = np.minimum(values, counts).sum(axis=1)
        matrix[row] = shared / np.maximum(values, counts).sum(axis=1)
    return matrix


def measure(n_candidates: int = 10_000) -> list[dict[str, str]]:
    """Return the rows of the table."""
    table = embedded_polymers().table
    smiles = table["smiles"].tolist()
    # Polymers that the features have not met: remembered ones would cost nothing.
    fresh = make_polymer_library(n=2000, random_state=1)["smiles"].tolist()
    counts = MorganCounts(min_polymers=1).fit(smiles)
    ours, _ = timed(lambda: MorganCounts(min_polymers=1, canonical=False).fit(fresh[:1000]))
    plain, _ = timed(lambda: plain_fingerprints(fresh[:1000]))
    first, _ = timed(lambda: counts.transform(fresh[1000:]))

    X = counts.transform(smiles)
    kernel_time, kernel = timed(lambda: min_max_kernel(X))
    numpy_time, expected = timed(lambda: plain_kernel(X))
    np.testing.assert_allclose(kernel, expected, atol=1e-12)

    logs = log10_permeability(table, GASES)
    joint, _ = timed(lambda: PermeabilityRegressor().fit(smiles, logs))
    single, _ = timed(lambda: fit_each_gas(X, logs.to_numpy()))

    candidates = make_polymer_library(n=n_candidates, random_state=0)["smiles"].tolist()
    model = PermeabilityRegressor().fit(smiles, logs)
    cores = os.cpu_count() or 1
    screen, ranked = timed(lambda: rank_candidates(candidates, model=model, n_jobs=cores))
    return [
        {
            "claim": "Morgan counts of repeat units, checked and aligned, one core (with canonical "
            f"names too: {1000 / first:.0f} /s)",
            "ours": f"{1000 / ours:.0f} /s",
            "peer": f"plain RDKit loop, nothing checked, {1000 / plain:.0f} /s",
            "ratio": f"{plain / ours:.2f} × as fast",
            "target": "-",
        },
        {
            "claim": f"min-max kernel of {len(X)} polymers, {X.shape[1]} environments",
            "ours": f"{kernel_time:.2f} s",
            "peer": f"its definition in NumPy, row by row, {numpy_time:.1f} s; results agree",
            "ratio": f"{numpy_time / kernel_time:.0f} × as fast",
            "target": "-",
        },
        {
            "claim": "Gaussian process over six gases, features, fit and recalibration",
            "ours": f"{joint:.1f} s",
            "peer": f"scikit-learn's, gas by gas, features given, fit alone, {single:.1f} s",
            "ratio": f"{single / joint:.1f} × as fast",
            "target": "-",
        },
        {
            "claim": f"{len(ranked)} polymers ranked against the CO2/N2 bound on {cores} cores, "
            f"{len(ranked) / screen:.0f} /s",
            "ours": f"{screen:.0f} s",
            "peer": "limit 60 s",
            "ratio": f"{60 / screen:.1f} × as fast",
            "target": "≤ 60 s",
        },
    ]


def fit_each_gas(X: np.ndarray, logs: np.ndarray) -> None:
    """Fit scikit-learn's process to each gas, its amplitude and noise by the likelihood."""
    for gas in range(logs.shape[1]):
        known = np.isfinite(logs[:, gas])
        kernel = ConstantKernel() * MinMaxKernel() + WhiteKernel(0.06, "fixed")
        GaussianProcessRegressor(kernel, normalize_y=True).fit(X[known], logs[known, gas])


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000):
        print(row)
