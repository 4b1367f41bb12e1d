"""Stop code that does not end.

A student's function may loop forever, and may even catch every exception inside the loop. On
Unix, in the main thread, a timer signal is used. A loop that swallows the first interruption gets
a storm of them at changing intervals, until one arrives outside its ``try``. Elsewhere (Windows, other threads)
a helper thread asks the interpreter to raise the same exception; that stops Python code, but
neither a single long call into C nor a loop that sleeps and swallows.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable
from types import FrameType

__all__ = ["TimeLimitReached", "run_within"]

_REPEAT = 0.2  # s between two interruptions
_STORM = tuple(n * 1e-6 for n in range(2, 40))  # s, once an interruption was swallowed


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
    is_over = is_stopping = False
    interruptions = 0

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal interruptions, is_stopping
        if is_over or is_stopping:
            return
        is_stopping = True
        if interruptions:
            pause = _STORM[interruptions % len(_STORM)]
            signal.setitimer(signal.ITIMER_REAL, pause, pause)
        interruptions += 1
        is_stopping = False
        raise TimeLimitReached

    previous = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, _REPEAT)
        work()
    finally:
        is_over = True  # the interpreter handles no signal between `finally` and this line
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _run_with_thread(seconds: float, work: Callable[[], object]) -> None:
    is_over = False
    done = threading.Event()
    target = ctypes.c_ulong(threading.get_ident())
    raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch() -> None:
        wait = seconds
        while not done.wait(wait) and not is_over:
            raise_in_thread(target, ctypes.py_object(TimeLimitReached))
            wait = _REPEAT

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        work()
    finally:
        is_over = True
        while True:
            try:
                done.set()
                watcher.join()
                raise_in_thread(target, None)  # one asked for in the last moment hits nobody
                break
            except TimeLimitReached:  # one that was on its way
                continue
