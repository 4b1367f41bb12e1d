"""Crystals with verified labels: the embedded set, the minerals, or a folder of files.

The label of a crystal is a claim of its source. Here spglib repeats it, within ``SYMPREC``; where
the two disagree the crystal is left out, because nobody can learn from a wrong label. Nothing that
is wrong with one entry stops the others: a report names it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from edex.datasets.amcsd import load_amcsd
from edex.datasets.mp_structures import load_mp_structures
from edex.errors import EdexError, InputError
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.disorder import check_sites
from edex.spacegroup.prototypes import sites_in_key, space_group_and_prototype
from edex.spacegroup.readers import is_structure_file, read_with_notes
from edex.spacegroup.reading import Reading
from edex.spacegroup.symmetry import SYMPREC

__all__ = [
    "StructureReport",
    "crystal_table",
    "crystals_from_table",
    "load_crystals",
    "read_folder",
]

_NAMED = ("mp-structures", "amcsd")


@dataclass(frozen=True)
class StructureReport:
    """What happened to each entry of a source.

    Attributes
    ----------
    source : str
        Name of the data set or folder.
    n_read : int
        Entries seen.
    kept : int
        Crystals returned.
    refused : tuple of (str, str)
        Entries that were left out, and why.
    handled : tuple of (str, str)
        Entries that were kept although something had to be decided, and what was decided.
    """

    source: str
    n_read: int
    kept: int
    refused: tuple[tuple[str, str], ...] = ()
    handled: tuple[tuple[str, str], ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """List the refused and handled entries: source_id, outcome, reason."""
        rows = [(name, "refused", why) for name, why in self.refused]
        rows += [(name, "handled", why) for name, why in self.handled]
        return pd.DataFrame(rows, columns=["source_id", "outcome", "reason"])

    def summary(self, *, most: int = 5) -> str:
        """Say in a few lines what was kept and what was not.

        Parameters
        ----------
        most : int
            How many reasons are listed for each outcome, the most frequent first; entries whose
            reasons differ in numbers and names only are counted together.

        Returns
        -------
        str
        """
        lines = [
            f"{self.source}: {self.n_read} entries read, {self.kept} crystals kept, "
            f"{len(self.refused)} refused"
        ]
        for title, entries in (("refused", self.refused), ("handled", self.handled)):
            groups: dict[str, list[int]] = {}
            for number, (_, why) in enumerate(entries):
                groups.setdefault(_without_details(why), []).append(number)
            ranked = sorted(groups.values(), key=len, reverse=True)
            for numbers in ranked[:most]:
                name, why = entries[numbers[0]]
                alike = f" and {len(numbers) - 1} more like it" if len(numbers) > 1 else ""
                lines.append(f"  {title} {name}{alike}: {why}")
            rest = sum(map(len, ranked[most:]))
            if rest:
                lines.append(f"  {title} {rest} more for other reasons: see to_frame()")
        return "\n".join(lines)


def load_crystals(
    source: str | Path = "mp-structures", *, classes: Collection[int] | None = CLASSES
) -> tuple[list[Crystal], StructureReport]:
    """Load crystals whose space group is verified, with their prototype keys.

    Parameters
    ----------
    source : str or Path
        ``"mp-structures"`` (embedded), ``"amcsd"`` (fetched with ``edex data fetch amcsd``), or a
        folder with CIF and POSCAR files.
    classes : collection of int, optional
        Space groups that are wanted; the eight of the course by default, all with None.

    Returns
    -------
    crystals : list of Crystal
        In the order of the source; label, prototype key and source id are set.
    report : StructureReport
        Everything that was left out or changed, by name.

    Raises
    ------
    InputError
        If the source is neither a known data set nor a folder with structure files.
    DataError
        If the data set is not there; the message says how to get it.

    Examples
    --------
    >>> crystals, report = load_crystals(classes=[227])
    >>> {crystal.space_group_number for crystal in crystals}
    {227}
    """
    wanted = None if classes is None else tuple(sorted(set(classes)))
    if source in _NAMED:
        crystals, report = _load_named(str(source), wanted)
        return list(crystals), report
    return read_folder(source, classes=wanted)


def read_folder(
    folder: str | Path, *, classes: Collection[int] | None = None
) -> tuple[list[Crystal], StructureReport]:
    """Read all CIF and POSCAR files in a folder and the folders in it.

    Parameters
    ----------
    folder : str or Path
        Files named ``*.cif``, ``POSCAR*``, ``CONTCAR*``, ``*.vasp`` or ``*.poscar`` are read;
        ``source_id`` is the path inside the folder.
    classes : collection of int, optional
        Space groups that are wanted; all by default.

    Returns
    -------
    crystals : list of Crystal
        Sorted by path; label, prototype key and source id are set.
    report : StructureReport
        Everything that was left out or changed, by name.

    Raises
    ------
    InputError
        If there is no such folder, or no structure file in it.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(
            f"{str(folder)!r} is neither a data set ({', '.join(_NAMED)}) nor a folder. Give one "
            f"of these names, or the path of a folder with CIF or POSCAR files."
        )
    files = sorted(
        path
        for path in root.rglob("*")
        if is_structure_file(path)
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )
    if not files:
        raise InputError(
            f"The folder {str(folder)!r} holds no file named *.cif, POSCAR*, CONTCAR*, *.vasp or "
            f"*.poscar. Give a folder with structure files."
        )

    def entries() -> Iterator[tuple[str, Reading | EdexError]]:
        for path in files:
            name = path.relative_to(root).as_posix()
            try:
                reading = read_with_notes(path)
            except EdexError as error:
                yield name, error
            else:
                yield name, reading

    crystals, report = _admitted(str(folder), entries(), classes)
    return list(crystals), report


