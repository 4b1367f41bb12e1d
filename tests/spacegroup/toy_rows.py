"""A row maker without physics, and a run of it: what the tests of the engine work with.

``python toy_rows.py FOLDER SIZE SHARD_ROWS WORKERS DELAY`` fills a folder; it is killed by tests.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edex.spacegroup.engine import Workload, fill_folder
from edex.spacegroup.jobs import Row
from edex.spacegroup.plan import row_generator

R = np.linspace(1.5, 30, 7)
TEMPLATES = {
    "space_group_number": [2, 14, 225],
    "template": ["toy-a", "toy-b", "toy-c"],
    "prototype": ["2|a", "14|b", "225|c"],
}


@dataclass(frozen=True)
class ToyMaker:
    """Makes rows of random numbers; every seventh row fell back on another template.

    ``delay`` is the time that a row takes, s. While the file ``poison`` names exists, row 5 kills
    its process and removes the file if ``is_one_time``. Row ``bad`` raises, row ``infinite`` is.
    """

    seed: int = 0
    delay: float = 0.0
    poison: str = ""
    is_one_time: bool = True
    bad: int = -1
    infinite: int = -1
    n_points: int = len(R)

    def __call__(self, row):
        if self.delay:
            time.sleep(self.delay)
        if row == 5 and self.poison and Path(self.poison).exists():
            if self.is_one_time:
                Path(self.poison).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        if row == self.bad:
            raise ZeroDivisionError("a bug in the maker")
        generator = row_generator(self.seed, row)
        values = generator.normal(size=self.n_points)
        if row == self.infinite:
            values[3] = np.inf
        labels = {
            "template": int(generator.integers(3)),
            "formula": f"Toy{row}",
            "u_iso": float(generator.random()),
        }
        return Row(values, labels, [(1, "every seventh row fails")] if row % 7 == 3 else [])


def settings(size, shard_rows, **others):
    return {"size": size, "shard_rows": shard_rows, "seed": 0, **others}


def run_toy(folder, size=60, shard_rows=10, maker=None, **arguments):
    """Fill a folder with toy rows, made in a random order."""
    arguments.setdefault("versions", {"toy": "1"})
    arguments.setdefault("workers", 1)
    import pandas as pd  # workers do without

    order = np.random.default_rng(3).permutation(size)
    workload = Workload(maker or ToyMaker(), order, pd.DataFrame(TEMPLATES), R)
    return fill_folder(folder, settings(size, shard_rows), lambda: workload, **arguments)


def folder_bytes(folder):
    """Everything in a folder, by name; what a sweep would remove included."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


if __name__ == "__main__":
    import toy_rows  # workers cannot read what is defined in a script

    toy_rows.run_toy(
        sys.argv[1],
        int(sys.argv[2]),
        int(sys.argv[3]),
        toy_rows.ToyMaker(delay=float(sys.argv[5])),
        workers=int(sys.argv[4]),
    )
