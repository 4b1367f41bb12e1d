"""The verb ``edex data make``: make data sets by simulation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edex.console import Verbs, print_json, progress_bar

if TYPE_CHECKING:
    from edex.spacegroup.pdf_table import PdfTable

__all__ = ["make"]


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def make() -> None:
    """Make data sets by simulation."""


@make.command("pdfs", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--size", default=40_000, show_default=True, help="Number of PDFs.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("pdfs"),
    show_default=True,
    help="Where they are kept: a new folder, or one that was started.",
)
@click.option("--workers", type=int, help="Processes on this computer (default: one a core).")
@click.option("--resume", is_flag=True, help="Complete or repair a folder that was started.")
@click.option("--seed", default=0, show_default=True, help="Seed of everything that is drawn.")
@click.option(
    "--structures",
    default="mp-structures",
    show_default=True,
    help="Templates: mp-structures, amcsd, or a folder with CIF files or POSCARs.",
)
@click.option("--balanced", is_flag=True, help="The same number of PDFs for every class.")
@click.option("--varied", is_flag=True, help="Let u_iso and qdamp differ from PDF to PDF.")
@click.option("--shard-rows", default=1000, show_default=True, help="PDFs in a file.")
@click.option("--scheduler", metavar="ADDRESS", help="Use the workers of this Dask scheduler.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def make_pdfs(
    size: int,
    folder: Path,
    workers: int | None,
    resume: bool,
    seed: int,
    structures: str,
    balanced: bool,
    varied: bool,
    shard_rows: int,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Simulate labelled PDFs from real crystals.

    A stop or a kill at any moment loses at most the shards in flight: run the same command again
    with --resume. The result is the same to the last byte, whatever the number of workers.
    """
    import time

    from edex.spacegroup.conditions import Conditions
    from edex.spacegroup.simulate import make_pdfs as simulate

    start = time.perf_counter()
    made = {"first": -1, "last": 0}

    with progress_bar(as_json) as step:

        def count(stage: str, done: int, total: int) -> None:
            if stage == "PDFs":
                made["first"] = done if made["first"] < 0 else made["first"]
                made["last"] = done
            step(stage, done, total)

        table = simulate(
            folder,
            size=size,
            seed=seed,
            crystals=structures,
            conditions=Conditions.varied() if varied else None,
            balanced=balanced,
            shard_rows=shard_rows,
            workers=workers,
            scheduler=scheduler,
            resume=resume,
            progress=count,
        )
    n_made = made["last"] - max(made["first"], 0)
    summary = _summarise(table, folder, n_made, time.perf_counter() - start)
    if as_json:
        print_json(summary)
        return
    if n_made:
        rate = n_made / summary["seconds"]
        click.echo(f"Made {n_made} PDFs in {summary['seconds']:.1f} s ({rate:.0f} a second).")
    else:
        click.echo("Complete already; all files have the right hash.")
    rows = summary["rows_per_class"]
    counts = ", ".join(f"{number}: {rows[number]}" for number in sorted(rows, key=int))
    click.echo(f"{folder}: {summary['size']} PDFs; by space group {counts}.")
    if summary["quarantine"]:
        click.echo(
            f"Templates in quarantine, whose rows others took: {summary['quarantine']}; "
            f"{folder / 'manifest.json'} names them and the reasons."
        )


def _summarise(table: PdfTable, folder: Path, n_made: int, seconds: float) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "size": len(table),
        "made": n_made,
        "seconds": round(seconds, 2),
        "rows_per_class": table.manifest["rows_per_class"],
        "quarantine": len(table.quarantine),
    }
