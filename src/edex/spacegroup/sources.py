"""Where the templates of a simulation come from, and a hash that says whether it has changed.

The hash is of the files (or of the crystals that are given), so it is known at once: the crystals,
whose labels are verified when they are loaded, are loaded only if something is to be made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from edex.datasets.cache import locate
from edex.datasets.registry import get_spec
from edex.errors import DataError, InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.shards import json_bytes, sha256

__all__ = ["NAMED", "Source"]

NAMED = ("mp-structures", "amcsd")


class Source:
    """A data set by name, a folder of structure files, or crystals.

    Parameters
    ----------
    crystals : str, Path or sequence of Crystal
        What to take the templates from.

    Attributes
    ----------
    name : str
        Name of the data set, ``"folder"`` or ``"crystals"``.

    Raises
    ------
    InputError
        If a name is neither that of a data set nor of a folder, or a crystal has no label or no
        prototype key.
    """

    def __init__(self, crystals: str | Path | Sequence[Crystal]) -> None:
        self._crystals: list[Crystal] = []
        self._folder: Path | None = None
        if isinstance(crystals, str) and crystals in NAMED:
            self.name = crystals
        elif isinstance(crystals, str | Path):
            self.name, self._folder = "folder", Path(crystals)
            if not self._folder.is_dir():
                raise InputError(
                    f"{str(crystals)!r} is neither a data set ({', '.join(NAMED)}) nor a folder. "
                    "Give one of these names, or the path of a folder with CIF or POSCAR files."
                )
        else:
            self.name, self._crystals = "crystals", list(crystals)
            for place, crystal in enumerate(self._crystals):
                if crystal.space_group_number is None or crystal.prototype is None:
                    raise InputError(
                        f"The crystal number {place} ({crystal!r}) has no space group or no "
                        "prototype key. Both are needed. Get labelled crystals from load_crystals."
                    )

    def digest(self) -> str:
        """Hash everything that decides which crystals are loaded.

        Raises
        ------
        DataError
            If a file is not there or cannot be read.
        """
        if self._folder is not None:
            return _digest_folder(self._folder)
        if self.name in NAMED:
            return _digest_dataset(self.name)
        return sha256(json_bytes([_content(crystal) for crystal in self._crystals], indent=None))

    def load(self) -> tuple[list[Crystal], dict[str, Any]]:
        """Load the crystals, and say what was left out.

        Returns
        -------
        crystals : list of Crystal
            With verified labels and prototype keys.
        notes : dict
            ``structures_kept``, a number, and ``structures_refused``, names with reasons.
        """
        if self.name == "crystals":
            return self._crystals, {"structures_kept": len(self._crystals)}
        from edex.spacegroup.structures import load_crystals

        crystals, report = load_crystals(self._folder or self.name)
        notes = {"structures_kept": len(crystals), "structures_refused": dict(report.refused)}
        return crystals, notes


def _digest_folder(folder: Path) -> str:
    """Hash names and contents of the structure files in a folder."""
    from edex.spacegroup.readers import is_structure_file

    digest = hashlib.sha256()
    try:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            if is_structure_file(path):
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    except OSError as error:
        raise DataError(
            f"{error.filename} cannot be read ({error.strerror}). All structure files must be "
            "readable. Check its permissions, or remove it."
        ) from error
    return digest.hexdigest()


def _digest_dataset(name: str) -> str:
    """Hash the file that comes with edex, or take the registered hashes of fetched files."""
    spec = get_spec(name)
    if spec.embedded is not None:
        return sha256((resources.files("edex.datasets") / spec.embedded).read_bytes())
    locate(name)
    return sha256("".join(file.sha256 for file in spec.files).encode())


def _content(crystal: Crystal) -> list[Any]:
    return [
        crystal.source_id,
        crystal.space_group_number,
        crystal.prototype,
        crystal.species,
        crystal.lattice,
        crystal.frac_coords,
        crystal.occupancies,
    ]
