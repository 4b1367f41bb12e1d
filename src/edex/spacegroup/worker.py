"""The program of a worker process: read a job, make the shards that are asked for, one at a time.

Started by ``executors`` as ``python -m edex.spacegroup.worker``; a fresh interpreter, so nothing is
inherited by fork and a script needs no ``if __name__ == "__main__"``. The job comes on the standard
input as a pickle, then one shard number a line; each is answered with one line of JSON. When the
input ends, because the parent closed it or died, the worker ends too.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
from typing import IO, Any

__all__ = ["main", "serve"]


def main() -> None:
    """Serve the parent process over the standard streams."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl + C is the parent's business
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0) as replies:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not mix in
        serve(sys.stdin.buffer, replies)


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer requests until they end.

    Parameters
    ----------
    requests, replies : binary files
        A pickled job and lines with shard numbers; one line of JSON for each.
    """

    def reply(**content: Any) -> None:
        replies.write(json.dumps(content).encode() + b"\n")

    try:
        job = pickle.load(requests)
    except Exception as error:  # the parent shows it
        reply(error=f"The job cannot be read: {type(error).__name__}: {error}")
        return
    reply(ready=os.getpid())
    for line in requests:
        shard = int(line)
        try:
            job.make_shard(shard)
        except Exception as error:
            from edex.errors import EdexError

            name = "" if isinstance(error, EdexError) else f"{type(error).__name__}: "
            reply(shard=shard, error=f"{name}{error}")
        else:
            reply(shard=shard)


if __name__ == "__main__":
    main()
