"""Stop code that does not end.

A student's function may loop forever, and may even catch every exception inside the loop. On
Unix, in the main thread, a timer signal is used; it fires again and again, so that a loop which
swallows the first interruption meets the next. Elsewhere (Windows, other threads) a helper thread
asks the interpreter to raise the same exception; that stops Python code, not a single long call
into C.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["TimeLimitReached", "time_limit"]

_REPEAT = 0.2  # s between two interruptions


class TimeLimitReached(BaseException):
    """The time is over. No `except Exception` of a student catches it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Run the body for at most so many seconds.

    Parameters
    ----------
    seconds : float
        The limit, in s.

    Raises
    ------
    TimeLimitReached
        If the body has not ended by then.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if hasattr(signal, "setitimer") and in_main_thread:
        with _limit_by_signal(seconds):
            yield
    else:
        with _limit_by_thread(seconds):
            yield


@contextmanager
def _limit_by_signal(seconds: float) -> Iterator[None]:
    def stop(signum: int, frame: FrameType | None) -> None:
        raise TimeLimitReached

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _REPEAT)
    try:
        yield
    finally:
        while True:
            try:  # the timer may fire once more just before it is stopped
                signal.setitimer(signal.ITIMER_REAL, 0)
                break
            except TimeLimitReached:
                continue
        signal.signal(signal.SIGALRM, previous)


@contextmanager
def _limit_by_thread(seconds: float) -> Iterator[None]:
    done = threading.Event()
    target = ctypes.c_ulong(threading.get_ident())

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(TimeLimitReached))
            wait = _REPEAT

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        # An interruption asked for in the last moment must not hit what comes after.
        ctypes.pythonapi.PyThreadState_SetAsyncExc(target, None)
