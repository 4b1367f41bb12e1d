"""The only place where RDKit is imported, so that one message tells what to do without it.

RDKit writes what it thinks of a molecule to the error stream; :func:`quiet` holds that back, as our
own errors say it with the place in the text.
"""

from __future__ import annotations

from typing import Any

from edex.errors import MissingExtraError

try:
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdFingerprintGenerator, rdMolDescriptors
except ImportError:
    raise MissingExtraError("rdkit", extra="membranes", purpose="reading polymers") from None

__all__ = ["Chem", "quiet", "rdFingerprintGenerator", "rdMolDescriptors"]


def quiet() -> Any:
    """Return a context manager inside which RDKit says nothing."""
    return rdBase.BlockLogs()
