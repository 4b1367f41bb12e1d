"""How a simulated PDF is measured: Q range, thermal motion, damping, noise.

Each of ``u_iso``, ``qdamp`` and ``noise`` is a number, the same for all PDFs, or a pair (low, high)
from which every PDF draws its own, evenly; u_iso is one of 32 values that are evenly spaced on a
logarithmic scale, because the tables for a PDF depend on it and are made once for each. The noise
is white; its standard deviation is given as a share of the root mean square of the PDF.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edex.errors import InputError

__all__ = ["Conditions"]

Range = float | tuple[float, float]

_N_LEVELS = 32
_LIMITS = {"u_iso": (1e-4, 1.0), "qdamp": (0.0, 1.0), "noise": (0.0, 10.0)}
_UNITS = {"u_iso": "Å²", "qdamp": "Å⁻¹", "noise": "of the rms"}


@dataclass(frozen=True)
class Conditions:
    """Settings of the measurement that is simulated.

    Parameters
    ----------
    u_iso : float or (float, float)
        Mean square displacement of the atoms, Å².
    qdamp : float or (float, float)
        Width of the resolution function, Å⁻¹; it damps G(r) by exp(-(r qdamp)² / 2).
    noise : float or (float, float)
        Standard deviation of white noise, as a share of the root mean square of G(r).
    qmin, qmax : float
        Range of the momentum transfer, Å⁻¹.
    radiation : {"xray", "neutron"}
        What is scattered.

    Raises
    ------
    InputError
        If a value is out of its range, or a pair is not (low, high).

    Examples
    --------
    >>> Conditions.varied().u_iso
    (0.003, 0.02)
    """

    u_iso: Range = 0.008
    qdamp: Range = 0.04
    noise: Range = 0.0
    qmin: float = 0.0
    qmax: float = 23.0
    radiation: str = "xray"

    def __post_init__(self) -> None:
        for name, (lowest, highest) in _LIMITS.items():
            value = getattr(self, name)
            pair = tuple(value) if isinstance(value, tuple | list) else (value, value)
            is_range = len(pair) == 2 and all(_is_number(end) for end in pair)
            if not is_range or not lowest <= pair[0] <= pair[1] <= highest:
                raise InputError(
                    f"Conditions: {name} is {value!r}; it must be a number from {lowest:g} to "
                    f"{highest:g} {_UNITS[name]}, or a pair (low, high) of such. "
                    f"The default is {getattr(type(self), name)}."
                )
            plain = tuple(float(end) for end in pair)
            object.__setattr__(self, name, plain[0] if plain[0] == plain[1] else plain)
        if not (_is_number(self.qmin) and _is_number(self.qmax) and 0 <= self.qmin < self.qmax):
            raise InputError(
                f"Conditions: qmin is {self.qmin!r} and qmax {self.qmax!r}; they must be numbers "
                "with 0 <= qmin < qmax, Å⁻¹. The defaults are 0 and 23."
            )

    @classmethod
    def varied(cls) -> Conditions:
        """Let u_iso and qdamp differ from PDF to PDF, as between laboratories and samples."""
        return cls(u_iso=(0.003, 0.02), qdamp=(0.02, 0.06))

    def draw(self, generator: np.random.Generator) -> dict[str, float]:
        """Draw u_iso, qdamp and noise of one PDF.

        Parameters
        ----------
        generator : numpy.random.Generator
            Source of randomness; three numbers are taken, whatever the settings.

        Returns
        -------
        dict of str to float
        """
        values = {}
        for name, share in zip(_LIMITS, generator.random(3).tolist(), strict=True):
            value = getattr(self, name)
            if not isinstance(value, tuple):
                values[name] = value
            elif name == "u_iso":
                level = int(share * _N_LEVELS) / (_N_LEVELS - 1)
                values[name] = float(value[0] * (value[1] / value[0]) ** level)
            else:
                values[name] = float(value[0] + (value[1] - value[0]) * share)
        return values

    def to_json(self) -> dict[str, Any]:
        """Return plain values; pairs become lists."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float | np.floating | np.integer)
        and not isinstance(value, bool)
        and bool(np.isfinite(value))
    )
