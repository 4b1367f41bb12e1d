"""Read a folder of simulated PDFs: all of it, with every hash verified, in well under a second.

``manifest.json`` is written last, so a folder that has one is complete. It holds the settings, the
grid in r, the quarantine and the SHA-256 hash of every other file.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from edex.errors import DataError
from edex.spacegroup.shards import sha256

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LABELS", "MANIFEST", "FileState", "PdfTable", "load_pdfs", "verify_pdfs"]

MANIFEST, LABELS = "manifest.json", "labels.parquet"


@dataclass(frozen=True, eq=False)
class PdfTable:
    """Simulated PDFs and what is known of each.

    Attributes
    ----------
    r : ndarray of shape (n_points,)
        Distances, Å.
    G : ndarray of shape (n_rows, n_points)
        Reduced pair distribution functions, Å⁻², float32.
    labels : pandas.DataFrame of n_rows rows
        ``row``, ``space_group_number``, ``template`` (source id), ``prototype``, ``formula``,
        ``n_atoms`` (primitive cell), ``n_tries``, ``u_iso`` (Å²), ``qdamp`` (Å⁻¹), ``noise``.
    manifest : dict
        Settings, versions, class counts, quarantine, hashes.
    """

    r: np.ndarray
    G: np.ndarray
    labels: pd.DataFrame
    manifest: dict[str, Any]

    def __len__(self) -> int:
        return len(self.G)

    def __repr__(self) -> str:
        return (
            f"<PdfTable: {len(self)} PDFs of {len(self.r)} points, "
            f"{self.labels['space_group_number'].nunique()} space groups>"
        )

    @property
    def quarantine(self) -> list[dict[str, Any]]:
        """Templates that gave nothing, each with the reason and the rows it cost."""
        quarantine: list[dict[str, Any]] = self.manifest["quarantine"]
        return quarantine


@dataclass(frozen=True)
class FileState:
    """How a file of the folder is.

    Attributes
    ----------
    name : str
        Its name in the folder.
    status : {"ok", "missing", "damaged"}
        Whether it is there and has the hash that the manifest states.
    """

    name: str
    status: Literal["ok", "missing", "damaged"]


def load_pdfs(folder: str | Path) -> PdfTable:
    """Load what :func:`edex.spacegroup.make_pdfs` has made.

    Parameters
    ----------
    folder : str or Path
        The folder.

    Returns
    -------
    PdfTable

    Raises
    ------
    DataError
        If the folder is not complete, or a file is missing or damaged. The message names the file
        and the command that repairs the folder.
    """
    import pandas as pd

    folder = Path(folder)
    manifest = read_manifest(folder)
    r = np.array(manifest["r"])
    labels = pd.read_parquet(io.BytesIO(_read(folder, LABELS, manifest)))
    row_at = np.argsort(labels.pop("place").to_numpy())
    table = np.empty((len(labels), len(r)), dtype=np.float32)
    start = 0
    for name in manifest["shards"]:
        shard = np.lib.format.read_array(io.BytesIO(_read(folder, name, manifest)))
        table[row_at[start : start + len(shard)]] = shard
        start += len(shard)
    return PdfTable(r, table, labels, manifest)


def verify_pdfs(folder: str | Path) -> list[FileState]:
    """Hash every file of a folder again.

    Parameters
    ----------
    folder : str or Path
        A folder with a manifest.

    Returns
    -------
    list of FileState
        One entry a file, in the order of the manifest.

    Raises
    ------
    DataError
        If the folder has no readable manifest.
    """
    folder = Path(folder)
    states = []
    for name, digest in read_manifest(folder)["files"].items():
        try:
            is_good = sha256((folder / name).read_bytes()) == digest
        except FileNotFoundError:
            states.append(FileState(name, "missing"))
        except OSError:
            states.append(FileState(name, "damaged"))
        else:
            states.append(FileState(name, "ok" if is_good else "damaged"))
    return states


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a complete folder.

    Parameters
    ----------
    folder : Path
        The folder.

    Raises
    ------
    DataError
        If there is none or it is damaged.
    """
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
        _ = [manifest[entry] for entry in ("settings", "r", "shards", "files", "quarantine")]
    except FileNotFoundError:
        if not folder.is_dir():
            what = f"There is no folder {folder}. PDFs are loaded from a folder that was made with"
            raise DataError(f"{what}: edex data make pdfs --folder {folder}") from None
        raise DataError(
            f"The folder {folder} has no {MANIFEST}: the run in it is not complete. Complete it "
            f"with: {repair_command(folder)}"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} cannot be read ({error}). It must be as it was written. Repair it with: "
            f"{repair_command(folder)}"
        ) from None
    return manifest


def repair_command(folder: Path) -> str:
    """Give the command that completes or repairs a folder.

    Parameters
    ----------
    folder : Path
        The folder; its ``settings.json`` tells the options if it can be read.
    """
    command = f"edex data make pdfs --resume --folder {folder}"
    try:
        settings = json.loads((folder / "settings.json").read_bytes())["settings"]
        return f"{command} --size {settings['size']} --seed {settings['seed']} (and its options)"
    except (OSError, ValueError, KeyError, TypeError):
        return f"{command} (and the options it was made with)"


def _read(folder: Path, name: str, manifest: dict[str, Any]) -> bytes:
    """Read a file whose hash the manifest states."""
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        what = f"{folder / name} cannot be read ({error.strerror})."
    else:
        if sha256(data) == manifest["files"][name]:
            return data
        what = f"{folder / name} is damaged: it does not have the hash that {MANIFEST} states."
    raise DataError(
        f"{what} All files must be as they were written. Repair the folder with: "
        f"{repair_command(folder)}"
    )
