"""The 476 binary solids of Gharakhanyan et al., with the features of the paper.

The paper predicts the melting temperature from features of three kinds: computed properties of
the solid (cohesive energy, moduli, formation energy, density), the ionic character of the bond,
and averages of eight properties of the two elements. It first sorts the compounds into two
clusters with seven of the features.

Reference: V. Gharakhanyan et al., J. Chem. Phys. 160, 204112 (2024), doi 10.1063/5.0207033.
"""

import warnings
from functools import lru_cache
from pathlib import Path

import pandas as pd

from edex.datasets.cache import locate

__all__ = ["CLUSTERING_COLUMNS", "FEATURE_COLUMNS", "load_gharakhanyan_2024"]

_ELEMENT_PROPERTIES = ("M", "radius", "atomic_num", "row", "group", "electro", "vol", "melt_temp")
_AVERAGES = ("ave", "sd", "harm", "geo", "quad")

FEATURE_COLUMNS = (
    "coh_en",
    "bulk_m",
    "shear_m",
    "form_e_per_atom",
    "density",
    "%ic",
    *(f"{p}_{a}{x}" for p in _ELEMENT_PROPERTIES for a in _AVERAGES for x in ("", "X")),
)
"""The 86 features, without ``e_per_atom``, whose zero depends on the pseudopotentials."""

CLUSTERING_COLUMNS = (
    "%ic",
    "electro_aveX",
    "electro_sdX",
    "group_aveX",
    "group_sdX",
    "row_aveX",
    "row_sdX",
)
"""The seven features that the paper clusters with."""

# The published table calls this row Fe2Br. Its mean atomic mass, weighted by composition (71.9),
# and its melting temperature are those of FeBr2; Fe2Br would have 63.9.
_FORMULA_CORRECTIONS = {"Fe2Br": "FeBr2"}


def load_gharakhanyan_2024() -> pd.DataFrame:
    """Load the melting temperatures and features of 476 binary solids.

    Returns
    -------
    pandas.DataFrame
        476 rows, the 420 of the training set first, with the columns

        - ``formula``: as published, but for the one misprint ``Fe2Br``, here ``FeBr2``,
        - ``melting_temperature``: in K,
        - ``split``: ``"train"`` or ``"test"``, as published,
        - ``published_cluster``: 1 or 2; NaN if no file with the clusters is there,
        - all other columns of the files under their published names. The files state no units;
          our reading is: ``coh_en``, ``form_e_per_atom`` and ``e_per_atom`` in eV/atom,
          ``bulk_m`` and ``shear_m`` in GPa, ``density`` in g/cm3, ``%ic`` (ionic character) in
          percent, ``delta_T_vegard`` in K, ``M_*`` in g/mol, ``radius_*`` in angstrom,
          ``vol_*`` in cm3/mol, ``melt_temp_*`` (of the elements) in K, ``electro_*`` on the
          scale of Pauling. The average over the two elements is ``ave`` (mean), ``sd``
          (standard deviation), ``harm``, ``geo`` or ``quad`` (harmonic, geometric, quadratic
          mean); a final ``X`` means weighted by composition.

    Raises
    ------
    DataError
        If the files are not on this computer; the message says how to get them.

    Warns
    -----
    UserWarning
        If no file with the published clusters is there.
    DamagedFileWarning
        As `edex.datasets.locate` does.
    """
    paths = locate("gharakhanyan-2024")
    table = _read_table(
        paths["melting_temperature_and_features_training_set.csv"],
        paths["melting_temperature_and_features_test_set.csv"],
    ).copy()
    clusters = _read_clusters(paths)
    if clusters is None:
        warnings.warn(
            "The published clusters are not on this computer, so the column 'published_cluster' "
            "holds NaN. It needs the four cluster files of the paper. Get them with: "
            "edex data fetch gharakhanyan-2024",
            UserWarning,
            stacklevel=2,
        )
        table["published_cluster"] = float("nan")
    else:
        table["published_cluster"] = table["formula"].map(clusters).astype(int)
    first = ["formula", "melting_temperature", "split", "published_cluster"]
    return table[[*first, *(column for column in table.columns if column not in first)]]


@lru_cache(maxsize=1)
def _read_table(training_path: Path, test_path: Path) -> pd.DataFrame:
    """Read the two main files, train first."""
    parts = [
        pd.read_csv(training_path).assign(split="train"),
        pd.read_csv(test_path).assign(split="test"),
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table.rename(columns={"Compound": "formula", "melt_temp_K": "melting_temperature"})
    table["formula"] = table["formula"].replace(_FORMULA_CORRECTIONS)
    return table


def _read_clusters(paths: dict[str, Path]) -> dict[str, int] | None:
    """Read the cluster of each formula from whichever files are there."""
    cluster_of: dict[str, int] = {}
    four = {
        f"melting_temperature_and_features_{split}_set_cluster{cluster}.csv": cluster
        for split in ("training", "test")
        for cluster in (1, 2)
    }
    if four.keys() <= paths.keys():
        for name, cluster in four.items():
            cluster_of |= dict.fromkeys(pd.read_csv(paths[name])["Compound"], cluster)
    elif "clusters.csv" in paths:
        derived = pd.read_csv(paths["clusters.csv"])
        cluster_of = dict(zip(derived["compound"], derived["cluster"], strict=True))
    else:
        return None
    return {_FORMULA_CORRECTIONS.get(f, f): int(cluster) for f, cluster in cluster_of.items()}
