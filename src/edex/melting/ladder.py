"""A ladder of models for melting temperatures, from the trivial to the strong.

Each is a scikit-learn pipeline that takes formulas (or a table of numbers) and answers in K. The
target that the regressor sees is log10(T / K) for the linear ones and the support vectors, whose
errors grow with T; sqrt(T) for trees; T itself otherwise. These choices and all hyperparameters
come from grouped 10-fold cross-validation on the binary compounds of ``crc-melting``, coarse grids,
one model at a time. The paper's 56 test compounds played no part.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor, VotingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Kernel, Matern, WhiteKernel
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from edex.errors import InputError
from edex.melting.features import CompositionFeaturizer

__all__ = ["LADDER", "make_regressor", "model_ladder"]

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
