"""What `edex predict permeability SMILES...` prints.

For each polymer the permeability of six gases with 95 % bands, the distance to Robeson's upper
bounds, the most similar known polymers, and a warning outside of what the model knows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from edex.console import print_json, status_line
from edex.errors import InputError

if TYPE_CHECKING:
    from edex.membranes.forecasts import PolymerForecast

__all__ = ["describe_forecast", "predict_permeability"]

_SHOWN_PAIRS = ("O2/N2", "CO2/CH4", "CO2/N2", "H2/CH4", "H2/CO2", "He/CH4")


def predict_permeability(texts: Sequence[str], *, as_json: bool = False) -> int:
    """Predict and print the permeability of polymers.

    Parameters
    ----------
    texts : sequence of str
        SMILES of repeat units.
    as_json : bool
        Print JSON.

    Returns
    -------
    int
        Exit code: 0, or 1 if a repeat unit could not be read.
    """
    from edex.membranes.canonical import canonical_repeat_unit
    from edex.membranes.forecasts import forecast

    readable, refused = [], []
    for text in texts:
        try:
            canonical_repeat_unit(text)
        except InputError as error:
            refused.append({"smiles": text, "error": str(error)})
        else:
            readable.append(text)
    forecasts = []
    if readable:
        with status_line(as_json) as say:
            say("training on the polymers that come with edex")
            forecasts = forecast(readable)
    if as_json:
        found = [_as_json(text, item) for text, item in zip(readable, forecasts, strict=True)]
        print_json([*found, *refused])
    else:
        for text, item in zip(readable, forecasts, strict=True):
            click.echo(describe_forecast(text, item) + "\n")
        for problem in refused:
            click.echo(f"edex: {problem['smiles']}: {problem['error']}", err=True)
    return 1 if refused else 0


def describe_forecast(text: str, found: PolymerForecast) -> str:
    """Put one forecast into words.

    Parameters
    ----------
    text : str
        The repeat unit as it was asked for.
    found : PolymerForecast

    Returns
    -------
    str
        Several lines.
    """
    lines = [text, f"  {'gas':<5}{'barrer':>10}   {'95 % band':<22}measured"]
    for row in found.gases.to_dict(orient="records"):
        measured = "" if row["measured"] != row["measured"] else f"{_short(row['measured'])}"
        band = f"{_short(row['low'])} to {_short(row['high'])}"
        lines.append(f"  {row['gas']:<5}{_short(row['permeability']):>10}   {band:<22}{measured}")
    if found.gases["measured"].notna().any():
        lines.append("  measured: values the model was trained with, so this is no test of it")
    lines.append("  decades of selectivity above (+) or below (-) Robeson's upper bound of 2008:")
    bounds = found.bounds.set_index("pair")
    for pair in _SHOWN_PAIRS:
        ratio, above, error, chance = (
            float(bounds.at[pair, column])  # type: ignore[arg-type]
            for column in ("selectivity", "decades_above", "standard_error", "probability")
        )
        lines.append(
            f"    {pair:<8}selectivity {_short(ratio):>6}   {above:+.2f} ± {error:.2f}   "
            f"probability to lie above: {_percent(chance)}"
        )
    lines.append("  most similar known polymers:")
    for row in found.nearest.to_dict(orient="records"):
        oxygen = "" if row["O2"] != row["O2"] else f", O2 {_short(10 ** row['O2'])} barrer"
        lines.append(f"    {row['similarity']:.2f}  {row['smiles']}{oxygen}")
    if found.is_far:
        lines.append(
            "  caution: unlike everything the model was trained on; its bands do not hold here"
        )
    return "\n".join(lines)


def _short(value: float) -> str:
    """Two significant digits, without an exponent where people would not write one."""
    return f"{value:#.2g}" if value < 10 or value >= 1e6 else f"{float(f'{value:.2g}'):,.0f}"


def _percent(probability: float) -> str:
    if probability < 0.01:
        return "below 1 %"
    return "above 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


def _as_json(text: str, found: PolymerForecast) -> dict[str, Any]:
    return {
        "smiles": text,
        "canonical": found.smiles,
        "is_far": found.is_far,
        **{
            name: json.loads(table.to_json(orient="records"))
            for name, table in (
                ("gases", found.gases),
                ("bounds", found.bounds),
                ("nearest", found.nearest),
            )
        },
    }
