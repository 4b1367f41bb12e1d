"""The classifier for daily use: from G(r) to space groups with calibrated probabilities.

One scikit-learn estimator for all rungs of the ladder. Each curve is scaled by itself, so raw G(r)
goes in. A validation part that shares no group (prototype) with the rest tells when to stop and
how far the probabilities can be trusted; p_k is the probability *if all classes are equally
common*, because classes are weighted equally.

References
----------
C.-H. Liu et al., Acta Cryst. A75, 633 (2019): space groups from PDFs with a CNN.
"""

from __future__ import annotations

import os
import secrets
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from edex.errors import InputError
from edex.spacegroup import rungs
from edex.spacegroup.calibration import apply_temperature, fit_temperature
from edex.spacegroup.holdout import HeldOutMean, Part, hold_out, row_weights
from edex.spacegroup.scaling import SCALINGS, check_finite, read_grid, scale_curves
from edex.spacegroup.topk import rank_classes

__all__ = ["MODELS", "SpaceGroupClassifier"]

MODELS = (*rungs.SKLEARN_MODELS, *rungs.NETWORK_MODELS)


class SpaceGroupClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Space groups from pair distribution functions.

    Parameters
    ----------
    model : str, default "small_cnn"
        ``"logistic_regression"`` or ``"extra_trees"`` (scikit-learn); ``"small_cnn"``,
        ``"resnet"`` or ``"paper_cnn"`` (Keras; see
        :func:`edex.spacegroup.networks.build_network`); ``"ensemble"``, the mean of three
        networks (two small_cnn and a resnet), each with a validation part of its own, so that
        every prototype is learned by most of them.
    r : array-like of shape (n_points,), default None
        The grid in Å, kept as ``r_``. ``None`` takes the default grid if curves have its 209
        points, else none.
    epochs, batch_size, learning_rate, patience : default None
        Of the training; ``None`` takes the network's own recipe
        (``edex.spacegroup.training.RECIPES``). The schedule of the learning rate stretches with
        ``epochs``.
    validation_fraction : float, default 0.15
        Part of the curves that is set aside when ``fit`` gets no ``validation_data``.
    class_weight : {"balanced", None}, default "balanced"
        Weight classes by one over their share, or not.
    scaling : {"rms", "min_max", "none"}, default "rms"
        See :func:`edex.spacegroup.scaling.scale_curves`.
    noise : float, default 0.0
        Noise that networks see on their training curves, new in each epoch, in units of the scaled
        curve: 0.05 is 5 % of a typical G(r).
    n_trees : int, default 300
        Size of ``extra_trees``.
    calibrate : bool, default True
        Fit a temperature to the validation part. Without it, scikit-learn's models are fitted to
        all curves.
    n_jobs : int, default None
        Processes of ``extra_trees``, as in scikit-learn.
    verbose : int, default 0
        1 shows a line of progress.
    random_state : int or None, default 0
        Seed of everything; ``None`` draws one, kept as ``seed_``. Global random states are neither
        read nor changed.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Space group numbers, ascending: the order of all outputs.
    temperature_ : float
        Above 1 where the model was too sure of itself; 1 without calibration.
    history_ : DataFrame or None
        One row per epoch: ``epoch``, ``loss``, ``val_loss``, ``accuracy``, ``val_accuracy``,
        ``top3``, ``val_top3``, ``learning_rate``, ``seconds``, and ``network`` for an ensemble.
    model_ : keras.Model or scikit-learn estimator
        What was trained; it takes scaled curves.
    validation_rows_ : ndarray of int or None
        Rows of X that were set aside; for an ensemble, by some member at least.
    r_ : ndarray of shape (n_points,) or None
        The grid in Å.
    seed_ : int
        The seed that was used.
    """

    def __init__(
        self,
        model: str = "small_cnn",
        *,
        r: npt.ArrayLike | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        patience: int | None = None,
        validation_fraction: float = 0.15,
        class_weight: str | None = "balanced",
        scaling: str = "rms",
        noise: float = 0.0,
        n_trees: int = 300,
        calibrate: bool = True,
        n_jobs: int | None = None,
        verbose: int = 0,
        random_state: int | None = 0,
    ) -> None:
        self.model = model
        self.r = r
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.class_weight = class_weight
        self.scaling = scaling
        self.noise = noise
        self.n_trees = n_trees
        self.calibrate = calibrate
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.random_state = random_state

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        groups: npt.ArrayLike | None = None,
        validation_data: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Train and calibrate.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_points)
            G(r) in Å⁻², a curve a row; the amplitude does not matter.
        y : array-like of shape (n_samples,)
            Space group numbers, at least two different ones.
        groups : array-like of shape (n_samples,), default None
            Prototype keys: the validation part shares none with the training part. ``None`` sets
            single rows aside; if they have twins in the training part, training stops too late
            and the probabilities come out too sure.
        validation_data : (X, y), default None
            Curves to validate with, instead of a part of X.
        sample_weight : array-like of shape (n_samples,), default None
            Weight of each curve, times its class weight.

        Raises
        ------
        InputError
            If a parameter, a curve or a label cannot be used, named with its row.
        MissingExtraError
            If a network is asked for and Keras is not installed.
        """
        self.__dict__.pop("model_", None)  # a fit that fails leaves no mixture of two fits
        self._check_parameters()
        if y is None:
            raise InputError(
                "A classifier requires y to be passed, but the target y is None. Give the space "
                "group number of each curve."
            )
        curves, labels = self._check_curves(X, y)
        self.classes_, columns = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise InputError(
                f"y holds one class only ({self.classes_[0]}), and a classifier needs at least 2. "
                f"Give curves of other space groups too."
            )
        self.r_ = read_grid(self.r, curves.shape[1])
        self.seed_ = secrets.randbelow(2**31) if self.random_state is None else self.random_state
        weights = row_weights(columns, sample_weight, self.class_weight)
        scaled = scale_curves(curves, self.scaling)
        self.validation_rows_: npt.NDArray[np.intp] | None = None
        held_out = HeldOutMean(len(self.classes_))
        fitted, histories = {}, {}
        for place, (label, member) in enumerate(rungs.members_of(self.model).items()):
            seed = self.seed_ + place
            training, validation, rows = self._split(
                scaled, columns, weights, groups, validation_data, seed
            )
            fitted[label], histories[label] = rungs.fit_rung(
                member,
                training,
                validation,
                n_classes=len(self.classes_),
                changes={
                    "epochs": self.epochs,
                    "batch_size": self.batch_size,
                    "learning_rate": self.learning_rate,
                    "patience": self.patience,
                },
                noise=self.noise,
                n_trees=self.n_trees,
                n_jobs=self.n_jobs,
                verbose=self.verbose,
                random_state=seed,
                label=label,
            )
            if self.calibrate and validation is not None:
                raw = rungs.predict_rung(member, fitted[label], validation.curves, smooth=True)
                held_out.add(rows, raw, validation)
        self.model_, self.history_ = rungs.join_members(fitted, histories)
        self.temperature_ = 1.0
        if len(held_out):
            proba, classes, row_weight = held_out.result()
            self.temperature_ = fit_temperature(
                proba, self.classes_[classes], self.classes_, sample_weight=row_weight
            )
        return self

    def predict_proba(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return calibrated probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_points)
            G(r) on the grid of the training.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``; rows sum to 1.

        Raises
        ------
        InputError
            If a curve cannot be used, named with its row.
        """
        check_is_fitted(self, "model_")
        raw = self._raw_probabilities(scale_curves(self._check_curves(X), self.scaling))
        return raw if self.temperature_ == 1.0 else apply_temperature(raw, self.temperature_)

    def predict(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the most probable space group of each curve, shape (n_samples,)."""
        best = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[best])

    def predict_top_k(self, X: npt.ArrayLike, k: int = 3) -> np.ndarray:
        """Return the k most probable space groups, most probable first.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_points)
            G(r) on the grid of the training.
        k : int, default 3
            How many, at most the number of classes.

        Returns
        -------
        ndarray of shape (n_samples, k)
            Space group numbers.
        """
        proba = self.predict_proba(X)
        return rank_classes(proba, self.classes_, k)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted classifier into one file, all of it or nothing.

        Parameters
        ----------
        path : path
            Ends in ``.keras`` for a network and in ``.npz`` for logistic regression.

        Raises
        ------
        InputError
            If the ending is wrong, or the model is ``"extra_trees"``: only a pickle could hold
            it, and reading a pickle can run any code.
        DataError
            If it cannot be written; an older file is then unchanged.
        """
        check_is_fitted(self, "model_")
        rungs.save_rung(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a classifier that :meth:`save` wrote; nothing in the file is run.

        Parameters
        ----------
        path : path
            The file.

        Returns
        -------
        SpaceGroupClassifier
            Fitted, with the same probabilities; without ``history_``.

        Raises
        ------
        DataError
            If the file is absent, damaged, a pickle, or not one of edex.
        """
        metadata, fitted = rungs.load_rung(path)
        found = cls(metadata.model, scaling=metadata.scaling)
        found.r = None if metadata.r is None else np.array(metadata.r)
        found.model_, found.history_, found.validation_rows_ = fitted, None, None
        found.classes_ = np.array(metadata.classes)
        found.temperature_, found.r_ = metadata.temperature, found.r
        found.n_features_in_ = metadata.n_points
        return found

    def _check_parameters(self) -> None:
        allowed = {"model": MODELS, "class_weight": ("balanced", None), "scaling": SCALINGS}
        for name, values in allowed.items():
            if getattr(self, name) not in values:
                known = ", ".join(map(str, values))
                raise InputError(
                    f"There is no {name} {getattr(self, name)!r}; possible are {known}. Choose one."
                )
        if not 0.0 <= self.validation_fraction < 1.0:
            raise InputError(
                f"validation_fraction is {self.validation_fraction}; it lies between 0 and 1. "
                f"Give for example 0.15, or pass validation_data to fit."
            )

    def _check_curves(self, X: npt.ArrayLike, y: npt.ArrayLike | None = None) -> Any:
        """Return X, or X and y, as arrays in which every number is finite."""
        is_training = y is not None
        try:
            checked = validate_data(
                self,
                X,
                y if is_training else "no_validation",
                dtype="numeric",
                reset=is_training,
                ensure_all_finite=False,
            )
            if is_training:
                check_classification_targets(checked[1])
        except ValueError as error:
            n_points = getattr(self, "n_features_in_", "the same number of")
            raise InputError(
                f"{error} A row of X is a curve on one grid ({n_points} points), and y holds its "
                f"space group number. Bring each curve to the grid of the classifier (r_) first."
            ) from error
        curves = checked[0] if is_training else checked
        check_finite(curves)
        return checked

    def _split(
        self,
        scaled: npt.NDArray[np.float32],
        columns: npt.NDArray[np.intp],
        weights: npt.NDArray[np.float32],
        groups: npt.ArrayLike | None,
        validation_data: tuple[npt.ArrayLike, npt.ArrayLike] | None,
        seed: int,
    ) -> tuple[Part, Part | None, npt.NDArray[np.intp]]:
        """Return the training part, and the validation part and its rows if there is a use."""
        everything, nothing = Part(scaled, columns, weights), np.empty(0, dtype=np.intp)
        if validation_data is not None:
            given = self._given_validation(*validation_data)
            return everything, given, np.arange(len(given.curves))
        is_network = self.model in rungs.NETWORK_MODELS
        if self.validation_fraction == 0.0 and self.calibrate:
            raise InputError(
                "validation_fraction is 0, and calibration needs curves that were not trained on. "
                "Pass validation_data to fit, or set calibrate=False."
            )
        if self.validation_fraction == 0.0 or not (is_network or self.calibrate):
            return everything, None, nothing
        kept, held = hold_out(columns, groups, fraction=self.validation_fraction, random_state=seed)
        known = nothing if self.validation_rows_ is None else self.validation_rows_
        self.validation_rows_ = np.union1d(known, held)
        return everything.rows(kept), everything.rows(held), held

    def _given_validation(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Part:
        curves, labels = self._check_curves(X), np.asarray(y)
        strange = np.setdiff1d(labels, self.classes_)
        if labels.shape != (len(curves),) or len(strange):
            raise InputError(
                f"The validation data have {len(curves)} curves, labels of shape {labels.shape} "
                f"and classes {strange.tolist()} that the training data lack. Give one known class "
                f"for each curve."
            )
        columns = np.searchsorted(self.classes_, labels)
        return Part(
            scale_curves(curves, self.scaling),
            columns,
            row_weights(columns, None, self.class_weight),
        )

    def _raw_probabilities(self, scaled: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        return rungs.predict_rung(self.model, self.model_, scaled, smooth=self.calibrate)
