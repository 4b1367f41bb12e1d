"""Collect everything that Sphinx needs in one folder: pages, figures, slides, downloads.

Nothing here computes a result. Lessons come from `edex build`, texts from ``course/``, reference
and data cards from the package. Files whose content has not changed are not touched, so that
Sphinx reads again only what is new.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from edex.checks.questions import load_questions
from edex.course import Lesson, course_folder, find_edex
from edex.errors import InputError
from edex.notebooks.builder import Build, notebook_name, write_atomically
from edex.notebooks.compiler import notebook_bytes
from edex.notebooks.source import read_source
from edex.site.decks import deck
from edex.site.pages import FOLDERS, Built, page_name, page_notebook, to_page_links
from edex.site.reference import data_pages, reference_pages

__all__ = ["assemble", "read_built"]

_FIGURE = re.compile(r"!\[([^\]]+)\]\(figure:([\w-]+)\)")
_CARD = re.compile(r":::\{grid-item-card\}(?:(?!\n:::\n).)*?\(figure:([\w-]+)\).*?\n:::\n", re.S)
_COLAB = "https://colab.research.google.com/"
_HEADINGS = {
    "edexes": ("EdExes", "Each takes one application of machine learning from published research."),
    "lectures": ("Lectures", "One text for each week, with slides made from the same source."),
}


def read_built(lesson: Lesson, build: Build) -> Built:
    """Read what a build of a lesson has left."""
    import nbformat

    results = build.solution.with_name("results.md")
    return Built(
        lesson,
        read_source(lesson.source),
        load_questions(lesson.checks),
        nbformat.read(build.problem_set, as_version=4),
        nbformat.read(build.solution, as_version=4),
        results.read_text(encoding="utf-8") if results.is_file() else "",
        build.gates.seconds,
    )


def assemble(lessons: Sequence[Built], folder: Path, *, repository: str = "") -> None:
    """Write the sources of the site.

    Parameters
    ----------
    lessons : sequence of Built
        The lessons, in the order in which they are listed.
    folder : Path
        Gets ``source/`` (what Sphinx reads) and ``extra/`` (slides and notebooks, copied as is).
    repository : str
        ``owner/name`` on GitHub whose branch ``gh-pages`` holds the site, for links to Colab.

    Raises
    ------
    InputError
        If a page asks for a figure that no lesson draws.
    """
    course = course_folder()
    source, extra = folder / "source", folder / "extra"
    files: dict[Path, bytes] = {source / "conf.py": (course / "site" / "conf.py").read_bytes()}
    shown = [built.lesson.path.name for built in lessons]
    for built in lessons:
        page = page_notebook(built, _opening(built, lessons, repository), shown=shown)
        files[source / page_name(built.lesson)] = notebook_bytes(page)
        notebook = extra / "notebooks" / notebook_name(built.lesson)
        files[notebook] = notebook_bytes(built.problem_set)
        if built.source.is_lecture:
            files[extra / "slides" / f"{built.lesson.path.name}.html"] = deck(built).encode()
    for kind, name in FOLDERS.items():
        members = [built for built in lessons if built.lesson.kind == kind]
        files[source / name / "index.md"] = _list_of_pages(name, members).encode()
    for text in ("syllabus.md", "glossary.md"):
        content = (course / text).read_text(encoding="utf-8")
        files[source / text] = to_page_links(content, root="", shown=shown).encode()
    home = (course / "site" / "index.md").read_text(encoding="utf-8")
    text, figures = _with_figures(to_page_links(home, root="", shown=shown), lessons)
    files[source / "index.md"] = text.encode()
    files |= {source / name: png for name, png in figures.items()}
    files |= _pages(source / "reference", reference_pages())
    files |= _pages(source / "data", data_pages())
    files |= _pages(source / "instructor", _instructor_pages(lessons))
    files |= _static(source / "_static")
    _write(folder, files)


def _pages(folder: Path, pages: dict[str, str]) -> dict[Path, bytes]:
    return {folder / name: text.encode() for name, text in pages.items()}


def _write(folder: Path, files: dict[Path, bytes]) -> None:
    """Write what is new or different, and remove what nobody asks for any more."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path not in files:
            path.unlink()
    for path, content in files.items():
        if not (path.is_file() and path.read_bytes() == content):
            write_atomically(path, content)


def _opening(built: Built, lessons: Sequence[Built], repository: str) -> str:
    """Write the buttons and the facts under the title of a lesson."""
    lesson, front = built.lesson, built.source.front
    name = notebook_name(lesson)
    start = f"week-{lesson.number}" if lesson.kind == "lecture" else str(lesson.number)
    colab = f"{_COLAB}github/{repository}/blob/gh-pages/notebooks/{name}" if repository else _COLAB
    note = "" if repository else ' title="Download the notebook, then upload it there"'
    links = [
        f'<a class="edex-button" href="../notebooks/{name}" download>Download the notebook</a>',
        '<details class="edex-open"><summary class="edex-button">Open in JupyterLab</summary>'
        f"<p>In a terminal, where edex is installed:</p><pre>edex start {start}</pre></details>",
        f'<a class="edex-button" href="{colab}"{note}>Open in Colab</a>',
    ]
    if lesson.kind == "lecture":
        slides = f"../slides/{lesson.path.name}.html"
        links.append(f'<a class="edex-button" href="{slides}">Slides</a>')
    facts = [
        lesson.name[0].upper() + lesson.name[1:],
        f"about {front.minutes} minutes",
        f"{len(built.questions)} questions, {built.questions.points} points",
    ]
    weeks = [other.lesson for other in lessons if lesson.id in other.source.front.leads_to]
    if weeks:
        links_to_weeks = (
            f"[{week.number}](../../lectures/{week.path.name}/lecture.md)" for week in weeks
        )
        facts.append("lectures: week " + ", ".join(links_to_weeks))
    if front.leads_to:
        links_to_edexes = (
            f"[{edex.name}](../../edexes/{edex.path.name}/edex.md)"
            for edex in map(find_edex, front.leads_to)
        )
        facts.append("leads to " + ", ".join(links_to_edexes))
    if front.paper:
        facts.append(f"paper [doi:{front.paper}](https://doi.org/{front.paper})")
    return f'<div class="edex-buttons">{"".join(links)}</div>\n\n*{" · ".join(facts)}*'


