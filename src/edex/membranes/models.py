"""A ladder of models for one gas, from the trivial to the strong: SMILES in, log10 P (barrer) out.

Each rung is a scikit-learn pipeline whose first step describes the polymers, so everything that is
learnt (which environments there are, how wide a descriptor spreads) is learnt from training rows
alone. Kernels compare counts of environments; trees and the network get the counts of those that
eight polymers have, beside the descriptors. No hyperparameter was searched for: they are the
library's defaults or round numbers, the same for all gases, and stated in the code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from edex.errors import InputError
from edex.membranes.descriptors import PolymerDescriptors
from edex.membranes.environments import MorganCounts
from edex.membranes.fingerprints import PathBits
from edex.membranes.kernels import MinMaxKernel, min_max_kernel, tanimoto_kernel

__all__ = ["LADDER", "make_regressor"]

# Scatter of repeated measurements, 0.3 decades, in units of a spread of 1.2 decades: variance 0.06.
_NOISE = 0.06
_SHARED = 8  # polymers that must have an environment before trees and networks may use it


def make_regressor(name: str, *, n_trees: int = 200, random_state: int = 0) -> Pipeline:
    """Return one rung of the ladder.

    Parameters
    ----------
    name : str
        One of :data:`LADDER`.
    n_trees : int, default 200
        Trees in a forest; boosting takes as many rounds.
    random_state : int, default 0
        Seed of trees and network.

    Returns
    -------
    Pipeline
        Unfitted, with the steps ``"features"`` (from SMILES) and ``"regressor"``.

    Raises
    ------
    InputError
        If there is no such rung.

    Examples
    --------
    >>> make_regressor("linear").fit(["*CC*", "*CC(*)C"], [0.4, 0.2]).predict(["*CC*"]).shape
    (1,)
    """
    if name not in _MAKERS:
        raise InputError(f"{name!r} is no model of the ladder. Choose from {', '.join(LADDER)}.")
    features, regressor = _MAKERS[name](n_trees, random_state)
    return Pipeline([("features", features), ("regressor", regressor)])


def _mean(n_trees: int, random_state: int) -> tuple[Any, Any]:
    return PolymerDescriptors(), DummyRegressor()


def _linear(n_trees: int, random_state: int) -> tuple[Any, Any]:
    return PolymerDescriptors(), make_pipeline(StandardScaler(), LinearRegression())


def _ridge(n_trees: int, random_state: int) -> tuple[Any, Any]:
    return PathBits(), Ridge(alpha=10.0)


def _path_vectors(n_trees: int, random_state: int) -> tuple[Any, Any]:
    return PathBits(), SVR(kernel=tanimoto_kernel, C=10.0)


def _support_vectors(n_trees: int, random_state: int) -> tuple[Any, Any]:
    return _all_counts(), SVR(kernel=min_max_kernel, C=10.0)


def _gaussian_process(n_trees: int, random_state: int) -> tuple[Any, Any]:
    kernel = ConstantKernel() * MinMaxKernel() + WhiteKernel(_NOISE, "fixed")
    return _all_counts(), GaussianProcessRegressor(kernel, normalize_y=True)


def _random_forest(n_trees: int, random_state: int) -> tuple[Any, Any]:
    forest = RandomForestRegressor(n_trees, max_features=0.3, random_state=random_state)
    return _counts_and_descriptors(), forest


def _extra_trees(n_trees: int, random_state: int) -> tuple[Any, Any]:
    forest = ExtraTreesRegressor(n_trees, max_features=0.3, random_state=random_state)
    return _counts_and_descriptors(), forest


def _boosting(n_trees: int, random_state: int) -> tuple[Any, Any]:
    boosting = HistGradientBoostingRegressor(
        max_iter=n_trees,
        learning_rate=0.05,
        max_leaf_nodes=15,
        max_features=0.3,
        early_stopping=False,
        random_state=random_state,
    )
    return _counts_and_descriptors(), boosting


def _network(n_trees: int, random_state: int) -> tuple[Any, Any]:
    network = MLPRegressor(
        hidden_layer_sizes=(64,),
        alpha=1.0,
        early_stopping=True,
        max_iter=500,
        random_state=random_state,
    )
    return _counts_and_descriptors(), make_pipeline(StandardScaler(), network)


def _all_counts() -> MorganCounts:
    return MorganCounts(min_polymers=1, with_unseen=True)


def _counts_and_descriptors() -> Any:
    return make_union(MorganCounts(min_polymers=_SHARED), PolymerDescriptors())


_MAKERS: dict[str, Callable[[int, int], tuple[Any, Any]]] = {
    "mean": _mean,
    "linear": _linear,
    "ridge": _ridge,
    "path support vectors": _path_vectors,
    "support vectors": _support_vectors,
    "gaussian process": _gaussian_process,
    "random forest": _random_forest,
    "extra trees": _extra_trees,
    "gradient boosting": _boosting,
    "neural network": _network,
}
LADDER: tuple[str, ...] = tuple(_MAKERS)
