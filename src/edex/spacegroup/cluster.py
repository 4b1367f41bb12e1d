"""Run a job on the workers of an existing Dask cluster (extra ``edex[scale]``).

A task makes and persists one shard in a folder that all machines share, and returns next to
nothing. A shard counts as finished when its receipt is seen on the disk, whatever the scheduler
says, so a killed worker or a lost result costs one shard. At most a few tasks for each worker
thread are in the scheduler's hands at any time: it stays responsive and a stop wastes little.
"""

from __future__ import annotations

import asyncio
import pickle
import socket
import threading
import time
import zlib
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from edex.errors import DataError, EdexError, MissingExtraError
from edex.spacegroup.jobs import ShardJob, code_versions, compare_versions
from edex.spacegroup.shards import sha256

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["run_on_cluster"]

CONNECT_S = 20.0  # to reach the scheduler
PATIENCE_S = 90.0  # for a file to appear: network file systems remember absent names for a minute
POLL_S, COUNT_S = 0.1, 2.0  # between looks at the files, and at the number of workers
TASKS_PER_THREAD = 3
MAX_LOSSES = 10  # of one task, by restarts of the scheduler or of workers

_jobs: dict[str, ShardJob] = {}  # of a worker process: the job it works on
_guard = threading.Lock()


def run_on_cluster(job: ShardJob, shards: Sequence[int], address: str) -> Generator[int]:
    """Make shards on the workers of a Dask cluster.

    Parameters
    ----------
    job : ShardJob
        How to make them; its folder must be shared by all machines under the same path.
    shards : sequence of int
        Which.
    address : str
        Of the scheduler, for example ``"tcp://10.0.0.5:8786"``.

    Yields
    ------
    int
        The number of each shard when it is seen on the disk.

    Raises
    ------
    MissingExtraError
        If ``distributed`` is not installed.
    DataError
        If the scheduler cannot be reached or is lost; if workers have other software, see another
        folder or die again and again over one shard. Shards that are finished stay.
    """
    client = _connect(address)
    try:
        yield from _Dispatcher(client, job, shards).run()
    finally:
        client.close(timeout=2)


