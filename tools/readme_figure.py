"""Write the picture of the README: the verdict figure of the executed solution of EdEx 4.

Run after ``make course``: python tools/readme_figure.py
"""

import base64
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
SOLUTION = ROOT / "build/4-melting-temperature/melting-temperature-solution.ipynb"
TARGET = ROOT / "docs/images/does-clustering-help.png"


def main() -> None:
    """Find the figure by the words of its cell and write it."""
    if not SOLUTION.is_file():
        sys.exit(f"{SOLUTION} is not there. Build it first: make course")
    notebook = nbformat.read(SOLUTION, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and "clustering hurts" in cell.source:
            images = [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]
            TARGET.write_bytes(base64.b64decode(images[0]))
            print(f"Wrote {TARGET}")
            return
    sys.exit("The solution has no cell with the verdict figure.")


if __name__ == "__main__":
    main()
