"""The partition function of a finite Ising magnet, exactly.

Z sums exp(-E/kT) over all 2^(size*size) states of the square lattice with periodic edges. Kaufman
wrote it with the energies g_k of free fermions on a ring, K = J/kT:

    Z = 1/2 (2 sinh 2K)^(n*n/2) * [ P(2 cosh, odd) + P(2 sinh, odd) + P(2 cosh, even)
        + P(2 sinh, even) ],   P(f, k) = prod_k f(n g_k / 2),
    cosh g_k = cosh 2K coth 2K - cos(pi k / n),   g_0 = 2K + ln tanh K, negative above T_c.

References
----------
B. Kaufman, Phys. Rev. 76, 1232 (1949), doi 10.1103/PhysRev.76.1232.
"""

import math

import numpy as np
from scipy.special import logsumexp

from edex.examples.arguments import require_count, require_number

__all__ = ["ising_log_partition"]


def ising_log_partition(temperature: float, *, size: int) -> float:
    """Return ln Z of a square Ising magnet with periodic edges and no field.

    Parameters
    ----------
    temperature : float
        In J/k_B, above 0.
    size : int
        Number of spins along one edge, at least 3.

    Returns
    -------
    float
        Without unit; minus kT times it is the free energy of the whole magnet.

    Raises
    ------
    InputError
        If the temperature is not above 0 or the size is below 3.

    Examples
    --------
    >>> round(ising_log_partition(1e6, size=4) / math.log(2), 3)  # all 2^16 states count
    16.0
    """
    coupling = 1.0 / require_number("temperature", temperature, "J/k_B", positive=True)
    n = require_count("size", size, least=3)
    k = np.arange(2 * n)
    fermions = np.arccosh(
        np.cosh(2 * coupling) / np.tanh(2 * coupling) - np.cos(np.pi * k / n), where=k > 0,
        out=np.full(2 * n, 2 * coupling + math.log(math.tanh(coupling))),
    )  # fmt: skip
    logs, signs = [], []
    for modes in (fermions[1::2], fermions[0::2]):
        height = n * np.abs(modes) / 2
        logs.append(np.sum(height + np.log1p(np.exp(-2 * height))))
        signs.append(1.0)
        with np.errstate(divide="ignore"):  # at T_c one sinh is zero, and its logarithm -inf
            logs.append(np.sum(height + np.log(-np.expm1(-2 * height))))
        signs.append(float(np.prod(np.sign(modes))))
    prefactor = n * n / 2 * (2 * coupling + math.log1p(-math.exp(-4 * coupling)))
    return float(prefactor - math.log(2) + logsumexp(logs, b=signs))