class _Dispatcher:
    """Keeps the workers of a cluster busy and watches the disk."""

    def __init__(self, client: Client, job: ShardJob, shards: Sequence[int]) -> None:
        self._client, self._store = client, job.store
        self._payload = zlib.compress(pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL))
        self._digest = sha256(self._payload)
        self._waiting = list(reversed(shards))
        self._flying: dict[int, Future] = {}
        self._losses: dict[int, int] = {}
        self._returned: dict[int, float] = {}  # when a task came back whose files are not seen yet
        self._next_count, self._n_tasks = 0.0, 1

    def run(self) -> Generator[int]:
        """Hand out shards until all are on the disk."""
        last_heard, problem = time.monotonic(), ""
        while self._waiting or self._flying:
            finished = [shard for shard in self._flying if self._store.is_written(shard)]
            for shard in finished:
                del self._flying[shard]
                yield shard
            try:
                if self._client.status == "running":
                    self._keep_busy()
                    last_heard, problem = time.monotonic(), ""
            except DataError:
                raise
            except (Exception, asyncio.CancelledError) as error:  # whatever a lost client raises
                problem = f" ({type(error).__name__})"
            if time.monotonic() - last_heard > CONNECT_S:
                raise DataError(
                    f"The connection to the Dask scheduler is lost{problem}. Finished shards are "
                    "kept: start the cluster again and run the same command with --resume."
                )
            if not finished:
                time.sleep(POLL_S)

    def _keep_busy(self) -> None:
        """Look after the tasks in flight and send more, up to a few for each thread."""
        for shard, future in list(self._flying.items()):
            self._look_after(shard, future)
        if time.monotonic() >= self._next_count:
            n_threads = sum(self._client.nthreads().values())
            self._n_tasks = TASKS_PER_THREAD * max(n_threads, 1)
            self._next_count = time.monotonic() + COUNT_S
        while self._waiting and len(self._flying) < self._n_tasks:
            self._flying[self._waiting[-1]] = self._send(self._waiting[-1])
            self._waiting.pop()

    def _send(self, shard: int) -> Future:
        attempt = self._losses.get(shard, 0)
        return self._client.submit(
            _make_shard,
            self._payload,
            self._digest,
            shard,
            key=f"edex-{self._digest[:12]}-{shard}-{attempt}-{time.time_ns()}",
            pure=False,
        )

    def _look_after(self, shard: int, future: Future) -> None:
        """Take notice of a task that came back, failed or was lost."""
        if future.status == "finished":
            if shard not in self._returned:
                self._returned[shard] = time.monotonic()
                answer = _result(future)
                if answer.get("error"):
                    raise DataError(answer["error"])
            elif time.monotonic() - self._returned[shard] > PATIENCE_S:
                raise DataError(
                    f"A worker says that it has written shard {shard}, but it is not in "
                    f"{self._store.folder}. All machines must share this folder, under the same "
                    "path. Choose a folder on a shared disk."
                )
        elif future.status == "error":
            raise DataError(_explain_failure(shard, future.exception(timeout=CONNECT_S)))
        elif future.status in {"cancelled", "lost"}:
            self._losses[shard] = self._losses.get(shard, 0) + 1
            del self._flying[shard]
            self._waiting.append(shard)
            if self._losses[shard] > MAX_LOSSES:
                raise DataError(
                    f"The Dask scheduler has lost shard {shard} {MAX_LOSSES} times. A scheduler "
                    "that stays up is needed. Finished shards are kept: look at the scheduler's "
                    "log, then run the same command with --resume."
                )


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtraError(
            "distributed", extra="scale", purpose="a run on a Dask cluster (--scheduler)"
        ) from None
    try:
        return Client(address, timeout=CONNECT_S, set_as_default=False, name="edex")
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"No Dask scheduler answers at {address!r} within {CONNECT_S:g} s "
            f"({type(error).__name__}). The address of a running one is needed, such as "
            "tcp://10.0.0.5:8786. Look at what the scheduler printed when it started, and at "
            "firewalls."
        ) from error


def _result(future: Future) -> dict[str, str]:
    """Get the answer of a task; one that was lost meanwhile says nothing, the disk decides."""
    try:
        answer: dict[str, str] = future.result(timeout=CONNECT_S)
    except Exception:
        return {}
    return answer


def _make_shard(payload: bytes, digest: str, shard: int) -> dict[str, str]:
    """Make one shard: this runs in a worker, one at a time in each process."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with _guard, threadpool_limits(limits=1):
        try:
            job = _jobs.get(digest)
            if job is None:
                _jobs.clear()
                job = _jobs[digest] = pickle.loads(zlib.decompress(payload))
                _require_same_place(job)
            if job.store.read_receipt(shard) is None:
                job.make_shard(shard)
        except Exception as error:
            _jobs.pop(digest, None)
            name = "" if isinstance(error, EdexError) else f"{type(error).__name__}: "
            return {"error": f"{name}{error} (on worker {socket.gethostname()})"}
    return {}


def _require_same_place(job: ShardJob) -> None:
    """Refuse to work with other software than the client's, or without its folder."""
    different = compare_versions(job.versions, code_versions())
    if different:
        raise DataError(
            f"The worker has other software than the client: {'; '.join(different)} (there: the "
            "client; here: the worker). All must be the same, or the PDFs would differ. Install "
            "one environment everywhere."
        )
    if not (job.store.folder / "settings.json").is_file():
        raise DataError(
            f"The worker does not see {job.store.folder / 'settings.json'}. All machines must "
            "share the folder, under the same path. Choose a folder on a shared disk."
        )


def _explain_failure(shard: int, error: Any) -> str:
    name = type(error).__name__
    if name == "KilledWorker":
        return (
            f"Several Dask workers died with shard {shard} in hand. Usually memory ran out: a "
            "worker needs about 0.5 GB a process. Give workers more memory and run the same "
            "command with --resume; what was finished is kept."
        )
    return (
        f"A Dask worker cannot run edex ({name}: {error}). Workers need the same environment as "
        'the client. Install it there with: python -m pip install "edex[scale]"'
    )
