"""Pages made from the packages themselves: the reference of their public names, the data cards."""

from __future__ import annotations

import importlib
import inspect
import re

from edex.errors import EdexError

__all__ = ["PACKAGES", "data_pages", "reference_pages"]

# Package and what it is for.
PACKAGES = {
    "edex.spacegroup": "Pair distribution functions and space groups (EdEx 1)",
    "edex.membranes": "Permeability of polymers (EdEx 2 and 3)",
    "edex.melting": "Melting temperatures from formulas (EdEx 4)",
    "edex.learn.splits": "Splits that are honest",
    "edex.learn.metrics": "Scores with error bars",
    "edex.learn.baselines": "The simplest predictions",
    "edex.learn.figures": "The figures of the course",
    "edex.datasets": "Loading, fetching and checking data",
    "edex.checks": "What a notebook talks to",
}


def reference_pages() -> dict[str, str]:
    """Write one page for each package, with the docstrings of its public names.

    Returns
    -------
    dict of str to str
        Markdown by file name.
    """
    pages = {}
    for package, purpose in PACKAGES.items():
        module = importlib.import_module(package)
        entries = [_entry(package, name, getattr(module, name)) for name in sorted(module.__all__)]
        head = (inspect.getdoc(module) or "").partition("\n\n")[0].replace("``", "`")
        body = "\n".join(entry for entry in entries if entry)
        pages[f"{package}.md"] = (
            f"# {package}\n\n{purpose}.\n\n{head}\n\n```{{eval-rst}}\n"
            f".. currentmodule:: {package}\n\n{body}```\n"
        )
    listed = "\n".join(f"- [`{name}`]({name}.md): {text}" for name, text in PACKAGES.items())
    toc = "\n".join(PACKAGES)
    pages["index.md"] = (
        "# Reference\n\nThe packages under the lessons can be used without any notebook. Arrays "
        "come with shape and unit, errors say what to do, equations name their source.\n\n"
        f"{listed}\n\n```{{toctree}}\n:hidden:\n\n{toc}\n```\n"
    )
    return pages


def _entry(package: str, name: str, value: object) -> str:
    if inspect.isclass(value):
        members = "" if issubclass(value, EdexError) else "   :members:\n"
        routed = [other for other in dir(value) if re.fullmatch("set_[a-z_]+_request", other)]
        if routed:  # scikit-learn writes these, with links into its own pages
            members += f"   :exclude-members: {', '.join(routed)}\n"
        return f".. autoclass:: {package}.{name}\n{members}"
    if callable(value):
        return f".. autofunction:: {package}.{name}\n"
    return ""


def data_pages() -> dict[str, str]:
    """Write one page for each data set: its card.

    Returns
    -------
    dict of str to str
        Markdown by file name.
    """
    from edex.datasets import card, dataset_names

    pages = {f"{name}.md": card(name) for name in dataset_names()}
    listed = "\n".join(f"- [{name}]({name}.md)" for name in dataset_names())
    toc = "\n".join(dataset_names())
    pages["index.md"] = (
        "# Data\n\nEach data set has a card: where it comes from, its licence, its units, and what "
        "is known to be wrong with it. The same text comes with `edex data card NAME`.\n\n"
        f"{listed}\n\n```{{toctree}}\n:hidden:\n\n{toc}\n```\n"
    )
    return pages
