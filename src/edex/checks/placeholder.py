"""The placeholder that stands where a student's answer will be.

A blank problem set must run from top to bottom and say, in one line each time, which question is
still open. So ``todo("q3")`` gives an object that can be assigned and shown, but says
"q3 is still to do" as soon as anything is computed with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from edex.errors import EdexError

__all__ = ["NotAnswered", "Todo"]


class NotAnswered(EdexError, NotImplementedError):  # noqa: N818  (read by students)
    """A cell needs the answer of a question that is still to do."""

    def __init__(self, question: str) -> None:
        super().__init__(
            f"{question} is still to do, and this cell needs its answer. "
            f"Answer {question}, then run the cells from there down to this one again."
        )
        self.question = question


def _refuse(self: Todo, *args: object, **kwargs: object) -> NoReturn:
    raise NotAnswered(self.question)


class Todo:
    """An answer that is still to do.

    Parameters
    ----------
    question : str
        The question it belongs to, for example ``"q3"``.
    """

    __slots__ = ("question",)

    def __init__(self, question: str) -> None:
        object.__setattr__(self, "question", question)

    def __repr__(self) -> str:
        return f"<{self.question}: still to do>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") and name != "__array__":
            raise AttributeError(name)
        raise NotAnswered(self.question)

    # Everything that would compute with the answer. ``__array__`` is what NumPy, pandas,
    # Matplotlib and scikit-learn ask for.
    __array__: Callable[..., Any] = _refuse
    __setattr__ = __delattr__ = _refuse
    __bool__ = __len__ = __iter__ = __next__ = __reversed__ = __contains__ = __call__ = _refuse
    __getitem__ = __setitem__ = __delitem__ = __enter__ = __exit__ = _refuse
    __int__ = __float__ = __complex__ = __index__ = __bytes__ = __fspath__ = _refuse
    __round__ = __trunc__ = __floor__ = __ceil__ = __abs__ = __neg__ = __pos__ = _refuse
    __invert__ = __format__ = __str__ = _refuse
    __hash__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __divmod__ = _refuse
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rdivmod__ = _refuse
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __lshift__ = __rshift__ = _refuse
    __and__ = __or__ = __xor__ = __rand__ = __ror__ = __rxor__ = __rlshift__ = __rrshift__ = _refuse
    __copy__ = __deepcopy__ = __reduce_ex__ = _refuse
