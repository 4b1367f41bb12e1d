"""What to do with sites that are not taken by exactly one atom.

A crystal stands for the average of many cells. Its Bragg symmetry and its long-range PDF follow
from the average site, so

* a **mixed site**, full in total, is kept: it scatters with the mean of its elements (virtual
  crystal), which is how solid solutions are refined;
* a site with **vacancies** is kept down to ``MIN_SITE_OCCUPANCY`` = 0.5 in total;
* below that it is refused: a site that is mostly empty is in practice one of several alternative
  places of one atom. Alternatives are never there together, yet an average crystal would show the
  distances between them;
* two sites closer than ``MIN_DISTANCE`` = 0.6 Å are refused, for the same reason if they are
  partly filled, and as wrong coordinates if not: no two atoms come closer than in H2 (0.74 Å).
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.sites import MergedSites, merge_sites
from edex.spacegroup.spglib_calls import niggli_basis

__all__ = ["MIN_DISTANCE", "MIN_SITE_OCCUPANCY", "check_sites"]

MIN_SITE_OCCUPANCY = 0.5
MIN_DISTANCE = 0.6  # Å

_FULL = 0.995


def check_sites(crystal: Crystal) -> tuple[str, ...]:
    """Apply the rules for disordered sites.

    Parameters
    ----------
    crystal : Crystal
        Atoms of one cell.

    Returns
    -------
    tuple of str
        What was kept although it is disordered, for a report.

    Raises
    ------
    InputError
        If a site is mostly empty, or two sites are too close; the message names them.
    """
    sites = merge_sites(crystal)
    totals = np.array([sum(share for _, share in content) for content in sites.compositions])
    lowest = int(np.argmin(totals))
    if totals[lowest] < MIN_SITE_OCCUPANCY - 1e-6:
        raise InputError(
            f"A site holds {_written(sites, lowest)} and is {1 - totals[lowest]:.0%} empty; at "
            f"least {MIN_SITE_OCCUPANCY:.0%} must be filled. Choose one of the alternative places "
            f"of the atom and give it occupancy 1."
        )
    pair = _close_pair(crystal, sites)
    if pair is not None:
        i, j, distance = pair
        split = max(totals[i], totals[j]) < _FULL
        raise InputError(
            f"The sites of {_written(sites, i)} and {_written(sites, j)} are {distance:.2f} Å "
            f"apart; two sites must be {MIN_DISTANCE} Å apart. "
            + (
                "It is one atom on two alternative places: keep one of them, with occupancy 1."
                if split
                else "Check the coordinates, the cell and the space group setting."
            )
        )
    notes = []
    mixed = sum(len(members) > 1 for members in sites.members)
    if mixed:
        notes.append(f"{mixed} of {len(sites)} sites are mixed: kept as mean atoms")
    vacant = int((totals < _FULL).sum())
    if vacant:
        notes.append(
            f"{vacant} of {len(sites)} sites are partly empty (down to {totals.min():.0%} filled): "
            f"kept as mean atoms"
        )
    return tuple(notes)


def _written(sites: MergedSites, site: int) -> str:
    return " + ".join(
        symbol if share == 1 else f"{symbol} {share:g}"
        for symbol, share in sites.compositions[site]
    )


def _close_pair(crystal: Crystal, sites: MergedSites) -> tuple[int, int, float] | None:
    """Find the closest two sites, if they are too close; images in other cells count."""
    basis = niggli_basis(crystal.lattice)
    shortest = float(np.linalg.norm(basis, axis=1).min())
    if shortest < MIN_DISTANCE:
        return 0, 0, shortest
    places = sites.frac_coords @ crystal.lattice @ np.linalg.inv(basis) % 1.0
    places[places >= 1.0] = 0.0
    radius = min(MIN_DISTANCE / np.linalg.svd(basis, compute_uv=False)[-1], 0.49)
    pairs = cKDTree(places, boxsize=1.0).query_pairs(radius, output_type="ndarray")
    if len(pairs) == 0:
        return None
    away = places[pairs[:, 0]] - places[pairs[:, 1]]
    distances = np.linalg.norm((away - np.rint(away)) @ basis, axis=1)
    nearest = int(np.argmin(distances))
    if distances[nearest] >= MIN_DISTANCE:
        return None
    return int(pairs[nearest, 0]), int(pairs[nearest, 1]), float(distances[nearest])
