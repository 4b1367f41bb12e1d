"""Heat capacities of solids, measured, and by the models of Einstein and Debye.

A crystal of N atoms has 3N vibrations. With the density of states of Debye,

    C_V = 9 n R (T/theta)^3 * integral from 0 to theta/T of x^4 e^x / (e^x - 1)^2 dx,

which goes as T^3 near 0 K and to the Dulong-Petit value 3 n R when it is hot. What is measured is
C_p at constant pressure, which goes on rising: expansion, anharmonicity, electrons, vacancies, and
peaks where a magnet or a crystal changes its order.

References
----------
M. W. Chase, NIST-JANAF Thermochemical Tables, 4th ed., J. Phys. Chem. Ref. Data Monograph 9 (1998).
P. Debye, Ann. Phys. 344, 789 (1912), doi 10.1002/andp.19123441404.
A. Einstein, Ann. Phys. 327, 180 (1907), doi 10.1002/andp.19063270110.
"""

import json
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from edex.errors import InputError, MissingExtraError
from edex.examples.arguments import finite_array, require_count, require_number

__all__ = ["debye_heat_capacity", "einstein_heat_capacity", "load_heat_capacities"]

GAS_CONSTANT = 8.31446261815324  # J/(mol K), exact since 2019

_FOLDER, _FILE = "Heat Capacity", "JANAF_1998_solid_Cp.json"
_MAX_X = 60.0  # the rest of Debye's integral is below 1e-18 of it
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)


class _Solid(NamedTuple):
    """A solid of the table: the last temperature is in K."""

    cas: str
    formula: str
    name: str
    last_temperature: float


# The file goes on beyond the melting point, with numbers for a solid that is not there. Each solid
# ends where the table marks the melting point, but for beryllium (where it changes its structure)
# and graphite (which sublimes at about 3900 K).
_SOLIDS = (
    _Solid("7429-90-5", "Al", "aluminium", 933.45),
    _Solid("7440-41-7", "Be", "beryllium", 1527.0),
    _Solid("7440-44-0", "C", "graphite", 3900.0),
    _Solid("7440-50-8", "Cu", "copper", 1358.0),
    _Solid("7789-24-4", "LiF", "lithium fluoride", 1121.3),
    _Solid("1309-48-4", "MgO", "magnesium oxide", 3105.0),
    _Solid("7647-14-5", "NaCl", "sodium chloride", 1073.8),
    _Solid("7440-02-0", "Ni", "nickel", 1728.0),
    _Solid("7439-92-1", "Pb", "lead", 600.6),
    _Solid("7440-21-3", "Si", "silicon", 1685.0),
    _Solid("14808-60-7", "SiO2", "quartz", 1696.0),
    _Solid("7440-33-7", "W", "tungsten", 3680.0),
)


def load_heat_capacities() -> pd.DataFrame:
    """Load the heat capacities C_p(T) of twelve solids at 1 bar.

    They are the columns "temperature" and "C_p" of the NIST-JANAF tables of the crystal phase, as
    the package `chemicals` brings them. We read aluminium, beryllium, graphite, copper, lithium
    fluoride, magnesium oxide, sodium chloride, nickel, lead, silicon, quartz and tungsten, and
    clean them: rows above the melting point (or the change of structure of beryllium, or the
    sublimation of graphite) are extrapolations and are dropped; of two rows at one temperature the
    first is kept, that of the phase which is stable below it. Iron and alumina are not in the file.

    Worth seeing: nickel has a peak at its Curie temperature (631 K), quartz a jump where its alpha
    form becomes beta (847 K), tungsten rises steeply before it melts; graphite is far from 3R even
    at 1000 K. The tables are smoothed curves through measurements, so their noise is small and not
    independent from row to row. Below 298 K they have a row at 0, 100, 200 and mostly at 250 K; the
    row at 0 K is the third law of thermodynamics and no measurement.

    Returns
    -------
    DataFrame of shape (280, 4)
        Sorted by formula and temperature, with the columns

        - ``formula``, for example ``"NaCl"``,
        - ``name``,
        - ``temperature``: K,
        - ``heat_capacity``: J/(mol K), for one mole of formula units.

    Raises
    ------
    MissingExtraError
        If the package `chemicals` is not installed.

    Examples
    --------
    >>> table = load_heat_capacities()
    >>> table[(table["formula"] == "Cu") & (table["temperature"] == 300)]["heat_capacity"].item()
    24.462
    """
    return _table().copy()


