"""Claim: `edex --help` and `edex list` start within 5 times the time of `python -c pass`.

Run it alone with ``python benchmarks/cli_start.py``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

TARGET = 5.0
REPEATS = 15


def best_time(command: list[str]) -> float:
    """Return the shortest of some runs, in s: the least disturbed one."""
    # As installed: with compiled bytecode, which the first run writes.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        times.append(time.perf_counter() - start)
    return min(times)


def measure() -> list[dict[str, str]]:
    """Return one row for each command."""
    edex = shutil.which("edex", path=str(Path(sys.executable).parent)) or "edex"
    bare = best_time([sys.executable, "-c", "pass"])
    rows = []
    for arguments in (["--help"], ["list"]):
        ours = best_time([edex, *arguments])
        rows.append(
            {
                "claim": f"`edex {' '.join(arguments)}` starts at once",
                "ours": f"{1e3 * ours:.0f} ms",
                "peer": f"`python -c pass` {1e3 * bare:.0f} ms",
                "ratio": f"{ours / bare:.1f} × as long",
                "target": f"≤ {TARGET:g} ×",
            }
        )
    return rows


if __name__ == "__main__":
    for row in measure():
        print(row)
