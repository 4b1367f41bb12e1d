"""The trained model that predictions use by default, kept in the cache of the user.

It is trained where it is first wanted: labelled PDFs are simulated with the thermal motion and the
resolution of many laboratories, the classifier is fitted, and the file is saved under a name that
holds a hash of everything that decides it. A kill costs the shard in flight, or the training; the
next call goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edex.datasets import cache_dir, load_mp_structures
from edex.errors import DataError, InputError
from edex.spacegroup.conditions import Conditions
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.jobs import code_versions
from edex.spacegroup.library import Library
from edex.spacegroup.pdf import PdfCalculator

if TYPE_CHECKING:
    from edex.spacegroup.classifier import SpaceGroupClassifier

__all__ = ["PRESETS", "Preset", "default_classifier", "default_library"]

Say = Callable[[str], None]
_FORMAT = 3  # raised when the same settings give another model than before


@dataclass(frozen=True)
class Preset:
    """How a default model is made.

    Attributes
    ----------
    size : int
        Simulated PDFs.
    model : str
        Model of :class:`edex.spacegroup.classifier.SpaceGroupClassifier`.
    noise : float
        Noise in training, as a share of the root mean square of a PDF.
    minutes : str
        What it takes on two cores, in words.
    """

    size: int
    model: str
    noise: float
    minutes: str


PRESETS = {
    "quick": Preset(4_000, "small_cnn", 0.05, "about 1 minute"),
    "default": Preset(40_000, "ensemble", 0.05, "about 8 minutes"),
    "full": Preset(120_000, "ensemble", 0.05, "about half an hour"),
}


def default_classifier(
    preset: str = "default", *, cache: bool = True, progress: Say | None = None
) -> SpaceGroupClassifier:
    """Give the trained model of the cache, or train it now.

    Parameters
    ----------
    preset : {"quick", "default", "full"}
        How large a training.
    cache : bool, default True
        Look in the cache first, and keep the result there.
    progress : callable, optional
        Told what is going on.

    Returns
    -------
    SpaceGroupClassifier
        Fitted, on the default grid.

    Raises
    ------
    InputError
        If there is no such preset.
    DataError
        If the cache cannot be written, or another process is at it.
    MissingExtraError
        If Keras, spglib or another part is not installed.
    """
    from edex.spacegroup.classifier import SpaceGroupClassifier

    if preset not in PRESETS:
        raise InputError(f"There is no preset {preset!r}. Choose from {', '.join(PRESETS)}.")
    say: Say = progress or (lambda text: None)
    if not cache:
        with tempfile.TemporaryDirectory(prefix="edex-") as folder:
            return _train(PRESETS[preset], Path(folder) / "pdfs", say)
    name = f"{preset}-{_digest(PRESETS[preset])}"
    path = cache_dir() / "space-group-models" / f"{name}.keras"
    if path.is_file():
        say("loading the model")
        try:
            return SpaceGroupClassifier.load(path)
        except DataError:
            say("the model in the cache is damaged: it is made again")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"The folder {path.parent} cannot be made ({error.strerror}). The model is kept there. "
            "Free the place, or name another one in EDEX_CACHE_DIR."
        ) from error
    pdfs = path.with_name(f"{name}-pdfs")
    classifier = _train(PRESETS[preset], pdfs, say)
    classifier.save(path)
    shutil.rmtree(pdfs, ignore_errors=True)  # they can be made again
    return classifier


def _train(preset: Preset, folder: Path, say: Say) -> SpaceGroupClassifier:
    """Simulate and fit."""
    from edex.spacegroup.classifier import SpaceGroupClassifier
    from edex.spacegroup.simulate import make_pdfs

    once = f"training a model, once ({preset.minutes} in all)"
    say(f"{once}: reading structures")
    table = make_pdfs(
        folder,
        size=preset.size,
        conditions=Conditions.varied(),
        progress=lambda stage, done, total: say(f"{once}: {done:,} of {total:,} {stage}"),
    )
    say(f"{once}: fitting {preset.model} to {len(table):,} PDFs")
    labels = table.labels
    return SpaceGroupClassifier(preset.model, r=table.r, noise=preset.noise).fit(
        table.G,
        labels["space_group_number"].to_numpy(),
        groups=labels["prototype"].to_numpy(),
    )


def _digest(preset: Preset) -> str:
    """Hash what decides the model: settings, code and packages."""
    model = {name: value for name, value in asdict(preset).items() if name != "minutes"}
    settings = [_FORMAT, model, Conditions.varied().to_json(), code_versions()]
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def default_library() -> Library:
    """Simulate the PDFs of the embedded crystals, as the model knows them; kept after that.

    Returns
    -------
    Library
        1,924 crystals on the default grid; made in seconds.
    """
    table = load_mp_structures()
    columns = ["lattice", "species", "frac_coords", "space_group_number", "material_id"]
    crystals = [
        Crystal(lattice, species, coords, space_group_number=int(number), source_id=name)
        for lattice, species, coords, number, name in zip(
            *(table[column] for column in columns), strict=True
        )
    ]
    calculator = PdfCalculator()
    pdfs = np.array([calculator.calculate(crystal) for crystal in crystals])
    return Library(crystals, pdfs, formulas=table["formula"].tolist())