def crystals_from_table(
    table: pd.DataFrame, *, source: str = "table", classes: Collection[int] | None = None
) -> tuple[list[Crystal], StructureReport]:
    """Make verified crystals from a table with one structure a row.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``material_id``, ``space_group_number``, ``lattice``, ``species``,
        ``frac_coords`` and, if there are shared sites, ``occupancies``.
    source : str
        Name for the report.
    classes : collection of int, optional
        Space groups that are wanted; all by default.

    Returns
    -------
    crystals : list of Crystal
        In the order of the rows.
    report : StructureReport
        Everything that was left out or changed, by name.
    """
    crystals, report = _admitted(source, _rows(table), classes)
    return list(crystals), report


def crystal_table(crystals: Collection[Crystal]) -> pd.DataFrame:
    """Describe crystals in a table.

    Parameters
    ----------
    crystals : collection of Crystal
        With labels, as :func:`load_crystals` returns them.

    Returns
    -------
    pandas.DataFrame
        One row a crystal: ``source_id``, ``formula``, ``space_group_number``, ``prototype``,
        ``n_atoms`` (in the primitive cell, as the prototype key counts its sites) and
        ``volume_per_atom`` in Å³ (a shared site counts as the atoms that are on it).
    """
    return pd.DataFrame(
        {
            "source_id": [crystal.source_id for crystal in crystals],
            "formula": [crystal.formula for crystal in crystals],
            "space_group_number": [crystal.space_group_number for crystal in crystals],
            "prototype": [crystal.prototype for crystal in crystals],
            "n_atoms": [sites_in_key(str(crystal.prototype)) for crystal in crystals],
            "volume_per_atom": [
                crystal.volume / float(crystal.occupancies.sum()) for crystal in crystals
            ],
        }
    )


@lru_cache(maxsize=8)
def _load_named(
    source: str, classes: tuple[int, ...] | None
) -> tuple[tuple[Crystal, ...], StructureReport]:
    if source == "amcsd":
        table = load_amcsd(classes=classes)
    else:
        table = load_mp_structures()
        if classes is not None:
            table = table[table["space_group_number"].isin(classes)]
    return _admitted(source, _rows(table), classes)


