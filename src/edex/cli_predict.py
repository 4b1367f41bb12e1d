"""What `edex predict spacegroup FILE...` prints.

For each file the most probable space groups with bars, the known crystals with the most similar
PDFs, what was done to the data, and why the prediction may be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edex.console import print_json, status_line

if TYPE_CHECKING:
    from edex.spacegroup.predictor import FilePrediction

__all__ = ["describe_prediction", "predict_spacegroup"]

_BAR = 24  # characters for a probability of 1
_MEANING = (
    "The model knows eight space groups: its probabilities hold if the crystal has one of them,\n"
    "and if all are equally common."
)


def predict_spacegroup(
    files: Sequence[str | Path],
    *,
    model: str | Path | None = None,
    preset: str = "default",
    as_json: bool = False,
) -> int:
    """Predict and print the space group of what is in each file.

    Parameters
    ----------
    files : sequence of str or Path
        Measured PDFs (.gr), CIF files and POSCARs.
    model : str or Path, optional
        A file that ``SpaceGroupClassifier.save`` wrote; by default the model in the cache, which
        is trained when it is first wanted.
    preset : str, default "default"
        Which model to keep in the cache: quick, default or full.
    as_json : bool
        Print JSON.

    Returns
    -------
    int
        Exit code: 0, or 1 if a file was refused.

    Raises
    ------
    DataError
        If the file of the model cannot be used.
    """
    from edex.spacegroup.predictor import predict_files
    from edex.spacegroup.pretrained import default_classifier, default_library

    with status_line(as_json) as say:
        if model is None:
            classifier: Any = lambda: default_classifier(preset, progress=say)  # noqa: E731
        else:
            from edex.spacegroup.classifier import SpaceGroupClassifier

            classifier = SpaceGroupClassifier.load(model)
        predictions = predict_files(files, classifier, library=default_library, progress=say)
    if as_json:
        print_json([prediction.to_json() for prediction in predictions])
    else:
        click.echo("\n\n".join(describe_prediction(prediction) for prediction in predictions))
    n_refused = sum(prediction.error is not None for prediction in predictions)
    if not as_json:
        if n_refused < len(predictions):
            click.echo(f"\n{_MEANING}")
        if n_refused and len(predictions) > 1:
            click.echo(f"\n{n_refused} of {len(predictions)} files were refused.")
    return 1 if n_refused else 0


def describe_prediction(prediction: FilePrediction) -> str:
    """Put one prediction into words.

    Parameters
    ----------
    prediction : FilePrediction
        What was predicted for a file.

    Returns
    -------
    str
        Several lines.
    """
    if prediction.error is not None:
        return f"{prediction.name}: refused\n  {prediction.error}"
    lines = [f"{prediction.name} ({prediction.kind})"]
    for guess in prediction.candidates:
        bar = "#" * round(_BAR * guess.probability)
        name = f"{guess.space_group_number} {guess.symbol}"
        lines.append(f"  {name:<13}{100 * guess.probability:5.1f} %  {bar}".rstrip())
    if prediction.true_space_group is not None:
        lines.append(f"  {_compare(prediction)}")
    for number, crystal in enumerate(prediction.nearest):
        title = "most similar:" if number == 0 else ""
        group = crystal.space_group_number or "?"
        lattice = ""
        if abs(crystal.lattice_ratio - 1) > 1e-6:
            percent = 100 * (crystal.lattice_ratio - 1)
            lattice = f" with a lattice {abs(percent):g} % {'larger' if percent > 0 else 'smaller'}"
        lines.append(
            f"  {title:<14}{crystal.formula} ({crystal.source_id}), space group {group}, "
            f"correlation {crystal.correlation:.2f}{lattice}"
        )
    lines += [f"  note: {note}" for note in prediction.notes]
    lines += [f"  caution: {caution}" for caution in prediction.cautions]
    return "\n".join(lines)


def _compare(prediction: FilePrediction) -> str:
    """Set the space group that spglib finds beside the guesses."""
    number: Any = prediction.true_space_group
    guesses = [guess.space_group_number for guess in prediction.candidates]
    if number not in guesses:
        return f"spglib finds {number}, which is not among these"
    place = guesses.index(number) + 1
    return f"spglib finds {number}: guess {place} of {len(guesses)}" + (
        ", right" if place == 1 else ""
    )
