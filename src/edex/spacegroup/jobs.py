"""What one worker is given: how to make a row, and where a finished shard goes.

The engine knows no physics. A *row maker* turns the number of a row into an array and its labels;
it must be a pure function of that number, so that a shard comes out the same in every process, on
every machine of the same kind and after any number of kills.
"""

from __future__ import annotations

import importlib.metadata
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from edex import __version__
from edex.errors import DataError
from edex.spacegroup.shards import ShardStore, sha256

__all__ = ["Row", "RowMaker", "ShardJob", "code_versions", "compare_versions"]

# Packages whose version may change the last bits of a row, or what is accepted as a row.
DECIDING_PACKAGES = ("numpy", "numba", "scipy", "spglib", "gemmi", "periodictable")


@dataclass(frozen=True, eq=False)
class Row:
    """One row.

    Attributes
    ----------
    values : ndarray of shape (n_points,)
        For example G(r), Å⁻².
    labels : dict
        Numbers and texts; the same names for every row. ``"template"`` is the number of the
        template.
    failures : list of (int, str)
        Templates that gave this row nothing, and why.
    """

    values: np.ndarray
    labels: dict[str, Any]
    failures: list[tuple[int, str]] = field(default_factory=list)


class RowMaker(Protocol):
    """Makes any row, in any order, always the same; can be pickled."""

    @property
    def n_points(self) -> int:
        """Length of a row."""

    def __call__(self, row: int) -> Row:
        """Make the row of this number."""


@dataclass(frozen=True)
class ShardJob:
    """Everything that a worker needs to make any shard of a run.

    Attributes
    ----------
    store : ShardStore
        Where shards go.
    maker : RowMaker
        Makes the rows.
    versions : dict of str to str
        What the run was started with; see :func:`code_versions`.
    """

    store: ShardStore
    maker: RowMaker
    versions: dict[str, str]

    def make_shard(self, shard: int) -> None:
        """Make the rows of a shard and persist them.

        Parameters
        ----------
        shard : int
            Number of the shard.

        Raises
        ------
        DataError
            If a row is not finite or the files cannot be written.
        """
        rows = self.store.rows(shard)
        array = np.empty((len(rows), self.maker.n_points), dtype=np.float32)
        labels: dict[str, list[Any]] = {}
        failures: list[tuple[int, int, str]] = []
        for place, number in enumerate(rows):
            row = self.maker(number)
            array[place] = row.values
            for name, value in row.labels.items():
                labels.setdefault(name, []).append(value)
            failures += [(number, template, reason) for template, reason in row.failures]
        if not np.isfinite(array).all():
            bad = rows[int(np.argmin(np.isfinite(array).all(axis=1)))]
            raise DataError(
                f"Row {bad} holds a number that is not finite. Only finite numbers may be stored. "
                "Report it with the settings of the run; nothing of this shard was kept."
            )
        self.store.write(shard, array, labels, failures)


def code_versions() -> dict[str, str]:
    """Name the code that decides the bytes of a row.

    Returns
    -------
    dict of str to str
        Versions of Python, edex and of the packages it calculates with, the kind of machine, and
        a hash of the source of ``edex.spacegroup``.
    """
    versions = {
        "edex": __version__,
        "machine": f"{platform.system()} {platform.machine()}",
        "python": ".".join(platform.python_version_tuple()[:2]),
        "source": _source_digest(Path(__file__).parent),
    }
    for package in DECIDING_PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = "absent"
    return versions


def compare_versions(there: dict[str, str], here: dict[str, str]) -> list[str]:
    """Say in words which versions differ.

    Parameters
    ----------
    there, here : dict of str to str
        From :func:`code_versions`.

    Returns
    -------
    list of str
        For example ``["numpy 2.4.6 there and 2.0.0 here"]``; empty if all agree.
    """
    return [
        f"{name} {there.get(name, 'absent')[:16]} there and {here.get(name, 'absent')[:16]} here"
        for name in sorted({*there, *here})
        if there.get(name) != here.get(name)
    ]


def _source_digest(folder: Path) -> str:
    """Hash the source of a package, whatever the ends of its lines."""
    texts = [
        b"\n".join([path.name.encode(), *path.read_bytes().splitlines()])
        for path in sorted(folder.glob("*.py"))
    ]
    return sha256(b"\n".join(texts))
