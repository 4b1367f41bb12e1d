"""CIF: the structure file of crystallography (Hall, Allen and Brown, Acta Cryst. A47, 655, 1991).

A CIF lists the cell, the operations of the space group and the atoms of one asymmetric unit. Here
it becomes all atoms of the cell. The text is parsed by gemmi (Wojdyr, J. Open Source Softw. 7,
4200, 2022); what the text means is decided here, and every decision is noted.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from edex.errors import InputError, MissingExtraError
from edex.spacegroup.cif_symmetry import read_operations, tag_column, tag_value
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.expansion import AsymmetricAtom, fill_cell
from edex.spacegroup.reading import MAX_ATOMS, Reading, element_symbol
from edex.spacegroup.sites import ROUNDED_SUM

try:
    import gemmi
    from gemmi import cif
except ImportError:
    raise MissingExtraError("gemmi", extra="spacegroup", purpose="reading CIF files") from None

__all__ = ["looks_like_cif", "parse_cif"]

_MAX_LENGTH = 1000.0  # Å


def looks_like_cif(text: str) -> bool:
    """Tell whether a line starts a data block."""
    return re.search(r"^\s*data_", text, flags=re.MULTILINE | re.IGNORECASE) is not None


def parse_cif(text: str, *, name: str = "CIF") -> Reading:
    """Read the text of a CIF.

    Parameters
    ----------
    text : str
        The whole file; of several data blocks the first with atoms is read.
    name : str
        Name of the file, for messages.

    Returns
    -------
    Reading
        All atoms of the cell. Atoms of one element on one site are one atom; hydrogen isotopes are
        hydrogen.

    Raises
    ------
    InputError
        If the file cannot be read, lacks something or contradicts itself.
    """
    notes: list[str] = []
    block = _block_with_atoms(text, name, notes)
    lattice = _lattice(block, name, notes)
    symmetry = read_operations(block, lattice, name=name, notes=notes)
    atoms = _listed_atoms(block, lattice, name, notes)
    cell = fill_cell(
        lattice, symmetry.rotations, symmetry.translations, atoms, name=name, notes=notes
    )
    crystal = Crystal(
        lattice,
        cell.species,
        cell.frac_coords,
        cell.occupancies,
        space_group_number=symmetry.number,
        source_id=name,
    )
    return Reading(crystal, tuple(notes))


def _block_with_atoms(text: str, name: str, notes: list[str]) -> Any:
    try:
        blocks = list(cif.read_string(text))
    except (RuntimeError, ValueError, UnicodeError, MemoryError) as error:
        reason = str(error).removeprefix("string:").split("\n")[0][:120]
        raise InputError(
            f"{name} is no valid CIF (line {reason}). Correct the file, or write it anew with the "
            f"program it comes from."
        ) from None
    for number, block in enumerate(blocks):
        if tag_column(block, "_atom_site_fract_x", "_atom_site_Cartn_x"):
            if len(blocks) > 1:
                notes.append(f"block {number + 1} of {len(blocks)} read: the first with atoms")
            return block
    raise InputError(
        f"{name} has no atoms in its {len(blocks)} data blocks (_atom_site_fract_x is missing). "
        f"Give a CIF of a structure, not of a diffraction pattern or a list of reflections."
    )


def _lattice(block: Any, name: str, notes: list[str]) -> np.ndarray:
    values = []
    for axis in "abc":
        length = _cell_number(block, f"_cell_length_{axis}", name)
        if length is None or not 1.0 <= length <= _MAX_LENGTH:
            found = "missing" if length is None else f"{length:g} Å"
            raise InputError(
                f"{name}: the cell length {axis} is {found}; it must be from 1 to "
                f"{_MAX_LENGTH:.0f} Å. Correct _cell_length_{axis}."
            )
        values.append(length)
    missing = []
    for angle in ("alpha", "beta", "gamma"):
        degrees = _cell_number(block, f"_cell_angle_{angle}", name)
        if degrees is None:
            missing.append(angle)
            degrees = 90.0
        if not 10.0 <= degrees <= 170.0:
            raise InputError(
                f"{name}: the cell angle {angle} is {degrees:g}; it must be from 10 to 170 "
                f"degrees. Correct _cell_angle_{angle}."
            )
        values.append(degrees)
    if missing:
        notes.append(f"no angle {', '.join(missing)}: 90 degrees, as the CIF standard says")
    cosines = np.cos(np.radians(values[3:]))
    if 1 - (cosines**2).sum() + 2 * cosines.prod() < 1e-4:
        raise InputError(
            f"{name}: no cell has the angles {values[3]:g}, {values[4]:g} and {values[5]:g} "
            f"degrees. Correct them."
        )
    return np.array(gemmi.UnitCell(*values).orth.mat.tolist()).T


def _cell_number(block: Any, tag: str, name: str) -> float | None:
    text = tag_value(block, tag)
    return None if text is None else _number(text, f"{name}: {tag}")


def _number(text: str, what: str) -> float:
    """Read ``1.23(4)`` as 1.23."""
    value = float(cif.as_number(text))
    if not math.isfinite(value):
        raise InputError(f"{what} is {text[:40]!r}, not a number. Write it like 1.234 or 1.234(5).")
    return value


def _listed_atoms(
    block: Any, lattice: np.ndarray, name: str, notes: list[str]
) -> list[AsymmetricAtom]:
    coords, cartesian = _coordinate_columns(block, name)
    n_rows = len(coords[0])
    if n_rows > MAX_ATOMS:
        raise InputError(
            f"{name} lists {n_rows} atoms; a cell may have {MAX_ATOMS}. Leave this structure out."
        )

    def column(tag: str) -> list[str]:
        found = tag_column(block, tag)
        return found if found is not None and len(found) == n_rows else [""] * n_rows

    labels, types = column("_atom_site_label"), column("_atom_site_type_symbol")
    shares, flags = column("_atom_site_occupancy"), column("_atom_site_calc_flag")
    formula = frozenset(re.findall(r"[A-Z][a-z]?", tag_value(block, "_chemical_formula_sum") or ""))
    atoms: list[AsymmetricAtom] = []
    left_out = {"dummy atoms": 0, "hydrogen atoms without coordinates": 0, "empty sites": 0}
    isotopes = 0
    for row in range(n_rows):
        label = labels[row] or types[row] or f"number {row + 1}"
        what = f"{name}, atom {label}"
        if flags[row].lower() == "dum":  # codespell:ignore dum
            left_out["dummy atoms"] += 1
            continue
        element = element_symbol(types[row] or labels[row], among=formula)
        if element is None:
            raise InputError(
                f"{what}: {(types[row] or labels[row])[:20]!r} names no element. Correct "
                f"_atom_site_type_symbol, or leave the atom out."
            )
        texts = [axis[row] for axis in coords]
        if "" in texts:
            if element == "H":
                left_out["hydrogen atoms without coordinates"] += 1
                continue
            raise InputError(
                f"{what} has no coordinates. Add them, or leave the atom out of the list."
            )
        place = np.array([_number(text, f"{what}: a coordinate") for text in texts])
        if np.abs(place).max() > _MAX_LENGTH:
            raise InputError(
                f"{what}: a coordinate is {place[np.abs(place).argmax()]:g}; fractional "
                f"coordinates are mostly from 0 to 1. Correct it."
            )
        share = _number(shares[row], f"{what}: the occupancy") if shares[row] else 1.0
        if not 0.0 <= share <= ROUNDED_SUM:
            raise InputError(
                f"{what}: the occupancy is {share:g}; it must be from 0 to 1. Correct it."
            )
        if share == 0.0:
            left_out["empty sites"] += 1
            continue
        isotopes += re.match(r"[DT](?![a-z])", types[row] or labels[row]) is not None
        if cartesian:
            place = place @ np.linalg.inv(lattice)
        atoms.append(AsymmetricAtom(label, element, place, min(share, 1.0)))
    notes += [f"{count} {kind} left out" for kind, count in left_out.items() if count]
    if isotopes:
        notes.append(f"{isotopes} sites of deuterium or tritium read as hydrogen")
    if not atoms:
        raise InputError(
            f"{name} lists no atom that is there: all {n_rows} are dummies or have occupancy 0. "
            f"Give a structure with atoms."
        )
    return atoms


def _coordinate_columns(block: Any, name: str) -> tuple[list[list[str]], bool]:
    for kind, axes in (("fract", "xyz"), ("Cartn", "xyz")):
        columns = [tag_column(block, f"_atom_site_{kind}_{axis}") for axis in axes]
        present = [column for column in columns if column is not None]
        if len(present) == 3 and len({len(column) for column in present}) == 1:
            return present, kind == "Cartn"
    raise InputError(
        f"{name} does not give x, y and z of every atom. "
        f"Add the missing column of _atom_site_fract."
    )
