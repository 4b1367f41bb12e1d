"""The verb ``edex site``: the whole course as web pages."""

from __future__ import annotations

from pathlib import Path

import click

from edex.console import status_line

__all__ = ["site"]


@click.command()
@click.argument("lesson_names", metavar="[LESSON]...", nargs=-1)
@click.option("--preset", default="default", show_default=True, help="quick, default or full.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="Folder for the results; the site is in its folder site/html.",
)
@click.option("--repository", default="", help="owner/name on GitHub, for buttons to Colab.")
@click.option("--timeout", default=1800, show_default=True, help="Limit for each cell, in s.")
def site(
    lesson_names: tuple[str, ...], preset: str, out: Path, repository: str, timeout: int
) -> None:
    """Build the site of the course: lectures, slides, EdExes, reference.

    Lessons that have changed are built first. With LESSON only those are shown, for a quick look.
    The site can be read from the folder, without a server and without a network.
    """
    from edex.cli import build_lesson
    from edex.course import edex_folders, find_lesson, lecture_folders
    from edex.site.assemble import read_built
    from edex.site.build import build_site

    lessons = [find_lesson(name) for name in lesson_names]
    lessons = lessons or [*lecture_folders(), *edex_folders()]
    built = []
    for lesson in lessons:
        build = build_lesson(lesson, out / lesson.path.name, preset, False, timeout)
        built.append(read_built(lesson, build))
    with status_line() as say:
        html = build_site(built, out / "site", repository=repository, say=say)
    click.echo(f"site: {html / 'index.html'}")
