"""The plan of a simulation: which crystal is the template of which row.

A pure function of the crystals' labels, the size and the seed, so any row can be made anywhere, in
any order; rows of one template are made together, so a template is worked out once. A class gets
rows in proportion to its crystals. Inside a class a prototype with n crystals is drawn with
probability proportional to sqrt(n), a compromise between the few structure types that fill a data
base and the many rare ones; then one of its crystals, each equally likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edex.errors import InputError

__all__ = ["Plan", "TemplatePool", "apportion", "make_plan", "row_generator"]


@dataclass(frozen=True, eq=False)
class TemplatePool:
    """The crystals of one class and how likely each is drawn.

    Attributes
    ----------
    members : ndarray of shape (n_members,)
        Numbers of the crystals.
    cumulative : ndarray of shape (n_members,)
        Cumulative probability; the last one is 1.
    """

    members: np.ndarray
    cumulative: np.ndarray

    @classmethod
    def from_prototypes(cls, members: np.ndarray, prototypes: Sequence[str]) -> TemplatePool:
        """Weigh the crystals of a class.

        Parameters
        ----------
        members : ndarray of shape (n_members,)
            Numbers of the crystals.
        prototypes : sequence of str of length n_members
            Their prototype keys.
        """
        _, inverse, counts = np.unique(
            np.asarray(prototypes, dtype=str), return_inverse=True, return_counts=True
        )
        # sqrt(n) for the prototype, shared by its n crystals
        weights = 1 / np.sqrt(counts)[inverse]
        cumulative = np.cumsum(weights) / weights.sum()
        cumulative[-1] = 1.0
        return cls(members, cumulative)

    def draw(self, generator: np.random.Generator, size: int = 1) -> np.ndarray:
        """Draw crystals.

        Parameters
        ----------
        generator : numpy.random.Generator
            Source of randomness.
        size : int
            How many.

        Returns
        -------
        ndarray of shape (size,)
            Their numbers.
        """
        place = np.searchsorted(self.cumulative, generator.random(size), side="right")
        return self.members[place]


@dataclass(frozen=True, eq=False)
class Plan:
    """Which crystal is the template of which row.

    Attributes
    ----------
    templates : ndarray of shape (size,)
        Number of the crystal, for each row.
    classes : ndarray of shape (size,)
        Space group number, for each row.
    order : ndarray of shape (size,)
        The rows in the order in which they are made: those of one template in a row, the templates
        in random order.
    pools : dict of int to TemplatePool
        Crystals of each class: what a row falls back on whose own template gives nothing.
    seed : int
        Seed of the plan and of all rows.
    """

    templates: np.ndarray
    classes: np.ndarray
    order: np.ndarray
    pools: dict[int, TemplatePool]
    seed: int

    def __len__(self) -> int:
        return len(self.templates)

    def class_counts(self) -> dict[int, int]:
        """Count the rows of each class."""
        numbers, counts = np.unique(self.classes, return_counts=True)
        return {int(number): int(count) for number, count in zip(numbers, counts, strict=True)}


def make_plan(
    classes: Sequence[int],
    prototypes: Sequence[str],
    *,
    size: int,
    seed: int = 0,
    balanced: bool = False,
) -> Plan:
    """Decide which crystal is the template of which row.

    Parameters
    ----------
    classes : sequence of int of length n_crystals
        Space group numbers of the crystals.
    prototypes : sequence of str of length n_crystals
        Their prototype keys.
    size : int
        Number of rows.
    seed : int
        The same seed gives the same plan.
    balanced : bool
        Give every class the same number of rows, not its share of the crystals.

    Returns
    -------
    Plan
        Rows are in random order: any part of the table holds all classes.

    Raises
    ------
    InputError
        If there are no crystals or the size is too small to give each class a row.

    Examples
    --------
    >>> plan = make_plan([225, 225, 2], ["salt", "fluorite", "albite"], size=9)
    >>> plan.class_counts()
    {2: 3, 225: 6}
    """
    labels = np.asarray(classes, dtype=int)
    keys = np.asarray(prototypes, dtype=str)
    if not len(labels):
        raise InputError(
            "There are no crystals to make PDFs from. At least one with a space group of the "
            "course is needed. Look at the report of the structures."
        )
    if seed < 0:
        raise InputError(f"The seed is {seed}; it must be 0 or more. Choose another one.")
    numbers, shares = np.unique(labels, return_counts=True)
    counts = apportion(np.ones(len(numbers)) if balanced else shares, size)
    generator = np.random.default_rng(np.random.SeedSequence(seed))
    row_classes = generator.permutation(np.repeat(numbers, counts))
    pools = {}
    templates = np.empty(size, dtype=np.int32)
    for number in numbers:
        members = np.flatnonzero(labels == number).astype(np.int32)
        pool = TemplatePool.from_prototypes(members, [str(key) for key in keys[members]])
        pools[int(number)] = pool
        is_class = row_classes == number
        templates[is_class] = pool.draw(generator, int(is_class.sum()))
    rank = generator.permutation(len(labels))
    order = np.argsort(rank[templates], kind="stable").astype(np.int32)
    return Plan(templates, row_classes, order, pools, seed)


def apportion(shares: np.ndarray | Sequence[float], size: int) -> np.ndarray:
    """Share out rows in proportion, in whole numbers: the largest remainders get what is left.

    Parameters
    ----------
    shares : array-like of shape (n_classes,)
        Weights above zero.
    size : int
        Number of rows.

    Returns
    -------
    ndarray of shape (n_classes,)
        At least 1 each; their sum is ``size``.

    Raises
    ------
    InputError
        If there are fewer rows than classes.

    Examples
    --------
    >>> apportion([2, 1, 1], 9).tolist()
    [5, 2, 2]
    """
    weights = np.asarray(shares, dtype=float)
    if size < len(weights):
        raise InputError(
            f"The size is {size}, and there are {len(weights)} classes; each needs one row at "
            f"least. Choose a size of {len(weights)} or more."
        )
    exact = weights / weights.sum() * size
    counts: np.ndarray = np.maximum(np.floor(exact).astype(int), 1)
    while counts.sum() < size:  # ties go to the first class
        counts[np.argmax(exact - counts)] += 1
    while counts.sum() > size:  # a class was lifted to its one row
        counts[np.argmax(np.where(counts > 1, counts - exact, -np.inf))] -= 1
    return counts


def row_generator(seed: int, row: int) -> np.random.Generator:
    """Give a row its own source of randomness, whatever is made before it and where.

    Parameters
    ----------
    seed : int
        Seed of the run.
    row : int
        Number of the row.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(row,)))
