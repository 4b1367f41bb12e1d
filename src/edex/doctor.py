"""Is this computer ready? What `edex doctor` looks at."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

__all__ = ["Finding", "examine"]

PYTHON_FROM, PYTHON_BELOW = (3, 11), (3, 14)
_PACKAGES = ("numpy", "pandas", "scikit-learn", "matplotlib", "jupyterlab", "nbclient", "ipykernel")
_EXTRAS = {
    "spacegroup": ("gemmi", "keras", "numba", "periodictable", "pyarrow", "spglib", "tensorflow"),
    "membranes": ("rdkit", "shap"),
    "melting": ("chemicals",),
    "scale": ("distributed",),
}
_LEAST_FREE = 1e9  # bytes


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes
    ----------
    subject : str
        What.
    is_good : bool
        Whether it is as it should be.
    detail : str
        What was found and, if it is not good, what to do.
    is_optional : bool
        Whether the course works without it.
    """

    subject: str
    is_good: bool
    detail: str
    is_optional: bool = False


def examine() -> list[Finding]:
    """Look at Python, packages, extras, the notebook kernel, the course text, cache and disk."""
    return [
        _python(),
        *(_package(name) for name in _PACKAGES),
        *(_extra(extra, packages) for extra, packages in _EXTRAS.items()),
        _kernel(),
        _course(),
        _cache(),
        _disk(),
    ]


def _python() -> Finding:
    good = PYTHON_FROM <= sys.version_info[:2] < PYTHON_BELOW
    advice = "" if good else "; the course needs 3.11, 3.12 or 3.13: make an environment with one"
    return Finding("Python", good, f"{platform.python_version()} at {sys.executable}{advice}")


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, f"missing; install it with: python -m pip install {name}")


def _extra(extra: str, packages: tuple[str, ...]) -> Finding:
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if not missing:
        return Finding(f"extra [{extra}]", True, ", ".join(packages))
    return Finding(
        f"extra [{extra}]",
        False,
        f"{', '.join(missing)} missing; install with: python -m pip install 'edex[{extra}]'",
        is_optional=True,
    )


def _kernel() -> Finding:
    """Start a kernel and compute something: what every notebook needs."""
    from jupyter_client.manager import start_new_kernel

    try:
        manager, client = start_new_kernel(
            startup_timeout=60, extra_arguments=["--IPKernelApp.log_level=ERROR"]
        )
        try:
            reply = client.execute_interactive("1 + 1", timeout=60, silent=True)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        good = reply["content"]["status"] == "ok"
        return Finding(
            "notebook kernel", good, "starts and computes" if good else "does not compute"
        )
    except Exception as error:
        return Finding(
            "notebook kernel",
            False,
            f"does not start ({type(error).__name__}: {error}); "
            "try: python -m ipykernel install --sys-prefix",
        )


def _course() -> Finding:
    from edex.course import edex_folders
    from edex.errors import InputError

    try:
        edexes = edex_folders()
    except InputError as error:
        return Finding("course", False, str(error))
    names = ", ".join(f"{edex.number} {edex.id}" for edex in edexes)
    return Finding("course", bool(edexes), names or "no EdEx found; install edex again")


def _cache() -> Finding:
    from edex.datasets import cache_dir

    folder = cache_dir()
    existing = folder
    while not existing.exists():
        existing = existing.parent
    try:
        with tempfile.TemporaryFile(dir=existing):
            return Finding("data cache", True, f"{folder} can be written")
    except OSError as error:
        return Finding(
            "data cache",
            False,
            f"{folder} cannot be written ({os.strerror(error.errno or 0)}); "
            "set EDEX_CACHE_DIR to a folder of yours",
            is_optional=True,
        )


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    good = free > _LEAST_FREE
    advice = "" if good else "; 1 GB is needed for notebooks and data: make room"
    return Finding("disk", good, f"{free / 1e9:.1f} GB free{advice}", is_optional=True)
