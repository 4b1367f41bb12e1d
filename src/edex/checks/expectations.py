"""What a check can expect of an answer, and what it says when it is not so.

A check is a plain function. It calls :func:`expect` for each property of the answer; the first
one that does not hold ends the check. The helpers (`expect_number`, `expect_array`, ...) catch
what goes wrong most often, in words, and give the value back in a form to compute with.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from edex.checks.placeholder import NotAnswered, Todo

__all__ = [
    "Unmet",
    "expect",
    "expect_array",
    "expect_estimator",
    "expect_function",
    "expect_number",
    "expect_pair",
    "expect_table",
    "expect_text",
]


class Unmet(Exception):  # noqa: N818  (not an error of the program: an answer that is not right yet)
    """An expectation that an answer does not meet.

    Parameters
    ----------
    finding : str
        A short name of what was found, such as ``"celsius"``; mutants are matched against it.
    saw, expected, why : str
        What the check saw, what it expected, and the physical or statistical reason.
    """

    def __init__(self, finding: str, *, saw: str, expected: str, why: str = "") -> None:
        super().__init__(f"{finding}: saw {saw}; expected {expected}")
        self.finding = finding
        self.saw = saw
        self.expected = expected
        self.why = why


def expect(condition: object, finding: str, *, saw: str, expected: str, why: str = "") -> None:
    """End the check with a finding unless the condition holds.

    Parameters
    ----------
    condition : object
        Anything with a truth value.
    finding, saw, expected, why : str
        As in :class:`Unmet`.

    Raises
    ------
    Unmet
        If the condition is false.
    """
    if not condition:
        raise Unmet(finding, saw=saw, expected=expected, why=why)


def _expect_filled(value: object, name: str) -> None:
    if isinstance(value, Todo):
        raise NotAnswered(value.question)
    expect(
        value is not None,
        "none",
        saw=f"`{name}` is None",
        expected=f"a value in `{name}`",
        why="A function without `return` gives None, and so do methods that change their object "
        "in place.",
    )


def expect_number(value: object, name: str, *, unit: str = "") -> float:
    """Expect one finite real number and return it as a float.

    Parameters
    ----------
    value : object
        The answer.
    name : str
        The name of the answer in the notebook.
    unit : str
        The unit, for the message.
    """
    _expect_filled(value, name)
    wanted = f"one number{f' in {unit}' if unit else ''}"
    if isinstance(value, np.ndarray | pd.Series) and value.size == 1:
        value = value.item()
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_)
    expect(
        is_number,
        "not-a-number",
        saw=f"`{name}` is {_describe(value)}",
        expected=wanted,
    )
    number = float(value)  # type: ignore[arg-type]
    expect(
        math.isfinite(number),
        "not-finite",
        saw=f"`{name}` is {number}",
        expected=f"{wanted} that is finite",
        why="NaN spreads: one missing value in a sum or a mean makes the whole result NaN.",
    )
    return number


def expect_array(
    value: object, name: str, *, shape: tuple[int | None, ...] | None = None, of: str = "numbers"
) -> npt.NDArray[Any]:
    """Expect an array (or list, or pandas object) of finite numbers and return it as an array.

    Parameters
    ----------
    value : object
        The answer.
    name : str
        The name of the answer in the notebook.
    shape : tuple, optional
        The shape it must have; None stands for any length along that axis.
    of : str
        What the numbers are, for the message.
    """
    _expect_filled(value, name)
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    expect(
        array.dtype.kind in "biuf",
        "not-numeric",
        saw=f"`{name}` is {_describe(value)}",
        expected=f"an array of {of}",
    )
    if shape is not None:
        fits = array.ndim == len(shape) and all(
            wanted is None or wanted == found
            for wanted, found in zip(shape, array.shape, strict=True)
        )
        expect(
            fits,
            "wrong-shape",
            saw=f"`{name}` has the shape {array.shape}",
            expected="the shape ("
            + ", ".join("any" if n is None else str(n) for n in shape)
            + f"{',' if len(shape) == 1 else ''}): {of}",
        )
    is_bad = ~np.isfinite(array)
    expect(
        not is_bad.any(),
        "not-finite",
        saw=f"{int(is_bad.sum())} of {array.size} values in `{name}` are NaN or infinite",
        expected=f"finite {of}",
        why="NaN spreads through every mean and every fit that touches it.",
    )
    return array


def expect_pair(value: object, name: str, *, parts: str) -> tuple[float, float]:
    """Expect two finite numbers and return them.

    Parameters
    ----------
    value : object
        The answer, usually what a function of the student has returned.
    name : str
        Its name, for the message.
    parts : str
        What the two numbers are, for the message.
    """
    _expect_filled(value, name)
    is_pair = isinstance(value, tuple | list | np.ndarray) and len(value) == 2
    expect(
        is_pair,
        "not-a-pair",
        saw=f"`{name}` is {_describe(value)}",
        expected=f"a pair of numbers: {parts}",
    )
    assert isinstance(value, tuple | list | np.ndarray)
    return expect_number(value[0], f"{name}[0]"), expect_number(value[1], f"{name}[1]")


def expect_table(value: object, name: str, *, columns: Iterable[str] = ()) -> pd.DataFrame:
    """Expect a pandas DataFrame with certain columns and return it."""
    _expect_filled(value, name)
    expect(
        isinstance(value, pd.DataFrame),
        "not-a-table",
        saw=f"`{name}` is {_describe(value)}",
        expected="a pandas DataFrame",
    )
    assert isinstance(value, pd.DataFrame)
    missing = [column for column in columns if column not in value.columns]
    expect(
        not missing,
        "missing-columns",
        saw=f"`{name}` has the columns {', '.join(map(str, value.columns[:8]))}",
        expected=f"also {', '.join(missing)}",
    )
    return value


def expect_function(value: object, name: str) -> Callable[..., Any]:
    """Expect something that can be called and return it."""
    _expect_filled(value, name)
    expect(
        callable(value) and not isinstance(value, type),
        "not-a-function",
        saw=f"`{name}` is {_describe(value)}",
        expected=f"a function: def {name}(...): ... return ...",
    )
    assert callable(value)
    return value


def expect_estimator(value: object, name: str) -> Any:
    """Expect a scikit-learn estimator (an object, not its class) and return it."""
    _expect_filled(value, name)
    expect(
        not isinstance(value, type),
        "a-class",
        saw=f"`{name}` is the class {getattr(value, '__name__', value)}",
        expected="an object made from it, with brackets: Ridge(), not Ridge",
    )
    expect(
        hasattr(value, "fit") and hasattr(value, "get_params"),
        "not-an-estimator",
        saw=f"`{name}` is {_describe(value)}",
        expected="a scikit-learn estimator or pipeline",
    )
    return value


def expect_text(value: object, name: str, *, words: int, points: dict[str, tuple[str, ...]]) -> str:
    """Expect a written answer that is long enough and touches each point of the rubric.

    Parameters
    ----------
    value : object
        The answer, a string.
    name : str
        The name of the answer in the notebook.
    words : int
        The least number of words.
    points : dict of str to tuple of str
        For each point, in words for the student, the stems of which one must occur.
    """
    _expect_filled(value, name)
    expect(
        isinstance(value, str),
        "not-text",
        saw=f"`{name}` is {_describe(value)}",
        expected='your answer as text between three quotation marks: """ ... """',
    )
    text = str(value)
    count = len(text.split())
    expect(count > 0, "blank", saw="no text yet", expected="your answer in words")
    expect(
        count >= words,
        "too-short",
        saw=f"{count} word{'s' * (count != 1)}",
        expected=f"at least {words}: what you think, and what it rests on",
    )
    lowered = text.lower()
    for point, stems in points.items():
        expect(
            any(stem in lowered for stem in stems),
            "point-missing",
            saw="an answer that does not speak of one point of the rubric",
            expected=point,
            why="This check only looks for words. If you said it in others, say it once more.",
        )
    return text


def _describe(value: object) -> str:
    """Name a value in a few words: its type, and its content when that is short."""
    kind = type(value).__name__
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, pd.DataFrame | pd.Series):
        return f"a {kind} of shape {value.shape}"
    text = repr(value)
    return f"{text} (type {kind})" if len(text) <= 40 else f"a value of type {kind}"
