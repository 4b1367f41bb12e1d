"""Lindemann's rule: a solid melts when its atoms swing through a fixed part of their spacing.

For harmonic atoms the mean square displacement is <u^2> ~ k_B T / (stiffness), the stiffness of a
bond grows as (shear modulus G) x (atomic volume)^(1/3), and the spacing as (atomic volume)^(1/3).
A fixed ratio of the two lengths then asks for

    k_B T_m = c G V,

with V the volume per atom. :func:`fit_power_law` lets the exponent free: T_m = c (G V / k_B)^m.

References
----------
F. A. Lindemann, Phys. Z. 11, 609 (1910).
J. J. Gilvarry, Phys. Rev. 102, 308 (1956): the rule in terms of elastic moduli.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edex.errors import InputError

__all__ = ["PowerLaw", "fit_power_law", "lindemann_temperature", "volume_per_atom"]

_BOLTZMANN = 1.380649e-23  # J/K, exact
_AVOGADRO = 6.02214076e23  # 1/mol, exact


@dataclass(frozen=True)
class PowerLaw:
    """T = factor * x^exponent, fitted to logarithms.

    Attributes
    ----------
    factor : float
        In K, for x in units of 1 K.
    exponent : float
        A pure number; 1 is Lindemann's rule.
    correlation : float
        Pearson's r of log10 x and log10 T.
    """

    factor: float
    exponent: float
    correlation: float

    def predict(self, x: npt.ArrayLike) -> np.ndarray:
        """Return T in K for x in K, shape as ``x``."""
        return np.asarray(self.factor * np.asarray(x, dtype=float) ** self.exponent)


def volume_per_atom(mean_atomic_weight: npt.ArrayLike, density: npt.ArrayLike) -> np.ndarray:
    """Return the volume per atom.

    Parameters
    ----------
    mean_atomic_weight : array-like
        Atomic weight averaged over the atoms of the formula, in Da.
    density : array-like
        In g/cm3.

    Returns
    -------
    ndarray
        In cubic angstrom.

    Examples
    --------
    >>> round(float(volume_per_atom(29.22, 2.165)), 1)  # NaCl: a^3 / 8 = 22.4
    22.4
    """
    weight, mass_density = _positive(mean_atomic_weight, "weight"), _positive(density, "density")
    return np.asarray(weight / mass_density / _AVOGADRO * 1e24)


def lindemann_temperature(modulus: npt.ArrayLike, atomic_volume: npt.ArrayLike) -> np.ndarray:
    """Return G V / k_B, to which Lindemann's rule says that melting temperatures are proportional.

    Parameters
    ----------
    modulus : array-like
        Shear modulus G (or bulk modulus, to compare), in GPa.
    atomic_volume : array-like
        Volume per atom V, in cubic angstrom.

    Returns
    -------
    ndarray
        In K.

    Raises
    ------
    InputError
        If a value is not a positive number.
    """
    energy = _positive(modulus, "modulus") * 1e9 * _positive(atomic_volume, "volume") * 1e-30
    return np.asarray(energy / _BOLTZMANN)


def fit_power_law(x: npt.ArrayLike, temperatures: npt.ArrayLike) -> PowerLaw:
    """Fit T = factor * x^exponent by least squares on logarithms.

    Parameters
    ----------
    x : array-like of shape (n_compounds,)
        For example G V / k_B in K.
    temperatures : array-like of shape (n_compounds,)
        Melting temperatures in K.

    Raises
    ------
    InputError
        If a value is not a positive number.
    """
    log_x = np.log10(_positive(x, "x"))
    log_t = np.log10(_positive(temperatures, "temperature"))
    exponent, constant = np.polyfit(log_x, log_t, 1)
    correlation = float(np.corrcoef(log_x, log_t)[0, 1])
    return PowerLaw(float(10.0**constant), float(exponent), correlation)


def _positive(values: npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
    array = np.asarray(values, dtype=float)
    wrong = ~(np.isfinite(array) & (array > 0.0))
    if wrong.any():
        raise InputError(
            f"{np.count_nonzero(wrong)} of {array.size} values of {name} are not positive numbers, "
            f"the first is {array[wrong][0]}. Remove those rows: a solid has positive ones."
        )
    return array