@cache
def _table() -> pd.DataFrame:
    try:
        folder = resources.files("chemicals").joinpath(_FOLDER)
    except ImportError as error:
        raise MissingExtraError(
            "chemicals", extra="melting", purpose="the heat capacities of solids"
        ) from error
    curves = json.loads(folder.joinpath(_FILE).read_text(encoding="utf-8"))
    parts = []
    for solid in _SOLIDS:
        temperatures, heat_capacities = curves[solid.cas]
        part = pd.DataFrame(
            {
                "formula": solid.formula,
                "name": solid.name,
                "temperature": temperatures,
                "heat_capacity": heat_capacities,
            }
        )
        part = part[part["temperature"] <= solid.last_temperature]
        parts.append(part.drop_duplicates("temperature", keep="first"))
    return pd.concat(parts, ignore_index=True)


def debye_heat_capacity(
    temperature: npt.ArrayLike, debye_temperature: float, *, n_atoms: int = 1
) -> np.ndarray:
    """Give the heat capacity at constant volume by Debye's model.

    Parameters
    ----------
    temperature : array-like
        In K, 0 or above.
    debye_temperature : float
        In K.
    n_atoms : int, default 1
        Atoms in one formula unit: 1 for Al, 2 for NaCl.

    Returns
    -------
    ndarray of the shape of `temperature`
        In J/(mol K), for one mole of formula units.

    Raises
    ------
    InputError
        If a temperature is negative, or the Debye temperature or `n_atoms` is not above 0.

    Examples
    --------
    >>> debye_heat_capacity([0.0, 100.0, 300.0, 1e5], 428.0).round(2)
    array([ 0.  , 11.53, 22.58, 24.94])
    """
    reduced, scale = _reduced_temperature(
        temperature, debye_temperature, "debye_temperature", n_atoms
    )
    x_max = 1.0 / np.maximum(reduced, 1.0 / _MAX_X)
    # Gauss-Legendre from 0 to x_max; x^4 e^x / (e^x - 1)^2 is written so that nothing overflows.
    x = 0.5 * x_max[..., None] * (_NODES + 1.0)
    integrand = x**4 / (2.0 * np.sinh(0.5 * x)) ** 2
    integral = 0.5 * x_max * (integrand @ _WEIGHTS)
    return np.asarray(3.0 * scale * integral * reduced**3)


def einstein_heat_capacity(
    temperature: npt.ArrayLike, einstein_temperature: float, *, n_atoms: int = 1
) -> np.ndarray:
    """Give the heat capacity at constant volume by Einstein's model: one frequency for all.

    Parameters
    ----------
    temperature : array-like
        In K, 0 or above.
    einstein_temperature : float
        In K.
    n_atoms : int, default 1
        Atoms in one formula unit.

    Returns
    -------
    ndarray of the shape of `temperature`
        In J/(mol K), for one mole of formula units.

    Raises
    ------
    InputError
        If a temperature is negative, or the Einstein temperature or `n_atoms` is not above 0.

    Examples
    --------
    >>> einstein_heat_capacity([0.0, 100.0, 300.0, 1e5], 300.0).round(2)
    array([ 0.  , 12.38, 22.96, 24.94])
    """
    reduced, scale = _reduced_temperature(
        temperature, einstein_temperature, "einstein_temperature", n_atoms
    )
    half = 0.5 / np.maximum(reduced, 1e-3)  # colder, the result is 0 in floating point anyway
    return np.asarray(scale * (half / np.sinh(half)) ** 2)


def _reduced_temperature(
    temperature: npt.ArrayLike, characteristic: float, name: str, n_atoms: int
) -> tuple[np.ndarray, float]:
    """Give T / theta, and 3 n R in J/(mol K)."""
    kelvins = finite_array("temperature", temperature, "K")
    if (kelvins < 0).any():
        raise InputError(
            f"temperature holds {kelvins.min():g} K; it must be 0 K or above. "
            f"Convert degrees Celsius to kelvin by adding 273.15."
        )
    theta = require_number(name, characteristic, "K", positive=True)
    scale = 3.0 * require_count("n_atoms", n_atoms) * GAS_CONSTANT
    return kelvins / theta, scale
