"""A ladder of models for melting temperatures, from the trivial to the strong.

Each rung is a scikit-learn pipeline that takes formulas (or a table of numbers) and answers in K.
Linear models and trees learn T; kernels, which measure likeness, learn log10(T / K). These
choices and all hyperparameters come from grouped 10-fold cross-validation on the binary compounds
of ``crc-melting`` (coarse grids, one model at a time). The paper's test compounds played no part.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor, VotingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern, WhiteKernel
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from edex.errors import InputError
from edex.melting.features import CompositionFeaturizer

__all__ = [
    "LADDER",
    "log_temperature",
    "make_regressor",
    "model_ladder",
    "on_log_temperature",
    "temperature_from_log",
]

LADDER: tuple[str, ...] = (
    "mean",
    "linear",
    "ridge",
    "support vectors",
    "gaussian process",
    "extra trees",
    "gradient boosting",
    "blend",
)


def log_temperature(temperatures: np.ndarray) -> np.ndarray:
    """Return log10(T / K)."""
    return np.asarray(np.log10(temperatures))


def temperature_from_log(logarithms: np.ndarray) -> np.ndarray:
    """Return T in K from log10(T / K)."""
    return np.asarray(10.0 ** np.asarray(logarithms))


def make_regressor(name: str, *, n_trees: int = 300, random_state: int = 0) -> Any:
    """Return one rung of the ladder for a table of numeric features.

    Parameters
    ----------
    name : str
        One of :data:`LADDER`.
    n_trees : int, default 300
        Trees in the forest; boosting takes as many rounds.
    random_state : int, default 0
        Seed of the trees.

    Returns
    -------
    regressor
        Unfitted; target in K.

    Raises
    ------
    InputError
        If there is no such rung.
    """
    makers = {
        "mean": DummyRegressor,
        "linear": lambda: make_pipeline(StandardScaler(), LinearRegression()),
        "ridge": lambda: make_pipeline(StandardScaler(), Ridge(alpha=3.0)),
        "support vectors": _make_support_vectors,
        "gaussian process": _make_gaussian_process,
        "extra trees": lambda: _make_extra_trees(n_trees, random_state),
        "gradient boosting": lambda: _make_boosting(n_trees, random_state),
        "blend": lambda: VotingRegressor(
            [
                ("extra_trees", _make_extra_trees(n_trees, random_state)),
                ("gradient_boosting", _make_boosting(n_trees, random_state)),
            ]
        ),
    }
    if name not in makers:
        raise InputError(f"{name!r} is no model of the ladder. Choose from {', '.join(LADDER)}.")
    return makers[name]()


def model_ladder(
    *, featurize: bool = True, n_trees: int = 300, random_state: int = 0
) -> dict[str, Pipeline]:
    """Return the whole ladder, weakest first.

    Parameters
    ----------
    featurize : bool, default True
        Begin each pipeline with :class:`~edex.melting.features.CompositionFeaturizer`, so that it
        takes formulas. With ``False`` it takes a table of numbers.
    n_trees : int, default 300
        Trees in the forest; boosting takes as many rounds.
    random_state : int, default 0
        Seed of the trees.

    Returns
    -------
    dict of str to Pipeline
        Unfitted pipelines with the steps ``"features"`` (if asked for) and ``"regressor"``, under
        the names of :data:`LADDER`.
    """
    ladder = {}
    for name in LADDER:
        regressor = make_regressor(name, n_trees=n_trees, random_state=random_state)
        steps = [("features", CompositionFeaturizer())] if featurize else []
        ladder[name] = Pipeline([*steps, ("regressor", regressor)])
    return ladder


def _make_extra_trees(n_trees: int, random_state: int) -> ExtraTreesRegressor:
    # A third of the features at each node: as good as all of them, and three times as fast.
    return ExtraTreesRegressor(n_trees, max_features=0.3, random_state=random_state)


def _make_boosting(n_rounds: int, random_state: int) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(
        max_iter=n_rounds,
        learning_rate=0.05,
        max_leaf_nodes=15,
        max_features=0.3,
        early_stopping=False,
        random_state=random_state,
    )


def _make_support_vectors() -> TransformedTargetRegressor:
    return on_log_temperature(
        make_pipeline(StandardScaler(), SVR(C=10.0, gamma=0.003, epsilon=0.02))
    )


def _make_gaussian_process() -> TransformedTargetRegressor:
    # The kernel is fixed: with 183 features its length scale barely moves between folds, and a
    # fixed one makes the fit ten times as fast.
    kernel = Matern(length_scale=20.0, nu=1.5) + WhiteKernel(0.01)
    process = GaussianProcessRegressor(kernel, optimizer=None, normalize_y=True)
    return on_log_temperature(make_pipeline(StandardScaler(), process))


def on_log_temperature(regressor: Any) -> TransformedTargetRegressor:
    """Return a regressor that learns log10(T / K) and answers in K."""
    return TransformedTargetRegressor(
        regressor, func=log_temperature, inverse_func=temperature_from_log, check_inverse=False
    )
