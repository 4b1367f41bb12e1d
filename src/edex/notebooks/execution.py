"""Run notebooks, and say which line of the source a failing cell comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from edex.errors import EdexError

__all__ = ["NotebookError", "Run", "open_run"]

Progress = Callable[[int, int], None]
_MARKER = "edex-value:"


class NotebookError(EdexError, RuntimeError):
    """A notebook could not be run to its end."""


class Run:
    """A notebook in a kernel of its own.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook; its outputs are filled in.
    client : NotebookClient
        A client whose kernel runs.
    origin : str
        The source, for messages; lines are looked up in the cells' metadata.
    """

    def __init__(
        self, notebook: nbformat.NotebookNode, client: NotebookClient, origin: str
    ) -> None:
        self.notebook = notebook
        self._client = client
        self._origin = origin

    def run_cell(self, index: int) -> None:
        """Run one cell; errors that the client does not allow become :class:`NotebookError`."""
        cell = self.notebook.cells[index]
        try:
            self._client.execute_cell(cell, index)
        except CellExecutionError as error:
            raise NotebookError(
                f"A cell failed with {error.ename}: {_plain(error.evalue)}\n"
                f"{self.place(cell)}\n{_excerpt(cell.source)}"
            ) from None
        except CellTimeoutError:
            raise NotebookError(
                f"A cell ran longer than {self._client.timeout} s and was stopped. "
                "Make it cheaper, or raise the limit with --timeout.\n"
                f"{self.place(cell)}\n{_excerpt(cell.source)}"
            ) from None
        except DeadKernelError:
            raise NotebookError(
                "The Python process died in a cell (out of memory, or the code ended it). "
                f"Run the cell alone to see.\n{self.place(cell)}\n{_excerpt(cell.source)}"
            ) from None

    def run_all(self, progress: Progress | None = None) -> None:
        """Run all code cells in order."""
        total = len(self.notebook.cells)
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "code":
                self.run_cell(index)
            if progress:
                progress(index + 1, total)

    def evaluate(self, expression: str) -> Any:
        """Evaluate an expression in the kernel and return its value, which must fit into JSON."""
        code = (
            "import json as _edex_json\n"
            f"print({_MARKER!r} + _edex_json.dumps({expression}))\n"
            "del _edex_json"
        )
        cell = nbformat.v4.new_code_cell(code)
        self.notebook.cells.append(cell)  # nbclient wants the cell to be in the notebook
        try:
            self._client.execute_cell(cell, len(self.notebook.cells) - 1, store_history=False)
        except CellExecutionError:
            pass  # told below, with the expression
        except (CellTimeoutError, DeadKernelError) as error:
            raise NotebookError(
                f"{self._origin}: the kernel gave no answer ({type(error).__name__}). A check took "
                "too long, or the code under check ended Python. Run the checks one by one in the "
                "notebook to see which."
            ) from None
        finally:
            self.notebook.cells.pop()
        printed = "".join(o.text for o in cell.outputs if o.output_type == "stream")
        for line in printed.splitlines():
            if line.startswith(_MARKER):
                return json.loads(line.removeprefix(_MARKER))
        details = "\n".join(f"{o.ename}: {o.evalue}" for o in cell.outputs if "ename" in o)
        raise NotebookError(f"The kernel gave no value for {expression}. {details}".rstrip())

    def errors(self) -> Iterator[tuple[nbformat.NotebookNode, nbformat.NotebookNode]]:
        """Yield (cell, output) for every error among the outputs."""
        for cell in self.notebook.cells:
            for output in cell.get("outputs", ()):
                if output.output_type == "error":
                    yield cell, output

    def place(self, cell: nbformat.NotebookNode) -> str:
        """Say where in the source a cell comes from."""
        line = cell.metadata.get("edex", {}).get("line")
        return f"{self._origin}:{line}" if line else self._origin


@contextmanager
def open_run(
    notebook: nbformat.NotebookNode,
    *,
    folder: Path,
    origin: str,
    timeout: int = 900,
    allow_errors: bool = False,
) -> Iterator[Run]:
    """Start a kernel for a notebook and stop it at the end.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook to run.
    folder : Path
        The working folder of the kernel.
    origin : str
        The file that the notebook comes from, for messages.
    timeout : int
        Limit for each cell, in s.
    allow_errors : bool
        Whether the run goes on after a cell that fails.
    """
    client = NotebookClient(
        notebook,
        timeout=timeout,
        allow_errors=allow_errors,
        record_timing=False,
        coalesce_streams=True,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        with client.setup_kernel():
            yield Run(notebook, client, origin)
    except DeadKernelError as error:
        raise NotebookError(
            f"The Python process that runs {origin} died: {error}. Check memory, and `edex doctor`."
        ) from error


def _excerpt(code: str) -> str:
    lines = code.splitlines()
    shown = lines if len(lines) <= 14 else [*lines[:7], "...", *lines[-7:]]
    return "\n".join(f"    | {line}" for line in shown)


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
