"""Rank polymers that nobody has measured against Robeson's upper bound, and say how sure.

For each candidate a model gives mean and covariance of log10 P of two gases; with them

    d = log10 P_fast - log10 P_slow - log10 α_bound(P_fast)

has an error bar, and the candidates are ranked by the probability that d > 0. A candidate unlike
every known polymer is marked: there the error bar itself is a guess. The best of many predictions
are also the luckiest ones; expect those at the top to do worse when they are made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit
from edex.membranes.forecasts import bound_distance
from edex.membranes.parallel import map_chunks
from edex.membranes.predictor import PermeabilityRegressor, default_model

__all__ = ["rank_candidates"]

_BLOCK = 1000  # polymers at a time: bounds the memory


def rank_candidates(
    smiles: Sequence[str],
    pair: str = "CO2/N2",
    *,
    model: PermeabilityRegressor | None = None,
    year: int = 2008,
    n_jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Rank polymers by the probability to lie above an upper bound.

    Parameters
    ----------
    smiles : sequence of str of shape (n_polymers,)
        Repeat units. Polymers that are the same are ranked once.
    pair : str, default "CO2/N2"
        The gases, the faster first.
    model : PermeabilityRegressor, default None
        None takes the one that knows all embedded polymers.
    year : {2008, 1991}, default 2008
        Which bound.
    n_jobs : int, default None
        Processes that describe the polymers; None or 1: this one, -1: one for each core.
    progress : callable, default None
        Called with (done, all) after each block.

    Returns
    -------
    DataFrame of shape (n_different, 11)
        ``smiles`` (canonical), ``permeability`` of the faster gas (barrer), ``selectivity``,
        ``decades_above`` (of selectivity, at fixed permeability), ``standard_error``,
        ``probability``, ``nearest`` (most similar known polymer), ``similarity``, ``is_known``
        (the model was trained with it), ``is_far`` and ``problem``. The most probable come first,
        then those marked ``is_far``; what cannot be read stands at the end, as it was written,
        with its ``problem`` and no numbers.

    Raises
    ------
    InputError
        If there is no such bound, or no polymer can be read.
    """
    regressor = default_model() if model is None else model
    names, problems = _read(smiles, n_jobs)
    known = regressor.known_["smiles"].to_numpy()
    blocks = []
    for start in range(0, len(names), _BLOCK):
        block, alike = _compare(regressor, names[start : start + _BLOCK], problems, n_jobs)
        found = regressor.predict_distribution(
            block, gases=pair.split("/"), similarity=alike, is_canonical=True
        )
        above = bound_distance(regressor, found, pair, year=year)
        nearest = alike.argmax(axis=1)
        blocks.append(
            pd.DataFrame(
                {
                    "smiles": block,
                    "permeability": 10 ** found.mean[:, 0],
                    "selectivity": 10 ** (found.mean[:, 0] - found.mean[:, 1]),
                    "decades_above": above.decades,
                    "standard_error": above.standard_error,
                    "probability": above.probability,
                    "nearest": known[nearest],
                    "similarity": alike.max(axis=1),
                    "is_known": known[nearest] == np.array(block, dtype=object),
                    "is_far": alike.max(axis=1) < regressor.far_similarity_,
                }
            )
        )
        if progress is not None:
            progress(min(start + _BLOCK, len(names)), len(names))
    table = pd.concat(blocks, ignore_index=True).assign(problem="")
    order = np.lexsort((-table["probability"], table["is_far"]))
    unread = pd.DataFrame({"smiles": list(problems), "problem": list(problems.values())})
    ranked = table.iloc[order]
    return (
        pd.concat([ranked, unread], ignore_index=True)
        if problems
        else ranked.reset_index(drop=True)
    )


def _compare(
    regressor: PermeabilityRegressor,
    block: list[str],
    problems: dict[str, str],
    n_jobs: int | None,
) -> tuple[list[str], np.ndarray]:
    """Return the polymers that can be described, and their similarity to the known ones."""
    try:
        return block, regressor.similarity(block, is_canonical=True, n_jobs=n_jobs)
    except InputError:  # some unit of the block cannot be joined to a chain: find which
        found = {}
        for name in block:
            try:
                found[name] = regressor.similarity([name], is_canonical=True)[0]
            except InputError as error:
                problems[name] = str(error)
        return list(found), np.array(list(found.values())).reshape(len(found), -1)


def _read(smiles: Sequence[str], n_jobs: int | None) -> tuple[list[str], dict[str, str]]:
    """Return the different polymers, and the problem of each text that is none."""
    names: dict[str, None] = {}
    problems: dict[str, str] = {}
    for _, chunk in map_chunks(_read_chunk, list(smiles), n_jobs=n_jobs):
        for text, name, problem in chunk:
            if problem:
                problems[text] = problem
            else:
                names[name] = None
    if not names:
        first = next(iter(problems.values()), "There are none.")
        raise InputError(f"No polymer can be read, so there is nothing to rank. The first: {first}")
    return list(names), problems


def _read_chunk(texts: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return (text, canonical repeat unit, problem) of each text."""
    found = []
    for text in texts:
        try:
            found.append((text, canonical_repeat_unit(text), ""))
        except InputError as error:
            found.append((text, "", str(error)))
    return found
