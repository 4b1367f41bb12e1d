"""Pass "still to do" on to the names that a cell could not set.

Where question 1 is blank, ``features = transform(binaries)`` stops with "q1 is still to do", and
the next cell, which uses ``features``, would stop with a NameError that explains nothing. So after
a cell that met a placeholder, the names that it would have set become placeholders of the same
question. Running the cell again, with an answer, sets them as usual.
"""

from __future__ import annotations

import ast
from typing import Any

from edex.checks.names import assigned_names
from edex.checks.placeholder import NotAnswered, Todo

__all__ = ["carry_placeholders"]


def carry_placeholders(shell: Any) -> None:
    """Watch the cells of a notebook.

    Parameters
    ----------
    shell : IPython.InteractiveShell
        The shell of the notebook. Watching it twice is the same as watching it once.
    """
    if getattr(shell, "edex_carries_placeholders", False):
        return

    def after_cell(result: Any) -> None:
        error = result.error_in_exec
        if not isinstance(error, NotAnswered) or result.info is None:
            return
        code = shell.transform_cell(result.info.raw_cell)
        for name in assigned_names(ast.parse(code).body):
            shell.user_ns.setdefault(name, Todo(error.question))

    shell.events.register("post_run_cell", after_cell)
    shell.edex_carries_placeholders = True
