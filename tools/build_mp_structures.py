"""Write src/edex/datasets/mp_structures.jsonl.gz from the source archive of matminer 0.3.7.

``python tools/build_mp_structures.py`` downloads the archive with pip (or reads one already here,
``--archive FILE``), checks its SHA-256 hash, takes the structures out of the four tables of
Materials Project data in it, finds the space group of each with spglib, and keeps those in the
eight space groups of the course. What is left out is listed by name. With ``--check`` nothing is
written: the exit code is 1 if the file in the tree is not what the archive gives.

Needs the extra [spacegroup] of edex, for spglib and gemmi.
"""

from __future__ import annotations

import argparse
import ast
import csv
import gzip
import hashlib
import io
import itertools
import json
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gemmi
import numpy as np
import spglib
import spglib.error

from edex.datasets.formulas import canonical_formula, reduced_counts

TARGET = Path(__file__).parents[1] / "src" / "edex" / "datasets" / "mp_structures.jsonl.gz"

PACKAGE = "matminer==0.3.7"
ARCHIVE_SHA256 = "3d3a37864ad54549ce8e66e1902a5f5382b8a6e7bbae8258594655ea009f541d"
FOLDER = "matminer-0.3.7/matminer/datasets/"
# In this order: an id that is in several tables is taken from the first.
TABLES = ("flla_2015", "dielectric_constant", "elastic_tensor", "piezoelectric_tensor")

SPACE_GROUPS = (2, 14, 15, 62, 139, 194, 225, 227)
SYMPREC = 0.01  # Å
LATTICE_DECIMALS = 8  # Å, as published at best
COORDINATE_DECIMALS = 6
# Real bonds go down to 0.66 of the sum of the covalent radii (metallic uranium, uranyl).
MIN_DISTANCE_RATIO = 0.5

csv.field_size_limit(10**8)
# spglib 2.7 and 2.8 warn at every call unless this documented switch is set.
if hasattr(spglib.error, "OLD_ERROR_HANDLING"):
    spglib.error.OLD_ERROR_HANDLING = False


@dataclass(frozen=True)
class Entry:
    """One structure as published."""

    material_id: str
    table: str
    lattice: np.ndarray
    species: list[str]
    coordinates: np.ndarray
    published_space_group: int | None


def read_archive(path: Path | None) -> bytes:
    """Read the source archive, downloaded with pip if no path is given, and check its hash."""
    if path is not None:
        content = path.read_bytes()
    else:
        with tempfile.TemporaryDirectory() as folder:
            wanted = Path(folder) / "wanted.txt"
            wanted.write_text(f"{PACKAGE} --hash=sha256:{ARCHIVE_SHA256}\n", encoding="utf-8")
            options = ["--no-deps", "--no-binary", ":all:", "--require-hashes"]
            command = ["download", *options, "--dest", folder, "--requirement", str(wanted)]
            subprocess.run([sys.executable, "-m", "pip", *command], check=True, stdout=sys.stderr)
            content = next(Path(folder).glob("*.tar.gz")).read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != ARCHIVE_SHA256:
        sys.exit(f"The archive has the SHA-256 hash {sha256}; it must have {ARCHIVE_SHA256}.")
    return content


def read_table(archive: tarfile.TarFile, table: str) -> Iterator[Entry]:
    """Read the structures of one table."""
    file = archive.extractfile(f"{FOLDER}{table}.csv")
    assert file is not None
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    text.readline()  # a comment with the reference
    rows = csv.reader(text)
    header = next(rows)
    for cells in rows:
        # Two of the tables have a nameless first column more than their header.
        row = dict(zip(header, cells[len(cells) - len(header) :], strict=True))
        if "poscar" in row:
            structure = parse_poscar(row["poscar"])
        else:
            structure = parse_dictionary(row["structure"])
        group = int(float(row["space_group"])) if "space_group" in row else None
        yield Entry(row["material_id"], table, *structure, group)


def parse_poscar(text: str) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Read lattice, species and fractional coordinates from the text of a POSCAR file."""
    lines = text.splitlines()
    lattice = float(lines[1]) * np.array([line.split() for line in lines[2:5]], dtype=float)
    numbers = [int(number) for number in lines[6].split()]
    pairs = zip(lines[5].split(), numbers, strict=True)
    species = [element for element, number in pairs for _ in range(number)]
    if lines[7] != "direct" or len(lines) != 8 + len(species):
        raise ValueError(f"This POSCAR has another form:\n{text}")
    return lattice, species, np.array([line.split()[:3] for line in lines[8:]], dtype=float)


def parse_dictionary(text: str) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Read lattice, species and fractional coordinates from the text of a Python dictionary."""
    structure = ast.literal_eval(text)
    species = []
    for site in structure["sites"]:
        (occupant,) = site["species"]
        if occupant["occu"] != 1:
            raise ValueError(f"A site is not full: {site}")
        species.append(occupant["element"])
    coordinates = np.array([site["abc"] for site in structure["sites"]])
    return np.array(structure["lattice"]["matrix"]), species, coordinates


