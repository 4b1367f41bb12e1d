"""Check a notebook that a student has filled in, from the command line.

The notebook is run in a fresh kernel, cell by cell; a cell that fails does not end it. Then every
question is judged on what the notebook has left behind. Nothing depends on cell metadata.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import nbformat

from edex.checks.placeholder import NotAnswered
from edex.errors import InputError
from edex.notebooks.execution import open_run
from edex.notebooks.gates import Step

__all__ = ["check_notebook", "print_report"]


def check_notebook(path: Path, *, timeout: int = 600, step: Step | None = None) -> dict[str, Any]:
    """Run a filled-in notebook and judge every answer.

    Parameters
    ----------
    path : Path
        The notebook.
    timeout : int
        Limit for each cell, in s.
    step : callable, optional
        Told of progress.

    Returns
    -------
    dict
        The report of :func:`edex.checks.report`, with ``"notebook"`` and ``"failed_cells"``.

    Raises
    ------
    InputError
        If the file is no notebook, or does not say which EdEx it belongs to.
    NotebookError
        If the kernel dies or a cell runs into the limit.
    """
    notebook = _read(path)
    edex_id = _edex_id(notebook, path)
    for cell in notebook.cells:
        cell.pop("outputs", None)
        cell.metadata.pop("edex", None)  # its line is that of the source, not of this file
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with open_run(
        notebook,
        folder=path.resolve().parent,
        origin=str(path),
        timeout=timeout,
        allow_errors=True,
    ) as run:
        total = len(notebook.cells)
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                run.run_cell(index)
            if step:
                step("running", index + 1, total)
        report: dict[str, Any] = run.evaluate(
            f"__import__('edex.checks').checks.report({edex_id!r}, globals())"
        )
    report["notebook"] = str(path)
    report["failed_cells"] = [
        f"{output.ename}: {output.evalue}"
        for _, output in run.errors()
        if output.ename != NotAnswered.__name__
    ]
    return report


def print_report(report: dict[str, Any]) -> None:
    """Print a report as a table for people."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    table = Table(title=escape(f"{report['notebook']} ({report['edex']})"), title_justify="left")
    for column in ("question", "title", "status", "points", "what the check saw"):
        table.add_column(column)
    for row in report["questions"]:
        table.add_row(
            row["id"],
            escape(row["title"]),
            _status(row),
            f"{row['points']}/{row['max_points']}",
            escape(row["saw"]),
        )
    console.print(table)
    for failure in report["failed_cells"]:
        console.print(f"A cell failed with {escape(failure)}")
    console.print(f"{report['points']} of {report['max_points']} points")


def _status(row: dict[str, Any]) -> str:
    """Call a written answer saved: whether it argues well is for a reader."""
    is_saved = row["kind"] == "written" and row["status"] == "passed"
    return "saved, for a reader" if is_saved else str(row["status"])


def _read(path: Path) -> nbformat.NotebookNode:
    try:
        with warnings.catch_warnings():  # cells without ids, as some tools save them, do no harm
            warnings.simplefilter("ignore")
            notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.setdefault("metadata", nbformat.NotebookNode())
            _ = cell.cell_type, cell.source  # what is needed here; the rest may be odd
    except FileNotFoundError:
        raise InputError(
            f"There is no file {path}. Give the path of your notebook (.ipynb). Check the name."
        ) from None
    except Exception as error:
        raise InputError(
            f"{path} is no notebook that can be read ({type(error).__name__}). "
            "It must be an .ipynb file as JupyterLab saves it. Save it again."
        ) from error
    return notebook


def _edex_id(notebook: nbformat.NotebookNode, path: Path) -> str:
    """Read the EdEx from the setup cell, else from the metadata, which some tools strip."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and (
            found := re.search(r"""\bstart\(\s*["']([\w-]+)["']\s*\)""", cell.source)
        ):
            return found[1]
    edex_id = notebook.metadata.get("edex", {}).get("id")
    if not edex_id:
        raise InputError(
            f"{path} does not say which EdEx it belongs to. Its first code cell has "
            'start("<id>"). Put that cell back: get a fresh copy with `edex start`.'
        )
    return str(edex_id)
