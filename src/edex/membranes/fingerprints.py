"""Fingerprints with fixed columns: paths through the repeat unit, and the MACCS questions.

A path fingerprint hashes every path of up to 7 bonds into one of 2048 bits, as the first work on
permeability did: compact, but two paths may share a bit (a collision), so a bit cannot be named.
MACCS asks 166 fixed yes-or-no questions, such as "is there an S–S bond".

Both see the repeat unit as it stands between its ``*``, which count as atoms. With
``canonical=True`` each polymer is rewritten first, so the way it was written cannot matter.

References
----------
J. W. Barnett et al., Sci. Adv. 6, eaaz4301 (2020), doi 10.1126/sciadv.aaz4301: path-based hashes.
J. L. Durant et al., J. Chem. Inf. Comput. Sci. 42, 1273 (2002), doi 10.1021/ci010132r: MACCS keys.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from edex.errors import InputError
from edex.membranes.polymers import RepeatUnit
from edex.membranes.rdkit_calls import rdFingerprintGenerator, rdMolDescriptors
from edex.membranes.transformers import PolymerTransformer, remembered

__all__ = ["MaccsKeys", "PathBits"]


class PathBits(PolymerTransformer):
    """Which paths occur in the repeat unit, hashed into bits.

    Parameters
    ----------
    n_bits : int, default 2048
        Number of columns. Fewer bits: more collisions.
    max_path : int, default 7
        Longest path, in bonds.
    canonical : bool, default True
        Rewrite each polymer with :func:`edex.membranes.canonical_repeat_unit` first.
    sparse_output : bool, default False
        Give a sparse matrix.
    on_error : {"raise", "nan"}, default "raise"
        What to do with a polymer that cannot be read.
    n_jobs : int, default None
        Number of processes, -1 for one a core; None means 1. The result is the same.

    Examples
    --------
    >>> PathBits(n_bits=64).fit_transform(["*CC*", "*CC(*)c1ccccc1"]).shape
    (2, 64)
    """

    def __init__(
        self,
        n_bits: int = 2048,
        max_path: int = 7,
        *,
        canonical: bool = True,
        sparse_output: bool = False,
        on_error: str = "raise",
        n_jobs: int | None = None,
    ) -> None:
        self.n_bits = n_bits
        self.max_path = max_path
        self.canonical = canonical
        self.sparse_output = sparse_output
        self.on_error = on_error
        self.n_jobs = n_jobs

    def _check_options(self) -> None:
        super()._check_options()
        for name, value in (("n_bits", self.n_bits), ("max_path", self.max_path)):
            if not isinstance(value, int) or value < 1:
                raise InputError(
                    f"{name} is {value!r}; it must be a whole number of at least 1. The paper's "
                    "kind has n_bits=2048 and max_path=7."
                )

    def _names(self) -> list[str]:
        return [f"path_{bit}" for bit in range(self.n_bits)]

    @remembered("n_bits", "max_path")
    def _row(self, unit: RepeatUnit) -> dict[int, float]:
        fingerprint = _path_generator(self.n_bits, self.max_path).GetFingerprint(unit.mol)
        return dict.fromkeys(fingerprint.GetOnBits(), 1.0)


class MaccsKeys(PolymerTransformer):
    """The 166 MACCS keys of the repeat unit: 1 where the answer is yes.

    Parameters
    ----------
    canonical : bool, default True
        Rewrite each polymer with :func:`edex.membranes.canonical_repeat_unit` first.
    sparse_output : bool, default False
        Give a sparse matrix.
    on_error : {"raise", "nan"}, default "raise"
        What to do with a polymer that cannot be read.
    n_jobs : int, default None
        Number of processes, -1 for one a core; None means 1. The result is the same.

    Examples
    --------
    >>> MaccsKeys().fit_transform(["*CC*"]).shape
    (1, 166)
    """

    def __init__(
        self,
        *,
        canonical: bool = True,
        sparse_output: bool = False,
        on_error: str = "raise",
        n_jobs: int | None = None,
    ) -> None:
        self.canonical = canonical
        self.sparse_output = sparse_output
        self.on_error = on_error
        self.n_jobs = n_jobs

    def _names(self) -> list[str]:
        return [f"maccs_{key}" for key in range(1, 167)]

    @remembered()
    def _row(self, unit: RepeatUnit) -> dict[int, float]:
        # RDKit counts the keys from 1 and leaves bit 0 empty.
        keys = rdMolDescriptors.GetMACCSKeysFingerprint(unit.mol).GetOnBits()
        return {key - 1: 1.0 for key in keys}


@lru_cache(maxsize=8)
def _path_generator(n_bits: int, max_path: int) -> Any:
    return rdFingerprintGenerator.GetRDKitFPGenerator(
        maxPath=max_path, fpSize=n_bits, numBitsPerFeature=1
    )
