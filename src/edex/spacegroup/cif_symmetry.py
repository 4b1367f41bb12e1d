"""The symmetry that a CIF states: its operations and its space group number.

Operations that are written out are taken as they are; else they follow from the Hall symbol, the
Hermann-Mauguin symbol or the number. Where these leave a choice (two origins, an unknown setting)
the file is refused: the wrong choice gives another crystal. An operation R must leave the metric
G = L L^T of the cell as it is: R^T G R = G.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from edex.errors import InputError, MissingExtraError
from edex.spacegroup.spglib_calls import group_of_operations

try:
    import gemmi
    from gemmi import cif
except ImportError:
    raise MissingExtraError("gemmi", extra="spacegroup", purpose="reading CIF files") from None

__all__ = ["StatedSymmetry", "read_operations", "tag_column", "tag_value"]

_MAX_OPERATIONS = 768  # the largest group has 192 in its standard cell
_METRIC_TOLERANCE = 0.01
_TWO_ORIGINS = frozenset(group.hm for group in gemmi.spacegroup_table() if group.ext == "2")


@dataclass(frozen=True)
class StatedSymmetry:
    """What a file says about its symmetry.

    Attributes
    ----------
    rotations : ndarray of shape (n_operations, 3, 3)
        Rotation parts.
    translations : ndarray of shape (n_operations, 3)
        Translation parts, from 0 to 1.
    number : int or None
        Space group number; None where the file just lists all atoms.
    """

    rotations: np.ndarray
    translations: np.ndarray
    number: int | None


def tag_value(block: Any, *tags: str) -> str | None:
    """Give the value of the first of these tags that has one; ``_a_b`` stands for ``_a.b`` too."""
    for tag in _spellings(tags):
        value = block.find_value(tag)
        if value is not None and value not in ("?", "."):
            text = " ".join(str(cif.as_string(value)).split())
            if text:
                return text
    return None


def tag_column(block: Any, *tags: str) -> list[str] | None:
    """Give all values of the first of these tags that is there; ``?`` and ``.`` become empty."""
    for tag in _spellings(tags):
        column = block.find_values(tag)
        if len(column):
            return [
                "" if value in ("?", ".") else str(cif.as_string(value)).strip() for value in column
            ]
    return None


def _spellings(tags: tuple[str, ...]) -> list[str]:
    """List the tags as CIF 1 and as CIF 2 writes them: _cell_length_a and _cell.length_a."""
    categories = ("_space_group_symop", "_atom_site", "_space_group", "_symmetry_equiv", "_cell")
    spelled = []
    for tag in tags:
        spelled.append(tag)
        head = next((one for one in categories if tag.startswith(one + "_")), None)
        if head is not None:
            spelled.append(f"{head}.{tag[len(head) + 1 :]}")
    return spelled


def read_operations(
    block: Any, lattice: np.ndarray, *, name: str, notes: list[str]
) -> StatedSymmetry:
    """Read the operations and the space group number of a CIF block.

    Parameters
    ----------
    block : gemmi.cif.Block
        The block with the atoms.
    lattice : ndarray of shape (3, 3)
        Cell vectors as rows, Å.
    name : str
        Name of the file, for messages.
    notes : list of str
        What was taken for granted is added to it.

    Returns
    -------
    StatedSymmetry

    Raises
    ------
    InputError
        If nothing is said, something cannot be read, or the file contradicts itself.
    """
    number = _stated_number(block, name)
    symbol = tag_value(
        block,
        "_space_group_name_H-M_alt",
        "_symmetry_space_group_name_H-M",
        "_space_group_name_H-M_ref",
        "_space_group_name_H-M_full",
    )
    hall = tag_value(block, "_space_group_name_Hall", "_symmetry_space_group_name_Hall")
    listed = tag_column(block, "_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz")
    named = _group_of_symbol(symbol, lattice) if symbol else None
    if listed:
        operations, source = _parsed(listed, name), "its listed operations"
    elif hall:
        operations, source = _from_hall(hall, name), f"its Hall symbol {hall!r}"
    elif symbol:
        operations, source = _from_symbol(symbol, named, name), f"its symbol {symbol!r}"
    elif number is not None:
        operations, source = _from_number(number, name), "its number"
        notes.append(f"operations taken from the number {number}: standard setting")
    else:
        raise InputError(
            f"{name} says nothing about its symmetry. Add the space group "
            f"(_space_group_name_H-M_alt), or 'P 1' if it lists all atoms of the cell."
        )
    rotations, translations = operations
    _require_metric(rotations, lattice, name, source)
    if (rotations == np.eye(3)).all():
        said = number or (named.number if named else None)
        notes.append("no rotations among the operations: atoms taken as they are listed")
        return StatedSymmetry(rotations, translations, None if said == 1 else said)
    found = _type_number(rotations, translations, lattice, name, source)
    said = number or (named.number if named else None)
    if said is not None and said != found:
        raise InputError(
            f"{name} contradicts itself: it names space group {said}, but {source} are those of "
            f"space group {found}. Correct one of them."
        )
    return StatedSymmetry(rotations, translations, found)


def _stated_number(block: Any, name: str) -> int | None:
    text = tag_value(block, "_space_group_IT_number", "_symmetry_Int_Tables_number")
    if text is None or text == "0":
        return None
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 230:
        raise InputError(
            f"{name} gives the space group number {text[:30]!r}; it must be from 1 to 230. "
            f"Correct it or leave it out."
        )
    return int(text)


def _group_of_symbol(symbol: str, lattice: np.ndarray) -> Any:
    """Look a Hermann-Mauguin symbol up; None if it is unknown."""
    text = symbol.replace("_", "").strip()
    if match := re.fullmatch(r"(.+?)\s+\(?:?([SZ])\)?", text):  # S and Z: origin choice 1 and 2
        text = f"{match[1]}:{'1' if match[2] == 'S' else '2'}"
    elif match := re.fullmatch(r"(R.+?)\s+\(?([RH])\)?", text):
        text = f"{match[1]}:{match[2]}"
    lengths = np.linalg.norm(lattice, axis=1)
    cosines = (lattice @ lattice.T) / np.outer(lengths, lengths)
    alpha, gamma = np.degrees(np.arccos(np.clip([cosines[1, 2], cosines[0, 1]], -1, 1)))
    try:
        return gemmi.find_spacegroup_by_name(text, float(alpha), float(gamma))
    except (RuntimeError, ValueError):
        return None


def _parsed(listed: list[str], name: str) -> tuple[np.ndarray, np.ndarray]:
    if len(listed) > _MAX_OPERATIONS:
        raise InputError(
            f"{name} lists {len(listed)} symmetry operations; no group has more than 192 in its "
            f"cell. Use a standard setting."
        )
    operations = []
    for text in listed:
        try:
            operation = gemmi.Op(text)
        except (RuntimeError, ValueError):
            operation = None
        if operation is None or _integer_rotation(operation) is None:
            raise InputError(
                f"{name}: {text[:60]!r} is no symmetry operation. It must look like 'x, -y, z+1/2'."
            )
        operations.append(operation)
    return _unique(operations)


def _integer_rotation(operation: Any) -> np.ndarray | None:
    rotation = np.array(operation.rot) / gemmi.Op.DEN
    whole = np.rint(rotation).astype(np.int64)
    if np.abs(rotation - whole).max() > 0 or abs(round(float(np.linalg.det(whole)))) != 1:
        return None
    return whole


def _unique(operations: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    rows = [
        np.concatenate((np.array(one.rot).ravel(), np.array(one.tran) % one.DEN))
        for one in operations
    ]
    table = np.unique(np.array(rows), axis=0)
    return table[:, :9].reshape(-1, 3, 3) // gemmi.Op.DEN, table[:, 9:] / gemmi.Op.DEN


def _from_hall(hall: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        return _unique(list(gemmi.symops_from_hall(hall)))
    except (RuntimeError, ValueError):
        raise InputError(
            f"{name}: {hall[:40]!r} is no Hall symbol, and no operations are listed. Correct it, "
            f"or list the operations."
        ) from None


def _from_symbol(symbol: str, group: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    if group is None:
        raise InputError(
            f"{name}: the space group {symbol[:40]!r} is unknown, and no operations are listed. "
            f"Write a Hermann-Mauguin symbol such as 'P 21/c', or list the operations."
        )
    if group.hm in _TWO_ORIGINS and not re.search(r":[12]|\s\(?:?[SZ]\)?$", symbol):
        raise _two_origins(name, group.hm)
    return _unique(list(group.operations()))


def _from_number(number: int, name: str) -> tuple[np.ndarray, np.ndarray]:
    group = gemmi.find_spacegroup_by_number(number)
    if group.hm in _TWO_ORIGINS:
        raise _two_origins(name, group.hm)
    return _unique(list(group.operations()))


def _two_origins(name: str, symbol: str) -> InputError:
    return InputError(
        f"{name}: space group {symbol!r} has two choices of origin, and the file does not say "
        f"which. List the operations, or write '{symbol}:1' or '{symbol}:2'."
    )


def _require_metric(rotations: np.ndarray, lattice: np.ndarray, name: str, source: str) -> None:
    metric = lattice @ lattice.T
    moved = np.swapaxes(rotations, 1, 2) @ metric @ rotations
    if np.abs(moved - metric).max() > _METRIC_TOLERANCE * metric.max():
        raise InputError(
            f"{name}: the cell does not have the symmetry of {source}. Check cell lengths, angles "
            f"and the setting of the space group."
        )


def _type_number(
    rotations: np.ndarray, translations: np.ndarray, lattice: np.ndarray, name: str, source: str
) -> int:
    """Name the group of the operations; they must be a group."""
    grid = gemmi.Op.DEN
    steps = np.rint(translations * grid).astype(np.int64)
    weights = 3 ** np.arange(9) @ (rotations.reshape(-1, 9) + 1).T
    keys = weights * grid**3 + steps @ grid ** np.arange(3)
    products = np.einsum("aij,bjk->abik", rotations, rotations).reshape(-1, 9)
    moved = (np.einsum("aij,bj->abi", rotations, steps) + steps[:, None]).reshape(-1, 3) % grid
    if np.abs(products).max() > 1 or np.abs(rotations).max() > 1:
        closed = False
    else:
        made = (3 ** np.arange(9) @ (products + 1).T) * grid**3 + moved @ grid ** np.arange(3)
        closed = bool(np.isin(made, keys).all())
    number = group_of_operations(rotations, translations, lattice) if closed else None
    if number is None:
        raise InputError(
            f"{name}: {source} ({len(rotations)}) are not a space group: products of some are "
            f"missing. List all operations, or give the space group symbol alone."
        )
    return number
