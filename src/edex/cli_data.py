"""The verbs of ``edex data``: list, card, fetch, verify, make."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from edex.cli_pdfs import make
from edex.console import Verbs, print_json, progress_bar

if TYPE_CHECKING:
    from edex.datasets import DatasetSpec

__all__ = ["data"]


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def data() -> None:
    """See, fetch, verify and make data sets."""


@data.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def data_list(as_json: bool) -> None:
    """List the data sets and whether they are here."""
    from edex.datasets import dataset_names, get_spec, is_available

    rows = [
        {
            "name": name,
            "state": "here" if is_available(name) else "not here",
            "title": get_spec(name).title,
            "licence": get_spec(name).licence,
        }
        for name in dataset_names()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']:<20} {row['state']:<10} {row['title']}  [{row['licence']}]")


@data.command("card")
@click.argument("name")
def data_card(name: str) -> None:
    """Print the data card of NAME: origin, licence, units, known faults."""
    from edex.datasets import card

    click.echo(card(name))


@data.command("fetch")
@click.argument("name")
def data_fetch(name: str) -> None:
    """Download the data set NAME into the cache."""
    from edex.datasets import fetch, get_spec

    with progress_bar() as step:
        files = fetch(name, progress=lambda file, received: step(file.name, received, file.size))
    for path in files.values():
        click.echo(path)
    if not files:
        click.echo(f"{name} comes with {_bringer(get_spec(name))}: nothing to fetch")


@data.command("verify")
@click.argument("name", required=False)
def data_verify(name: str | None) -> None:
    """Hash the files of NAME (of all data sets if none is named) again and compare."""
    from edex.datasets import dataset_names, get_spec, verify

    is_good = True
    for dataset in [name] if name else dataset_names():
        reports = verify(dataset)
        if not reports:
            bringer = _bringer(get_spec(dataset))
            click.echo(f"ok       {dataset}  comes with {bringer}, no file to verify")
        for report in reports:
            place = f"  {report.path}" if report.path else ""
            click.echo(f"{report.status:<8} {dataset}  {report.name}{place}")
            is_good &= report.status != "damaged"
    sys.exit(0 if is_good else 1)


def _bringer(spec: DatasetSpec) -> str:
    """Name what a data set without files comes with."""
    return "edex" if spec.package is None else f"the package {spec.package}"


data.add_command(make)
