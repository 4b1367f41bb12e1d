"""What `edex predict melting FORMULA...` prints."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import click

from edex.console import print_json, status_line

__all__ = ["predict_melting"]


def predict_melting(formulas: Sequence[str], *, as_json: bool = False) -> None:
    """Predict and print the melting temperature of compounds.

    Parameters
    ----------
    formulas : sequence of str
    as_json : bool
        Print JSON.
    """
    from edex.melting import default_model

    with status_line(as_json) as say:
        say("training on the handbook table")
        table = default_model().describe(list(formulas))
    if as_json:
        print_json(json.loads(table.to_json(orient="records")))
        return
    for row in table.to_dict(orient="records"):
        click.echo(_forecast(row))


def _forecast(row: Mapping[Hashable, Any]) -> str:
    """Put one prediction into words."""
    lines = [
        f"{row['formula']}: {row['melting_temperature']:.0f} K "
        f"(90 % interval {row['low']:.0f} to {row['high']:.0f} K)",
        f"  most similar known compound: {row['nearest']}, {row['nearest_temperature']:.0f} K",
    ]
    if row["known"] == row["known"]:  # not NaN
        lines.append(f"  the handbook has it: {row['known']:.0f} K; the model was trained with it")
    if row["is_far"]:
        lines.append("  caution: far from everything the model was trained on; do not rely on it")
    return "\n".join(lines)
