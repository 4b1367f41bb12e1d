import contextlib
import signal
import sys
import threading
import time

import pytest

from edex.checks.timelimit import TimeLimitReached, run_within

LIMIT = 0.1  # s


def loop():
    while True:
        pass


def sleep_and_swallow():
    while True:
        try:
            time.sleep(0.5)
        except:  # noqa: E722
            continue


def call_and_swallow():
    while True:
        try:
            sum(range(100))
        except BaseException:
            continue


def swallow_at_two_levels():
    while True:
        try:
            sleep_and_swallow()
        except:  # noqa: E722
            continue


def leave_by_finally():
    while True:
        try:
            time.sleep(0.5)
        finally:
            continue  # noqa: B012


def recurse_and_swallow():
    try:
        time.sleep(0.001)
        recurse_and_swallow()
    except BaseException:
        recurse_and_swallow()


ENDLESS = [
    loop,
    sleep_and_swallow,
    call_and_swallow,
    swallow_at_two_levels,
    leave_by_finally,
    recurse_and_swallow,
]

# In Python 3.12 the first jump after `except` counts as inside `try` (see the module).
SLEEPING = [] if sys.version_info[:2] == (3, 12) else [sleep_and_swallow, swallow_at_two_levels]
ENDLESS_IN_THREAD = [work for work in ENDLESS if "swallow" not in work.__name__] + [
    call_and_swallow,
    recurse_and_swallow,
    *SLEEPING,
]


def in_thread(work):
    """Run in another thread and return the exception that ended it."""
    ended = []

    def go():
        try:
            work()
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "the thread was not stopped"
    return ended[0] if ended else None


@pytest.mark.parametrize("work", ENDLESS)
def test_an_endless_loop_is_stopped(work):
    with pytest.raises(TimeLimitReached):
        run_within(LIMIT, work)


@pytest.mark.parametrize("work", ENDLESS_IN_THREAD)
def test_an_endless_loop_is_stopped_outside_the_main_thread(work):
    assert isinstance(in_thread(lambda: run_within(LIMIT, work)), TimeLimitReached)


def test_the_timer_and_its_handler_are_put_back():
    before = signal.getsignal(signal.SIGALRM)
    for work in (lambda: None, sleep_and_swallow):
        with contextlib.suppress(TimeLimitReached):
            run_within(LIMIT, work)
        assert signal.getsignal(signal.SIGALRM) is before
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_nothing_comes_after_the_end():
    run_within(LIMIT, lambda: None)
    with pytest.raises(TimeLimitReached):
        run_within(LIMIT, sleep_and_swallow)
    time.sleep(3 * LIMIT)


def test_nothing_comes_after_the_end_in_another_thread():
    def work():
        run_within(LIMIT, lambda: None)
        with contextlib.suppress(TimeLimitReached):
            run_within(LIMIT, call_and_swallow)
        for _ in range(30):
            time.sleep(0.02)

    assert in_thread(work) is None


@pytest.mark.parametrize("where", [lambda work: work(), in_thread])
def test_an_error_of_the_work_comes_through(where):
    def work():
        run_within(5.0, lambda: 1 / 0)

    if where is in_thread:
        assert isinstance(in_thread(work), ZeroDivisionError)
    else:
        with pytest.raises(ZeroDivisionError):
            work()


def test_except_exception_does_not_catch_the_limit():
    assert not issubclass(TimeLimitReached, Exception)
