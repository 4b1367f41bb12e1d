"""Refuse files over 2 MB; used by pre-commit, which gives the file names."""

import sys
from pathlib import Path

LIMIT = 2_000_000  # bytes

if __name__ == "__main__":
    too_big = [name for name in sys.argv[1:] if Path(name).stat().st_size > LIMIT]
    for name in too_big:
        print(f"{name} has more than {LIMIT / 1e6:g} MB. Fetch it instead, or write a tool for it.")
    sys.exit(bool(too_big))
