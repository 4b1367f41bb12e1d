"""Find values with the wrong unit: they break the tight correlation between gases.

A polymer that lets one gas through fast is fast for all: log10 P of two gases lies on a line of
slope near one, within a few tenths of a decade. A value entered in the wrong unit (or with a
slipped exponent) is off by two or three whole decades. The rule, for the gases of one row:

1. for every pair of gases a robust line log10 P_g = a + b log10 P_h (Theil and Sen) is fitted;
2. each gas is predicted from the others: the median over the lines; the rest is its residual r;
3. a value is reported where |r| > n_mads · 1.4826 MAD of that gas's residuals, and > min_decades;
4. the worst of a row is set aside, then the row is looked at again, so that one wrong value does
   not condemn its neighbours. With two gases in a row either may be wrong: both are reported;
5. the kind is "factor 100" or "factor 1000" where |r| is within 0.5 of 2 or 3 decades, else
   "off the line".

A row in which *all* gases are off by the same factor stays on the lines. It is found only if the
same polymer was measured by others: ``find_slips`` compares with them where ``polymers`` is given.

References
----------
P. K. Sen, J. Am. Stat. Assoc. 63, 1379 (1968), doi 10.1080/01621459.1968.10480934.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import theilslopes

from edex.errors import InputError

__all__ = ["GASES", "find_slips", "log10_permeability"]

GASES: tuple[str, ...] = ("He", "H2", "O2", "N2", "CO2", "CH4")
_MIN_ROWS = 8  # to fit a line
_MAX_FITTED = 1500  # Theil and Sen's estimate looks at all pairs of rows
_NEAR = 0.5
_COLUMNS = ("row", "gas", "value", "expected", "decades", "kind", "evidence")


def log10_permeability(table: pd.DataFrame, gases: Sequence[str]) -> pd.DataFrame:
    """Return log10 of the permeabilities, NaN where there is none.

    Parameters
    ----------
    table : DataFrame of shape (n_rows, …)
        With a column of permeability in barrer for each gas.
    gases : sequence of str
        Which columns.

    Returns
    -------
    DataFrame of shape (n_rows, n_gases)
        Zero and negative values become NaN too.

    Raises
    ------
    InputError
        If a column is absent or holds text.
    """
    for gas in gases:
        if gas not in table.columns:
            raise InputError(
                f"The table has no column {gas!r}; it has {', '.join(map(str, table.columns))}. "
                "Give the gases that are there: gases=[…]."
            )
        if not pd.api.types.is_numeric_dtype(table[gas]):
            raise InputError(
                f"The column {gas!r} holds texts; permeabilities are numbers in barrer. Convert it "
                "with pandas.to_numeric first."
            )
    values = table[list(gases)].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where((values > 0) & np.isfinite(values), np.log10(values), np.nan)
    return pd.DataFrame(logs, index=table.index, columns=list(gases))


def find_slips(
    table: pd.DataFrame,
    *,
    gases: Sequence[str] | None = None,
    polymers: npt.ArrayLike | None = None,
    n_mads: float = 6.0,
    min_decades: float = 1.0,
) -> pd.DataFrame:
    """Report values that look as if they had the wrong unit. Nothing is changed.

    Parameters
    ----------
    table : DataFrame of shape (n_rows, …)
        Permeabilities in barrer, one column per gas.
    gases : sequence of str, default None
        Which columns; None means those of :data:`GASES` that are there.
    polymers : array-like of shape (n_rows,), default None
        Which polymer each row is, to compare rows of the same one too (three or more needed).
    n_mads : float, default 6.0
        How many robust standard deviations (1.4826 MAD) off is too many.
    min_decades : float, default 1.0
        Smaller residuals are never reported, in decades.

    Returns
    -------
    DataFrame
        One row per reported value, the worst first: ``row`` (position in the table), ``gas``,
        ``value`` and ``expected`` (barrer), ``decades`` (residual), ``kind``, and ``evidence``:
        "other gases" or "same polymer".

    Raises
    ------
    InputError
        If a column is absent or holds text, or fewer than two gases are there.
    """
    chosen = list(gases) if gases is not None else [gas for gas in GASES if gas in table.columns]
    if len(chosen) < 2:
        raise InputError(
            f"The table has the gases {chosen}; two or more are needed to compare. Columns are "
            f"named {', '.join(GASES)}."
        )
    logs = log10_permeability(table, chosen).to_numpy()
    found = _from_other_gases(logs, n_mads, min_decades)
    if polymers is not None:
        found += _from_same_polymer(logs, np.asarray(polymers), n_mads, min_decades)
    reports = []
    reported = set()
    for row, column, residual, evidence in found:
        if (row, column) in reported:
            continue
        reported.add((row, column))
        reports.append(
            {
                "row": row,
                "gas": chosen[column],
                "value": 10 ** logs[row, column],
                "expected": 10 ** (logs[row, column] - residual),
                "decades": residual,
                "kind": _kind(residual),
                "evidence": evidence,
            }
        )
    reports.sort(key=lambda report: (-abs(float(report["decades"])), report["row"]))
    return pd.DataFrame(reports, columns=list(_COLUMNS))


def _kind(residual: float) -> str:
    for decades in (2, 3):
        if abs(abs(residual) - decades) <= _NEAR:
            return f"factor {10**decades}"
    return "off the line"


def _from_other_gases(
    logs: np.ndarray, n_mads: float, min_decades: float
) -> list[tuple[int, int, float, str]]:
    n_gases = logs.shape[1]
    predicted = np.full((n_gases, *logs.shape), np.nan)  # by gas, row, predicting gas
    for target in range(n_gases):
        for source in range(n_gases):
            line = _robust_line(logs[:, source], logs[:, target]) if source != target else None
            if line is not None:
                predicted[target, :, source] = line[0] + line[1] * logs[:, source]
    usable = np.isfinite(logs)
    scales = np.full(n_gases, np.inf)
    for gas in range(n_gases):
        errors = logs[:, gas] - _median_over(predicted[gas], usable)
        errors = errors[np.isfinite(errors)]
        if errors.size >= _MIN_ROWS:
            scales[gas] = 1.4826 * np.median(np.abs(errors - np.median(errors)))
    limits = np.maximum(n_mads * scales, min_decades)
    found: list[tuple[int, int, float, str]] = []
    for row in range(len(logs)):
        here = usable[row].copy()
        while here.sum() >= 2:
            gases = np.flatnonzero(here)
            errors = np.array(
                [logs[row, gas] - _median(predicted[gas, row, here]) for gas in gases]
            )
            excess = np.where(np.isfinite(errors), np.abs(errors) / limits[gases], 0.0)
            if excess.max() <= 1:
                break
            if len(gases) == 2:
                found += [
                    (row, int(gas), float(error), "other gases")
                    for gas, error in zip(gases, errors, strict=True)
                    if np.isfinite(error)
                ]
                break
            worst = int(excess.argmax())
            found.append((row, int(gases[worst]), float(errors[worst]), "other gases"))
            here[gases[worst]] = False
    return found


def _from_same_polymer(
    logs: np.ndarray, polymers: np.ndarray, n_mads: float, min_decades: float
) -> list[tuple[int, int, float, str]]:
    """Compare each value with the median of the other rows of its polymer."""
    differences: list[tuple[int, int, float]] = []
    for rows in pd.Series(np.arange(len(polymers))).groupby(polymers).groups.values():
        for gas in range(logs.shape[1]):
            known = [int(row) for row in rows if np.isfinite(logs[row, gas])]
            if len(known) < 3:
                continue
            for row in known:
                others = [logs[other, gas] for other in known if other != row]
                differences.append((row, gas, float(logs[row, gas] - np.median(others))))
    if not differences:
        return []
    scale = 1.4826 * float(np.median(np.abs([difference for _, _, difference in differences])))
    limit = max(n_mads * scale, min_decades)
    return [
        (row, gas, difference, "same polymer")
        for row, gas, difference in differences
        if abs(difference) > limit
    ]


def _robust_line(x: np.ndarray, y: np.ndarray) -> tuple[float, float] | None:
    both = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if len(both) < _MIN_ROWS or np.ptp(x[both]) == 0:
        return None
    if len(both) > _MAX_FITTED:
        ordered = both[np.argsort(x[both], kind="stable")]
        both = ordered[np.linspace(0, len(ordered) - 1, _MAX_FITTED).astype(int)]
    slope, intercept, _, _ = theilslopes(y[both], x[both])
    return float(intercept), float(slope)


def _median(values: np.ndarray) -> float:
    values = values[np.isfinite(values)]
    return float(np.median(values)) if values.size else float("nan")


def _median_over(predicted: np.ndarray, usable: np.ndarray) -> Any:
    values = np.where(usable, predicted, np.nan)
    result = np.full(len(values), np.nan)
    some = np.isfinite(values).any(axis=1)
    result[some] = np.nanmedian(values[some], axis=1)
    return result
