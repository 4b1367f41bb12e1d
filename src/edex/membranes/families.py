"""Chemical families: polymers whose repeat units look alike, found by clustering.

Polymers of one family share most of their repeat unit, so one of them says a lot about the others.
Two repeat units are compared by the paths that they have in common, with the Tanimoto similarity of
their fingerprints a and b,

    s = |a and b| / |a or b|,

and the polymers are joined, nearest first, where the mean distance 1 - s is smallest (average
linkage). Families come from structure alone: no permeability is looked at.

References
----------
R. R. Sokal, C. D. Michener, Univ. Kansas Sci. Bull. 38, 1409 (1958): average linkage.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit
from edex.membranes.fingerprints import PathBits
from edex.membranes.transformers import as_smiles

__all__ = ["chemical_families"]


def chemical_families(smiles: Iterable[str], *, n_families: int = 40) -> np.ndarray:
    """Return the number of the chemical family of each polymer; 0 is the largest.

    Deterministic, and independent of the order of the rows and of how each polymer was written:
    each different polymer is clustered once, so copies of one are always in one family. Time and
    memory grow with the square of the number of different polymers.

    Average linkage gives families of very different sizes: of the 758 polymers of the embedded
    table, 40 families leave 498 in the largest. To compare inside families, ask for more of them.

    Parameters
    ----------
    smiles : sequence of str of shape (n_polymers,)
        Repeat units.
    n_families : int, default 40
        How many families to make; from 1 to the number of different polymers.

    Returns
    -------
    ndarray of int, shape (n_polymers,)
        Families are numbered by their number of rows; of equal ones the first in the alphabet of
        canonical repeat units comes first.

    Raises
    ------
    InputError
        If a polymer cannot be read (the message names its row), or ``n_families`` is not possible.

    Examples
    --------
    >>> chemical_families(["*CC*", "*CCO*", "*Oc1ccc(*)cc1", "*OCC*"], n_families=3)
    array([1, 0, 2, 0])
    """
    texts = as_smiles(smiles)
    PathBits().fit(texts)
    names, rows = np.unique([canonical_repeat_unit(text) for text in texts], return_inverse=True)
    if not isinstance(n_families, int | np.integer) or not 1 <= n_families <= len(names):
        raise InputError(
            f"n_families is {n_families!r}; it must be a whole number from 1 to {len(names)}, the "
            "number of different polymers here. Ask for fewer families, or give more polymers."
        )
    if len(names) == 1:
        return np.zeros(len(texts), dtype=int)
    distances = 1.0 - _tanimoto(PathBits(canonical=False).transform(names))
    clustering = AgglomerativeClustering(n_families, metric="precomputed", linkage="average")
    family_of_name = clustering.fit_predict(distances)
    _, first = np.unique(
        family_of_name, return_index=True
    )  # names are in the order of the alphabet
    found = family_of_name[rows]
    order = np.lexsort((first, -np.bincount(found)))
    numbers: np.ndarray = np.argsort(order)[found]
    return numbers


def _tanimoto(bits: np.ndarray) -> np.ndarray:
    common = bits @ bits.T
    sizes = np.diag(common)
    similarity: np.ndarray = common / (sizes[:, None] + sizes[None, :] - common)
    return similarity
