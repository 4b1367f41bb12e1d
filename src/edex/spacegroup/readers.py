"""Read a crystal from a file: CIF, or the POSCAR of VASP.

Whatever is wrong with a file ends in one error that names the file, the value, the rule and the
next step; what is changed on the way is noted and can be asked for with
:func:`read_with_notes`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from edex.errors import InputError
from edex.spacegroup.cif import looks_like_cif, parse_cif
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.disorder import check_sites
from edex.spacegroup.poscar import looks_like_poscar, parse_poscar
from edex.spacegroup.reading import Reading, read_text

__all__ = [
    "is_structure_file",
    "read_cif",
    "read_poscar",
    "read_structure",
    "read_with_notes",
]


def read_cif(source: str | Path) -> Crystal:
    """Read a CIF; all atoms of the cell are made with the symmetry of the file.

    Parameters
    ----------
    source : str or Path
        A path, or the text itself (anything with a line ``data_...``).

    Returns
    -------
    Crystal
        ``space_group_number`` is what the file says, not verified; None if it lists all atoms.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read, lacks something, contradicts itself, has
        more than 1,000 atoms in the cell, or its sites are disordered beyond what
        :mod:`edex.spacegroup.disorder` allows.
    DataError
        If the file cannot be opened.

    Examples
    --------
    >>> salt = read_cif('''data_salt
    ... _cell_length_a 5.64
    ... _cell_length_b 5.64
    ... _cell_length_c 5.64
    ... _space_group_name_H-M_alt 'F m -3 m'
    ... loop_
    ... _atom_site_label
    ... _atom_site_fract_x
    ... _atom_site_fract_y
    ... _atom_site_fract_z
    ... Na 0 0 0
    ... Cl 0.5 0.5 0.5
    ... ''')
    >>> len(salt), salt.formula, salt.space_group_number
    (8, 'NaCl', 225)
    """
    if isinstance(source, str) and "\n" in source and looks_like_cif(source):
        return _checked(parse_cif(source, name="CIF text"), "CIF text").crystal
    return _checked(parse_cif(read_text(source), name=Path(source).name), str(source)).crystal


def read_poscar(path: str | Path) -> Crystal:
    """Read a POSCAR or CONTCAR.

    Parameters
    ----------
    path : str or Path
        A file in the format of VASP 5 (with element symbols), or of VASP 4 with the elements in
        the comment line.

    Returns
    -------
    Crystal
        Without a space group number.

    Raises
    ------
    InputError
        If there is no such file, a line is missing or wrong, or atoms are too close.
    DataError
        If the file cannot be opened.
    """
    return _checked(parse_poscar(read_text(path), name=Path(path).name), str(path)).crystal


def read_structure(path: str | Path) -> Crystal:
    """Read a crystal from a CIF or POSCAR, told apart by name and content.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Crystal

    Raises
    ------
    InputError
        If it is neither, or as :func:`read_cif` and :func:`read_poscar`.
    DataError
        If the file cannot be opened.
    """
    return read_with_notes(path).crystal


def read_with_notes(path: str | Path) -> Reading:
    """Read a crystal as :func:`read_structure` does, with notes on what was changed.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Reading
        The crystal and the notes.

    Raises
    ------
    InputError
        As :func:`read_structure`.
    DataError
        If the file cannot be opened.
    """
    file = Path(path)
    text = read_text(file)
    if file.suffix.lower() in (".cif", ".mcif") or looks_like_cif(text):
        return _checked(parse_cif(text, name=file.name), str(path))
    if _is_poscar_name(file.name) or looks_like_poscar(text):
        return _checked(parse_poscar(text, name=file.name), str(path))
    raise InputError(
        f"{file.name} is neither a CIF (no line starts with data_) nor a POSCAR (lines 2 to 5 are "
        f"not a scale and three vectors). Convert it to CIF."
    )


def is_structure_file(path: Path) -> bool:
    """Tell by its name whether a file holds a structure that can be read here.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bool
    """
    return path.suffix.lower() in (".cif", ".mcif") or _is_poscar_name(path.name)


def _is_poscar_name(name: str) -> bool:
    upper = name.upper()
    return upper.startswith(("POSCAR", "CONTCAR")) or upper.endswith((".VASP", ".POSCAR"))


def _checked(reading: Reading, path: str) -> Reading:
    """Apply the rules for disorder, and keep the name of the file in the message."""
    try:
        notes = check_sites(reading.crystal)
    except InputError as error:
        raise InputError(f"{Path(path).name}: {error}") from None
    return replace(reading, notes=reading.notes + notes)
