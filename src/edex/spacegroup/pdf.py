"""The reduced pair distribution function (PDF) of a crystal: how often two atoms are r apart.

    G(r) = 1/(N <b>^2) sum_{i != j} b_i b_j / r_ij g(r - r_ij; u_i + u_j) - 4 pi r rho_0,

with i in the cell, j in the whole crystal, g a normalised Gaussian of variance u_i + u_j (atoms
vibrate), b the scattering weight times the occupancy, N the sum of the occupancies in the cell and
rho_0 the number density. The measured range of Q and the resolution then act as in
:mod:`edex.spacegroup.filters`. Atoms that share a site (closer than 0.01 Å) are no pair.

References
----------
T. Egami and S. J. L. Billinge, Underneath the Bragg Peaks, 2nd ed., Pergamon (2012), chapter 3.
"""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from edex.errors import InputError, MissingExtraError
from edex.spacegroup.crystal import SAME_SITE, Crystal, Orbits
from edex.spacegroup.filters import make_band_limit, sphere_envelope
from edex.spacegroup.pdf_parameters import (
    UIso,
    read_grid,
    read_number,
    read_q_range,
    read_u_iso,
    u_values,
)
from edex.spacegroup.scattering import scattering_weights, weight_table

__all__ = ["PdfCalculator", "default_grid", "simulate_pdf"]

_NO_ORBITS = np.empty(0, dtype=np.int64)
_TAIL = 5.0  # standard deviations after which a Gaussian ends (4e-6 of its height)
_REMEMBERED = 2048  # species lists


def default_grid() -> np.ndarray:
    """Return the 209 distances of the course: r = n pi / 23 Å for n = 11 to 219, 1.50 to 29.91 Å.

    The step is the finest that data up to Q = 23 Å^-1 resolve.

    Examples
    --------
    >>> r = default_grid()
    >>> len(r), f"{r[0]:.2f} to {r[-1]:.2f} Å"
    (209, '1.50 to 29.91 Å')
    """
    return np.arange(11, 220) * np.pi / 23.0


def simulate_pdf(
    crystal: Crystal,
    *,
    r: npt.ArrayLike | None = None,
    qmin: float = 0.0,
    qmax: float = 23.0,
    qdamp: float = 0.04,
    u_iso: UIso = 0.008,
    radiation: str = "xray",
    particle_diameter: float | None = None,
    min_distance: float = 0.5,
    orbits: Orbits | None = None,
) -> np.ndarray:
    """Calculate the PDF of one crystal.

    Parameters
    ----------
    crystal : Crystal
        In any cell; a primitive one is fastest.
    r : array-like of shape (n_r,), optional
        Distances in Å, increasing and above 0; :func:`default_grid` by default.
    qmin, qmax : float
        Range of Q that is measured, Å^-1.
    qdamp : float
        Resolution in Q, Å^-1: G is multiplied by exp(-(qdamp r)^2 / 2).
    u_iso : float, mapping or array-like of shape (n_atoms,)
        Mean square displacement of the atoms along a line, Å^2: one number, one for each element
        (``{"Na": 0.01, "Cl": 0.008}``) or one for each atom.
    radiation : {"xray", "neutron"}
        Weights of the atoms: number of electrons, or scattering length.
    particle_diameter : float, optional
        Diameter in Å of a sphere cut from the crystal: the whole G, baseline included, is damped
        and is zero from there on. None for an infinite crystal.
    min_distance : float
        Sites that are closer than this, Å, are refused.
    orbits : Orbits, optional
        Sets of equivalent atoms, if known: then fewer pairs are summed. Without them nothing is
        asked about symmetry.

    Returns
    -------
    ndarray of shape (n_r,)
        G, Å^-2.

    Raises
    ------
    InputError
        If a parameter is out of its range, an element is unknown, two sites are too close, the
        orbits do not fit, or the mean scattering weight is close to zero.

    Examples
    --------
    >>> nickel = Crystal(3.52 * np.eye(3), ["Ni"] * 4,
    ...                  [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    >>> r = np.arange(2.0, 3.0, 0.01)
    >>> G = simulate_pdf(nickel, r=r)
    >>> f"{r[G.argmax()]:.2f} Å"  # the nearest neighbours are 3.52 / sqrt(2) Å away
    '2.49 Å'
    """
    settings = (qmin, qmax, qdamp, radiation, particle_diameter, min_distance)
    grid = None if r is None else read_grid(r).tobytes()
    u = read_u_iso(u_iso)
    u_key = u if isinstance(u, float) else tuple(u.items()) if isinstance(u, dict) else u.tobytes()
    try:
        calculator = _remembered_calculator(grid, u_key, *settings)
    except TypeError:  # a setting that cannot be a key is no number either: let it be named
        calculator = _new_calculator(grid, u_key, *settings)
    return calculator.calculate(crystal, orbits)


