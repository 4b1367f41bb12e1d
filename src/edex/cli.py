"""The command ``edex VERB THING``: one verb, one function.

Anything heavy is imported inside the verb, so that ``edex --help`` and ``edex list`` answer at
once. Exit codes: 0 done; 1 it ran and the answer is no; 2 the command was not understood.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from edex import __version__
from edex.cli_data import data
from edex.cli_list import list_
from edex.cli_site import site
from edex.cli_survey import survey
from edex.console import Verbs, print_json, progress_bar, status_line
from edex.errors import EdexError, InputError

if TYPE_CHECKING:
    from edex.course import Lesson
    from edex.notebooks.builder import Build

__all__ = ["main"]

# What `edex run` calls for each EdEx: module and function.
RUNNERS = {
    "space-group": ("edex.spacegroup.report", "run"),
    "membrane-permeability": ("edex.membranes.report", "run"),
    "membrane-interpretation": ("edex.membranes.interpretation", "run"),
    "melting-temperature": ("edex.melting.report", "run"),
}
PREDICTORS = ("spacegroup", "permeability", "melting")


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="edex", message="%(prog)s %(version)s")
def cli() -> None:
    """Hands-on examples of machine learning in the physical sciences.

    New here? Try `edex doctor`, then `edex list`, then `edex start week-1`.
    """


def main() -> NoReturn:
    """Run the command line; errors that edex raises on purpose end in one message, exit code 1."""
    try:
        cli.main(prog_name="edex", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except EdexError as error:
        click.echo(f"edex: {error}", err=True)
        sys.exit(2 if isinstance(error, InputError) else 1)
    except OSError as error:  # a folder that cannot be written, a full disk
        click.echo(f"edex: {error}. Check the path, its permissions and the space left.", err=True)
        sys.exit(1)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    sys.exit(0)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Check that this computer is ready for the course."""
    from edex.doctor import examine

    findings = examine()
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            mark = "ok  " if finding.is_good else ("note" if finding.is_optional else "BAD ")
            click.echo(f"{mark}  {finding.subject}: {finding.detail}")
        if all(finding.is_good or finding.is_optional for finding in findings):
            click.echo("Ready. Start with: edex start week-1")
        else:
            click.echo("Not ready yet. Mend the lines marked BAD from the top, then look again.")
    sys.exit(0 if all(f.is_good or f.is_optional for f in findings) else 1)


cli.add_command(list_)


@cli.command()
@click.argument("edex_name", metavar="EDEX")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where your notebook is kept (default: this folder).",
)
@click.option("--no-open", is_flag=True, help="Only write the notebook.")
def start(edex_name: str, folder: Path, no_open: bool) -> None:
    """Get the problem set of EDEX, or the lecture of a week, and open it in JupyterLab.

    EDEX is a number or id, such as 4; a lecture is week-1, week-2 and so on.
    A notebook that is there already is opened as it is: your answers are never replaced.
    """
    from edex.course import find_lesson
    from edex.notebooks.builder import notebook_name

    edex = find_lesson(edex_name)
    notebook = folder / notebook_name(edex)
    if notebook.exists():
        click.echo(f"Opening your notebook {notebook} with the answers so far.")
    else:
        from edex.notebooks.builder import write_problem_set

        write_problem_set(edex, notebook)
        click.echo(f"Wrote {notebook}. About {edex.minutes} minutes of work.")
    if no_open:
        click.echo(f"Open it with: jupyter lab {notebook}")
        return
    import subprocess

    click.echo("Opening JupyterLab. Stop it with Ctrl + C in this window.")
    subprocess.run([sys.executable, "-m", "jupyter", "lab", str(notebook)], check=False)


@cli.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--timeout", default=600, show_default=True, help="Limit for each cell, in s.")
def check(notebook: Path, as_json: bool, timeout: int) -> None:
    """Check every answer of a filled-in NOTEBOOK.

    The notebook is run from top to bottom in a fresh kernel.
    Exit code 0: full marks; 1: something is missing or wrong.
    """
    from edex.notebooks.submission import check_notebook

    with progress_bar(as_json) as step:
        report = check_notebook(notebook, timeout=timeout, step=step)
    if as_json:
        print_json(report)
    else:
        from edex.notebooks.submission import print_report

        print_report(report)
    sys.exit(0 if report["points"] == report["max_points"] else 1)


