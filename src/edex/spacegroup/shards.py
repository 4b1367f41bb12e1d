"""A folder of shards that survives a kill at any moment.

A *shard* is one ``.npy`` file with some hundred rows; its *receipt*, a small JSON file with the
SHA-256 hash and the labels, is written after it. A shard with a good receipt is finished and never
touched again; everything else is made anew. Each file is written under a temporary name in the same
folder, flushed to the disk (fsync) and renamed, so that its final name never shows half a file.
The order of the renames is kept by an fsync of the folder after each.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edex.errors import DataError

__all__ = ["Receipt", "ShardStore", "folder_lock", "json_bytes", "sha256", "sweep", "write_file"]

TEMPORARY = ".{name}.{unique}.tmp"


@dataclass(frozen=True)
class Receipt:
    """What is known of a finished shard.

    Attributes
    ----------
    shard : int
        Number of the shard.
    run : str
        Hash of settings and versions of the run that it belongs to.
    sha256 : str
        Hash of the ``.npy`` file.
    labels : dict of str to list
        One list a column, one entry a row.
    failures : list of [int, int, str]
        Row, number of a template that gave this row nothing, and the reason.
    """

    shard: int
    run: str
    sha256: str
    labels: dict[str, list[Any]]
    failures: list[tuple[int, int, str]]


@dataclass(frozen=True, eq=False)
class ShardStore:
    """The shards of one run in one folder.

    Parameters
    ----------
    folder : Path
        The folder of the run; shards are in its folder ``shards``.
    run : str
        Hash of settings and versions; shards of another run are not accepted.
    order : ndarray of shape (size,), int
        The rows in the order in which they are made and stored.
    shard_rows : int
        Rows in each shard but the last.
    """

    folder: Path
    run: str
    order: np.ndarray
    shard_rows: int

    @property
    def size(self) -> int:
        """Number of rows in all shards."""
        return len(self.order)

    @property
    def n_shards(self) -> int:
        """Number of shards."""
        return -(-self.size // self.shard_rows)

    def rows(self, shard: int) -> list[int]:
        """List the row numbers of a shard."""
        start = shard * self.shard_rows
        rows: list[int] = self.order[start : start + self.shard_rows].tolist()
        return rows

    def shard_path(self, shard: int) -> Path:
        """Give the path of the array."""
        return self.folder / "shards" / f"pdfs-{shard:05d}.npy"

    def receipt_path(self, shard: int) -> Path:
        """Give the path of the receipt."""
        return self.folder / "shards" / f"pdfs-{shard:05d}.json"

    def write(
        self,
        shard: int,
        array: np.ndarray,
        labels: Mapping[str, Sequence[Any]],
        failures: Sequence[tuple[int, int, str]] = (),
    ) -> None:
        """Persist a shard, then its receipt.

        Parameters
        ----------
        shard : int
            Number of the shard.
        array : ndarray of shape (n_rows, n_points)
            Stored as float32.
        labels : mapping of str to sequence of length n_rows
            Columns of numbers or texts; the row numbers are added.
        failures : sequence of (int, int, str)
            Row, template and reason of what gave nothing.

        Raises
        ------
        DataError
            If a file cannot be written (a full disk, no permission).
        """
        buffer = io.BytesIO()
        np.save(buffer, np.ascontiguousarray(array, dtype=np.float32), allow_pickle=False)
        data = buffer.getvalue()
        receipt = {
            "shard": shard,
            "run": self.run,
            "sha256": sha256(data),
            "labels": {"row": self.rows(shard), **labels},
            "failures": [list(failure) for failure in failures],
        }
        write_file(self.shard_path(shard), data)
        write_file(self.receipt_path(shard), json_bytes(receipt, indent=None))

    def is_written(self, shard: int) -> bool:
        """Tell whether a shard has a receipt, without a look into it."""
        return self.receipt_path(shard).is_file()

    def read_receipt(self, shard: int) -> Receipt | None:
        """Read the receipt of a shard and hash the shard.

        Parameters
        ----------
        shard : int
            Number of the shard.

        Returns
        -------
        Receipt or None
            None if the shard must be made (again): a file is missing or damaged, or belongs to
            another run.
        """
        try:
            receipt = Receipt(**json.loads(self.receipt_path(shard).read_bytes()))
            rows = self.rows(shard)
            is_ours = receipt.run == self.run and receipt.labels["row"] == rows
            if not is_ours or {len(values) for values in receipt.labels.values()} != {len(rows)}:
                return None
            if sha256(self.shard_path(shard).read_bytes()) != receipt.sha256:
                return None
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            return None
        return receipt

    def receipts(self) -> dict[int, Receipt]:
        """Read the receipts of all finished shards, each verified against its shard."""
        found = ((shard, self.read_receipt(shard)) for shard in range(self.n_shards))
        return {shard: receipt for shard, receipt in found if receipt is not None}


def write_file(path: Path, data: bytes) -> None:
    """Write a file so that its name shows all of it or nothing, whatever happens.

    Parameters
    ----------
    path : Path
        The file; an existing one is replaced. Its folder must exist.
    data : bytes
        The whole content.

    Raises
    ------
    DataError
        If it cannot be written; an existing file is then as it was.
    """
    unique = f"{os.getpid()}-{secrets.token_hex(4)}"
    temporary = path.with_name(TEMPORARY.format(name=path.name, unique=unique))
    try:
        with open(temporary, "xb", buffering=0) as file:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(file.fileno(), rest) :]
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise DataError(
            f"{path} cannot be written ({error.strerror}). A writable folder with "
            f"{len(data) / 1e6:.1f} MB of free space is needed. What was finished is kept: make "
            "room and run the same command again with --resume."
        ) from error


def sweep(folder: Path) -> list[Path]:
    """Remove the temporary files that a killed run has left.

    Parameters
    ----------
    folder : Path
        Folder of a run; the caller holds its lock.

    Returns
    -------
    list of Path
        What was removed.
    """
    strays = sorted(folder.glob(".*.tmp")) + sorted(folder.glob("shards/.*.tmp"))
    for stray in strays:
        with contextlib.suppress(FileNotFoundError):
            stray.unlink()
    return strays


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Keep a second run out of a folder; the operating system frees the lock of a killed one.

    Parameters
    ----------
    folder : Path
        An existing folder; an empty file ``.lock`` stays in it.

    Raises
    ------
    DataError
        If another run works in the folder, or the folder cannot be written.
    """
    try:
        file = open(folder / ".lock", "ab")  # noqa: SIM115 - closed below, whatever happens
    except OSError as error:
        raise DataError(
            f"The folder {folder} cannot be written ({error.strerror}). A folder of your own is "
            "needed. Choose another one with --folder."
        ) from error
    with file:
        try:
            _lock(file.fileno())
        except OSError as error:
            raise DataError(
                f"Another run is working in the folder {folder}. Only one may write there at a "
                "time. Wait for it, stop it, or choose another folder."
            ) from error
        yield


def sha256(data: bytes) -> str:
    """Hash some bytes: 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def json_bytes(value: object, *, indent: int | None = 1) -> bytes:
    """Write a value as JSON, the same bytes for the same value."""

    def plain(item: Any) -> Any:
        if isinstance(item, np.generic | np.ndarray):
            return item.tolist()
        raise TypeError(f"{type(item).__name__} cannot be written as JSON")

    separators = (",", ":") if indent is None else None
    text = json.dumps(
        value,
        indent=indent,
        separators=separators,
        sort_keys=True,
        ensure_ascii=False,
        allow_nan=False,
        default=plain,
    )
    return (text + "\n").encode()


def _sync_folder(folder: Path) -> None:
    """Make the renames in a folder last; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
