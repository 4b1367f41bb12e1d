"""Measured crystal structures of minerals, with all atoms of the cell.

The American Mineralogist Crystal Structure Database gives the independent sites of a crystal and
the symmetry operators; `edex.datasets.operators` generates the rest. Coordinates are kept in the
file as whole numbers n in base64, f = n / 4 000 000. The label is the space group of the
operators, not of the atoms: where the atoms happen to have more symmetry, the two differ.

Reference: R. T. Downs, M. Hall-Wallace, American Mineralogist 88, 247 (2003).
"""

import base64
import json
import re
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from edex.datasets.cache import locate
from edex.datasets.formulas import ELEMENTS
from edex.datasets.operators import fill_cell, lattice_fits, lattice_from_cell, parse_operators
from edex.errors import DataError, InputError, MissingExtraError

__all__ = ["load_amcsd"]

_UNITS_PER_CELL = 4e6
_UNKNOWN = (2.0, 3.0)  # how the file writes the "?" and "." of the published table
_MAX_OCCUPANCY = 1.1  # published values up to 1.08 are taken for 1

_NUMBER = re.compile(r"(\d*[.,]?\d+|\d+\.)(?:\(\d+\))?,?")
_VARIANT = re.compile(r" %var\d+%$")

_QUERY = """
SELECT cif.id, minerals.name, cif.formula, cif.publication_id, cif.spacegroup_id,
       cif.a, cif.b, cif.c, cif.alpha, cif.beta, cif.gamma,
       cif.atoms_sites, cif.atoms_x, cif.atoms_y, cif.atoms_z, cif.atoms_occupancy
FROM cif JOIN minerals ON minerals.id = cif.mineral_id
ORDER BY cif.id
"""


class _RefusedError(Exception):
    """A row cannot be read, for the reason in the text."""


@dataclass(frozen=True)
class _Group:
    """A space group as the file gives it."""

    hm_symbol: str
    rotations: np.ndarray
    translations: np.ndarray
    number: int


def load_amcsd(*, classes: Collection[int] | None = None) -> pd.DataFrame:
    """Load measured mineral structures with their space groups.

    Parameters
    ----------
    classes : collection of int, optional
        Numbers of the space groups that are wanted; all by default.

    Returns
    -------
    pandas.DataFrame
        One row a structure, in the order of the ids, with the columns

        - ``material_id``: ``"amcsd-"`` and the seven digits of the code in the database,
        - ``name``: the mineral; ``""`` for a substance without a mineral name,
        - ``formula``: as published, sites in brackets: ``"(Mg1.8 Fe.2) Si O4"``,
        - ``space_group_number``: the group of the symmetry operators, found by spglib,
        - ``hm_symbol``: the symbol in the file, of that very setting,
        - ``lattice``: ndarray of shape (3, 3), cell vectors as rows, in Å,
        - ``species``: tuple of element symbols, one an atom; deuterium is H,
        - ``frac_coords``: ndarray of shape (n_atoms, 3), from 0 to below 1,
        - ``occupancies``: ndarray of shape (n_atoms,); a site that elements share is several
          atoms at one place,
        - ``reference``: authors, journal, volume, year, pages.

        Its ``attrs["refused"]`` lists (id, reason) of the rows that could not be read.

    Raises
    ------
    DataError
        If the file is not on this computer; the message says how to get it.
    MissingExtraError
        If spglib is not installed.

    Warns
    -----
    DamagedFileWarning
        As `edex.datasets.locate` does.
    """
    path = locate("amcsd")["amcsd_cif1.db"]
    rows: list[dict[str, object]] = []
    refused: list[tuple[str, str]] = []
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        groups = _read_groups(path)
        references = _read_references(database)
        for row in database.execute(_QUERY):
            code, name, formula, publication, group_id, *numbers = row
            group = groups[group_id]
            if classes is not None and group.number not in classes:
                continue
            material_id = f"amcsd-{code:07d}"
            try:
                crystal = _read_crystal(formula, group, numbers)
            except (_RefusedError, InputError, json.JSONDecodeError) as error:
                refused.append((material_id, str(error)))
                continue
            rows.append(
                {
                    "material_id": material_id,
                    "name": "" if name == "<missing>" else name,
                    "formula": formula,
                    "space_group_number": group.number,
                    "hm_symbol": group.hm_symbol,
                    **crystal,
                    "reference": references.get(publication, ""),
                }
            )
    table = pd.DataFrame(rows)
    table.attrs["refused"] = refused
    return table


