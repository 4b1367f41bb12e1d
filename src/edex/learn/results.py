"""Results as data: one row per number, the same rows for people and for programs.

A row that could not be computed is there all the same, with no value and a reason, so nobody has
to guess whether it was forgotten.
"""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from edex.errors import InputError
from edex.learn.metrics import format_with_error

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["Results", "Row", "package_versions"]


@dataclass(frozen=True)
class Row:
    """One measured number.

    Attributes
    ----------
    name : str
        Stable name, for example ``"crc_binary_cv_mae"``.
    value : float or None
        The number, or None if it could not be computed.
    standard_error : float or None
        Its standard error, same unit.
    unit : str
        For example ``"K"``; ``"1"`` for a pure number.
    n : int or None
        Number of rows that were scored.
    split : str
        How train and test were separated, and of what the error bar speaks.
    paper : float or None
        What the paper states.
    target : float or None
        What we set out to reach.
    reason : str or None
        Why there is no value; None otherwise.
    """

    name: str
    value: float | None
    standard_error: float | None = None
    unit: str = "1"
    n: int | None = None
    split: str = ""
    paper: float | None = None
    target: float | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if (self.value is None) != (self.reason is not None):
            raise InputError(
                f"The row {self.name!r} has value {self.value} and reason {self.reason!r}; exactly "
                f"one of them must be given. State the reason if there is no value."
            )


@dataclass(frozen=True)
class Results:
    """All rows of one run.

    Attributes
    ----------
    edex : str
        Which EdEx, for example ``"melting-temperature"``.
    preset : str
        ``"quick"``, ``"default"`` or ``"full"``.
    seed : int
        Seed of every random step.
    rows : tuple of Row
        In the order of the lesson.
    versions : dict of str to str
        Versions of the packages that decide the numbers.
    """

    edex: str
    preset: str
    seed: int
    rows: tuple[Row, ...]
    versions: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Row:
        for row in self.rows:
            if row.name == name:
                return row
        names = ", ".join(row.name for row in self.rows)
        raise InputError(f"There is no row {name!r}. The rows are {names}.")

    def to_json(self) -> dict[str, Any]:
        """Return what ``edex run --json`` prints: plain dicts, lists, numbers and texts."""
        return {
            "edex": self.edex,
            "preset": self.preset,
            "seed": self.seed,
            "versions": dict(self.versions),
            "rows": [asdict(row) for row in self.rows],
        }

    def to_table(self) -> Table:
        """Return the same rows as a table for people (rich)."""
        from rich.table import Table

        table = Table(title=f"{self.edex}, preset {self.preset}, seed {self.seed}")
        table.add_column("result", no_wrap=True)
        for heading in ("value", "target", "paper", "n"):
            table.add_column(heading, justify="right")
        table.add_column("split")
        for row in self.rows:
            table.add_row(
                row.name,
                _with_error(row),
                "" if row.target is None else f"{row.target:g}",
                "" if row.paper is None else f"{row.paper:g}",
                "" if row.n is None else str(row.n),
                row.split if row.reason is None else row.reason,
            )
        return table

    def to_markdown(self) -> str:
        """Return the same rows as a Markdown page."""
        lines = [
            f"# Results of {self.edex}",
            "",
            f"Preset {self.preset}, seed {self.seed}; "
            + ", ".join(f"{name} {version}" for name, version in self.versions.items())
            + ". Values with one standard error.",
            "",
            "| result | value | target | paper | n | split |",
            "|---|---|---|---|---|---|",
        ]
        for row in self.rows:
            numbers = ("" if x is None else f"{x:g}" for x in (row.target, row.paper, row.n))
            cells = (f"`{row.name}`", _with_error(row), *numbers, row.reason or row.split)
            lines.append("| " + " | ".join(cells) + " |")
        return "\n".join(lines) + "\n"


def _with_error(row: Row) -> str:
    if row.value is None:
        return "–"
    unit = "" if row.unit == "1" else f" {row.unit}"
    if not row.standard_error:
        return f"{row.value:.3g}{unit}"
    return f"{format_with_error(row.value, row.standard_error)}{unit}"


def package_versions(*names: str) -> dict[str, str]:
    """Return the versions of Python and of installed packages.

    Parameters
    ----------
    *names : str
        Names of distributions; one that is not installed is left out.
    """
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
