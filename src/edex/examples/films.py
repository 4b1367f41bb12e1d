"""A sputtering laboratory of which the truth is known: settings of a film and its resistivity.

With z the settings in standard deviations from their usual value,

    log10(resistivity) = 2 - 0.4 z_temperature + 0.3 z_oxygen + 0.3 z_pressure z_thickness
                           + 0.1 (chamber B; -0.1 chamber A) + noise,   noise ~ N(0, 0.3²),

and nothing else matters. Three recorded numbers do nothing: a second thermometer, at the holder of
the substrate, which goes along with the temperature of the film; the humidity of the room; and the
number of the run. All of it is made up, so a method that explains a model can be marked.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from edex.errors import InputError
from edex.examples.arguments import require_count, require_number

__all__ = ["Films", "film_signal", "simulate_films"]

# Usual value and standard deviation of each setting, in its unit.
_USUAL = {
    "temperature": (600.0, 60.0),  # K
    "holder_temperature": (640.0, 60.0),  # K
    "oxygen": (5.0, 1.0),  # per cent of the gas
    "pressure": (1.0, 0.1),  # Pa
    "thickness": (200.0, 20.0),  # nm
    "humidity": (45.0, 8.0),  # per cent
}
_INTERCEPT, _CHAMBER_EFFECT = 2.0, 0.1  # log10 of the resistivity in microohm cm


@dataclass(frozen=True, eq=False)
class Films:
    """Simulated films.

    Attributes
    ----------
    settings : DataFrame of shape (n_films, 8)
        ``temperature`` (K), ``holder_temperature`` (K), ``oxygen`` (per cent), ``pressure`` (Pa),
        ``thickness`` (nm), ``chamber`` (0 for A, 1 for B), ``humidity`` (per cent),
        ``run_number`` (from 1, in random order).
    log10_resistivity : ndarray of shape (n_films,)
        Logarithm of the resistivity in microohm cm, with noise.
    signal : ndarray of shape (n_films,)
        The same without noise.
    """

    settings: pd.DataFrame
    log10_resistivity: np.ndarray
    signal: np.ndarray


def simulate_films(
    n_films: int,
    *,
    correlation: float = 0.95,
    noise: float = 0.3,
    random_state: int | None = 0,
) -> Films:
    """Simulate films that were made with random settings.

    Parameters
    ----------
    n_films : int
        At least 1.
    correlation : float, default 0.95
        Between film and holder temperature; from 0 to 1.
    noise : float, default 0.3
        Standard deviation of the measured log10 of the resistivity.
    random_state : int or None, default 0
        Seed.

    Returns
    -------
    Films

    Raises
    ------
    InputError
        If the number, the correlation or the noise is out of range.

    Examples
    --------
    >>> films = simulate_films(5, noise=0.0)
    >>> bool((films.log10_resistivity == film_signal(films.settings)).all())
    True
    """
    count = require_count("n_films", n_films)
    spread = require_number("noise", noise, "decades")
    if not 0.0 <= correlation <= 1.0:
        raise InputError(
            f"correlation is {correlation}; that of film and holder temperature is from 0 to 1. "
            "Try 0.95."
        )
    rng = np.random.default_rng(random_state)
    z = {name: rng.standard_normal(count) for name in _USUAL}
    alone = np.sqrt(1.0 - correlation**2) * z["holder_temperature"]
    z["holder_temperature"] = correlation * z["temperature"] + alone
    columns: dict[str, np.ndarray] = {
        name: mean + sd * z[name] for name, (mean, sd) in _USUAL.items()
    }
    columns["chamber"] = rng.integers(2, size=count)
    columns["run_number"] = rng.permutation(count) + 1
    names = [*list(_USUAL)[:5], "chamber", "humidity", "run_number"]
    settings = pd.DataFrame(columns)[names]
    signal = film_signal(settings)
    return Films(settings, signal + spread * rng.standard_normal(count), signal)


def film_signal(settings: pd.DataFrame) -> np.ndarray:
    """Give the true log10 of the resistivity (in microohm cm) of films, without noise.

    Parameters
    ----------
    settings : DataFrame
        With the columns ``temperature``, ``oxygen``, ``pressure``, ``thickness`` and ``chamber``,
        in the units of :class:`Films`. Other columns are not looked at.

    Returns
    -------
    ndarray of shape (n_films,)

    Raises
    ------
    InputError
        If a column is missing.
    """
    needed = ("temperature", "oxygen", "pressure", "thickness", "chamber")
    missing = [name for name in needed if name not in settings]
    if missing:
        raise InputError(
            f"The settings lack {', '.join(missing)}; the resistivity depends on "
            f"{', '.join(needed)}. Take them from simulate_films(...).settings."
        )
    z = {
        name: (settings[name].to_numpy(dtype=float) - _USUAL[name][0]) / _USUAL[name][1]
        for name in needed[:4]
    }
    chamber = np.where(settings["chamber"].to_numpy() == 1, _CHAMBER_EFFECT, -_CHAMBER_EFFECT)
    product = z["pressure"] * z["thickness"]
    drift = -0.4 * z["temperature"] + 0.3 * z["oxygen"] + 0.3 * product
    return np.asarray(_INTERCEPT + drift + chamber)