@lru_cache(maxsize=2)
def _read_groups(path: Path) -> dict[int, _Group]:
    """Read the space groups and find their numbers."""
    try:
        import spglib
        import spglib.error
    except ImportError as error:
        raise MissingExtraError(
            "spglib", extra="spacegroup", purpose="the data set 'amcsd'"
        ) from error

    # spglib 2.7 and 2.8 warn at every call unless this documented switch is set.
    if hasattr(spglib.error, "OLD_ERROR_HANDLING"):
        spglib.error.OLD_ERROR_HANDLING = False
    groups = {}
    query = "SELECT id, hm_notation, symmetry_xyz FROM spacegroups"
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        for number, symbol, texts in database.execute(query):
            rotations, translations = parse_operators(json.loads(texts))
            found = spglib.get_spacegroup_type_from_symmetry(rotations, translations)
            if found is None:
                raise DataError(
                    f"The operators of {symbol!r} in {path} are no space group. All groups of the "
                    "published file are. Remove the file and fetch it again."
                )
            groups[number] = _Group(
                _VARIANT.sub("", symbol), rotations, translations, int(found.number)
            )
    return groups


def _read_references(database: sqlite3.Connection) -> dict[int, str]:
    """Write each publication as one line."""
    authors: dict[int, list[str]] = {}
    query = (
        "SELECT publication_id, authors.name FROM publication_authors "
        "JOIN authors ON authors.id = author_id ORDER BY publication_authors.rowid"
    )
    for publication, name in database.execute(query):
        authors.setdefault(publication, []).append(name)
    query = "SELECT id, journalname, volume, year, page_first, page_last FROM publications"
    references = {}
    for publication, journal, volume, year, first, last in database.execute(query):
        pages = f"{first}-{last}" if last and last != first else first
        place = f"{journal} {volume} ({year}) {pages}".strip()
        references[publication] = ", ".join([*authors.get(publication, []), place])
    return references


def _read_crystal(formula: str, group: _Group, texts: list[str]) -> dict[str, object]:
    """Read lattice and sites of one row and generate its atoms."""
    cell, (labels_text, *coordinate_texts, occupancy_text) = texts[:6], texts[6:]
    lattice = lattice_from_cell(*(_number(text) for text in cell))
    if not lattice_fits(lattice, group.rotations):
        raise _RefusedError(
            f"the cell {' '.join(cell)} does not have the symmetry of {group.hm_symbol}"
        )
    labels = json.loads(labels_text)
    coordinates = np.stack([_decode(text, len(labels)) for text in coordinate_texts], axis=1)
    for label, site in zip(labels, coordinates, strict=True):
        if np.isin(site, _UNKNOWN).any():
            raise _RefusedError(f"a coordinate of {label} is unknown")
        if np.abs(site).max() >= 2:
            worst = site[np.abs(site).argmax()]
            raise _RefusedError(f"{label} has the coordinate {worst:g}, which is no fraction")
    shares = _occupancies(occupancy_text, labels)
    allowed = {"H" if symbol == "D" else symbol for symbol in re.findall("[A-Z][a-z]?", formula)}
    elements = [_element(label, allowed, formula) for label in labels]
    used = np.flatnonzero(shares > 0)
    if not len(used):
        raise _RefusedError("all occupancies are 0")
    frac_coords, sites = fill_cell(lattice, coordinates[used], group.rotations, group.translations)
    return {
        "lattice": lattice,
        "species": tuple(elements[used[site]] for site in sites),
        "frac_coords": frac_coords,
        "occupancies": shares[used[sites]],
    }


def _number(text: str) -> float:
    """Read a cell length or angle; a standard deviation in brackets is left out."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise _RefusedError(f"{text!r} in the cell is not a number")
    return float(match[1].replace(",", "."))


def _decode(text: str, length: int) -> np.ndarray:
    """Decode the numbers of a column."""
    try:
        numbers: np.ndarray = np.frombuffer(base64.b64decode(text, validate=True), dtype="<i4")
    except ValueError as error:
        raise _RefusedError(f"the text {text[:20]!r} cannot be decoded ({error})") from None
    if len(numbers) != length:
        raise _RefusedError(f"there are {length} sites, but {len(numbers)} numbers for them")
    fractions: np.ndarray = numbers / _UNITS_PER_CELL
    return fractions


def _occupancies(text: str, labels: list[str]) -> np.ndarray:
    """Read the occupancies of the sites; ``"0"`` says that all sites are full."""
    if text == "0":
        return np.ones(len(labels))
    shares = _decode(text, len(labels))
    for label, share in zip(labels, shares, strict=True):
        if share in _UNKNOWN:
            raise _RefusedError(f"the occupancy of {label} is unknown")
        if not 0 <= share <= _MAX_OCCUPANCY:
            raise _RefusedError(f"the occupancy of {label} is {share:g}")
    return shares.clip(max=1.0)


def _element(label: str, allowed: set[str], formula: str) -> str:
    """Find the element that a site label begins with, among those of the formula."""
    if label.startswith("Wat"):  # a water molecule, hydrogen not located
        return "O"
    match = re.match(r"([A-Z])[a-z]?", label)
    if match is not None:
        for symbol in (match[0], match[1].replace("D", "H")):
            if symbol in allowed and symbol in ELEMENTS:
                return symbol
        if label in ELEMENTS:  # an impurity that the formula leaves out
            return label
    raise _RefusedError(f"the site {label!r} is no element of the formula {formula!r}")
