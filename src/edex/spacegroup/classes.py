"""The eight space groups of the course, and what a crystallographer knows of each.

They are among the most common ones (Liu et al. 2019); triclinic to cubic, they sample the ladder
of symmetry. The number of general positions is the order of the group per primitive cell.
"""

from __future__ import annotations

from dataclasses import dataclass

from edex.errors import InputError

__all__ = ["CLASSES", "SpaceGroup", "class_index", "space_group"]


@dataclass(frozen=True)
class SpaceGroup:
    """One space group of the course.

    Attributes
    ----------
    number : int
        Number in the International Tables.
    symbol : str
        Hermann-Mauguin symbol, plain text.
    family : str
        Crystal system.
    point_group : str
        Point group of the crystal class.
    order : int
        Number of operations of the point group: images of a general atom in the primitive cell.
    example : str
        A well-known compound that has this group.
    """

    number: int
    symbol: str
    family: str
    point_group: str
    order: int
    example: str

    @property
    def label(self) -> str:
        """Number and symbol, for axes and tables."""
        return f"{self.number} {self.symbol}"


_GROUPS = {
    group.number: group
    for group in (
        SpaceGroup(2, "P-1", "triclinic", "-1", 2, "albite NaAlSi3O8"),
        SpaceGroup(14, "P2_1/c", "monoclinic", "2/m", 4, "baddeleyite ZrO2"),
        SpaceGroup(15, "C2/c", "monoclinic", "2/m", 4, "diopside CaMgSi2O6"),
        SpaceGroup(62, "Pnma", "orthorhombic", "mmm", 8, "perovskite CaTiO3"),
        SpaceGroup(139, "I4/mmm", "tetragonal", "4/mmm", 16, "ThCr2Si2"),
        SpaceGroup(194, "P6_3/mmc", "hexagonal", "6/mmm", 24, "magnesium"),
        SpaceGroup(225, "Fm-3m", "cubic", "m-3m", 48, "rock salt NaCl"),
        SpaceGroup(227, "Fd-3m", "cubic", "m-3m", 48, "spinel MgAl2O4"),
    )
}

CLASSES = tuple(_GROUPS)


def space_group(number: int) -> SpaceGroup:
    """Look up one of the eight space groups.

    Parameters
    ----------
    number : int
        Number in the International Tables.

    Returns
    -------
    SpaceGroup

    Raises
    ------
    InputError
        If it is not one of the eight.

    Examples
    --------
    >>> space_group(225).symbol
    'Fm-3m'
    """
    if number not in _GROUPS:
        known = ", ".join(map(str, CLASSES))
        raise InputError(
            f"Space group {number!r} is not one of the eight of this course: {known}. "
            f"Choose one of these, or leave the crystal out."
        )
    return _GROUPS[number]


def class_index(number: int) -> int:
    """Give the place of a space group in ``CLASSES``, the order of all outputs.

    Parameters
    ----------
    number : int
        Number in the International Tables.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If it is not one of the eight.

    Examples
    --------
    >>> class_index(2), class_index(227)
    (0, 7)
    """
    return CLASSES.index(space_group(number).number)
