"""Predict the space group of what is in a file: a measured PDF, or a crystal structure.

A PDF is brought onto the grid of the model; of a crystal the PDF is simulated first, as in
training. Beside the most probable groups stand the known crystals whose PDFs correlate best, and
cautions where a prediction should not be relied on: nothing alike was seen in training, or the
probabilities p are spread so evenly that their entropy −Σ p ln p is large.

References
----------
C.-H. Liu et al., Acta Cryst. A75, 633 (2019): space groups from PDFs, the six most probable ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from edex.errors import EdexError, InputError
from edex.spacegroup.classes import CLASSES, space_group
from edex.spacegroup.library import KnownCrystal, Library
from edex.spacegroup.measured import check_quality, read_gr, resample
from edex.spacegroup.pdf import simulate_pdf
from edex.spacegroup.readers import is_structure_file, read_with_notes
from edex.spacegroup.symmetry import find_space_group

__all__ = ["Candidate", "FilePrediction", "file_kind", "predict_files"]

# Unseen structure types (one fold, small_cnn trained on 8,000 PDFs): where the best correlation was
# below 0.7, 40 % were right, else 67 %; where the entropy was above 0.6 ln 8, 41 %, else 76 %.
LOW_CORRELATION = 0.70
HIGH_ENTROPY = 0.60

MEASURED, STRUCTURE = "measured PDF", "structure"
_HEAD = 65_536  # bytes that are looked at to tell the kind of a file
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_CIF = re.compile(r"^[ \t]*_cell[_.]length_a\b", re.MULTILINE | re.IGNORECASE)
_POSCAR = re.compile(
    rf"[^\n]*\n[ \t]*{_NUMBER}[ \t]*\r?\n"  # a remark, the scale
    rf"(?:[ \t]*{_NUMBER}[ \t]+{_NUMBER}[ \t]+{_NUMBER}[ \t]*\r?\n){{3}}"  # the cell
    r"(?:[ \t]*[A-Z][a-z]?\b|[ \t]*\d+)"  # elements, or how many atoms of each
)


class Classifier(Protocol):
    """What a model must offer here; :class:`SpaceGroupClassifier` does."""

    classes_: np.ndarray

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Give probabilities of shape (n_samples, n_classes)."""
        ...


@dataclass(frozen=True)
class Candidate:
    """One space group and its probability.

    Attributes
    ----------
    space_group_number : int
        Number in the International Tables.
    symbol : str
        Hermann-Mauguin symbol.
    probability : float
        Between 0 and 1.
    """

    space_group_number: int
    symbol: str
    probability: float


