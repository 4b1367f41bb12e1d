"""The verb ``edex survey``: the concept inventory, before and after the course."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edex.console import Verbs, print_json

if TYPE_CHECKING:
    from edex.survey_scores import ItemScore, SurveyScore

__all__ = ["survey"]

OUT = click.Path(dir_okay=False, path_type=Path)
TABLE = click.Path(path_type=Path)


@click.group(cls=Verbs)
def survey() -> None:
    """Ask what students believe, before the course and after it.

    For instructors: `form` writes the 24 items of the concept inventory, `key` the answers, and
    `score` compares two rounds.
    """


@survey.command()
@click.option(
    "--to",
    "kind",
    type=click.Choice(["markdown", "gift"]),
    default="markdown",
    show_default=True,
    help="markdown: for print, without answers; gift: for import into Moodle, with answers.",
)
@click.option("--out", type=OUT, help="File to write (default: print).")
def form(kind: str, out: Path | None) -> None:
    """Write the items, for print or for a learning platform."""
    from edex.survey import gift_form, markdown_form, read_items

    items = read_items()
    _write(gift_form(items) if kind == "gift" else markdown_form(items), out)


@survey.command()
@click.option("--out", type=OUT, help="File to write (default: print).")
def key(out: Path | None) -> None:
    """Write the answers, with explanations and the misconceptions behind wrong ones."""
    from edex.survey import markdown_key, read_items

    _write(markdown_key(read_items()), out)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    click.echo(f"Wrote {out}.", err=True)


@survey.command()
@click.argument("before", type=TABLE)
@click.argument("after", type=TABLE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def score(before: Path, after: Path, as_json: bool) -> None:
    """Compare the answers BEFORE and AFTER, two CSV files.

    Each has the column student and a column of letters for each item. Only students who are in
    both files count.
    """
    from edex.survey import read_items
    from edex.survey_scores import read_answers, score_survey

    items = read_items()
    result = score_survey(read_answers(before, items), read_answers(after, items), items)
    if as_json:
        print_json(_as_json(result))
    else:
        _print(result)


def _as_json(result: SurveyScore) -> dict[str, Any]:
    return {
        "n_before": result.n_before,
        "n_after": result.n_after,
        "n_matched": result.n_matched,
        "before": result.before,
        "after": result.after,
        "gain": result.gain,
        "gain_standard_error": result.standard_error,
        "items": [
            {
                "id": row.item.id,
                "week": row.item.week,
                "concept": row.item.concept,
                "before": row.before,
                "after": row.after,
                "wrong": row.wrong or None,
                "wrong_share": row.wrong_share,
                "misconception": _belief(row) or None,
            }
            for row in result.items
        ],
    }


def _belief(row: ItemScore) -> str:
    return row.item.misconceptions[row.wrong] if row.wrong else ""


def _print(result: SurveyScore) -> None:
    alone = result.n_before + result.n_after - 2 * result.n_matched
    left_out = f"; {alone} more in one round alone are left out" if alone else ""
    click.echo(f"{result.n_matched} students in both rounds{left_out}\n")
    click.echo(f"{'item':<5} {'week':>4} {'before':>7} {'after':>7}  concept")
    for row in result.items:
        click.echo(
            f"{row.item.id:<5} {row.item.week:>4} {row.before:>7.0%} {row.after:>7.0%}  "
            f"{row.item.concept}"
        )
    click.echo(f"{'mean':<10} {result.before:>7.0%} {result.after:>7.0%}\n")
    if result.gain is None:
        click.echo("Normalised gain <g>: not defined, since everything was right before.")
    else:
        bar = "" if result.standard_error is None else f" ± {result.standard_error:.2f}"
        click.echo(
            f"Normalised gain <g> = {result.gain:.2f}{bar}"
            f"{' (standard error over students)' if bar else ''}"
        )
    hard = [row for row in result.items if row.after < 0.5]
    if hard:
        click.echo("\nWhat most still get wrong, and what most of those believe:")
    for row in hard:
        believed = f": {row.wrong} ({row.wrong_share:.0%}), {_belief(row)}" if row.wrong else ""
        click.echo(f"- {row.item.id}, {row.item.concept} (week {row.item.week}){believed}")
