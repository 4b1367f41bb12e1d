"""Simulated PDFs with verified labels, from real crystals: 40,000 in half a minute on two cores.

For each row: take the planned template, draw a crystal with its symmetry, refuse it if atoms come
too close, find its space group anew, calculate G(r). A row whose template gives nothing in twenty
draws falls back on others of the same class, drawn with the row's own random numbers; the template
and the reason are kept in the quarantine. So the number of rows in each class is as planned, and a
row depends on its number and the settings only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from edex.errors import DataError, EdexError, InputError
from edex.spacegroup.conditions import Conditions
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.engine import Step, Workload, fill_folder
from edex.spacegroup.jobs import Row
from edex.spacegroup.pdf import PdfCalculator, default_grid
from edex.spacegroup.pdf_table import PdfTable
from edex.spacegroup.plan import Plan, make_plan, row_generator
from edex.spacegroup.sources import Source
from edex.spacegroup.symmetry import find_space_group
from edex.spacegroup.templates import (
    Perturbation,
    RejectedDrawError,
    Template,
    make_template,
    perturb,
)

__all__ = ["PdfMaker", "make_pdfs"]

RECIPE = 1  # raised when the same settings give other PDFs than before
SHARD_ROWS = 1_000
MAX_TRIES = 20  # draws from one template
MAX_TEMPLATES = 30  # for one row
_KEPT = 64  # templates that a worker holds ready


class PdfMaker:
    """Makes the PDF of any row, with its labels.

    Parameters
    ----------
    crystals : sequence of Crystal
        The real crystals, labelled.
    plan : Plan
        Which crystal is the template of which row.
    conditions : Conditions
        How it is measured.
    perturbation : Perturbation
        How far a new crystal may go from its template.
    """

    def __init__(
        self,
        crystals: Sequence[Crystal],
        plan: Plan,
        conditions: Conditions,
        perturbation: Perturbation,
    ) -> None:
        self._crystals = list(crystals)
        self._plan, self._conditions, self._perturbation = plan, conditions, perturbation
        self._templates: dict[int, Template | str] = {}
        self._calculators: dict[float, PdfCalculator] = {}
        self._r = default_grid()
        self.n_points = len(self._r)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_templates": {}, "_calculators": {}}

    def __call__(self, row: int) -> Row:
        """Make a row.

        Parameters
        ----------
        row : int
            Its number.

        Returns
        -------
        Row

        Raises
        ------
        DataError
            If no crystal of the class gives an acceptable PDF.
        """
        generator = row_generator(self._plan.seed, row)
        drawn = self._conditions.draw(generator)
        failures: list[tuple[int, str]] = []
        n_tries = 0
        for number in self._candidates(row, generator):
            template = self._prepare(number)
            if isinstance(template, str):
                failures.append((number, template))
                continue
            for attempt in range(1, MAX_TRIES + 1):
                n_tries += 1
                try:
                    crystal, values = self._draw(template, generator, drawn)
                except (EdexError, np.linalg.LinAlgError, ArithmeticError) as error:
                    if attempt == MAX_TRIES:
                        reason = f"{attempt} draws in a row were rejected; the last: {error}"
                        failures.append((number, reason))
                    continue
                labels = {
                    "template": number,
                    "formula": crystal.formula,
                    "n_atoms": len(crystal),
                    "n_tries": n_tries,
                    **drawn,
                }
                return Row(values, labels, failures)
        raise DataError(
            f"Row {row} of class {self._plan.classes[row]}: {MAX_TEMPLATES} templates gave no "
            f"acceptable PDF. The last reason: {failures[-1][1]} Use more structures of this "
            "class, or a smaller perturbation."
        )

    def _candidates(self, row: int, generator: np.random.Generator) -> Iterator[int]:
        """Yield the planned template, then others of its class."""
        yield int(self._plan.templates[row])
        pool = self._plan.pools[int(self._plan.classes[row])]
        for _ in range(MAX_TEMPLATES - 1):
            yield int(pool.draw(generator)[0])

    def _prepare(self, number: int) -> Template | str:
        """Work out a template, or give the reason why it cannot be used."""
        if number not in self._templates:
            if len(self._templates) >= _KEPT:
                del self._templates[next(iter(self._templates))]
            try:
                self._templates[number] = make_template(self._crystals[number])
            except Exception as error:  # whatever it is: one bad structure must not end the run
                name = "" if isinstance(error, EdexError) else f"{type(error).__name__}: "
                self._templates[number] = f"{name}{error}"
        return self._templates[number]

    def _draw(
        self, template: Template, generator: np.random.Generator, drawn: dict[str, float]
    ) -> tuple[Crystal, np.ndarray]:
        """Draw a crystal and calculate its PDF; refuse it by an EdexError."""
        crystal, orbits = perturb(template, generator, self._perturbation)
        found = find_space_group(crystal)
        if found != crystal.space_group_number:
            raise RejectedDrawError(f"Its space group is {found}, by accident.")
        # Resolution only multiplies G(r), so the tables need not know of it
        damping = np.exp(-0.5 * (drawn["qdamp"] * self._r) ** 2)
        values = damping * self._calculator_for(drawn["u_iso"]).calculate(crystal, orbits)
        if drawn["noise"]:
            deviation = drawn["noise"] * np.sqrt(np.mean(values**2))
            values = values + deviation * generator.standard_normal(len(values))
        if not np.isfinite(values).all():
            raise RejectedDrawError("Its PDF is not finite.")
        return crystal, values

    def _calculator_for(self, u_iso: float) -> PdfCalculator:
        if u_iso not in self._calculators:
            self._calculators[u_iso] = PdfCalculator(
                self._r,
                qmin=self._conditions.qmin,
                qmax=self._conditions.qmax,
                qdamp=0.0,
                u_iso=u_iso,
                radiation=self._conditions.radiation,
            )
        return self._calculators[u_iso]


def make_pdfs(
    folder: str | Path,
    *,
    size: int = 40_000,
    seed: int = 0,
    crystals: str | Path | Sequence[Crystal] = "mp-structures",
    conditions: Conditions | None = None,
    perturbation: Perturbation | None = None,
    balanced: bool = False,
    shard_rows: int = SHARD_ROWS,
    workers: int | None = None,
    scheduler: str | None = None,
    resume: bool = True,
    progress: Step | None = None,
) -> PdfTable:
    """Simulate labelled PDFs into a folder, or complete or load what is in it.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder, or one of an earlier call with the same settings. A kill at any
        moment costs at most the shards in flight; the same call completes the folder, to the same
        bytes.
    size : int
        Number of PDFs.
    seed : int
        Seed of everything that is drawn.
    crystals : str, Path or sequence of Crystal
        Name of a data set of structures, a folder of CIF files or POSCARs, or labelled crystals.
    conditions : Conditions, optional
        How the PDFs are measured.
    perturbation : Perturbation, optional
        How far a crystal may go from its template.
    balanced : bool
        Give every class the same number of PDFs, not its share of the crystals.
    shard_rows : int
        PDFs in a file.
    workers : int, optional
        Processes on this computer; by default one a core.
    scheduler : str, optional
        Address of a Dask scheduler whose workers make the shards instead.
    resume : bool
        Whether a folder that was started may be completed.
    progress : callable, optional
        Told of progress as ``progress(stage, done, total)``.

    Returns
    -------
    PdfTable

    Raises
    ------
    InputError
        If a value is out of range, there are no crystals, or the folder holds something else, was
        made with other settings, or was started and ``resume`` is False.
    DataError
        If files cannot be written, another run works in the folder, or no crystal of a class
        gives acceptable PDFs.
    """
    for name, value in (("size", size), ("shard_rows", shard_rows)):
        if value < 1:
            raise InputError(f"{name} is {value}; it must be 1 or more. Choose another number.")
    conditions, perturbation = conditions or Conditions(), perturbation or Perturbation()
    source = Source(crystals)

    def prepare() -> Workload:
        structures, notes = source.load()
        plan = make_plan(
            [int(crystal.space_group_number or 0) for crystal in structures],
            [str(crystal.prototype) for crystal in structures],
            size=size,
            seed=seed,
            balanced=balanced,
        )
        maker = PdfMaker(structures, plan, conditions, perturbation)
        return Workload(maker, plan.order, _describe(structures), default_grid(), notes)

    settings = {
        "recipe": RECIPE,
        "size": size,
        "seed": seed,
        "shard_rows": shard_rows,
        "balanced": balanced,
        "conditions": conditions.to_json(),
        "perturbation": asdict(perturbation),
        "max_tries": MAX_TRIES,
        "structures": {"source": source.name, "sha256": source.digest()},
    }
    return fill_folder(
        folder,
        settings,
        prepare,
        workers=workers,
        scheduler=scheduler,
        resume=resume,
        progress=progress,
    )


def _describe(crystals: Sequence[Crystal]) -> Any:
    """Tabulate what the labels say of the templates."""
    import pandas as pd

    return pd.DataFrame(
        {
            "space_group_number": [crystal.space_group_number for crystal in crystals],
            "template": [crystal.source_id for crystal in crystals],
            "prototype": [crystal.prototype for crystal in crystals],
        }
    )