@cli.command()
@click.argument("edex_names", metavar="[EDEX]...", nargs=-1)
@click.option("--preset", default="default", show_default=True, help="quick, default or full.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="Folder for the results.",
)
@click.option("--force", is_flag=True, help="Build even what has not changed.")
@click.option("--timeout", default=1800, show_default=True, help="Limit for each cell, in s.")
@click.option(
    "--tries",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="For authors: in how many draws of its random numbers each check must give the same "
    "verdict.",
)
def build(
    edex_names: tuple[str, ...], preset: str, out: Path, force: bool, timeout: int, tries: int
) -> None:
    """Build problem set, executed solution and results of EDEX.

    A lecture is named week-1, week-2 and so on. All EdExes and lectures of the course are built if
    none is named.
    """
    from edex.course import edex_folders, find_lesson, lecture_folders

    lessons = [find_lesson(name) for name in edex_names]
    for edex in lessons or [*edex_folders(), *lecture_folders()]:
        build_lesson(edex, out / edex.path.name, preset, force, timeout, tries)


def build_lesson(
    edex: Lesson, out: Path, preset: str, force: bool, timeout: int, tries: int = 1
) -> Build:
    """Build a lesson with its results and say what came out."""
    from edex.notebooks.builder import build as build_edex

    with progress_bar() as step:
        result = build_edex(
            edex,
            out,
            preset=preset,
            force=force,
            fingerprint=data_at_hand(),
            timeout=timeout,
            tries=tries,
            step=step,
        )
    report = out / "results.json"
    if (
        not result.was_current
    ):  # results of an earlier build; a run that is stopped must not keep them
        report.unlink(missing_ok=True)
        report.with_suffix(".md").unlink(missing_ok=True)
    if edex.id in RUNNERS and not report.is_file():
        _write_results(edex.id, preset, report)
    gates = result.gates
    state = "unchanged" if result.was_current else "built"
    click.echo(f"{edex.id} ({preset}): {state}")
    click.echo(f"  problem set  {result.problem_set}  (blank: {gates.blank_points} points)")
    click.echo(
        f"  solution     {result.solution}  ({gates.solution_points} of {gates.max_points} points; "
        f"{gates.n_mutants} wrong answers caught; cells took {gates.seconds:.0f} s)"
    )
    if report.is_file():
        click.echo(f"  results      {report.with_suffix('.md')}, {report.name}")
    return result


def data_at_hand() -> str:
    """Name the data that are here: what a notebook shows can depend on them.

    Files are known by their hash, so their names and states are enough; data that come with a
    package change with its version.
    """
    from edex.datasets import dataset_names, get_spec, verify
    from edex.learn.results import package_versions

    packages = [package for name in dataset_names() if (package := get_spec(name).package)]
    files = [
        f"{name}/{report.name}={report.status}"
        for name in dataset_names()
        for report in verify(name)
    ]
    return " ".join([*files, *map(str, package_versions(*packages).items())])


def _write_results(edex_id: str, preset: str, target: Path) -> None:
    import json

    from edex.notebooks.builder import write_atomically

    with status_line() as say:
        results = _runner(edex_id)(preset=preset, progress=say)
    text = json.dumps(results.to_json(), indent=1, ensure_ascii=False) + "\n"
    write_atomically(target.with_suffix(".md"), results.to_markdown().encode())
    write_atomically(target, text.encode())


