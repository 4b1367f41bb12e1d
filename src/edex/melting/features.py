"""Numbers that describe a compound, made from its formula alone.

Every element property p becomes a handful of statistics over the elements i of the compound, plain
and weighted with the atomic fractions x_i, for example the weighted mean sum_i x_i p_i. Beside
them stand a few physical terms: Pauling's ionic character 1 - exp(-(dchi)^2 / 4) of the bond
between the most and the least electronegative element, and the charges that neutrality asks for.

References
----------
V. Gharakhanyan et al., J. Chem. Phys. 160, 204112 (2024): means, deviations, harmonic and
geometric means of elemental properties as features for melting temperatures.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from edex.errors import InputError
from edex.melting.aggregates import Compounds, physical_terms, statistic
from edex.melting.elements import UNITS

__all__ = ["PHYSICAL_TERMS", "STATISTICS", "CompositionFeaturizer"]

STATISTICS: tuple[str, ...] = (
    "mean",
    "weighted_mean",
    "deviation",
    "weighted_deviation",
    "harmonic_mean",
    "geometric_mean",
    "min",
    "max",
    "anion",
    "cation",
)
PHYSICAL_TERMS: dict[str, str] = {
    "ionic_character": "1",
    "mean_ionic_character": "1",
    "anion_charge": "e",
    "cation_charge": "e",
    "anion_fraction": "1",
    "bond_length": "pm",
    "radius_ratio": "1",
    "lattice_energy": "eV",
    "n_elements": "1",
}
# Means that exist only for positive numbers: not for these, which can be zero or negative.
_SIGNED = ("electron_affinity", "max_oxidation_state", "min_oxidation_state")
_POSITIVE_ONLY = ("harmonic_mean", "geometric_mean")
_CHUNK = 20_000  # rows at a time: bounds the memory of a long screen


class CompositionFeaturizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn formulas into features made of element properties.

    Nothing is learnt from the data: ``fit`` only checks the options, so the featurizer cannot leak.
    The anion is the most electronegative element, the cation all others together (their weighted
    mean); an element is its own anion and cation. The order in which a formula is written and a
    common factor of its amounts change nothing.

    Parameters
    ----------
    properties : sequence of str, default None
        Element properties to use; ``None`` means all of ``edex.melting.elements.UNITS``.
    statistics : sequence of str, default None
        Which of :data:`STATISTICS` to make of each; ``None`` means all. Harmonic and geometric
        means are made of positive properties only.
    physical_terms : bool, default True
        Add :data:`PHYSICAL_TERMS`: ionic character of the extreme pair and its mean over all
        pairs, charges by neutrality, bond length as a sum of covalent radii (pm), their ratio, and
        the lattice energy per atom after Kapustinskii (eV); see
        :func:`edex.melting.aggregates.physical_terms`.

    Attributes
    ----------
    feature_names_out_ : ndarray of shape (n_features,)
        Names such as ``"electronegativity_weighted_mean"``.
    feature_units_ : dict of str to str
        Unit of each feature; ``"1"`` for a pure number.

    Examples
    --------
    >>> featurizer = CompositionFeaturizer(properties=["melting_point"], statistics=["mean"])
    >>> featurizer.fit_transform(["NaCl", "CaTiO3"]).shape
    (2, 10)
    """

    def __init__(
        self,
        properties: Sequence[str] | None = None,
        statistics: Sequence[str] | None = None,
        *,
        physical_terms: bool = True,
    ) -> None:
        self.properties = properties
        self.statistics = statistics
        self.physical_terms = physical_terms

    def fit(self, X: Sequence[str], y: object = None) -> Self:
        """Check the options; nothing is learnt.

        Parameters
        ----------
        X : sequence of str of shape (n_compounds,)
            Formulas.
        y : ignored

        Raises
        ------
        InputError
            If an option or a formula is not allowed; the message names the row.
        """
        _as_formulas(X)
        properties = _choose(self.properties, tuple(UNITS), "element property", "properties")
        statistics = _choose(self.statistics, STATISTICS, "statistic", "statistics")
        units = {
            f"{name}_{statistic}": UNITS[name]
            for name in properties
            for statistic in statistics
            if not (statistic in _POSITIVE_ONLY and name in _SIGNED)
        }
        if self.physical_terms:
            units |= PHYSICAL_TERMS
        if not units:
            raise InputError("No feature is left. Allow a property with a statistic, or the terms.")
        self.feature_units_: dict[str, str] = units
        self.feature_names_out_ = np.array(list(units), dtype=object)
        return self

    def transform(self, X: Sequence[str]) -> np.ndarray:
        """Compute the features.

        Parameters
        ----------
        X : sequence of str of shape (n_compounds,)
            Formulas.

        Returns
        -------
        ndarray of shape (n_compounds, n_features)
            Or a DataFrame after ``set_output(transform="pandas")``; units in ``feature_units_``.

        Raises
        ------
        InputError
            If a formula cannot be read or has an element beyond Cm; the message names the row.
        """
        if not hasattr(self, "feature_units_"):
            self.fit(X)
        formulas = _as_formulas(X)
        blocks = [
            self._transform_block(formulas[start : start + _CHUNK], start)
            for start in range(0, max(len(formulas), 1), _CHUNK)
        ]
        return np.concatenate(blocks)

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Return the names of the features, in the order of the columns."""
        if not hasattr(self, "feature_names_out_"):
            self.fit(["NaCl"])
        return self.feature_names_out_

    def _transform_block(self, formulas: list[str], first_row: int) -> np.ndarray:
        compounds = Compounds.from_formulas(formulas, first_row=first_row)
        columns = []
        for name in _choose(self.properties, tuple(UNITS), "element property", "properties"):
            values = compounds.values(name)
            columns += [
                statistic(compounds, values, kind)
                for kind in _choose(self.statistics, STATISTICS, "statistic", "statistics")
                if f"{name}_{kind}" in self.feature_units_
            ]
        if self.physical_terms:
            terms = physical_terms(compounds)
            columns += [terms[name] for name in PHYSICAL_TERMS]
        return np.column_stack(columns)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


def _choose(
    chosen: Sequence[str] | None, allowed: tuple[str, ...], noun: str, option: str
) -> tuple[str, ...]:
    if chosen is None:
        return allowed
    names = (chosen,) if isinstance(chosen, str) else tuple(chosen)
    for name in names:
        if name not in allowed:
            near = get_close_matches(str(name), allowed, n=1)
            raise InputError(
                f"{name!r} is no {noun}. Allowed are {', '.join(allowed)}. "
                + (f"Perhaps you mean {near[0]!r}." if near else f"Change {option}.")
            )
    if len(set(names)) < len(names):
        raise InputError(f"{option} names something twice: {list(names)}. Name each once.")
    return names


def _as_formulas(X: Any) -> list[str]:
    """Return formulas as a list, from a sequence or a table with one column."""
    if isinstance(X, str):
        raise InputError(
            f"The formulas are one text, {X!r}, and a sequence is needed. Write [{X!r}]."
        )
    shape = np.shape(X) if isinstance(X, np.ndarray | pd.Series | pd.DataFrame) else (len(X),)
    if len(shape) == 2 and shape[1] == 1:
        X = X.iloc[:, 0] if isinstance(X, pd.DataFrame) else X[:, 0]
    elif len(shape) != 1:
        raise InputError(
            f"The formulas have shape {shape}, and one column of texts is needed. Give "
            f"table['formula'], not the whole table."
        )
    return list(X)
