"""What all transformers of polymers have in common: a row per polymer, whatever fails.

Row i of what comes out is polymer i of what went in. A polymer that cannot be read stops the work
with a message that names its row, or gets a row of NaN and a warning: as ``on_error`` says. It is
never left out, because then every later row would be another polymer than its target.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache, partial, wraps
from typing import Any, Self, TypeVar

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit
from edex.membranes.parallel import map_chunks
from edex.membranes.polymers import RepeatUnit, parse_repeat_unit

__all__ = ["Failure", "PolymerTransformer", "PolymerWarning", "as_smiles", "remembered"]

_POLICIES = ("raise", "nan")
_REMEMBERED = 2000  # polymers; cross-validation asks for the same few hundred again and again
_Result = TypeVar("_Result")


def remembered(
    *options: str,
) -> Callable[[Callable[[Any, RepeatUnit], _Result]], Callable[[Any, RepeatUnit], _Result]]:
    """Decorate a method of one repeat unit: what it returned for the last polymers is kept.

    Parameters
    ----------
    *options : str
        Attributes that, beside the polymer, decide what it returns. Nobody may change the result.
    """

    def decorate(
        method: Callable[[Any, RepeatUnit], _Result],
    ) -> Callable[[Any, RepeatUnit], _Result]:
        memory: OrderedDict[tuple[Any, ...], _Result] = OrderedDict()

        @wraps(method)
        def recall(self: Any, unit: RepeatUnit) -> _Result:
            key = (unit.smiles, *(getattr(self, name) for name in options))
            if key not in memory:
                memory[key] = method(self, unit)
                if len(memory) > _REMEMBERED:
                    memory.popitem(last=False)
            return memory[key]

        return recall

    return decorate


class PolymerWarning(UserWarning):
    """Some polymers could not be read; their rows are NaN."""


@dataclass(frozen=True)
class Failure:
    """A polymer that could not be read.

    Attributes
    ----------
    row : int
        Which one, counted from 0.
    smiles : object
        What stood there.
    reason : str
    """

    row: int
    smiles: object
    reason: str


class PolymerTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Base of the transformers: reads, keeps rows aligned, reports.

    A subclass gives ``_names()``, and ``_row(unit)``: the non-zero values of one polymer by column.
    """

    on_error: str
    canonical: bool
    sparse_output: bool = False
    n_jobs: int | None = None

    def fit(self, X: Iterable[str], y: object = None) -> Self:
        """Check the options and the polymers; nothing is learnt.

        Parameters
        ----------
        X : sequence of str of shape (n_polymers,)
            SMILES of repeat units.
        y : ignored

        Raises
        ------
        InputError
            If an option is not allowed or, with ``on_error="raise"``, a polymer cannot be read.
        """
        self._check_options()
        if self.on_error == "raise":
            self._each(as_smiles(X), lambda unit: None)
        self._names()
        return self

    def transform(self, X: Iterable[str]) -> Any:
        """Compute the features.

        Parameters
        ----------
        X : sequence of str of shape (n_polymers,)
            SMILES of repeat units.

        Returns
        -------
        ndarray or csr_matrix of shape (n_polymers, n_features)
            Row i is polymer i; NaN where it could not be read and ``on_error="nan"``.

        Raises
        ------
        InputError
            If a polymer cannot be read and ``on_error="raise"``; the message names its row.

        Warns
        -----
        PolymerWarning
            If rows are NaN; it says which, and why.
        """
        self._check_options()
        names = self._names()
        rows, failures = self._each(as_smiles(X), self._row)
        if failures:
            warnings.warn(_describe(failures, len(rows)), PolymerWarning, stacklevel=2)
        return self._as_matrix(rows, len(names))

    def find_failures(self, X: Iterable[str]) -> tuple[Failure, ...]:
        """Return the polymers that cannot be read, without raising.

        Parameters
        ----------
        X : sequence of str of shape (n_polymers,)

        Returns
        -------
        tuple of Failure
        """
        patient = copy(self)
        patient.on_error = "nan"
        return tuple(patient._each(as_smiles(X), patient._row)[1])

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Return the names of the features, in the order of the columns."""
        return np.array(self._names(), dtype=object)

    def _names(self) -> list[str]:
        raise NotImplementedError

    def _row(self, unit: RepeatUnit) -> dict[int, float]:
        raise NotImplementedError

    def _read(self, text: Any) -> RepeatUnit:
        if not isinstance(text, str):
            return parse_repeat_unit(text)
        return _parsed(canonical_repeat_unit(text) if self.canonical else text)

    def _each(
        self, texts: list[Any], work: Callable[[RepeatUnit], _Result]
    ) -> tuple[list[_Result | None], list[Failure]]:
        """Do some work for each polymer; None where it cannot be done and that is allowed."""
        results: list[_Result | None] = []
        failures: list[Failure] = []
        for start, (done, failed) in map_chunks(
            partial(self._each_of, work=work), texts, n_jobs=self.n_jobs
        ):
            results += done
            failures += [replace(failure, row=start + failure.row) for failure in failed]
        if failures and self.on_error == "raise":
            raise _in_row(failures[0])
        return results, failures

    def _each_of(
        self, texts: Sequence[Any], work: Callable[[RepeatUnit], _Result]
    ) -> tuple[list[_Result | None], list[Failure]]:
        results: list[_Result | None] = []
        failures = []
        for row, text in enumerate(texts):
            try:
                results.append(work(self._read(text)))
            except (ValueError, RuntimeError) as error:  # RDKit's own errors are ValueErrors
                failures.append(Failure(row, text, str(error).strip()))
                if self.on_error == "raise":
                    break
                results.append(None)
        return results, failures

    def _as_matrix(self, rows: Sequence[dict[int, float] | None], width: int) -> Any:
        if not self.sparse_output:
            table = np.zeros((len(rows), width))
            for row, values in enumerate(rows):
                if values is None:
                    table[row] = np.nan
                else:
                    table[row, list(values)] = list(values.values())
            return table
        columns: list[np.ndarray] = []
        values_of: list[np.ndarray] = []
        for values in rows:
            if values is None:
                columns.append(np.arange(width))
                values_of.append(np.full(width, np.nan))
            else:
                order = sorted(values)
                columns.append(np.array(order, dtype=int))
                values_of.append(np.array([values[column] for column in order], dtype=float))
        starts = np.concatenate([[0], np.cumsum([len(block) for block in columns])]).astype(int)
        data = np.concatenate([*values_of, np.zeros(0)])
        indices = np.concatenate([*columns, np.zeros(0, dtype=int)])
        return sparse.csr_matrix((data, indices, starts), shape=(len(rows), width))

    def _check_options(self) -> None:
        if self.on_error not in _POLICIES:
            raise InputError(
                f"on_error is {self.on_error!r}; it can be 'raise' (stop at the first polymer that "
                "cannot be read) or 'nan' (its row is NaN, with a warning). Choose one of them."
            )

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


@lru_cache(maxsize=_REMEMBERED)
def _parsed(text: str) -> RepeatUnit:
    return parse_repeat_unit(text)


def as_smiles(X: Any) -> list[Any]:
    """Return polymers as a list, from a sequence or a table with one column.

    Parameters
    ----------
    X : sequence of str, Series, or array or DataFrame with one column

    Returns
    -------
    list

    Raises
    ------
    InputError
        If it is one text, or has more than one column.
    """
    if isinstance(X, str):
        raise InputError(
            f"The polymers are one text, {X!r}, and a sequence is needed. Write [{X!r}]."
        )
    shape = np.shape(X) if isinstance(X, np.ndarray | pd.Series | pd.DataFrame) else None
    if shape is not None and len(shape) == 2 and shape[1] == 1:
        X = X.iloc[:, 0] if isinstance(X, pd.DataFrame) else X[:, 0]
    elif shape is not None and len(shape) != 1:
        raise InputError(
            f"The polymers have shape {shape}, and one column of texts is needed. Give "
            "table['smiles'], not the whole table."
        )
    return list(X)


def _in_row(failure: Failure) -> InputError:
    return InputError(
        f"Row {failure.row}: {failure.reason} To go on with a row of NaN instead, set "
        'on_error="nan".'
    )


def _describe(failures: list[Failure], n_rows: int) -> str:
    shown = "; ".join(f"row {f.row} ({f.smiles!r}): {f.reason}" for f in failures[:3])
    more = f"; and {len(failures) - 3} more" if len(failures) > 3 else ""
    return (
        f"{len(failures)} of {n_rows} polymers could not be read and have a row of NaN. {shown}"
        f"{more}. All of them: find_failures(X)."
    )
