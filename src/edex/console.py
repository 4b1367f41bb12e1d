"""What the verbs of the command line share: suggestions, JSON, progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

__all__ = ["Step", "Verbs", "print_json", "progress_bar", "status_line"]

Step = Callable[[str, int, int], None]


class Verbs(click.Group):
    """A group that suggests the nearest verb for an unknown one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a verb, or name the one that was probably meant."""
        name = args[0]
        if self.get_command(ctx, name) is None:
            import difflib

            close = difflib.get_close_matches(name, self.commands, n=1)
            guess = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"There is no verb {name!r}.{guess} Verbs are {', '.join(self.commands)}.")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the verbs in the order of the source, which is the order of use."""
        return list(self.commands)


def print_json(value: object) -> None:
    """Print a value as JSON that people can read too."""
    import json

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
        ProgressColumn,
        Task,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class RateColumn(ProgressColumn):
        """How many a second, once there is something to say."""

        def render(self, task: Task) -> Text:
            rate = task.finished_speed or task.speed
            return Text(f"{rate:,.0f}/s" if rate and rate >= 1 else "")

    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
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


@contextmanager
def status_line(is_quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Give a function ``say(text)`` that shows what is going on and for how long.

    Parameters
    ----------
    is_quiet : bool
        Show nothing, for output that a program reads.
    """
    if is_quiet:
        yield lambda text: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda text: bar.update(task, description=text)
