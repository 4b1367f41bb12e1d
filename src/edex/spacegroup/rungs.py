"""The rungs of the ladder behind one interface: fit, predict, save, load.

Softmax regression and extremely randomised trees come from scikit-learn, the rest from Keras, which
is imported only when a network is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from edex.errors import InputError
from edex.spacegroup.holdout import Part
from edex.spacegroup.storage import Metadata, read_model, write_arrays, write_network

__all__ = [
    "NETWORK_MODELS",
    "SKLEARN_MODELS",
    "fit_rung",
    "join_members",
    "load_rung",
    "members_of",
    "predict_rung",
    "save_rung",
]

SKLEARN_MODELS = ("logistic_regression", "extra_trees")
_MEMBERS = {
    "small_cnn": ("small_cnn",),
    "resnet": ("resnet",),
    "paper_cnn": ("paper_cnn",),
    "ensemble": ("small_cnn", "resnet", "small_cnn"),
}
NETWORK_MODELS = tuple(_MEMBERS)
_ITERATIONS = 1000


def members_of(model: str) -> dict[str, str]:
    """Name what a rung is made of: a label for each of its members, and which rung it is.

    Parameters
    ----------
    model : str
        The rung.

    Returns
    -------
    dict of str to str
        One entry, but for the ensemble.
    """
    from edex.spacegroup.networks import distinct_names

    names = _MEMBERS.get(model, (model,))
    return (
        dict(zip(distinct_names(names), names, strict=True)) if len(names) > 1 else {model: model}
    )


def fit_rung(
    model: str,
    training: Part,
    validation: Part | None,
    *,
    n_classes: int,
    changes: dict[str, Any],
    noise: float,
    n_trees: int,
    n_jobs: int | None,
    verbose: int,
    random_state: int,
    label: str | None = None,
) -> tuple[Any, pd.DataFrame | None]:
    """Fit one rung, or one member of an ensemble.

    Parameters
    ----------
    model : str
        One of ``SKLEARN_MODELS`` or ``NETWORK_MODELS``, but not the ensemble.
    training : Part
        What to learn from.
    validation : Part or None
        What early stopping looks at.
    n_classes : int
        Number of classes.
    changes : dict
        Values that replace those of a network's recipe, ``None`` for no change.
    noise, n_trees, n_jobs, verbose, random_state
        As in :class:`edex.spacegroup.classifier.SpaceGroupClassifier`.
    label : str, optional
        What Keras calls the network.

    Returns
    -------
    fitted : keras.Model or scikit-learn estimator
        It takes scaled curves.
    history : DataFrame or None
        Of a network.
    """
    if model in SKLEARN_MODELS:
        estimator = _make_estimator(model, n_trees, n_jobs, random_state)
        steps = [f"{name}__" for name, _ in getattr(estimator, "steps", [("", None)])]
        weights = {f"{step}sample_weight".removeprefix("__"): training.weights for step in steps}
        return estimator.fit(training.curves.astype(float), training.classes, **weights), None

    from edex.spacegroup.networks import build_network
    from edex.spacegroup.training import RECIPES, train_network

    network = build_network(
        model,
        training.curves.shape[1],
        n_classes,
        noise=noise,
        random_state=random_state,
        label=label,
    )
    history = train_network(
        network,
        training,
        validation,
        RECIPES[model].updated(**changes),
        verbose=verbose,
        random_state=random_state,
    )
    return network, history


def join_members(
    fitted: Mapping[str, Any], histories: Mapping[str, pd.DataFrame | None]
) -> tuple[Any, pd.DataFrame | None]:
    """Join the members of a rung.

    Parameters
    ----------
    fitted : mapping of str to keras.Model or scikit-learn estimator
        What :func:`fit_rung` returned for each label.
    histories : mapping of str to DataFrame or None
        The same.

    Returns
    -------
    fitted : keras.Model or scikit-learn estimator
        The only one, or the mean of all.
    history : DataFrame or None
        For more than one, with a column ``network``.
    """
    if len(fitted) == 1:
        return next(iter(fitted.values())), next(iter(histories.values()))
    from edex.spacegroup.networks import average_networks

    tables = [t.assign(network=label) for label, t in histories.items() if t is not None]
    return average_networks(list(fitted.values())), pd.concat(tables, ignore_index=True)


def predict_rung(
    model: str, fitted: Any, curves: npt.NDArray[np.float32], *, smooth: bool
) -> npt.NDArray[np.float64]:
    """Return probabilities before calibration.

    Parameters
    ----------
    model : str
        The rung.
    fitted : keras.Model, scikit-learn estimator or dict of arrays
        What :func:`fit_rung` or :func:`load_rung` returned.
    curves : ndarray of float32, shape (n_samples, n_points)
        Scaled curves.
    smooth : bool
        Add to a forest one tree that votes for all classes alike, so that no class has
        probability 0, which no temperature could mend.

    Returns
    -------
    ndarray of shape (n_samples, n_classes)
    """
    if model in _MEMBERS:
        from edex.spacegroup.training import predict_in_blocks

        return predict_in_blocks(fitted, curves)
    proba = np.asarray(fitted.predict_proba(curves.astype(float)), dtype=float)
    if model == "extra_trees" and smooth:
        n_trees = fitted.n_estimators
        proba = (proba * n_trees + 1.0 / proba.shape[1]) / (n_trees + 1)
    return proba


def save_rung(classifier: Any, path: str | os.PathLike[str]) -> None:
    """Write a fitted :class:`~edex.spacegroup.classifier.SpaceGroupClassifier`.

    Parameters
    ----------
    classifier : SpaceGroupClassifier
        Fitted.
    path : path
        The file.

    Raises
    ------
    InputError
        If the model cannot be stored as plain numbers, or the ending of the path is wrong.
    """
    if classifier.model == "extra_trees":
        raise InputError(
            "The model 'extra_trees' is not saved: some hundred trees of Python objects fit into a "
            "pickle only, and reading a pickle can run any code. Fit it again where you need it "
            "(seconds), or save a network or 'logistic_regression'."
        )
    classes = classifier.classes_
    if classes.dtype.kind not in "iu" or not (classes[0] >= 1 and classes[-1] <= 230):
        raise InputError(
            f"The classes are {classes.tolist()}; only space group numbers are saved. "
            f"Fit with numbers from 1 to 230."
        )
    metadata = Metadata(
        model=classifier.model,
        classes=[int(number) for number in classes],
        n_points=int(classifier.n_features_in_),
        scaling=classifier.scaling,
        temperature=float(classifier.temperature_),
        r=None if classifier.r_ is None else [float(value) for value in classifier.r_],
        networks=list(_MEMBERS.get(classifier.model, ())),
    )
    if classifier.model in _MEMBERS:
        write_network(path, classifier.model_, metadata)
        return
    scaler, regression = (step for _, step in classifier.model_.steps)
    arrays = {
        "mean": scaler.mean_,
        "scale": scaler.scale_,
        "coefficients": regression.coef_,
        "intercepts": regression.intercept_,
    }
    write_arrays(path, arrays, metadata)


def load_rung(path: str | os.PathLike[str]) -> tuple[Metadata, Any]:
    """Read what :func:`save_rung` wrote.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    metadata : Metadata
        What was stored beside the weights.
    fitted : keras.Model or scikit-learn pipeline
        For :func:`predict_rung`.
    """
    metadata, stored = read_model(path, expected=_MEMBERS | {"logistic_regression": ()})
    if metadata.networks:
        return metadata, stored
    n_points, n_classes = metadata.n_points, len(metadata.classes)
    pipeline = _make_estimator("logistic_regression", 0, None, 0)
    scaler, regression = (step for _, step in pipeline.steps)
    scaler.mean_, scaler.scale_ = stored["mean"], stored["scale"]
    scaler.var_, scaler.n_features_in_ = scaler.scale_**2, n_points
    regression.coef_, regression.intercept_ = stored["coefficients"], stored["intercepts"]
    regression.classes_, regression.n_features_in_ = np.arange(n_classes), n_points
    regression.n_iter_ = np.zeros(1, dtype=np.int32)
    return metadata, pipeline


def _make_estimator(model: str, n_trees: int, n_jobs: int | None, random_state: int) -> Any:
    if model == "extra_trees":
        return ExtraTreesClassifier(
            n_trees, min_samples_leaf=2, n_jobs=n_jobs, random_state=random_state
        )
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=_ITERATIONS))
