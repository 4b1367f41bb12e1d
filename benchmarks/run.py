"""Run all quick benchmarks and rewrite the table in benchmarks/README.md: make bench.

Each claim is a ratio to a peer that was measured in the same run on the same machine. Times on a
busy machine scatter; ratios scatter less.
"""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from pathlib import Path

import cli_start
import make_pdfs
import melting_features
import membrane_models
import pdf_kernel
import train_and_predict

from edex import __version__

HEAD = """# Benchmarks

Speed against peers, measured in one run on one machine. `make bench` rewrites this file.
`melting_two_step.py` is a longer one about science, not speed, and is run by hand.

edex {version}, Python {python}, {machine}, {date}.

| claim | edex | peer | ratio | target |
|---|---|---|---|---|
"""


def main() -> None:
    """Measure and write."""
    measured = (
        cli_start,
        melting_features,
        membrane_models,
        pdf_kernel,
        make_pdfs,
        train_and_predict,
    )
    rows = [row for benchmark in measured for row in benchmark.measure()]
    head = HEAD.format(
        version=__version__,
        python=platform.python_version(),
        machine=f"{platform.system()} {platform.machine()}",
        date=datetime.now(tz=UTC).date(),
    )
    lines = ["| " + " | ".join(row.values()) + " |" for row in rows]
    target = Path(__file__).with_name("README.md")
    target.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    print(target.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
