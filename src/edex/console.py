"""What the verbs of the command line share: JSON and a progress bar."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

__all__ = ["Step", "print_json", "progress_bar"]

Step = Callable[[str, int, int], None]


def print_json(value: object) -> None:
    """Print a value as JSON that people can read too."""
    click.echo(json.dumps(value, indent=1, ensure_ascii=False))


@contextmanager
def progress_bar(is_quiet: bool = False) -> Iterator[Step]:
    """Give a function ``step(stage, done, total)`` that moves a bar with rate and estimate.

    Parameters
    ----------
    is_quiet : bool
        Show nothing, for output that a program reads.
    """
    if is_quiet:
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def step(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield step
