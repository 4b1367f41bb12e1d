"""Twins: pairs of measured polymers that differ in one group and in nothing else.

Replace a group in each repeat unit, and look whether somebody has measured what comes out. The
difference of a pair,

    d = log10 P(with the group) - log10 P(with the other one),

has all the rest of the chain in common, so no companion of the group can be the reason for it: the
nearest to an experiment that a table of measurements can give. Medicinal chemists call such twins
matched molecular pairs.

References
----------
E. Griffen et al., J. Med. Chem. 54, 7739 (2011), doi 10.1021/jm200452d: matched molecular pairs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from edex.errors import InputError
from edex.membranes.canonical import canonical_repeat_unit
from edex.membranes.polymers import parse_repeat_unit
from edex.membranes.rdkit_calls import Chem, quiet
from edex.membranes.transformers import as_smiles

__all__ = ["find_twins"]


def find_twins(
    smiles: Sequence[str], y: npt.ArrayLike, group: str, replacement: str
) -> pd.DataFrame:
    """Find pairs of polymers, one with a group, the other with another group in all its places.

    Parameters
    ----------
    smiles : sequence of str of shape (n_polymers,)
        Repeat units, each polymer once.
    y : array-like of shape (n_polymers,)
        What was measured, for example log10 P; pairs with a NaN are left out.
    group : str
        SMARTS of the group; its first atom is bonded to the rest, and no other atom of it is.
    replacement : str
        SMILES of what stands in its place; its first atom is bonded to the rest.

    Returns
    -------
    DataFrame of shape (n_pairs, 5)
        ``with_group`` and ``without`` (canonical repeat units), ``y_with``, ``y_without``, and
        ``difference``, the first minus the second. In the order of the polymers with the group.

    Raises
    ------
    InputError
        If a group or a polymer cannot be read, the lengths differ, or a polymer comes twice.

    Examples
    --------
    Polypropylene, polyacrylonitrile and poly(vinyl chloride):

    >>> units = ["*CC(*)C", "*CC(*)C#N", "*CC(*)Cl"]
    >>> find_twins(units, [0.1, -3.6, -1.3], "C#N", "C")["difference"].round(2).tolist()
    [-3.7]
    """
    texts = as_smiles(smiles)
    values = np.asarray(y, dtype=float)
    names = [canonical_repeat_unit(text) for text in texts]
    if values.shape != (len(names),) or len(set(names)) < len(names):
        raise InputError(
            f"There are {len(names)} polymers, {len(set(names))} of them different, and y has the "
            f"shape {values.shape}; each polymer must come once, with one value. Merge the rows "
            "first, with merge_polymers."
        )
    with quiet():
        pattern, other = Chem.MolFromSmarts(group), Chem.MolFromSmiles(replacement)
    if pattern is None or other is None or 0 in (pattern.GetNumAtoms(), other.GetNumAtoms()):
        raise InputError(
            f"The group {group!r} or the replacement {replacement!r} cannot be read by RDKit. Give "
            "them as SMARTS and SMILES, such as 'C(F)(F)F' and 'C'."
        )
    known = dict(zip(names, values, strict=True))
    rows = []
    for name in names:
        twin = _replaced(name, pattern, other)
        if twin in known and twin != name:
            rows.append((name, twin, known[name], known[twin], known[name] - known[twin]))
    columns = ["with_group", "without", "y_with", "y_without", "difference"]
    return pd.DataFrame(rows, columns=columns).dropna(ignore_index=True)


def _replaced(smiles: str, pattern: object, other: object) -> str:
    """Return the canonical repeat unit after the replacement, or "" if there is none."""
    mol = parse_repeat_unit(smiles).mol
    if not mol.HasSubstructMatch(pattern):
        return ""
    changed = Chem.ReplaceSubstructs(mol, pattern, other, replaceAll=True)[0]
    try:
        with quiet():
            return canonical_repeat_unit(Chem.MolToSmiles(changed))
    except InputError:  # the group held the chain together, or a valence does not fit
        return ""
