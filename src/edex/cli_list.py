"""The verb ``edex list``: what the course holds."""

from __future__ import annotations

import click

from edex.console import print_json

__all__ = ["list_"]


@click.command("list")
@click.option("--lectures", is_flag=True, help="List the lectures, week by week.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(lectures: bool, as_json: bool) -> None:
    """List the EdExes of the course, or its lectures."""
    from edex.course import PLANNED, edex_folders, lecture_folders

    if lectures:
        weeks = [
            {"week": week.number, "id": week.id, "title": week.title, "minutes": week.minutes}
            for week in lecture_folders()
        ]
        if as_json:
            print_json(weeks)
            return
        for week in lecture_folders():
            click.echo(f"week-{week.number:<3}  {week.minutes:>4} min  {week.title}")
        return
    ready = {edex.id: edex for edex in edex_folders()}
    rows = [
        {
            "number": number,
            "id": edex_id,
            "title": ready[edex_id].title if edex_id in ready else title,
            "minutes": ready[edex_id].minutes if edex_id in ready else None,
            "status": "ready" if edex_id in ready else "planned",
        }
        for number, edex_id, title in PLANNED
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        minutes = f"{row['minutes']} min" if row["minutes"] else "planned"
        click.echo(f"{row['number']}  {row['id']:<24}  {minutes:>8}  {row['title']}")
    click.echo("The lectures: edex list --lectures", err=True)
