"""Numbers with a meaning for an endless chain: rings, stiffness, polarity, volume, composition.

All are taken on a ring of repeat units, so they do not depend on the cut; all but the last three
are shares or means, so they do not depend on how large a repeat unit is either. What lets gases
through is free volume, kept open by stiff, bulky, contorted chains (few rotatable bonds, many rings
and spiro centres), and closed by polar groups that pull chains together. The van der Waals volume
is a sum over atoms and bonds,

    V = sum_atoms v_i - 5.92 N_bonds - 14.7 N_aromatic rings - 3.8 N_other rings   (Å³).

References
----------
Y. H. Zhao et al., J. Org. Chem. 68, 7368 (2003), doi 10.1021/jo034808o: van der Waals volume.
S. A. Wildman, G. M. Crippen, J. Chem. Inf. Comput. Sci. 39, 868 (1999), doi 10.1021/ci990307l.
P. Ertl et al., J. Med. Chem. 43, 3714 (2000), doi 10.1021/jm000942e: polar surface area.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from edex.membranes.periodic import PeriodicUnit, close_ring, periodic_units
from edex.membranes.polymers import RepeatUnit
from edex.membranes.rdkit_calls import Chem, bonds_of, rdMolDescriptors
from edex.membranes.transformers import PolymerTransformer, remembered

__all__ = ["DESCRIPTORS", "PolymerDescriptors"]

# Unit of each; where it says "1", a share of the atoms other than hydrogen unless named otherwise.
DESCRIPTORS: dict[str, str] = {
    "rotatable_bonds_per_atom": "1",
    "rotatable_backbone_bonds_per_atom": "1",
    "backbone_share": "1",
    "rings_per_atom": "1",
    "ring_atom_share": "1",
    "aromatic_share": "1",
    "sp3_share_of_carbon": "1",
    "quaternary_carbon_share": "1",
    "spiro_share": "1",
    "branching_share": "1",
    "methyl_share": "1",
    "van_der_waals_volume_per_atom": "Å³",
    "mass_per_volume": "g/mol/Å³",
    "polar_surface_per_atom": "Å²",
    "hydrogen_bond_donor_share": "1",
    "hydrogen_bond_acceptor_share": "1",
    "log_p_per_atom": "1",
    "molar_refractivity_per_atom": "cm³/mol",
    "fluorine_share": "1",
    "chlorine_share": "1",
    "silicon_share": "1",
    "oxygen_share": "1",
    "nitrogen_share": "1",
    "sulfur_share": "1",
    "molar_mass": "g/mol",
    "n_heavy_atoms": "1",
    "bonds_per_unit": "1",
}
# Bondi spheres in Å³, of Zhao et al.'s table; for others the sphere of RDKit's radius.
_VOLUMES = {
    1: 7.24, 6: 20.58, 7: 15.60, 8: 14.71, 9: 13.31, 17: 22.45, 35: 26.52, 53: 32.52,
    15: 24.43, 16: 24.43, 14: 38.79, 5: 40.48, 33: 26.52, 34: 28.73, 52: 36.62,
}  # fmt: skip
_SHARES = {
    "fluorine_share": 9, "chlorine_share": 17, "silicon_share": 14, "oxygen_share": 8,
    "nitrogen_share": 7, "sulfur_share": 16,
}  # fmt: skip


class PolymerDescriptors(PolymerTransformer):
    """Physical descriptors of the endless chain; the names are in :data:`DESCRIPTORS`.

    Nothing is learnt from the data. Of a ladder polymer the straight and the crossed continuation
    are averaged.

    Parameters
    ----------
    canonical : bool, default True
        Rewrite each polymer with :func:`edex.membranes.canonical_repeat_unit` first; then the last
        three descriptors, which grow with the repeat unit, are those of the shortest one.
    sparse_output : bool, default False
        Give a sparse matrix.
    on_error : {"raise", "nan"}, default "raise"
        What to do with a polymer that cannot be read.
    n_jobs : int, default None
        Number of processes, -1 for one a core; None means 1. The result is the same.

    Attributes
    ----------
    feature_units_ : dict of str to str
        Unit of each descriptor.

    Examples
    --------
    >>> table = PolymerDescriptors().set_output(transform="pandas").fit_transform(["*CC(*)C"])
    >>> round(float(table["molar_mass"].iloc[0]), 2)
    42.08
    """

    feature_units_ = DESCRIPTORS

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
        return list(DESCRIPTORS)

    @remembered()
    def _row(self, unit: RepeatUnit) -> dict[int, float]:
        values = np.mean([_describe(period) for period in periodic_units(unit)], axis=0)
        return dict(enumerate(values.tolist()))


def _describe(period: PeriodicUnit) -> list[float]:
    """Return the descriptors in the order of :data:`DESCRIPTORS`."""
    size = period.n_atoms
    n_units = period.units_needed(3)
    ring = close_ring(period, n_units)
    numbers, hydrogens = np.array(period.atomic_numbers), np.array(period.hydrogens)
    degrees, in_ring = np.array(period.degrees), np.array(period.is_in_ring)
    aromatic = np.array(period.is_aromatic)
    bonds = (*period.inner, *period.across)
    saturated = ~aromatic
    rotatable = on_backbone = 0
    for number, (i, j, order, is_in_ring) in enumerate(bonds):
        if order != Chem.BondType.SINGLE:
            saturated[[i, j]] = False
        elif not is_in_ring and degrees[i] > 1 and degrees[j] > 1:
            rotatable += 1
            # In the closed ring the bonds of the backbone are ring bonds.
            on_backbone += ring.GetBondWithIdx(number).IsInRing()
    carbon = numbers == 6
    volume = (
        sum(_sphere(int(number)) for number in numbers)
        + _VOLUMES[1] * hydrogens.sum()
        - 5.92 * (len(bonds) + hydrogens.sum())
        - 14.7 * period.n_aromatic_rings
        - 3.8 * (period.n_rings - period.n_aromatic_rings)
    )
    table = Chem.GetPeriodicTable()
    mass = sum(table.GetAtomicWeight(int(number)) for number in numbers)
    mass += table.GetAtomicWeight(1) * hydrogens.sum()
    log_p, refractivity = rdMolDescriptors.CalcCrippenDescriptors(ring)
    surface = rdMolDescriptors.CalcTPSA(ring)
    whole = n_units * size
    values: dict[str, float] = {
        "rotatable_bonds_per_atom": rotatable / size,
        "rotatable_backbone_bonds_per_atom": on_backbone / size,
        "backbone_share": _n_backbone_atoms(ring, size) / size,
        "rings_per_atom": period.n_rings / size,
        "ring_atom_share": in_ring.mean(),
        "aromatic_share": aromatic.mean(),
        "sp3_share_of_carbon": (carbon & saturated).sum() / max(carbon.sum(), 1),
        "quaternary_carbon_share": (carbon & saturated & (degrees == 4)).mean(),
        "spiro_share": period.n_spiro / size,
        "branching_share": ((degrees >= 3) & ~in_ring).mean(),
        "methyl_share": (carbon & (degrees == 1) & (hydrogens == 3)).mean(),
        "van_der_waals_volume_per_atom": volume / size,
        "mass_per_volume": mass / volume,
        "polar_surface_per_atom": surface / whole,
        "hydrogen_bond_donor_share": rdMolDescriptors.CalcNumHBD(ring) / whole,
        "hydrogen_bond_acceptor_share": rdMolDescriptors.CalcNumHBA(ring) / whole,
        "log_p_per_atom": log_p / whole,
        "molar_refractivity_per_atom": refractivity / whole,
        **{name: (numbers == number).mean() for name, number in _SHARES.items()},
        "molar_mass": mass,
        "n_heavy_atoms": size,
        "bonds_per_unit": period.bonds_per_unit,
    }
    return [float(values[name]) for name in DESCRIPTORS]


def _n_backbone_atoms(ring: Any, size: int) -> int:
    """Count the atoms of a unit on the loop, with every ring that shares an atom with it."""
    kept = {bond.GetIdx() for bond in bonds_of(ring) if bond.IsInRing()}
    parts = Chem.RWMol(ring)
    parts.BeginBatchEdit()
    for bond in bonds_of(ring):
        if bond.GetIdx() not in kept:
            parts.RemoveBond(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
    parts.CommitBatchEdit()
    # Only the loop reaches through all units, so it is the largest part.
    largest = max(len(part) for part in Chem.GetMolFrags(parts))
    return largest * size // int(ring.GetNumAtoms())


@lru_cache(maxsize=128)
def _sphere(number: int) -> float:
    if number in _VOLUMES:
        return _VOLUMES[number]
    radius = Chem.GetPeriodicTable().GetRvdw(number)
    return float(4 / 3 * math.pi * radius**3)
