"""Claim: 40,000 verified, labelled PDFs in at most two minutes on two cores, in at most 2 GB.

The peer for a single row is the same work with a full search by spglib for every label, which edex
avoids; the profile says where the time of a row goes. Then all 40 shards are made by one worker
process and by two (start of the workers included), and the whole command is run once: loading and
verifying the structures, planning, making, the table of labels, reading all back.

Run it with ``python benchmarks/make_pdfs.py [WORKERS]``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from edex.spacegroup import simulate
from edex.spacegroup.conditions import Conditions
from edex.spacegroup.executors import run_processes
from edex.spacegroup.jobs import ShardJob
from edex.spacegroup.plan import make_plan
from edex.spacegroup.shards import ShardStore
from edex.spacegroup.structures import load_crystals
from edex.spacegroup.symmetry import analyse_symmetry
from edex.spacegroup.templates import Perturbation

SIZE = 40_000
TARGET_S, TARGET_RATE, TARGET_SCALING, TARGET_GB = 120.0, 150.0, 1.8, 2.0


def make_maker() -> tuple[simulate.PdfMaker, np.ndarray]:
    """Return the row maker of the 40,000 and the order of the rows."""
    crystals, _ = load_crystals()
    plan = make_plan(
        [crystal.space_group_number for crystal in crystals],
        [crystal.prototype for crystal in crystals],
        size=SIZE,
    )
    return simulate.PdfMaker(crystals, plan, Conditions(), Perturbation()), plan.order


def time_shards(maker: simulate.PdfMaker, order: np.ndarray, workers: int) -> float:
    """Return the time in which worker processes make all shards, s."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "shards").mkdir()
        store = ShardStore(Path(folder), "benchmark", order, simulate.SHARD_ROWS)
        job = ShardJob(store, maker, {})
        start = time.perf_counter()
        for _ in run_processes(job, range(store.n_shards), workers):
            pass
        return time.perf_counter() - start


def time_run(workers: int) -> tuple[float, float, float]:
    """Make and load all PDFs in a new process: seconds to make, to load, and memory in GB."""
    with tempfile.TemporaryDirectory() as folder:
        program = (
            "import sys, time\nfrom edex.spacegroup.simulate import make_pdfs\n"
            "from edex.spacegroup.pdf_table import load_pdfs\n"
            f"make_pdfs(sys.argv[1], size={SIZE}, workers={workers})\n"
            "start = time.perf_counter()\nload_pdfs(sys.argv[1])\n"
            "print(time.perf_counter() - start, *(resource.getrusage(who).ru_maxrss for who in "
            "(resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))\n"
        )
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", "import resource\n" + program, str(Path(folder) / "pdfs")],
            capture_output=True,
            text=True,
            check=True,
        )
        seconds = time.perf_counter() - start
    load, own, largest_child = map(float, done.stdout.split())
    n_children = workers if workers > 1 else 0
    return seconds - load, load, (own + n_children * largest_child) * 1024 / 1e9  # Linux: kB


def profile_rows(maker: simulate.PdfMaker, rows: np.ndarray) -> tuple[dict[str, float], float]:
    """Return the time of each stage and of all, in ms a row, CPU time of one thread."""
    spent: Counter[str] = Counter()

    def timed(owner: object, name: str, stage: str) -> tuple[object, str, object]:
        original = getattr(owner, name)

        def call(*arguments, **options):
            start = time.thread_time()
            try:
                return original(*arguments, **options)
            finally:
                spent[stage] += time.thread_time() - start

        setattr(owner, name, call)
        return owner, name, original

    replaced = [
        timed(simulate, "make_template", "template"),
        timed(simulate, "perturb", "draw"),
        timed(simulate, "find_space_group", "space group"),
        timed(simulate.PdfCalculator, "calculate", "G(r)"),
    ]
    start = time.thread_time()
    for row in rows:
        maker(int(row))
    total = time.thread_time() - start
    for owner, name, original in replaced:
        setattr(owner, name, original)
    stages = {stage: 1e3 * seconds / len(rows) for stage, seconds in spent.items()}
    stages["rest"] = 1e3 * total / len(rows) - sum(stages.values())
    return stages, 1e3 * total / len(rows)


def time_with_spglib(maker: simulate.PdfMaker, rows: np.ndarray) -> float:
    """Return CPU time for a row if spglib makes a full search for every label, ms."""
    original = simulate.find_space_group
    simulate.find_space_group = lambda crystal: analyse_symmetry(crystal).number
    start = time.thread_time()
    for row in rows:
        maker(int(row))
    simulate.find_space_group = original
    return 1e3 * (time.thread_time() - start) / len(rows)


def measure(workers: int = 2) -> list[dict[str, str]]:
    """Return one row for each claim."""
    maker, order = make_maker()
    with threadpool_limits(limits=1):
        maker(int(order[0]))  # compiles, or reads the compiled kernel
        stages, row_ms = profile_rows(maker, order[:3000])
        spglib_ms = time_with_spglib(maker, order[3000:3500])
    profile = ", ".join(f"{stage} {ms:.2f}" for stage, ms in stages.items())
    one, many = (time_shards(maker, order, n) for n in (1, workers))
    whole, load, memory = time_run(workers)
    return [
        {
            "claim": f"verified, labelled PDFs a second and core (ms a row: {profile})",
            "ours": f"{1e3 / row_ms:.0f} /s",
            "peer": f"full spglib search for each label {1e3 / spglib_ms:.0f} /s",
            "ratio": f"{spglib_ms / row_ms:.1f} × as fast",
            "target": f"≥ {TARGET_RATE:g} /s",
        },
        {
            "claim": f"{workers} worker processes make 40 shards of 1,000 PDFs",
            "ours": f"{many:.1f} s",
            "peer": f"one process {one:.1f} s",
            "ratio": f"{one / many:.2f} × as fast",
            "target": f"≥ {TARGET_SCALING:g} × with 2",
        },
        {
            "claim": f"`edex data make pdfs --size 40000 --workers {workers}`, all included "
            f"({memory:.2f} GB in all processes; read back and verified in {load:.2f} s)",
            "ours": f"{whole:.1f} s",
            "peer": f"limit {TARGET_S:g} s and {TARGET_GB:g} GB",
            "ratio": f"{TARGET_S / whole:.1f} × as fast",
            "target": f"≤ {TARGET_S:g} s, ≤ {TARGET_GB:g} GB",
        },
    ]


if __name__ == "__main__":
    for entry in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2):
        print(entry)