@dataclass(frozen=True)
class FilePrediction:
    """All there is to say about one file.

    Attributes
    ----------
    name : str
        The file, as it was named.
    kind : str
        "measured PDF" or "structure".
    candidates : tuple of Candidate
        The most probable space groups, best first; empty if the file was refused.
    nearest : tuple of KnownCrystal
        Known crystals with the most similar PDFs, best first.
    true_space_group : int or None
        For a structure, the space group that spglib finds.
    notes : tuple of str
        What was done to the data.
    cautions : tuple of str
        Why the prediction may be wrong.
    error : str or None
        Why the file was refused.
    """

    name: str
    kind: str
    candidates: tuple[Candidate, ...] = ()
    nearest: tuple[KnownCrystal, ...] = ()
    true_space_group: int | None = None
    notes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give plain values for a program.

        Returns
        -------
        dict
            The attributes; candidates and nearest are lists of dicts.
        """
        return asdict(self)


@dataclass(frozen=True)
class _Input:
    """A PDF on the grid, and what is known of it."""

    kind: str
    G: np.ndarray
    notes: tuple[str, ...]
    cautions: tuple[str, ...]
    true_space_group: int | None = None


def predict_files(
    files: Sequence[str | Path],
    classifier: Classifier | Callable[[], Classifier],
    *,
    library: Library | Callable[[], Library] | None = None,
    k: int = 6,
    n_nearest: int = 3,
    progress: Callable[[str], None] | None = None,
) -> list[FilePrediction]:
    """Predict the space group of what is in each file.

    A file that cannot be used does not stop the others: its prediction holds the reason.

    Parameters
    ----------
    files : sequence of str or Path
        Measured PDFs (.gr and other text tables) and structures (CIF, POSCAR); told apart by their
        content.
    classifier : SpaceGroupClassifier or callable
        A trained model, whose grid is used; or a function that gives one on the default grid,
        called only if a file can be used, for training takes minutes.
    library : Library or callable, optional
        Known crystals to compare with, or a function that gives them; not used if they are on
        another grid than the model.
    k : int, default 6
        How many space groups to name.
    n_nearest : int, default 3
        How many known crystals to name.
    progress : callable, optional
        Told what is going on.

    Returns
    -------
    list of FilePrediction
        One for each file, in the same order.

    Raises
    ------
    InputError
        If k or n_nearest is not a positive number.
    """
    for label, value in (("k", k), ("n_nearest", n_nearest)):
        if int(value) != value or value < 1:
            raise InputError(f"{label} is {value}; it must be 1 or more. Give a whole number.")
    grid = None if callable(classifier) else getattr(classifier, "r_", None)
    inputs: list[_Input | str] = []
    for file in files:
        if progress is not None:
            progress(f"reading {file}")
        try:
            inputs.append(_read(Path(file), grid))
        except EdexError as error:
            inputs.append(str(error))
    good = [entry for entry in inputs if not isinstance(entry, str)]
    if not good:
        return [
            FilePrediction(str(file), file_kind(file), error=str(entry))
            for file, entry in zip(files, inputs, strict=True)
        ]
    model = classifier() if callable(classifier) else classifier
    known = library() if callable(library) else library
    if progress is not None:
        progress("predicting")
    rows = iter(np.asarray(model.predict_proba(np.array([entry.G for entry in good]))))
    predictions = []
    for file, entry in zip(files, inputs, strict=True):
        if isinstance(entry, str):
            predictions.append(FilePrediction(str(file), file_kind(file), error=entry))
        else:
            nearest: tuple[KnownCrystal, ...] = ()
            if known is not None and known.r.shape == entry.G.shape:
                nearest = tuple(known.nearest(entry.G, n_nearest))
            probabilities = next(rows)
            predictions.append(
                FilePrediction(
                    str(file),
                    entry.kind,
                    _candidates(model.classes_, probabilities, k),
                    nearest,
                    entry.true_space_group,
                    entry.notes,
                    (*entry.cautions, *_cautions(probabilities, nearest)),
                )
            )
    return predictions


def file_kind(path: str | Path) -> str:
    """Tell whether a file holds a structure or a measured PDF, by its content, then its name.

    Parameters
    ----------
    path : str or Path
        The file; it need not be readable.

    Returns
    -------
    str
        "structure" for a CIF or POSCAR, else "measured PDF".
    """
    path = Path(path)
    head = ""
    try:
        if path.is_file():
            with path.open("rb") as file:
                head = file.read(_HEAD).decode("latin-1")
    except (OSError, ValueError):
        pass
    is_structure = is_structure_file(path) or _CIF.search(head) or _POSCAR.match(head)
    return STRUCTURE if is_structure else MEASURED


def _read(path: Path, grid: npt.ArrayLike | None) -> _Input:
    """Read a file and give its PDF on the grid."""
    return _from_structure(path, grid) if file_kind(path) == STRUCTURE else _from_gr(path, grid)


def _from_gr(path: Path, grid: npt.ArrayLike | None) -> _Input:
    pdf = read_gr(path)
    quality = check_quality(pdf)
    on_grid = resample(pdf, grid)
    cautions = list(quality)
    radiation = pdf.metadata.get("radiation")
    if radiation not in (None, "xray"):
        cautions.append(
            f"measured with {radiation}s: the model was trained on x-ray PDFs, in which peaks have "
            "other heights"
        )
    return _Input(MEASURED, on_grid.G, (*pdf.notes, *on_grid.notes), tuple(cautions))


def _from_structure(path: Path, grid: npt.ArrayLike | None) -> _Input:
    reading = read_with_notes(path)
    crystal = reading.crystal
    number = find_space_group(crystal)
    G = simulate_pdf(crystal, r=grid)
    notes = [
        f"PDF simulated from {crystal.formula}, {len(crystal)} atoms in the cell",
        *reading.notes,
    ]
    if not crystal.is_ordered:
        notes.append("sites with mixed or partial occupancy scatter as their average")
    cautions = []
    if number not in CLASSES:
        cautions.append(
            f"its space group, {number}, is not one of the eight that the model knows: every "
            "answer is wrong"
        )
    return _Input(STRUCTURE, np.asarray(G), tuple(notes), tuple(cautions), number)


def _candidates(classes: np.ndarray, probabilities: np.ndarray, k: int) -> tuple[Candidate, ...]:
    """Give the most probable space groups; equal ones by their number."""
    order = np.lexsort((classes, -probabilities))[:k]
    return tuple(
        Candidate(int(classes[i]), _symbol(int(classes[i])), float(probabilities[i])) for i in order
    )


def _symbol(number: int) -> str:
    return space_group(number).symbol if number in CLASSES else ""


def _cautions(probabilities: np.ndarray, nearest: Sequence[KnownCrystal]) -> list[str]:
    """Say why a prediction should not be relied on."""
    cautions = []
    if nearest and nearest[0].correlation < LOW_CORRELATION:
        cautions.append(
            f"unlike all known crystals: the best correlation is {nearest[0].correlation:.2f}"
        )
    p = probabilities[probabilities > 0]
    entropy = float(-(p * np.log(p)).sum())
    if entropy > HIGH_ENTROPY * np.log(len(probabilities)):
        cautions.append(
            f"undecided, as if {np.exp(entropy):.1f} space groups were equally probable"
        )
    return cautions
