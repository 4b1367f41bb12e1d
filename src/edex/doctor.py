"""Is this computer ready? What `edex doctor` looks at."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
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
    "site": ("myst_nb", "pydata_sphinx_theme", "sphinx", "sphinx_copybutton", "sphinx_design"),
}
_LEAST_FREE = 1e9  # bytes
REINSTALL = 'install edex again: python -m pip install --force-reinstall "edex[all]"'


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
    """Look at Python, packages, extras, the notebook kernel, the course text, folders and disk.

    A broken installation is what this is for: whatever fails on the way becomes a finding.
    """
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("Python", _python),
        *((name, partial(_package, name)) for name in _PACKAGES),
        *((f"extra [{e}]", partial(_extra, e, packages)) for e, packages in _EXTRAS.items()),
        ("notebook kernel", _kernel),
        ("course", _course),
        ("working folder", _working_folder),
        ("data cache", _cache),
        ("disk", _disk),
    ]
    return [_look(subject, look) for subject, look in looks]


def _look(subject: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        return Finding(subject, False, f"could not be looked at ({what}); {REINSTALL}")


def _python() -> Finding:
    good = PYTHON_FROM <= sys.version_info[:2] < PYTHON_BELOW
    advice = (
        ""
        if good
        else "; the course needs 3.11, 3.12 or 3.13. Make an environment with one of them: "
        "python3.12 -m venv edex-env, or conda create -n edex python=3.12; then install edex there"
    )
    return Finding("Python", good, f"{platform.python_version()} at {sys.executable}{advice}")


def _package(name: str) -> Finding:
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, f"missing; install it with: python -m pip install {name}")
    if wanted := _unmet_bounds(name, version):
        return Finding(
            name,
            False,
            f"{version}, and edex needs {wanted}; "
            f"install it with: python -m pip install '{name}{wanted}'",
        )
    return Finding(name, True, version)


def _unmet_bounds(name: str, version: str) -> str:
    """Return the bounds that edex sets for a package, if this version is outside of them."""
    try:
        from packaging.requirements import Requirement

        needed = map(Requirement, importlib.metadata.requires("edex") or [])
    except ImportError:  # edex run from its folder, or no packaging: only presence can be told
        return ""
    for requirement in needed:
        if requirement.name == name and requirement.marker is None:
            return "" if requirement.specifier.contains(version) else str(requirement.specifier)
    return ""


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
    """Start a kernel, compute something, and see that it is this Python: what a notebook needs."""
    remedy = "try: python -m ipykernel install --sys-prefix"
    try:
        from jupyter_client.manager import start_new_kernel
    except ImportError as error:
        return Finding("notebook kernel", False, f"cannot start ({error}); {REINSTALL}")
    try:
        manager, client = start_new_kernel(
            startup_timeout=60, extra_arguments=["--IPKernelApp.log_level=ERROR"]
        )
        try:
            reply = client.execute_interactive(
                "1 + 1",
                timeout=60,
                silent=True,
                user_expressions={"python": "__import__('sys').prefix"},
            )
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        content = reply["content"]
        if content["status"] != "ok":
            return Finding("notebook kernel", False, f"starts and does not compute; {remedy}")
        prefix = ast.literal_eval(content["user_expressions"]["python"]["data"]["text/plain"])
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        return Finding("notebook kernel", False, f"does not start ({what}); {remedy}")
    if Path(prefix).resolve() != Path(sys.prefix).resolve():
        return Finding(
            "notebook kernel",
            False,
            f"starts another Python, that of {prefix}, where edex may be missing; {remedy}",
        )
    return Finding("notebook kernel", True, "starts, computes, and is this Python")


def _course() -> Finding:
    from edex.course import edex_folders
    from edex.errors import InputError

    try:
        edexes = edex_folders()
    except InputError as error:
        return Finding("course", False, str(error))
    names = ", ".join(f"{edex.number} {edex.id}" for edex in edexes)
    return Finding("course", bool(edexes), names or "no EdEx found; install edex again")


def _working_folder() -> Finding:
    """See whether notebooks can be written where the command was called."""
    folder = Path.cwd()
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("working folder", True, f"{folder} can be written")
    except OSError as error:
        return Finding(
            "working folder",
            False,
            f"{folder} cannot be written ({os.strerror(error.errno or 0)}); go to a folder of "
            "yours (cd ~), or name one: edex start week-1 --folder FOLDER",
        )


def _cache() -> Finding:
    try:
        from edex.datasets import cache_dir
    except ImportError as error:
        return Finding("data cache", False, f"unknown ({error}); {REINSTALL}")
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
