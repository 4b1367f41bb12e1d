"""Where the files of a data set live on this computer.

Two places are searched, in this order: the folder named by the environment variable
``EDEX_DATA_DIR`` (with all folders in it; an offline class, CI), then the cache of the user, which
``EDEX_CACHE_DIR`` can move. A file is used only if its SHA-256 hash is the registered one; a file
of the right name with another content is called *damaged* and never used silently.
"""

import hashlib
import os
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_dir

from edex.datasets.registry import DatasetSpec, RemoteFile, get_spec
from edex.errors import DataError, MissingExtraError

__all__ = [
    "DamagedFileWarning",
    "FileReport",
    "cache_dir",
    "data_dir",
    "file_sha256",
    "is_available",
    "locate",
    "verify",
]


class DamagedFileWarning(UserWarning):
    """A file has the right name and the wrong content, and is not used."""


@dataclass(frozen=True)
class FileReport:
    """What was found of one file.

    Parameters
    ----------
    name : str
        File name.
    status : {"ok", "missing", "damaged"}
        ``"ok"`` if a file with the registered hash is there; else ``"damaged"`` if a file of
        that name with another content is there.
    path : Path or None
        The file that the status speaks of; None if it is missing.
    is_required : bool
        Whether the data set can be loaded without it.
    damaged : tuple of Path
        All files of that name with another content, in both places.
    """

    name: str
    status: Literal["ok", "missing", "damaged"]
    path: Path | None
    is_required: bool
    damaged: tuple[Path, ...] = ()


def cache_dir() -> Path:
    """Give the folder that downloads are kept in.

    Returns
    -------
    Path
        ``$EDEX_CACHE_DIR``, or the cache folder of the operating system. It need not exist yet.
    """
    return Path(os.environ.get("EDEX_CACHE_DIR") or user_cache_dir("edex", appauthor=False))


def data_dir() -> Path | None:
    """Give the folder of local files that is searched first.

    Returns
    -------
    Path or None
        ``$EDEX_DATA_DIR``, or None if the variable is not set.

    Raises
    ------
    DataError
        If the variable names something that is not a folder.
    """
    value = os.environ.get("EDEX_DATA_DIR")
    if not value:
        return None
    path = Path(value)
    if not path.is_dir():
        raise DataError(
            f"EDEX_DATA_DIR is {value!r}, and that is not a folder. It must name a folder that "
            "holds data files. Correct the variable, or unset it to use the cache alone."
        )
    return path


def file_sha256(path: Path) -> str:
    """Hash the content of a file.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(name: str) -> list[FileReport]:
    """Hash every file of a data set again and say how it is.

    Parameters
    ----------
    name : str
        Name of the data set.

    Returns
    -------
    list of FileReport
        One report a file, in the order of the registry; empty for a data set that comes with
        edex or another package. A file that edex does not download is reported only if something
        is there.

    Raises
    ------
    InputError
        If there is no data set of that name.
    DataError
        If ``EDEX_DATA_DIR`` is not a folder, or a file cannot be read.
    """
    spec = get_spec(name)
    if not spec.files:
        return []
    local = _files_by_name(data_dir(), {file.name for file in spec.files})
    reports = []
    for file in spec.files:
        candidates = [*local.get(file.name, []), cache_dir() / spec.name / file.name]
        report = _report(file, candidates)
        if file.can_be_fetched or report.status != "missing":
            reports.append(report)
    return reports


def is_available(name: str) -> bool:
    """Tell whether a data set can be loaded now, without a network.

    Parameters
    ----------
    name : str
        Name of the data set.

    Returns
    -------
    bool
        True if every required file is there with the right content, if the data set comes with
        edex, or if the package that brings it is installed.

    Raises
    ------
    InputError
        If there is no data set of that name.
    DataError
        If ``EDEX_DATA_DIR`` is not a folder, or a file cannot be read.
    """
    spec = get_spec(name)
    if spec.package is not None:
        return find_spec(spec.package) is not None
    return all(report.status == "ok" for report in verify(name) if report.is_required)


def locate(name: str) -> dict[str, Path]:
    """Find the files of a data set.

    Parameters
    ----------
    name : str
        Name of the data set.

    Returns
    -------
    dict of str to Path
        File name to path: all required files, and those optional ones that are there. Empty for
        a data set that comes with edex or another package.

    Raises
    ------
    InputError
        If there is no data set of that name.
    DataError
        If a required file is missing or damaged, or ``EDEX_DATA_DIR`` is not a folder. The
        message says how to get the file.
    MissingExtraError
        If the package that brings the data set is not installed.

    Warns
    -----
    DamagedFileWarning
        If a damaged file was passed over, because a good one was found in the other place or
        because it is optional.
    """
    spec = get_spec(name)
    if spec.package is not None and find_spec(spec.package) is None:
        raise MissingExtraError(spec.package, extra="melting", purpose=f"the data set {name!r}")
    reports = verify(name)
    for report in reports:
        if report.is_required and report.status != "ok":
            raise DataError(_explain_absence(spec, report))
        for path in report.damaged:
            warnings.warn(
                f"{path} does not have the registered SHA-256 hash and is not used. "
                f"Only the published content of {report.name!r} is allowed. Remove or replace "
                "the file.",
                DamagedFileWarning,
                stacklevel=2,
            )
    return {report.name: report.path for report in reports if report.status == "ok" and report.path}


def _files_by_name(folder: Path | None, names: set[str]) -> dict[str, list[Path]]:
    """Find files by name in a folder and all folders in it, in alphabetical order."""
    found: dict[str, list[Path]] = {}
    if folder is not None:
        for parent, folders, files in os.walk(folder):
            folders.sort()
            for name in names.intersection(files):
                found.setdefault(name, []).append(Path(parent) / name)
    return found


def _report(file: RemoteFile, candidates: list[Path]) -> FileReport:
    """Hash the candidates and take the first one with the registered hash."""
    good: Path | None = None
    damaged = []
    for path in candidates:
        try:
            if not path.is_file():
                continue
            sha256 = file_sha256(path)
        except OSError as error:
            raise DataError(
                f"{path} cannot be read ({error.strerror}). A readable file is needed. "
                "Check its permissions, or remove it."
            ) from error
        if sha256 != file.sha256:
            damaged.append(path)
        elif good is None:
            good = path
    if good is not None:
        return FileReport(file.name, "ok", good, file.is_required, tuple(damaged))
    if damaged:
        return FileReport(file.name, "damaged", damaged[0], file.is_required, tuple(damaged))
    return FileReport(file.name, "missing", None, file.is_required)


def _explain_absence(spec: DatasetSpec, report: FileReport) -> str:
    """Say what is wrong with a required file and how to get it."""
    if report.status == "damaged":
        what = f"{report.path} does not have the registered SHA-256 hash, so it is not used."
    else:
        what = f"The file {report.name!r} of the data set {spec.name!r} is not on this computer."
    return (
        f"{what} Allowed is the published content, in the folder EDEX_DATA_DIR or in the cache "
        f"{cache_dir()}. Get it with: edex data fetch {spec.name}"
    )
