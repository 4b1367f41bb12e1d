"""Run a job on this computer: in this process, or in several worker processes.

A worker makes and persists one shard after the other and answers with its number only; what is
finished is decided by the files. A worker that dies is replaced and its shard is made again; a
shard that brings down three workers ends the run with an error. Workers are fresh interpreters
that use one thread each, so n workers use n cores.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence

from edex.errors import DataError
from edex.spacegroup.jobs import ShardJob

__all__ = ["MAX_DEATHS", "count_cores", "run_processes", "run_serial"]

MAX_DEATHS = 3  # of workers, over one shard or before the first one is ready
_THREAD_LIMITS = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMBA")
_ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in _THREAD_LIMITS}


def count_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_serial(job: ShardJob, shards: Sequence[int]) -> Generator[int]:
    """Make shards one after the other in this process.

    Parameters
    ----------
    job : ShardJob
        How to make them.
    shards : sequence of int
        Which.

    Yields
    ------
    int
        The number of each shard when it is on disk.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        for shard in shards:
            job.make_shard(shard)
            yield shard


def run_processes(job: ShardJob, shards: Sequence[int], workers: int) -> Generator[int]:
    """Make shards in worker processes.

    Parameters
    ----------
    job : ShardJob
        How to make them.
    shards : sequence of int
        Which.
    workers : int
        Number of processes.

    Yields
    ------
    int
        The number of each shard when it is on disk, in the order of completion.

    Raises
    ------
    DataError
        If a shard fails, or the same shard brings down three workers. Shards that are finished
        stay.
    """
    payload = pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
    todo: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    events: queue.SimpleQueue[tuple[str, int | None, str]] = queue.SimpleQueue()
    for shard in shards:
        todo.put(shard)
    crew = [_Foreman(payload, todo, events) for _ in range(min(workers, len(shards)))]
    deaths: dict[int | None, int] = {}
    n_left = len(shards)
    try:
        for foreman in crew:
            foreman.start()
        while n_left:
            try:
                kind, number, text = events.get(timeout=0.5)
            except queue.Empty:  # wake up now and then, or Ctrl + C is not heard on Windows
                continue
            if kind == "done" and number is not None:
                n_left -= 1
                yield number
            elif kind == "error":
                raise DataError(text)
            else:
                deaths[number] = deaths.get(number, 0) + 1
                if deaths[number] >= MAX_DEATHS:
                    raise DataError(_explain_deaths(number, text))
                if number is not None:
                    todo.put(number)
    finally:
        for _ in crew:
            todo.put(None)
        for foreman in crew:
            foreman.dismiss()


class _Foreman(threading.Thread):
    """A thread that leads one worker process, and replaces it when it dies."""

    def __init__(
        self,
        payload: bytes,
        todo: queue.SimpleQueue[int | None],
        events: queue.SimpleQueue[tuple[str, int | None, str]],
    ) -> None:
        super().__init__(daemon=True)
        self._payload, self._todo, self._events = payload, todo, events
        self._process: subprocess.Popen[bytes] | None = None
        self._is_dismissed = False
        self._guard = threading.Lock()

    def run(self) -> None:
        """Hand out shards until there are none or we are dismissed."""
        shard: int | None = None
        while True:
            process = self._hire()
            if process is None:
                return
            try:
                answer = self._ask(process, self._payload)
                while "error" not in answer:
                    shard = self._todo.get()
                    if shard is None:
                        return
                    answer = self._ask(process, b"%d\n" % shard)
                    if "error" not in answer:
                        self._events.put(("done", shard, ""))
                    shard = None
                self._events.put(("error", None, str(answer["error"])))
            except (OSError, ValueError):  # the pipe is broken, or half a line came
                process.kill()
                self._events.put(("died", shard, f"exit code {process.wait()}"))
                shard = None
            else:
                return
            finally:
                _stop(process)

    def dismiss(self) -> None:
        """End the worker now; a shard in flight is lost, as in a kill."""
        with self._guard:
            self._is_dismissed = True
            process = self._process
        if process is not None:
            process.kill()
        if self.ident is not None:
            self.join(timeout=10)

    def _hire(self) -> subprocess.Popen[bytes] | None:
        """Start a worker, unless we are dismissed."""
        path = os.pathsep.join(entry for entry in sys.path if entry)
        with self._guard:
            if self._is_dismissed:
                return None
            self._process = subprocess.Popen(
                [sys.executable, "-m", "edex.spacegroup.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **_ONE_THREAD, "PYTHONPATH": path},
            )
            return self._process

    @staticmethod
    def _ask(process: subprocess.Popen[bytes], request: bytes) -> dict[str, object]:
        """Send a request and wait for the line that answers it."""
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipes")
        process.stdin.write(request)
        process.stdin.flush()
        answer: dict[str, object] = json.loads(process.stdout.readline())
        return answer


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Close the pipes of a worker, which ends it, and wait for it."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()


def _explain_deaths(shard: int | None, text: str) -> str:
    if shard is None:
        return (
            f"{MAX_DEATHS} worker processes ended before they were ready (the last: {text}). A "
            "worker needs the same Python environment and about 0.5 GB of memory. Look at the "
            "messages above, or try again with --workers 1."
        )
    return (
        f"Shard {shard} brought down {MAX_DEATHS} worker processes (the last: {text}). Usually "
        "memory ran out. Run the same command again with --resume and fewer --workers; what was "
        "finished is kept."
    )
