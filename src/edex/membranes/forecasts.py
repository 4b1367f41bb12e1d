"""All there is to say about polymers that nobody has measured: gases, bounds, neighbours, domain.

From mean and covariance of log10 P of two gases follows how far above Robeson's upper bound a
polymer lies, d = log10 P_fast - log10 P_slow - log10 α_bound(P_fast), with an error bar in which
the two errors, of the same origin, mostly cancel (:func:`edex.membranes.distance_above_bound`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit
from edex.membranes.multitask import GasDistribution
from edex.membranes.predictor import PermeabilityRegressor, default_model
from edex.membranes.robeson import PAIRS, BoundDistance, distance_above_bound

__all__ = ["PolymerForecast", "bound_distance", "forecast"]

_NORMAL_95 = 1.959964


@dataclass(frozen=True, eq=False)
class PolymerForecast:
    """What a model says about one polymer.

    Attributes
    ----------
    smiles : str
        Canonical repeat unit.
    gases : DataFrame
        A row for each gas: ``gas``, ``permeability``, ``low``, ``high`` (the band) and
        ``measured`` (NaN if unknown; the model was then trained with it), all in barrer.
    bounds : DataFrame
        A row for each pair of gases of the 2008 bounds: ``pair``, ``selectivity``,
        ``decades_above`` (of selectivity, at fixed permeability), ``standard_error`` and
        ``probability`` of lying above.
    nearest : DataFrame
        The most similar known polymers, see :meth:`PermeabilityRegressor.nearest_known`.
    is_far : bool
        Outside what the model knows: do not rely on anything above.
    """

    smiles: str
    gases: pd.DataFrame
    bounds: pd.DataFrame
    nearest: pd.DataFrame
    is_far: bool


def forecast(
    smiles: Sequence[str],
    *,
    model: PermeabilityRegressor | None = None,
    coverage: float = 0.95,
    n_nearest: int = 3,
) -> list[PolymerForecast]:
    """Describe polymers, each by its repeat unit.

    Parameters
    ----------
    smiles : sequence of str of shape (n_polymers,)
        SMILES of repeat units.
    model : PermeabilityRegressor, default None
        None takes the one that knows all embedded polymers.
    coverage : float, default 0.95
        Of the bands.
    n_nearest : int, default 3
        How many known polymers to name.

    Returns
    -------
    list of PolymerForecast

    Raises
    ------
    InputError
        If a repeat unit cannot be read.
    """
    names = [canonical_repeat_unit(text) for text in smiles]
    regressor = default_model() if model is None else model
    found = regressor.predict_distribution(names)
    reach = regressor.widening(coverage) * found.standard_error
    known = regressor.known_.set_index("smiles")
    nothing = np.full(len(regressor.gases_), np.nan)
    is_far = regressor.is_far(names)
    bounds = _bounds(regressor, found)
    return [
        PolymerForecast(
            name,
            pd.DataFrame(
                {
                    "gas": regressor.gases_,
                    "permeability": 10 ** found.mean[row],
                    "low": 10 ** (found.mean[row] - reach[row]),
                    "high": 10 ** (found.mean[row] + reach[row]),
                    "measured": 10
                    ** (known.loc[name].to_numpy(dtype=float) if name in known.index else nothing),
                }
            ),
            bounds[row],
            regressor.nearest_known(name, min(n_nearest, len(known))),
            bool(is_far[row]),
        )
        for row, name in enumerate(names)
    ]


def bound_distance(
    model: PermeabilityRegressor, found: GasDistribution, pair: str, *, year: int = 2008
) -> BoundDistance:
    """Return how far above an upper bound predicted polymers lie.

    Parameters
    ----------
    model : PermeabilityRegressor
        Its recalibration is applied to the error bars, if it knows enough values for one.
    found : GasDistribution
        Of all gases of the model, or of the two of ``pair`` in this order.
    pair : str
        For example ``"CO2/N2"``.
    year : {2008, 1991}, default 2008
        Which bound.

    Returns
    -------
    BoundDistance

    Raises
    ------
    InputError
        If there is no such bound, or the model does not know a gas of it.
    """
    gases = pair.split("/")
    unknown = [gas for gas in gases if gas not in model.gases_]
    if unknown or len(gases) != 2:
        raise InputError(
            f"The pair is {pair!r}; this model knows {', '.join(model.gases_)}. Name two of them, "
            "the faster first, such as CO2/N2."
        )
    rows = [model.gases_.index(gas) for gas in gases]
    columns = [0, 1] if found.mean.shape[1] == 2 else rows
    widening = model.widening(0.95)[rows]
    # With fewer than 19 values of a gas its 95 % quantile is not known: no recalibration then.
    widening = np.where(np.isfinite(widening), widening, _NORMAL_95) / _NORMAL_95
    errors = found.standard_error[:, columns]
    together = found.covariance[:, columns[0], columns[1]]
    with np.errstate(invalid="ignore"):
        correlation = np.nan_to_num(together / (errors[:, 0] * errors[:, 1]))
    return distance_above_bound(
        found.mean[:, columns[0]],
        found.mean[:, columns[1]],
        pair,
        uncertainty=(errors * widening).T,
        correlation=np.clip(correlation, -1.0, 1.0),
        year=year,
    )


def _bounds(model: PermeabilityRegressor, found: GasDistribution) -> list[pd.DataFrame]:
    pairs = [pair for pair in PAIRS if set(pair.split("/")) <= set(model.gases_)]
    distances = [bound_distance(model, found, pair) for pair in pairs]
    ends = [[model.gases_.index(gas) for gas in pair.split("/")] for pair in pairs]
    tables = []
    for row in range(len(found.mean)):
        values = {
            "pair": pairs,
            "selectivity": [10 ** (found.mean[row, i] - found.mean[row, j]) for i, j in ends],
            "decades_above": [distance.decades[row] for distance in distances],
            "standard_error": [_at(distance.standard_error, row) for distance in distances],
            "probability": [_at(distance.probability, row) for distance in distances],
        }
        tables.append(pd.DataFrame(values))
    return tables


def _at(values: np.ndarray | None, row: int) -> float:
    return float("nan") if values is None else float(values[row])