def _rows(table: pd.DataFrame) -> Iterator[tuple[str, Reading | EdexError]]:
    """Make a crystal of each row; rows that the loader refused come last."""
    shares: Any = table["occupancies"] if "occupancies" in table.columns else [None] * len(table)
    columns = ("material_id", "space_group_number", "lattice", "species", "frac_coords")
    for name, label, lattice, species, coords, share in zip(
        *(table[column] for column in columns), shares, strict=True
    ):
        try:
            crystal = Crystal(
                lattice,
                species,
                coords,
                share,
                space_group_number=None if pd.isna(label) else int(label),
                source_id=str(name),
            )
            reading: Reading | EdexError = Reading(crystal, check_sites(crystal))
        except EdexError as error:
            reading = error
        yield str(name), reading
    for name, reason in table.attrs.get("refused", ()):
        yield str(name), InputError(str(reason))


def _admitted(
    source: str,
    entries: Iterator[tuple[str, Reading | EdexError]],
    classes: Collection[int] | None,
) -> tuple[tuple[Crystal, ...], StructureReport]:
    """Verify every label; nothing that is wrong with one entry stops the others."""
    kept: list[Crystal] = []
    refused: list[tuple[str, str]] = []
    handled: list[tuple[str, str]] = []
    first_like: dict[tuple[object, ...], str] = {}
    n_read = 0
    for name, entry in entries:
        n_read += 1
        if isinstance(entry, EdexError):
            refused.append((name, str(entry)))
            continue
        try:
            crystal, notes = _verified(entry, name, classes)
        except EdexError as error:
            refused.append((name, str(error)))
            continue
        twin = first_like.setdefault(_fingerprint(crystal), name)
        if twin != name:
            notes.append(f"repeats {twin}: same structure and volume; kept")
        kept.append(crystal)
        handled += [(name, note) for note in notes]
    report = StructureReport(source, n_read, len(kept), tuple(refused), tuple(handled))
    return tuple(kept), report


def _verified(
    entry: Reading, name: str, classes: Collection[int] | None
) -> tuple[Crystal, list[str]]:
    crystal, notes = entry.crystal, list(entry.notes)
    number, key = space_group_and_prototype(crystal)
    label = crystal.space_group_number
    if label is not None and label != number:
        raise InputError(
            f"Its source says space group {label}, its atoms have space group {number} "
            f"(spglib, within {SYMPREC} Å). A label must be certain: correct the file, or leave "
            f"it out."
        )
    if classes is not None and number not in classes:
        raise InputError(
            f"Space group {number} is not among those that are wanted: "
            f"{', '.join(map(str, classes))}. Ask for it with classes, or leave it out."
        )
    if label is None:
        notes.append(f"space group {number} found by spglib: the file names none")
    labelled = Crystal(
        crystal.lattice,
        crystal.species,
        crystal.frac_coords,
        crystal.occupancies,
        space_group_number=number,
        prototype=key,
        source_id=name,
    )
    return labelled, notes


def _without_details(reason: str) -> str:
    """Drop numbers, elements and names, and all after the first sentence."""
    words = reason.split(". ")[0].split()
    return " ".join(word for word in words[1:] if re.fullmatch(r"[a-z]+", word.strip("(),:;")))


def _fingerprint(crystal: Crystal) -> tuple[object, ...]:
    """Equal for repeats: contents per atom, type and volume, the last to one part in a thousand."""
    total = float(crystal.occupancies.sum())
    amounts: Counter[str] = Counter()
    for symbol, share in zip(crystal.species, crystal.occupancies, strict=True):
        amounts[symbol] += float(share) / total  # type: ignore[assignment]
    contents = tuple(sorted((symbol, round(share, 3)) for symbol, share in amounts.items()))
    volume = round(float(np.log(crystal.volume / total)), 3)
    return crystal.prototype, contents, volume
