"""Build the site: lessons first, then Sphinx, then the gates."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from edex.errors import EdexError, InputError
from edex.site.assemble import assemble
from edex.site.gates import find_problems
from edex.site.pages import Built

__all__ = ["SiteError", "build_site"]

Say = Callable[[str], None]


class SiteError(EdexError, RuntimeError):
    """The site could not be built, or does not pass its gates."""


def build_site(
    lessons: Sequence[Built], out: Path, *, repository: str = "", say: Say | None = None
) -> Path:
    """Lay out the site and put it through its gates.

    Parameters
    ----------
    lessons : sequence of Built
        The lessons that are shown.
    out : Path
        The folder for the result: ``html/`` is the site, the rest is work in between.
    repository : str
        ``owner/name`` on GitHub, for links to Colab.
    say : callable, optional
        Told what is being done.

    Returns
    -------
    Path
        The folder ``html/``.

    Raises
    ------
    InputError
        If Sphinx or what it needs is not installed.
    SiteError
        For a warning of Sphinx, a broken link, a picture without description, or anything that a
        page would load from another machine.
    """
    missing = [
        name
        for name in ("sphinx", "myst_nb", "pydata_sphinx_theme", "sphinx_design")
        if find_spec(name) is None
    ]
    if missing:
        raise InputError(
            f"The site needs {', '.join(missing)}, not installed here. They come with an extra. "
            'Install it with: python -m pip install "edex[site]"'
        )
    tell = say or (lambda text: None)
    tell("collecting pages, slides and notebooks")
    assemble(lessons, out, repository=repository)
    html = out / "html"
    tell("laying out the pages")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going"]
    command += ["-d", str(out / "doctrees"), str(out / "source"), str(html)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore::DeprecationWarning"},
    )
    if done.returncode:
        raise SiteError(
            "Sphinx had something to say, and every warning counts as an error. The pages are in "
            f"{out / 'source'}; their texts come from course/ and from docstrings.\n"
            + done.stderr.strip()
        )
    tell("checking links, descriptions and requests")
    if problems := find_problems(html.resolve()):
        raise SiteError(
            f"The site has {len(problems)} problems; it is in {html} to look at.\n"
            + "\n".join(f"- {problem}" for problem in problems)
        )
    return html