def rounded(entry: Entry) -> Entry:
    """Round the numbers as they are written, with coordinates from 0 to below 1."""
    coordinates = np.round(entry.coordinates % 1, COORDINATE_DECIMALS) % 1
    lattice = np.round(entry.lattice, LATTICE_DECIMALS) + 0.0  # no -0.0
    fields = (entry.species, coordinates, entry.published_space_group)
    return Entry(entry.material_id, entry.table, lattice, *fields)


def space_group(entry: Entry) -> int:
    """Find the space group from lattice and atoms."""
    order = sorted(set(entry.species))
    types = [order.index(element) for element in entry.species]
    found = spglib.get_symmetry_dataset((entry.lattice, entry.coordinates, types), symprec=SYMPREC)
    if found is None:
        raise ValueError(f"spglib finds no symmetry for {entry.material_id}")
    return int(found.number)


def fault(entry: Entry) -> str:
    """Say what is physically impossible about a structure, or nothing."""
    cell = spglib.niggli_reduce(entry.lattice)
    positions = entry.coordinates @ entry.lattice @ np.linalg.inv(cell)
    radii = np.array([gemmi.Element(element).covalent_r for element in entry.species])
    shifts = np.array(list(itertools.product((-1, 0, 1), repeat=3)))
    # With a reduced cell and differences within half of it, the neighbouring cells are enough.
    differences = positions[:, None] - positions[None, :]
    differences -= np.round(differences)
    distances = np.linalg.norm((differences[:, :, None] + shifts) @ cell, axis=-1)
    number = len(entry.species)
    distances[range(number), range(number), len(shifts) // 2] = np.inf  # an atom and itself
    ratios = distances.min(axis=2) / (radii[:, None] + radii[None, :])
    i, j = np.unravel_index(int(ratios.argmin()), ratios.shape)
    if ratios[i, j] < MIN_DISTANCE_RATIO:
        pair = f"{entry.species[i]} and {entry.species[j]}"
        return f"{pair} are {distances[i, j].min():.2f} Å apart"
    return ""


def json_line(entry: Entry, number: int) -> str:
    """Write one structure as one line."""
    counts = reduced_counts("".join(f"{e}{n}" for e, n in Counter(entry.species).items()))
    content = {
        "material_id": entry.material_id,
        "formula": canonical_formula(counts),
        "space_group_number": number,
        "source": entry.table,
        "lattice": entry.lattice.tolist(),
        "species": " ".join(entry.species),
        "frac_coords": entry.coordinates.tolist(),
    }
    return json.dumps(content, separators=(",", ":"))


def build_text(content: bytes) -> str:
    """Make the text of the file, and say what is left out and what the tables disagree on."""
    entries: dict[str, Entry] = {}
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        for table in TABLES:
            for entry in read_table(archive, table):
                entries.setdefault(entry.material_id, entry)
    say(f"{len(entries)} different ids")
    lines = []
    for entry in entries.values():
        number = space_group(entry)
        if number not in SPACE_GROUPS:
            continue
        problem = fault(entry)
        short = rounded(entry)
        if not problem and space_group(short) != number:
            problem = f"space group {number} becomes {space_group(short)} by rounding"
        if problem:
            say(f"left out: {entry.material_id}, {problem}")
            continue
        if entry.published_space_group not in (None, number):
            say(f"{entry.material_id}: {number} here, {entry.published_space_group} in the table")
        serial = int(entry.material_id.removeprefix("mp-"))
        lines.append((number, serial, json_line(short, number)))
    lines.sort()
    counts = Counter(number for number, *_ in lines)
    say(f"{len(lines)} structures kept: " + ", ".join(f"{n} of {g}" for g, n in counts.items()))
    return "".join(line + "\n" for *_, line in lines)


def compressed(text: str) -> bytes:
    """Compress without a time or a name, so that the same text gives the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(text.encode("utf-8"))
    return buffer.getvalue()


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")


def main() -> None:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path, help="the source archive, if it is here already")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()
    text = build_text(read_archive(options.archive))
    content = compressed(text)
    if not options.check:
        TARGET.write_bytes(content)
        say(f"wrote {TARGET.name}, {len(content):,} bytes")
    elif content == TARGET.read_bytes():
        say(f"{TARGET.name} is what the archive gives, byte for byte")
    elif text == gzip.decompress(TARGET.read_bytes()).decode("utf-8"):
        say(f"{TARGET.name} has the right text; the zlib of this computer packs it differently")
    else:
        sys.exit(f"{TARGET.name} is not what the archive gives. Run this script without --check.")


if __name__ == "__main__":
    main()