class PdfCalculator:
    """Calculates the PDFs of many crystals with one set of parameters.

    All tables are made once. The calculator can be pickled and used in several threads: the sum
    over pairs releases the GIL.

    Parameters
    ----------
    r, qmin, qmax, qdamp, u_iso, radiation, particle_diameter, min_distance
        As in :func:`simulate_pdf`.

    Attributes
    ----------
    r : ndarray of shape (n_r,)
        The grid, Å, read-only.

    Raises
    ------
    InputError
        If a parameter is out of its range.
    MissingExtraError
        If numba is not installed.

    Examples
    --------
    >>> salt = Crystal(2.82 * (1 - np.eye(3)), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    >>> calculator = PdfCalculator(np.arange(1.5, 20.0, 0.01), qmax=30.0)
    >>> G = calculator.calculate(salt)
    >>> G.shape
    (1850,)
    """

    def __init__(
        self,
        r: npt.ArrayLike | None = None,
        *,
        qmin: float = 0.0,
        qmax: float = 23.0,
        qdamp: float = 0.04,
        u_iso: UIso = 0.008,
        radiation: str = "xray",
        particle_diameter: float | None = None,
        min_distance: float = 0.5,
    ) -> None:
        self.r = read_grid(default_grid() if r is None else r)
        self.qmin, self.qmax = read_q_range(qmin, qmax)
        self.qdamp = read_number(qdamp, "qdamp", "Å⁻¹", least=0.0)
        self.u_iso = read_u_iso(u_iso)
        self.radiation = radiation
        self.particle_diameter = (
            None
            if particle_diameter is None
            else read_number(particle_diameter, "particle_diameter", "Å", above=0.0)
        )
        self.min_distance = read_number(min_distance, "min_distance", "Å", least=SAME_SITE)
        weight_table(radiation)
        self._prepare()

    def calculate(self, crystal: Crystal, orbits: Orbits | None = None) -> np.ndarray:
        """Calculate the PDF of a crystal.

        Parameters
        ----------
        crystal : Crystal
            In any cell; a primitive one is fastest.
        orbits : Orbits, optional
            Sets of equivalent atoms of this crystal.

        Returns
        -------
        ndarray of shape (n_r,)
            G, Å^-2.

        Raises
        ------
        InputError
            As :func:`simulate_pdf`.
        """
        if not isinstance(crystal, Crystal):
            raise InputError(
                f"The crystal is a {type(crystal).__name__}, not a Crystal. "
                "Make one with Crystal(lattice, species, frac_coords) or read_structure(file)."
            )
        sites = self._sites.get(crystal.species) or self._look_up(crystal)
        if orbits is None:
            first = multiplicities = _NO_ORBITS
        else:
            first, multiplicities = _read_orbits(orbits)
        curve = np.empty(len(self.r))
        status, i, j, value = self._kernel.pdf_of_cell(
            # Copies in one layout: for each kind of array numba would compile everything anew.
            np.array(crystal.lattice, order="C"),
            np.array(crystal.frac_coords, order="C"),
            np.array(crystal.occupancies, order="C"),
            *sites,
            self._u_sums,
            first,
            multiplicities,
            self.min_distance,
            self._counting,
            self._band_limit,
            curve,
        )
        if status:
            raise self._problem(crystal, status, i, j, value)
        return curve

    def __getstate__(self) -> dict[str, Any]:
        """Keep the parameters; tables and compiled code are made anew."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._prepare()

    def __repr__(self) -> str:
        return (
            f"<PdfCalculator: {len(self.r)} points, r = {self.r[0]:.3g} to {self.r[-1]:.4g} Å, "
            f"Q = {self.qmin:g} to {self.qmax:g} Å⁻¹, {self.radiation}>"
        )

    def _prepare(self) -> None:
        """Make the tables of the kernel."""
        self._sites: dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]] = {}
        self._kernel = _load_kernel()
        u_iso = list(self.u_iso.values()) if isinstance(self.u_iso, dict) else self.u_iso
        self._u_values = np.unique(u_iso)
        u_sums, numbers = np.unique(
            (self._u_values[:, None] + self._u_values).round(12), return_inverse=True
        )
        self._u_sums = numbers.reshape(len(self._u_values), -1)
        envelope = np.exp(-0.5 * (self.qdamp * self.r) ** 2)
        limit = make_band_limit(
            self.r,
            qmin=self.qmin,
            qmax=self.qmax,
            u_sum=float(u_sums[0]),
            envelope=envelope * sphere_envelope(self.r, self.particle_diameter),
        )
        radii = limit.cutoff + _TAIL * np.sqrt(u_sums)
        n_side = int(np.ceil(_TAIL * np.sqrt(u_sums[-1]) / limit.step))
        offsets = limit.step * np.arange(-n_side, n_side + 1)
        # Sharing a distance between two nodes already spreads it: by step^2 / 6 on average.
        variances = (u_sums - limit.step**2 / 6.0)[:, None]
        taps = np.exp(-0.5 * offsets**2 / variances) / np.sqrt(2.0 * np.pi * variances)
        nodes = limit.step * np.arange(int(radii[-1] / limit.step) + 4)
        inverse_r = 1.0 / np.maximum(nodes, limit.step)
        self._counting = (radii, limit.step, inverse_r, taps, limit.stride)
        self._band_limit = (limit.analysis, limit.synthesis, limit.baseline)

    def _look_up(self, crystal: Crystal) -> tuple[np.ndarray, np.ndarray]:
        """Return scattering weight and number of the displacement parameter of each atom."""
        weights = scattering_weights(crystal.species, self.radiation)
        u_types = np.searchsorted(self._u_values, u_values(self.u_iso, crystal))
        sites = (weights, u_types)
        if len(self._sites) >= _REMEMBERED:
            self._sites = {}
        self._sites[crystal.species] = sites
        return sites

    def _problem(self, crystal: Crystal, status: int, i: int, j: int, value: float) -> InputError:
        """Say what the kernel met."""
        name = f"The crystal {crystal.source_id!r}" if crystal.source_id else "The crystal"
        if status == self._kernel.CLASH:
            one, other = f"atom {i} ({crystal.species[i]})", f"atom {j} ({crystal.species[j]})"
            pair = f"{one} and {other}" if i != j else f"{one} and its own image"
            return InputError(
                f"{name}: {pair} are {value:.3g} Å apart; sites must be at least "
                f"{self.min_distance:g} Å apart. Check the cell and the coordinates (fractions "
                "of the cell, not Å), or lower min_distance."
            )
        if status == self._kernel.NO_CONTRAST:
            return InputError(
                f"{name}: the mean scattering weight of {crystal.formula} for {self.radiation} is "
                f"{value:.3g}, close to zero, and G is divided by its square. "
                "Such a crystal needs the other radiation."
            )
        return InputError(
            f"{name}: the orbits do not fit its {len(crystal)} atoms; representatives are numbers "
            "of atoms, and the multiplicities add up to the number of atoms. "
            "Take edex.spacegroup.orbits(crystal), or leave orbits out."
        )


def _read_orbits(orbits: Orbits) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the orbits; the kernel sees whether they fit the crystal."""
    if not isinstance(orbits, Orbits):
        raise InputError(
            f"orbits is a {type(orbits).__name__}, not Orbits. "
            "Take edex.spacegroup.orbits(crystal), or leave orbits out."
        )
    first = np.array(orbits.representatives, dtype=np.int64)
    multiplicities = np.array(orbits.multiplicities, dtype=np.int64)
    if first.ndim != 1 or first.shape != multiplicities.shape or not first.size:
        raise InputError(
            f"The orbits have {first.size} representatives and {multiplicities.size} "
            "multiplicities; there must be one of each for each orbit. "
            "Take edex.spacegroup.orbits(crystal), or leave orbits out."
        )
    return first, multiplicities


def _new_calculator(
    grid: bytes | None,
    u_key: float | tuple[tuple[str, float], ...] | bytes,
    qmin: float,
    qmax: float,
    qdamp: float,
    radiation: str,
    particle_diameter: float | None,
    min_distance: float,
) -> PdfCalculator:
    """Make a calculator from what can be a key of a dictionary."""
    u_iso: UIso = (
        u_key
        if isinstance(u_key, float)
        else np.frombuffer(u_key)
        if isinstance(u_key, bytes)
        else dict(u_key)
    )
    return PdfCalculator(
        None if grid is None else np.frombuffer(grid),
        qmin=qmin,
        qmax=qmax,
        qdamp=qdamp,
        u_iso=u_iso,
        radiation=radiation,
        particle_diameter=particle_diameter,
        min_distance=min_distance,
    )


_remembered_calculator = lru_cache(maxsize=16)(_new_calculator)


def _load_kernel() -> ModuleType:
    """Import the compiled code, when it is first needed."""
    try:
        from edex.spacegroup import kernel
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "numba":
            raise
        raise MissingExtraError(
            "numba", extra="spacegroup", purpose="calculating pair distribution functions"
        ) from None
    return kernel
