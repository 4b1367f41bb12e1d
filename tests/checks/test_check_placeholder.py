import copy
import math
import operator
import os
import pickle
import statistics

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline

from edex.checks import NotAnswered, Todo
from edex.errors import EdexError

mpl.use("Agg")
import matplotlib.pyplot as plt

X = np.arange(20.0).reshape(10, 2)
Y = np.arange(10.0)
TABLE = pd.DataFrame({"a": [1, 2]})

BINARY = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod,
    operator.pow, operator.matmul, operator.lshift, operator.rshift, operator.and_, operator.or_,
    operator.xor, divmod, operator.lt, operator.le, operator.eq, operator.ne, operator.gt,
    operator.ge, operator.iadd, operator.imul,
]  # fmt: skip

USES = {
    "bool": bool, "len": len, "iter": iter, "next": next, "list": list, "reversed": reversed,
    "int": int, "float": float, "complex": complex, "index": operator.index, "bytes": bytes,
    "round": round, "trunc": math.trunc, "floor": math.floor, "ceil": math.ceil, "sqrt": math.sqrt,
    "abs": abs, "neg": operator.neg, "pos": operator.pos, "invert": operator.invert,
    "str": str, "hash": hash, "sum": sum, "sorted": sorted, "max": max, "range": range,
    "statistics.mean": lambda t: statistics.mean([t]),
    "format": lambda t: f"{t}",
    "format with digits": lambda t: f"{t:.2f}",
    "percent": lambda t: "%.2f" % t,  # noqa: UP031
    "percent s": lambda t: "%s" % t,  # noqa: UP031
    "print": print,
    "call": lambda t: t(1),
    "attribute": lambda t: t.fit,
    "hasattr": lambda t: hasattr(t, "fit"),
    "set attribute": lambda t: setattr(t, "a", 1),
    "delete attribute": lambda t: delattr(t, "question"),
    "item": lambda t: t[0],
    "set item": lambda t: operator.setitem(t, 0, 1),
    "delete item": lambda t: operator.delitem(t, 0),
    "unpack": lambda t: [*t],
    "keywords": lambda t: dict(**t),
    "contains": lambda t: 1 in t,
    "in a list": lambda t: t in [1, 2],
    "set": lambda t: {t},
    "with": lambda t: t.__enter__(),
    "open": open,
    "path": os.fspath,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": pickle.dumps,
    "np.array": np.array,
    "np.array of a list": lambda t: np.array([t, t]),
    "np.asarray float": lambda t: np.asarray(t, dtype=float),
    "np.mean": np.mean,
    "np.sqrt": np.sqrt,
    "np.zeros": np.zeros,
    "np.isclose": lambda t: np.isclose(t, 1),
    "np.concatenate": lambda t: np.concatenate([t, t]),
    "array + todo": lambda t: Y + t,
    "array < todo": lambda t: np.less(Y, t),
    "array @ todo": lambda t: X @ t,
    "array[todo]": lambda t: Y[t],
    "np.float64 - todo": lambda t: np.float64(1) - t,
    "DataFrame": pd.DataFrame,
    "DataFrame column": lambda t: pd.DataFrame({"a": [1, 2], "b": t}),
    "Series": pd.Series,
    "set a column": lambda t: TABLE.copy().__setitem__("b", t),
    "assign": lambda t: TABLE.assign(b=t),
    "choose columns": lambda t: TABLE[t],
    "loc": lambda t: TABLE.loc[t],
    "isin": lambda t: TABLE["a"].isin(t),
    "groupby": lambda t: TABLE.groupby(t).size(),
    "map": lambda t: TABLE["a"].map(t),
    "series + todo": lambda t: TABLE["a"] + t,
    "plot": plt.plot,
    "plot y": lambda t: plt.plot(Y, t),
    "scatter": lambda t: plt.scatter(Y, t),
    "hist": plt.hist,
    "bar": lambda t: plt.bar(["a"], [t]),
    "axhline": plt.axhline,
    "title": plt.title,
    "imshow": plt.imshow,
    "errorbar": lambda t: plt.errorbar(Y, Y, yerr=t),
    "fit X": lambda t: Ridge().fit(t, Y),
    "fit y": lambda t: Ridge().fit(X, t),
    "predict": lambda t: Ridge().fit(X, Y).predict(t),
    "cross_val_score": lambda t: cross_val_score(t, X, Y),
    "cross_val_score X": lambda t: cross_val_score(Ridge(), t, Y),
    "cross_val_score cv": lambda t: cross_val_score(Ridge(), X, Y, cv=t),
    "cross_val_predict": lambda t: cross_val_predict(t, X, Y),
    "grid search": lambda t: GridSearchCV(t, {}).fit(X, Y),
    "pipeline": lambda t: make_pipeline(t, Ridge()).fit(X, Y),
    "clone": clone,
    "KFold": KFold,
    "metric": lambda t: mean_absolute_error(Y, t),
    "metric of": lambda t: mean_absolute_error(t, Y),
}  # fmt: skip


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_use_says_which_question_is_still_to_do(use):
    with pytest.raises(NotAnswered, match=r"^q3 is still to do") as caught:
        use(Todo("q3"))
    assert caught.value.question == "q3"


@pytest.mark.parametrize("operation", BINARY, ids=lambda f: f.__name__)
@pytest.mark.parametrize("other", [1, 2.5, "text", [1], np.ones(2)], ids=lambda o: type(o).__name__)
def test_an_operation_with_it_on_either_side_says_so(operation, other):
    for arguments in [(Todo("q3"), other), (other, Todo("q3"))]:
        if operation in (operator.mod,) and isinstance(arguments[0], str):
            continue  # formatting: "text" % todo has nothing to fill in
        if isinstance(arguments[0], str | list) and operation in (operator.iadd, operator.imul):
            continue  # covered by "unpack" and "index"
        with pytest.raises(NotAnswered, match="q3"):
            operation(*arguments)


def test_it_can_be_assigned_passed_on_and_shown():
    first = second = Todo("q3")
    kept = [first, {"a": second}]
    assert kept[0] is first
    assert repr(first) == "<q3: still to do>"
    assert repr(kept) == "[<q3: still to do>, {'a': <q3: still to do>}]"
    assert f"{first!r}" == "<q3: still to do>"
    assert isinstance(first, Todo)


def test_ipython_displays_it_without_an_error():
    formats, _ = InteractiveShell.instance().display_formatter.format(Todo("q3"))
    assert formats == {"text/plain": "<q3: still to do>"}


def test_the_error_is_shown_as_one_line_without_a_traceback():
    (line,) = NotAnswered("q3")._render_traceback_()
    assert line.startswith("NotAnswered: q3 is still to do, and this cell needs its answer. ")
    assert "\n" not in line


def test_the_error_is_ours_and_a_builtin():
    assert issubclass(NotAnswered, EdexError)
    assert issubclass(NotAnswered, NotImplementedError)