@cli.command()
@click.argument("edex_name", metavar="EDEX")
@click.option("--preset", default="default", show_default=True, help="quick, default or full.")
@click.option("--seed", type=int, help="Seed of folds, trees and clusterers (default: 0).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run(edex_name: str, preset: str, seed: int | None, as_json: bool) -> None:
    """Print the table of results of EDEX.

    Each row: the paper's value, ours with its error bar, the target, the split; and the seed.
    """
    from edex.course import find_edex

    edex = find_edex(edex_name)
    arguments: dict[str, Any] = {} if seed is None else {"seed": seed}
    with status_line(as_json) as say:
        results = _runner(edex.id)(preset=preset, progress=say, **arguments)
    if as_json:
        print_json(results.to_json())
    else:
        from rich.console import Console

        Console().print(results.to_table())


def _runner(edex_id: str) -> Any:
    import importlib

    if edex_id not in RUNNERS:
        raise InputError(
            f"The EdEx {edex_id!r} has no results to compute. "
            f"Results come with: {', '.join(RUNNERS)}. Build the notebooks with: edex build"
        )
    module, function = RUNNERS[edex_id]
    return getattr(importlib.import_module(module), function)


cli.add_command(data)
cli.add_command(site)
cli.add_command(survey)


@cli.command()
@click.argument("name", metavar="ID")
@click.option(
    "--parent",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder in which it is made (default: this folder).",
)
def new(name: str, parent: Path) -> None:
    """Start a new EdEx called ID.

    You get a small one that is complete and passes all gates.
    """
    from edex.notebooks.skeleton import new_edex

    folder = new_edex(name, parent)
    click.echo(f"Made {folder} with edex.md, checks.py, mutants.md and instructor.md.")
    click.echo(f"Build it with: edex build {folder}")


@cli.command()
@click.argument("edex_names", metavar="[EDEX]...", nargs=-1)
def lint(edex_names: tuple[str, ...]) -> None:
    """Find mistakes in the source of EDEX or of a lecture.

    Nothing is run. All EdExes and lectures are read if none is named.
    """
    from edex.course import course_folder, edex_folders, find_lesson, lecture_folders
    from edex.notebooks.glossary import read_glossary
    from edex.notebooks.lint import lint as lint_edex

    glossary = read_glossary(course_folder() / "glossary.md")
    edexes = [find_lesson(name) for name in edex_names] or [*edex_folders(), *lecture_folders()]
    mistakes = [mistake for edex in edexes for mistake in lint_edex(edex, glossary)]
    for mistake in mistakes:
        click.echo(mistake)
    if not mistakes:
        click.echo(f"No mistakes in {', '.join(edex.id for edex in edexes)}.")
    sys.exit(1 if mistakes else 0)


@cli.command()
@click.argument("what")
@click.argument("things", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="spacegroup: a saved classifier (default: the one in the cache).",
)
@click.option(
    "--preset",
    default="default",
    show_default=True,
    help="spacegroup: which model the cache keeps: quick, default or full.",
)
def predict(
    what: str, things: tuple[str, ...], as_json: bool, model: Path | None, preset: str
) -> None:
    """Predict WHAT for THINGS, such as: melting NaCl CaTiO3.

    `edex predict spacegroup FILE...` gives the six most probable space groups for measured PDFs
    (.gr), CIF files and POSCARs, and the known crystals with the most similar PDFs. The model is
    trained at first use, in some minutes.

    `edex predict permeability SMILES...` gives, for repeat units such as '*CC(*)c1ccccc1' (in
    quotes), the permeability of six gases in barrer with 95 % bands, how far above Robeson's upper
    bounds they lie, the most similar known polymers, and a warning outside of what the model knows.

    `edex predict melting FORMULA...` gives the melting temperature in K with a 90 % interval, the
    most similar known compound, and a warning if a formula is unlike all that is known.
    """
    if what not in PREDICTORS:
        raise InputError(
            f"There is nothing called {what!r} to predict. Known: {', '.join(PREDICTORS)}. "
            "Write, for example: edex predict melting NaCl"
        )
    if what == "spacegroup":
        from edex.cli_predict import predict_spacegroup

        sys.exit(predict_spacegroup(things, model=model, preset=preset, as_json=as_json))
    if what == "permeability":
        from edex.cli_permeability import predict_permeability

        sys.exit(predict_permeability(things, as_json=as_json))
    from edex.cli_melting import predict_melting

    predict_melting(things, as_json=as_json)
