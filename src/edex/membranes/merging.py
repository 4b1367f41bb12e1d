"""One row per polymer: measurements of the same repeat unit merged, and nothing lost.

A polymer may be in a table several times, and written in several ways. Rows of the same canonical
repeat unit are one polymer; its permeability is the median of log10 P, because errors of a
permeability are factors and the median does not follow one wrong value. How far the values lie
apart, and how many there are, is kept. What cannot be used is listed with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit
from edex.membranes.slips import GASES, find_slips, log10_permeability
from edex.membranes.transformers import Failure

__all__ = ["MergedPolymers", "merge_polymers"]


@dataclass(frozen=True, eq=False)
class MergedPolymers:
    """A table with one row per polymer, and what happened on the way.

    Attributes
    ----------
    table : DataFrame of shape (n_polymers, …)
        ``smiles`` (canonical), for each gas its permeability (barrer: ten to the median of log10),
        ``<gas>_spread`` (decades between the smallest and the largest value) and ``<gas>_n`` (how
        many values), and ``n_rows``. Polymers stand in the order of their first row.
    rows : DataFrame of shape (n_rows, 2)
        For each row of the original table, ``polymer``: its row in ``table`` (-1 if it could not
        be read), and ``smiles``.
    slips : DataFrame
        Values that look as if they had the wrong unit (see :func:`find_slips`), with ``smiles`` and
        ``masked``: whether they were left out.
    unreadable : tuple of Failure
        Rows whose SMILES is no repeat unit.
    refused : DataFrame
        Values that are no permeability (zero, negative, infinite): ``row``, ``gas``, ``value``.
    """

    table: pd.DataFrame
    rows: pd.DataFrame
    slips: pd.DataFrame
    unreadable: tuple[Failure, ...]
    refused: pd.DataFrame

    def __str__(self) -> str:
        merged = int((self.table["n_rows"] > 1).sum())
        masked = int(self.slips["masked"].sum())
        return (
            f"{len(self.rows)} rows, {len(self.table)} polymers ({merged} of them from several "
            f"rows), {len(self.unreadable)} rows unreadable, {len(self.refused)} values refused, "
            f"{len(self.slips)} suspected slips ({masked} masked)"
        )


def merge_polymers(
    table: pd.DataFrame,
    *,
    smiles: str = "smiles",
    gases: Sequence[str] | None = None,
    mask_slips: bool = False,
    n_mads: float = 6.0,
    min_decades: float = 1.0,
) -> MergedPolymers:
    """Merge the rows of each polymer.

    Parameters
    ----------
    table : DataFrame of shape (n_rows, …)
        SMILES of repeat units, and a column of permeability in barrer for each gas.
    smiles : str, default "smiles"
        Name of the column with the SMILES.
    gases : sequence of str, default None
        Which columns to merge; None means those of :data:`GASES` that are there.
    mask_slips : bool, default False
        Leave suspected slips out of the medians. They are reported in either case.
    n_mads, min_decades : float
        The rule for slips, see :func:`edex.membranes.find_slips`.

    Returns
    -------
    MergedPolymers

    Raises
    ------
    InputError
        If a column is absent, or no row can be read.

    Examples
    --------
    >>> table = pd.DataFrame({"smiles": ["*CCO*", "*OCC*"], "O2": [1.0, 100.0]})
    >>> merge_polymers(table).table[["O2", "O2_spread", "O2_n"]].to_numpy().tolist()
    [[10.0, 2.0, 2.0]]
    """
    if smiles not in table.columns:
        names = [str(name) for name in table.columns]
        folded = {name.lower(): name for name in names}
        near = get_close_matches(smiles.lower(), folded, n=1)
        hint = f'Perhaps smiles="{folded[near[0]]}".' if near else "Name it with smiles=…."
        raise InputError(
            f"The table has no column {smiles!r}; it has {', '.join(names)}. One column must hold "
            f"the SMILES. {hint}"
        )
    chosen = list(gases) if gases is not None else [gas for gas in GASES if gas in table.columns]
    if not chosen:
        raise InputError(
            f"The table has none of the gases {', '.join(GASES)}. Name its columns so, or give "
            "gases=[…]."
        )
    texts = table[smiles].tolist()
    names_of_rows, unreadable = _read(texts)
    if len(unreadable) == len(texts):
        raise InputError(
            f"None of the {len(texts)} rows of {smiles!r} is a repeat unit. "
            + (f"The first: {unreadable[0].reason}" if unreadable else "The table is empty.")
        )
    logs = log10_permeability(table, chosen).reset_index(drop=True)
    raw = table[chosen].to_numpy(dtype=float)
    lost = np.isnan(logs.to_numpy()) & ~np.isnan(raw)
    refused = pd.DataFrame(
        [
            {"row": int(row), "gas": chosen[column], "value": float(raw[row, column])}
            for row, column in np.argwhere(lost)
        ],
        columns=["row", "gas", "value"],
    )
    slips = _report_slips(
        table, chosen, names_of_rows, mask=mask_slips, n_mads=n_mads, min_decades=min_decades
    )
    if mask_slips:
        for row, gas in zip(slips["row"], slips["gas"], strict=True):
            logs.loc[row, gas] = np.nan
    merged = _merge(logs, names_of_rows, chosen)
    position = {name: number for number, name in enumerate(merged["smiles"])}
    rows = pd.DataFrame(
        {
            "polymer": [position.get(name, -1) if name else -1 for name in names_of_rows],
            "smiles": [name or "" for name in names_of_rows],
        },
        index=table.index,
    )
    return MergedPolymers(merged, rows, slips, tuple(unreadable), refused)


def _read(texts: list[object]) -> tuple[list[str | None], list[Failure]]:
    names: list[str | None] = []
    failures = []
    for row, text in enumerate(texts):
        try:
            names.append(canonical_repeat_unit(text))  # type: ignore[arg-type]
        except InputError as error:
            names.append(None)
            failures.append(Failure(row, text, str(error)))
    return names, failures


def _report_slips(
    table: pd.DataFrame,
    gases: list[str],
    names: list[str | None],
    *,
    mask: bool,
    n_mads: float,
    min_decades: float,
) -> pd.DataFrame:
    # A row that cannot be read is no polymer's replicate: each gets a name of its own.
    polymers = np.array([name or f"row {row}" for row, name in enumerate(names)], dtype=object)
    if len(gases) < 2:
        slips = pd.DataFrame(
            columns=["row", "gas", "value", "expected", "decades", "kind", "evidence"]
        )
    else:
        slips = find_slips(
            table, gases=gases, polymers=polymers, n_mads=n_mads, min_decades=min_decades
        )
    slips.insert(1, "smiles", [names[row] or "" for row in slips["row"]])
    return slips.assign(masked=mask)


def _merge(logs: pd.DataFrame, names: list[str | None], gases: list[str]) -> pd.DataFrame:
    readable = [row for row, name in enumerate(names) if name]
    keys = [names[row] for row in readable]
    groups = logs.iloc[readable].groupby(keys, sort=False)
    median, count = groups.median(), groups.count()
    spread = groups.max() - groups.min()
    columns: dict[str, object] = {"smiles": median.index.to_numpy()}
    for gas in gases:
        columns[gas] = 10 ** median[gas].to_numpy()
        columns[f"{gas}_spread"] = spread[gas].to_numpy()
        columns[f"{gas}_n"] = count[gas].to_numpy()
    columns["n_rows"] = groups.size().to_numpy()
    return pd.DataFrame(columns)
