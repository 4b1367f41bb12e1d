"""Morgan fingerprints that can be explained: counts of atom environments, one column each.

The environment of radius r of an atom is every atom and bond within r bonds of it. Each different
environment seen in ``fit`` gets a column of its own, so nothing is folded and nothing collides, and
every column can be drawn on a polymer that has it. Environments that first appear later are left
out of the table; :meth:`MorganCounts.unseen_fraction` says how many they are.

:class:`PeriodicMorgan` looks at a ring of repeat units, which has no ends: its numbers are those of
the endless chain, however the repeat unit was cut, and are counted per atom.

References
----------
D. Rogers, M. Hahn, J. Chem. Inf. Model. 50, 742 (2010), doi 10.1021/ci100050t.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np

from edex.errors import InputError
from edex.membranes.periodic import PeriodicUnit, close_ring, periodic_units
from edex.membranes.polymers import RepeatUnit
from edex.membranes.rdkit_calls import Chem, rdFingerprintGenerator
from edex.membranes.transformers import PolymerTransformer, as_smiles, remembered

__all__ = ["Environment", "MorganCounts", "PeriodicMorgan"]


@dataclass(frozen=True)
class Environment:
    """What one column counts.

    Attributes
    ----------
    name : str
        Name of the column: radius and fragment, for example ``"r1 [CH2][O][CH2]"``.
    smiles : str
        The fragment with its hydrogens.
    radius : int
        In bonds.
    n_polymers : int
        How many polymers of ``fit`` have it.
    example : str
        The repeat unit of one of them.
    centre : int
        The middle atom, as an index into ``parse_repeat_unit(example).mol``.
    atoms : tuple of int
        All atoms of the environment that lie in that repeat unit, to be highlighted.
    """

    name: str
    smiles: str
    radius: int
    n_polymers: int
    example: str
    centre: int
    atoms: tuple[int, ...]


class MorganCounts(PolymerTransformer):
    """How often each atom environment occurs in the repeat unit between its ``*``.

    Parameters
    ----------
    radius : int, default 3
        Largest radius, in bonds.
    min_polymers : int, default 2
        Leave out environments that fewer polymers of ``fit`` have.
    with_unseen : bool, default False
        Add a last column, ``unseen``: how often a polymer has environments that have no column.
    canonical : bool, default True
        Rewrite each polymer with :func:`edex.membranes.canonical_repeat_unit` first.
    sparse_output : bool, default False
        Give a sparse matrix.
    on_error : {"raise", "nan"}, default "raise"
        What to do with a polymer that cannot be read.
    n_jobs : int, default None
        Number of processes, -1 for one a core; None means 1. The result is the same.

    Attributes
    ----------
    environments_ : tuple of Environment
        What each column counts, the smallest radius first.

    Examples
    --------
    >>> counts = MorganCounts(radius=1, min_polymers=1).fit(["*CC*", "*CC(*)C"])
    >>> counts.transform(["*CC(*)C"]).sum() > 0
    np.True_
    """

    def __init__(
        self,
        radius: int = 3,
        min_polymers: int = 2,
        *,
        with_unseen: bool = False,
        canonical: bool = True,
        sparse_output: bool = False,
        on_error: str = "raise",
        n_jobs: int | None = None,
    ) -> None:
        self.radius = radius
        self.min_polymers = min_polymers
        self.with_unseen = with_unseen
        self.canonical = canonical
        self.sparse_output = sparse_output
        self.on_error = on_error
        self.n_jobs = n_jobs

    def fit(self, X: Iterable[str], y: object = None) -> Self:
        """Learn which environments there are.

        Parameters
        ----------
        X : sequence of str of shape (n_polymers,)
            SMILES of repeat units.
        y : ignored

        Raises
        ------
        InputError
            If an option is not allowed; with ``on_error="raise"`` if a polymer cannot be read; or
            if no environment is left.
        """
        self._check_options()
        polymers: Counter[int] = Counter()
        first_seen: dict[int, RepeatUnit] = {}
        counted, _ = self._each(as_smiles(X), lambda unit: (unit, self._count(unit)))
        for unit, counts in filter(None, counted):
            for code in counts:
                polymers[code] += 1
                first_seen.setdefault(code, unit)
        kept = {code for code, number in polymers.items() if number >= self.min_polymers}
        if not kept:
            raise InputError(
                f"No atom environment occurs in {self.min_polymers} or more of the polymers that "
                "could be read. Give more polymers, or set min_polymers=1."
            )
        found = self._describe_all(kept, first_seen, polymers)
        found.sort(key=lambda pair: (pair[1].radius, -pair[1].n_polymers, pair[1].name, pair[0]))
        names: Counter[str] = Counter()
        environments = []
        for _, environment in found:
            # Two environments can look alike and differ in what is bonded around them.
            names[environment.name] += 1
            number = names[environment.name]
            name = environment.name + (f" #{number}" if number > 1 else "")
            environments.append(Environment(**{**environment.__dict__, "name": name}))
        self.environments_ = tuple(environments)
        self._column_of = {code: column for column, (code, _) in enumerate(found)}
        return self

    def unseen_fraction(self, X: Iterable[str]) -> np.ndarray:
        """Return the share of each polymer's environments that no polymer of ``fit`` had.

        Environments left out by ``min_polymers`` count as not seen.

        Parameters
        ----------
        X : sequence of str of shape (n_polymers,)

        Returns
        -------
        ndarray of shape (n_polymers,)
            From 0 (all known) to 1; NaN where a polymer cannot be read and ``on_error="nan"``.
        """
        self._names()
        counted, _ = self._each(as_smiles(X), self._count)
        shares = np.full(len(counted), np.nan)
        for row, counts in enumerate(counted):
            if counts is not None:
                unseen = sum(value for code, value in counts.items() if code not in self._column_of)
                shares[row] = unseen / sum(counts.values())
        return shares

    def _check_options(self) -> None:
        super()._check_options()
        for name, least in (("radius", 0), ("min_polymers", 1)):
            value = getattr(self, name)
            if not isinstance(value, int) or not least <= value <= 1000:
                raise InputError(
                    f"{name} is {value!r}; it must be a whole number of at least {least}. The "
                    "defaults are radius=3 and min_polymers=2."
                )
        if self.radius > 6:
            raise InputError(
                f"radius is {self.radius}; at most 6 bonds are allowed: larger environments "
                "differ from polymer to polymer. Take 2, 3 or 4."
            )

    def _names(self) -> list[str]:
        if not hasattr(self, "environments_"):
            raise InputError(
                "The environments are not known yet; they are learnt from the training polymers. "
                "Call fit first."
            )
        names = [environment.name for environment in self.environments_]
        return [*names, "unseen"] if self.with_unseen else names

    def _row(self, unit: RepeatUnit) -> dict[int, float]:
        known, counts = self._column_of, self._count(unit)
        row = {known[code]: value for code, value in counts.items() if code in known}
        if self.with_unseen:
            row[len(known)] = sum(value for code, value in counts.items() if code not in known)
        return row

    @remembered("radius")
    def _count(self, unit: RepeatUnit) -> dict[int, float]:
        """Return the number of times that each environment occurs, by its code."""
        found = _generator(self.radius).GetSparseCountFingerprint(unit.mol)
        return {int(code): float(value) for code, value in found.GetNonzeroElements().items()}

    def _places(self, unit: RepeatUnit) -> list[tuple[Any, dict[int, Any], list[int]]]:
        """Return (molecule, places of each code, index in the repeat unit of each atom)."""
        output = rdFingerprintGenerator.AdditionalOutput()
        output.AllocateBitInfoMap()
        _generator(self.radius).GetSparseCountFingerprint(unit.mol, additionalOutput=output)
        return [(unit.mol, output.GetBitInfoMap(), list(range(unit.mol.GetNumAtoms())))]

    def _describe_all(
        self, kept: set[int], first_seen: dict[int, RepeatUnit], polymers: Counter[int]
    ) -> list[tuple[int, Environment]]:
        by_unit: dict[int, list[int]] = {}
        for code in kept:
            by_unit.setdefault(id(first_seen[code]), []).append(code)
        found = []
        for codes in by_unit.values():
            unit = first_seen[codes[0]]
            missing = set(codes)
            for mol, places, origin in self._places(unit):
                for code in sorted(missing & set(places)):
                    centre, radius = places[code][0]
                    missing.discard(code)
                    found.append(
                        (code, _describe(mol, centre, radius, origin, unit, polymers[code]))
                    )
        return found

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "environments_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = True
        return tags


class PeriodicMorgan(MorganCounts):
    """How often each atom environment occurs in the endless chain, per atom.

    Does not depend on where the unit was cut, on its direction, or on how many repeat units were
    written. Of a ladder polymer the straight and the crossed continuation are averaged, and the cut
    can matter (see :func:`edex.membranes.canonical_repeat_unit`).

    Parameters
    ----------
    radius : int, default 3
        Largest radius, in bonds. The ring is made so long that no environment meets itself.
    min_polymers : int, default 2
        Leave out environments that fewer polymers of ``fit`` have.
    per : {"atom", "unit"}, default "atom"
        Divide counts by the number of atoms (other than hydrogen), or give them per repeat unit;
        with ``canonical=True`` that is the shortest one.
    with_unseen : bool, default False
        Add a last column, ``unseen``: how often a polymer has environments that have no column.
    canonical : bool, default True
        Rewrite each polymer with :func:`edex.membranes.canonical_repeat_unit` first; then the
        example of each environment is a canonical repeat unit too.
    sparse_output : bool, default False
        Give a sparse matrix.
    on_error : {"raise", "nan"}, default "raise"
        What to do with a polymer that cannot be read.
    n_jobs : int, default None
        Number of processes, -1 for one a core; None means 1. The result is the same.

    Attributes
    ----------
    environments_ : tuple of Environment
        What each column counts, the smallest radius first.

    Examples
    --------
    >>> both = PeriodicMorgan(min_polymers=1).fit_transform(["*CCO*", "*OCCOCC*"])
    >>> bool((both[0] == both[1]).all())
    True
    """

    def __init__(
        self,
        radius: int = 3,
        min_polymers: int = 2,
        *,
        per: str = "atom",
        with_unseen: bool = False,
        canonical: bool = True,
        sparse_output: bool = False,
        on_error: str = "raise",
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(
            radius,
            min_polymers,
            with_unseen=with_unseen,
            canonical=canonical,
            sparse_output=sparse_output,
            on_error=on_error,
            n_jobs=n_jobs,
        )
        self.per = per

    def _check_options(self) -> None:
        super()._check_options()
        if self.per not in ("atom", "unit"):
            raise InputError(
                f"per is {self.per!r}; counts are 'per atom' or 'per unit'. Set per=\"atom\" or "
                'per="unit".'
            )

    @remembered("radius", "per")
    def _count(self, unit: RepeatUnit) -> dict[int, float]:
        periods = periodic_units(unit)
        total: Counter[int] = Counter()
        for period in periods:
            ring, invariants, n_units = _ring(period, self.radius)
            found = _generator(self.radius).GetSparseCountFingerprint(
                ring, customAtomInvariants=invariants
            )
            # Whole rings were counted and all of a ring's units are alike: this divides evenly.
            for code, value in found.GetNonzeroElements().items():
                total[int(code)] += value // n_units
        share = len(periods) * (unit.n_heavy_atoms if self.per == "atom" else 1)
        return {code: value / share for code, value in total.items()}

    def _places(self, unit: RepeatUnit) -> list[tuple[Any, dict[int, Any], list[int]]]:
        places = []
        for period in periodic_units(unit):
            ring, invariants, n_units = _ring(period, self.radius)
            output = rdFingerprintGenerator.AdditionalOutput()
            output.AllocateBitInfoMap()
            _generator(self.radius).GetSparseCountFingerprint(
                ring, customAtomInvariants=invariants, additionalOutput=output
            )
            places.append((ring, output.GetBitInfoMap(), list(period.origin) * n_units))
        return places


def _ring(period: PeriodicUnit, radius: int) -> tuple[Any, list[int], int]:
    """Return a ring, the code of each of its atoms, and its number of units."""
    n_units = period.units_needed(radius)
    codes = [
        number + 128 * (degree + 16 * (hydrogens + 16 * (charge + 8 + 32 * in_ring)))
        for number, degree, hydrogens, charge, in_ring in zip(
            period.atomic_numbers,
            period.degrees,
            period.hydrogens,
            period.charges,
            period.is_in_ring,
            strict=True,
        )
    ]
    return close_ring(period, n_units), codes * n_units, n_units


def _describe(
    mol: Any, centre: int, radius: int, origin: list[int], unit: RepeatUnit, n_polymers: int
) -> Environment:
    bonds = list(Chem.FindAtomEnvironmentOfRadiusN(mol, radius, centre)) if radius else []
    atoms = {centre}
    for bond in bonds:
        atoms |= {
            mol.GetBondWithIdx(bond).GetBeginAtomIdx(),
            mol.GetBondWithIdx(bond).GetEndAtomIdx(),
        }
    fragment = Chem.MolFragmentToSmiles(mol, sorted(atoms), bonds, allHsExplicit=True)
    return Environment(
        name=f"r{radius} {fragment}",
        smiles=str(fragment),
        radius=int(radius),
        n_polymers=int(n_polymers),
        example=unit.smiles,
        centre=origin[centre],
        atoms=tuple(sorted({origin[atom] for atom in atoms})),
    )


@lru_cache(maxsize=8)
def _generator(radius: int) -> Any:
    return rdFingerprintGenerator.GetMorganGenerator(radius=radius)
