"""Stop code that does not end.

A student's function may loop forever, and may even catch every exception inside the loop. On
Unix, in the main thread, a timer signal is used. Elsewhere (Windows, other threads) a helper
thread asks the interpreter to raise the same exception; that stops Python code, not a single long
call into C. When a loop swallows the interruption, each further one brings the next with it, so
that one arrives outside the ``try``. (In Python 3.12 the first jump after an ``except`` counts as
inside; a signal can wait for a later one, the helper thread is left to chance.)
"""

from __future__ import annotations

import _thread
import ctypes
import functools
import itertools
import random
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ["TimeLimitReached", "run_within"]

_REPEAT = 0.2  # s between two interruptions
_FIRM = 3000  # interruptions, one at each jump, before jumps are let pass; unwinds deep recursion


class TimeLimitReached(BaseException):
    """The time is over. No `except Exception` of a student catches it."""


def run_within(seconds: float, work: Callable[[], object]) -> None:
    """Run a function for at most so many seconds.

    This is no context manager, because its end must not be a call: an interruption that arrives
    on the way into ``__exit__`` would leave the timer running.

    Parameters
    ----------
    seconds : float
        The limit, in s.
    work : callable
        What to run.

    Raises
    ------
    TimeLimitReached
        If it has not ended by then.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if hasattr(signal, "setitimer") and in_main_thread:
        _run_with_signal(seconds, work)
    else:
        _run_with_thread(seconds, work)


def _run_with_signal(seconds: float, work: Callable[[], object]) -> None:
    ask = staticmethod(functools.partial(_thread.interrupt_main, signal.SIGALRM))
    insistent = _insistent(ask)
    again: Any = type("Again", (), {"__neg__": ask})()
    is_over = False
    interruptions = 0
    chance = random.Random(0).random

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal interruptions
        if is_over:
            return
        if interruptions > _FIRM and chance() < 0.5:  # let this jump pass, wait for the next one
            _ = -again  # asks for the next signal, as a call would, but is none
            return
        interruptions += 1
        raise TimeLimitReached if interruptions == 1 else insistent

    previous = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, _REPEAT)
        work()
    finally:
        is_over = True  # the interpreter handles no signal between `finally` and this line
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _run_with_thread(seconds: float, work: Callable[[], object]) -> None:
    raise_in_thread = ctypes.pythonapi["PyThreadState_SetAsyncExc"]
    raise_in_thread.restype = None
    target = ctypes.c_ulong(threading.get_ident())
    again = ctypes.py_object()
    insistent = _insistent(staticmethod(functools.partial(raise_in_thread, target, again)))
    is_over = False
    done = threading.Event()

    def watch() -> None:
        wait = seconds
        kinds = itertools.cycle([TimeLimitReached, insistent])
        while not done.wait(wait):
            again.value = next(kinds)  # the plain one also ends what the other has begun
            if not is_over:  # no thread switch between this line and the next
                raise_in_thread(target, again)
            wait = _REPEAT

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        work()
    finally:
        is_over = True  # as above: from here nothing new is asked for,
        raise_in_thread(target, None)  # and what was asked for in the last moment hits nobody
        done.set()
        watcher.join()


def _insistent(ask: staticmethod[[], Any]) -> type[TimeLimitReached]:
    """Make an interruption that asks for the next one while it is raised.

    ``ask`` is a function in C, so the interpreter turns to the next interruption only at the jump
    or call that follows, which is already outside the ``try`` that swallowed this one.
    """
    return type("TimeLimitReached", (TimeLimitReached,), {"__init__": ask})