def _list_of_pages(name: str, members: Sequence[Built]) -> str:
    heading, text = _HEADINGS[name]
    rows = "\n".join(
        f"| {built.lesson.number} | [{built.lesson.title}]({built.lesson.path.name}.ipynb)"
        f"{'<br>' * bool(built.source.front.asks)}{built.source.front.asks} "
        f"| {built.lesson.minutes} |"
        for built in members
    )
    pages = [built.lesson for built in members]
    toc = "\n".join(f"{page.number}. {page.title} <{page.path.name}>" for page in pages)
    first = "week" if name == "lectures" else "EdEx"
    return (
        f"# {heading}\n\n{text}\n\n| {first} | | minutes |\n|---|---|---|\n{rows}\n\n"
        f"```{{toctree}}\n:hidden:\n\n{toc}\n```\n"
    )


def _instructor_pages(lessons: Sequence[Built]) -> dict[str, str]:
    """Collect the notes for instructors: those of the course, then those of each lesson."""
    folder = course_folder() / "instructor"
    pages = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    notes, toc = {}, [name.removesuffix(".md") for name in pages if name != "index.md"]
    for lesson in [built.lesson for built in lessons]:
        file = lesson.path / "instructor.md"
        if file.is_file():
            notes[f"{lesson.path.name}.md"] = file.read_text(encoding="utf-8")
            name = lesson.name[0].upper() + lesson.name[1:]
            toc.append(f"{name}: {lesson.title} <{lesson.path.name}>")
    listing = "\n".join(toc)
    pages["index.md"] += f"\n```{{toctree}}\n:maxdepth: 1\n:caption: All pages\n\n{listing}\n```\n"
    shown = [built.lesson.path.name for built in lessons]
    return {name: to_page_links(text, shown=shown) for name, text in {**pages, **notes}.items()}


def _with_figures(text: str, lessons: Sequence[Built]) -> tuple[str, dict[str, bytes]]:
    """Replace ``![beginning of the alt text](figure:lesson)`` by the figure that has it."""
    figures: dict[str, bytes] = {}
    shown = [built.lesson.path.name for built in lessons]
    text = _CARD.sub(lambda card: card[0] if card[1] in shown else "", text)

    def place(match: re.Match[str]) -> str:
        for built in lessons:
            if built.lesson.path.name != match[2]:
                continue
            for cell in built.source.cells:
                if cell.kind == "code" and cell.alt.startswith(match[1]):
                    png = _first_png(built.executed(cell).outputs)
                    name = f"figures/{match[2]}-{len(figures)}.png"
                    figures[name] = png
                    alt = html.escape(cell.alt.replace("[", "(").replace("]", ")"))
                    return f"![{alt}]({name})"
        raise InputError(
            f"The landing page asks for the figure {match[1]!r} of {match[2]!r}. It must be the "
            "beginning of the description of a figure of that lesson. Correct course/site/index.md."
        )

    return _FIGURE.sub(place, text), figures


def _first_png(outputs: Sequence[dict[str, dict[str, str]]]) -> bytes:
    for output in outputs:
        if png := output.get("data", {}).get("image/png"):
            return base64.b64decode(png)
    raise InputError(
        "A cell with the description of a figure has drawn none. A figure is shown by plt.show(). "
        "Build the lesson again: edex build --force"
    )


def _static(folder: Path) -> dict[Path, bytes]:
    """Take style sheets from the course, MathJax and reveal.js from packages that carry them."""
    own = course_folder() / "site" / "static"
    files = {folder / path.name: path.read_bytes() for path in own.iterdir() if path.is_file()}
    carried = {
        "mathjax": ("sphinx-mathjax-offline", ("tex-svg.js", "a11y/", "sre/", "input/tex/")),
        "revealjs": ("sphinx-revealjs", ("reveal.css", "reveal.js")),
    }
    for name, (package, wanted) in carried.items():
        for path, below in _package_files(package, name):
            if below in wanted or below.startswith(tuple(w for w in wanted if w.endswith("/"))):
                files[folder / name / below] = path.read_bytes()
    return files


def _package_files(package: str, name: str) -> list[tuple[Path, str]]:
    """List the files that a package carries for the browser: path, path below their root."""
    try:
        listed = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        raise InputError(
            f"The package {package} is not installed; it carries what the site needs to be read "
            'without a network. Install it with: python -m pip install "edex[site]"'
        ) from None
    root = re.compile(rf".*/{name}/(?:dist/)?(.+)")
    found = [(Path(str(file.locate())), root.fullmatch(file.as_posix())) for file in listed]
    return [(path, match[1]) for path, match in found if match]
