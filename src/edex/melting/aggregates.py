"""Arithmetic over the elements of many compounds at once.

A batch of compounds is two arrays with a row per compound and a column per element slot: which
element (its row in the table of properties) and which atomic fraction x_i; unused slots have
x_i = 0. Every statistic is then one masked array expression, with no loop over compounds.

References
----------
L. Pauling, The Nature of the Chemical Bond, 3rd ed. (1960), section 3-9: ionic character.
A. F. Kapustinskii, Q. Rev. Chem. Soc. 10, 283 (1956): energy per ion K |z+ z-| (1 - d/r) / r with
K = 1.2025e-4 J m/mol and d = 34.5 pm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edex.errors import InputError
from edex.melting.compounds import parse_formula
from edex.melting.elements import element_table

__all__ = ["Compounds", "ionic_character", "physical_terms", "statistic"]

_KAPUSTINSKII_EV_PM = 1.2025e-4 / 96485.332 * 1e12
_REPULSION_PM = 34.5


@dataclass(frozen=True)
class Compounds:
    """A batch of compounds.

    Attributes
    ----------
    elements : ndarray of int, shape (n_compounds, n_slots)
        Rows of the table of elements; 0 in unused slots.
    fractions : ndarray of shape (n_compounds, n_slots)
        Atomic fractions, summing to 1 in each row; 0 in unused slots.
    """

    elements: np.ndarray
    fractions: np.ndarray

    @classmethod
    def from_formulas(cls, formulas: Sequence[str], *, first_row: int = 0) -> Compounds:
        """Read formulas.

        Parameters
        ----------
        formulas : sequence of str of shape (n_compounds,)
            Formulas as :func:`edex.melting.compounds.parse_formula` reads them.
        first_row : int, default 0
            Number of the first one, for the messages.

        Raises
        ------
        InputError
            If a formula cannot be read or has an element beyond Cm; the message names the row.
        """
        numbers = {symbol: row for row, symbol in enumerate(element_table().index)}
        parsed = []
        for row, formula in enumerate(formulas, start=first_row):
            try:
                amounts = parse_formula(formula)
                # In the order of the table: sums are then equal to the last bit for all spellings.
                parsed.append(sorted((numbers[symbol], x) for symbol, x in amounts.items()))
            except InputError as error:
                raise InputError(f"Row {row}: {error}") from error
            except KeyError as error:
                raise InputError(
                    f"Row {row}: {formula!r} holds {error.args[0]}, and element properties are "
                    f"known from H to Cm (96). Remove the row."
                ) from error
        n_slots = max((len(pairs) for pairs in parsed), default=1)
        elements = np.zeros((len(parsed), n_slots), dtype=int)
        fractions = np.zeros((len(parsed), n_slots))
        for row, pairs in enumerate(parsed):
            total = sum(amount for _, amount in pairs)
            for slot, (number, amount) in enumerate(pairs):
                elements[row, slot] = number
                fractions[row, slot] = amount / total
        return cls(elements=elements, fractions=fractions)

    @cached_property
    def present(self) -> np.ndarray:
        """True in used slots."""
        return np.asarray(self.fractions > 0.0)

    @cached_property
    def plain_weights(self) -> np.ndarray:
        """Equal weights of the elements, summing to 1 in each row."""
        return np.asarray(self.present / self.present.sum(axis=1, keepdims=True))

    @cached_property
    def anion_weights(self) -> np.ndarray:
        """One in the slot of the most electronegative element."""
        negativity = np.where(self.present, self.values("electronegativity"), -np.inf)
        weights = np.zeros_like(self.fractions)
        weights[np.arange(len(weights)), np.argmax(negativity, axis=1)] = 1.0
        return weights

    @cached_property
    def cation_weights(self) -> np.ndarray:
        """Fractions of the other elements among themselves; an element is its own cation."""
        rest = np.where(self.anion_weights == 1.0, 0.0, self.fractions)
        total = rest.sum(axis=1, keepdims=True)
        return np.where(total > 0.0, rest / np.where(total > 0.0, total, 1.0), self.anion_weights)

    def values(self, name: str) -> np.ndarray:
        """Return a property of the element in each slot, shape (n_compounds, n_slots)."""
        return np.asarray(element_table()[name].to_numpy()[self.elements])


def statistic(compounds: Compounds, values: np.ndarray, name: str) -> np.ndarray:
    """Return one statistic of an element property over the elements of each compound.

    Parameters
    ----------
    compounds : Compounds
        The batch.
    values : ndarray of shape (n_compounds, n_slots)
        The property of the element in each slot. Positive for harmonic and geometric means.
    name : str
        ``mean deviation`` (population standard deviation) with equal weights; ``weighted_mean
        weighted_deviation harmonic_mean geometric_mean`` with atomic fractions; ``min max``;
        ``anion cation``.

    Returns
    -------
    ndarray of shape (n_compounds,)
        In the unit of the property.
    """
    if name in ("min", "max"):
        edge = np.inf if name == "min" else -np.inf
        masked = np.where(compounds.present, values, edge)
        return np.asarray(masked.min(axis=1) if name == "min" else masked.max(axis=1))
    if name == "anion":
        return _sum(compounds.anion_weights * values)
    if name == "cation":
        return _sum(compounds.cation_weights * values)
    if name in ("harmonic_mean", "geometric_mean"):
        filled = np.where(compounds.present, values, 1.0)
        with np.errstate(divide="ignore"):  # a zero (noble gas) rightly makes both means zero
            if name == "harmonic_mean":
                return np.asarray(1.0 / _sum(compounds.fractions / filled))
            return np.asarray(np.exp(_sum(compounds.fractions * np.log(filled))))
    weights = compounds.fractions if name.startswith("weighted") else compounds.plain_weights
    mean = _sum(weights * values)
    if name.endswith("mean"):
        return mean
    return np.asarray(np.sqrt(_sum(weights * (values - mean[:, None]) ** 2)))


def _sum(values: np.ndarray) -> np.ndarray:
    return np.asarray(values.sum(axis=1))


def ionic_character(difference: np.ndarray) -> np.ndarray:
    """Return Pauling's ionic character of a bond, 1 - exp(-difference^2 / 4).

    Parameters
    ----------
    difference : array-like
        Difference of the Pauling electronegativities.

    Returns
    -------
    ndarray
        Between 0 (covalent) and 1 (ionic).
    """
    return np.asarray(-np.expm1(-np.square(difference) / 4.0))


def physical_terms(compounds: Compounds) -> dict[str, np.ndarray]:
    """Return the terms that are more than a statistic of one property.

    Returns
    -------
    dict of str to ndarray of shape (n_compounds,)
        ``ionic_character`` of the extreme pair and ``mean_ionic_character`` over all pairs of
        atoms; ``anion_charge`` (e, the lowest oxidation state of the anion, 0 for metals) and the
        ``cation_charge`` (e) that makes the compound neutral; ``anion_fraction``; ``bond_length``
        (pm, sum of covalent radii) and ``radius_ratio`` (cation to anion); ``lattice_energy`` (eV
        per atom, Kapustinskii's formula with that bond length); ``n_elements``.
    """
    negativity = compounds.values("electronegativity")
    spread = statistic(compounds, negativity, "max") - statistic(compounds, negativity, "min")
    pairs = ionic_character(negativity[:, :, None] - negativity[:, None, :])
    weights = compounds.fractions[:, :, None] * compounds.fractions[:, None, :]
    anion_charge = np.minimum(
        statistic(compounds, compounds.values("min_oxidation_state"), "anion"), 0.0
    )
    anion_fraction = _sum(compounds.anion_weights * compounds.fractions)
    cation_fraction = 1.0 - anion_fraction
    has_cation = compounds.present.sum(axis=1) > 1
    anion_charge = np.where(has_cation, anion_charge, 0.0)
    cation_charge = (
        np.abs(anion_charge) * anion_fraction / np.where(has_cation, cation_fraction, 1.0)
    )
    radius = compounds.values("covalent_radius")
    anion_radius = statistic(compounds, radius, "anion")
    cation_radius = statistic(compounds, radius, "cation")
    length = anion_radius + cation_radius
    return {
        "ionic_character": ionic_character(spread),
        "mean_ionic_character": np.einsum("nij,nij->n", weights, pairs),
        "anion_charge": anion_charge,
        "cation_charge": cation_charge,
        "anion_fraction": anion_fraction,
        "bond_length": length,
        "radius_ratio": cation_radius / anion_radius,
        "lattice_energy": _KAPUSTINSKII_EV_PM
        * np.abs(anion_charge * cation_charge)
        * (1.0 - _REPULSION_PM / length)
        / length,
        "n_elements": compounds.present.sum(axis=1).astype(float),
    }
