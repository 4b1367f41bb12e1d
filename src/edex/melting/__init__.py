"""EdEx 4: melting temperatures of inorganic compounds from their composition.

The data flow one way: ``formulas``, ``elements`` and ``compounds`` (read a formula) ->
``aggregates`` and ``features`` (numbers that describe it) -> ``ladder`` and ``clustered`` (models)
-> ``predictor`` (a model for daily use), ``two_step`` (does clustering help?), ``transfer`` (learn
from two tables) and ``report`` (every number of the lesson); ``lindemann`` stands apart. The names
below are looked up when they are first used, so the import is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edex.melting.clustered import ClusterRegressor as ClusterRegressor
    from edex.melting.clustered import RandomClusters as RandomClusters
    from edex.melting.compounds import chemical_system as chemical_system
    from edex.melting.compounds import parse_formula as parse_formula
    from edex.melting.compounds import reduced_formula as reduced_formula
    from edex.melting.elements import element_properties as element_properties
    from edex.melting.elements import element_table as element_table
    from edex.melting.features import CompositionFeaturizer as CompositionFeaturizer
    from edex.melting.ladder import make_regressor as make_regressor
    from edex.melting.ladder import model_ladder as model_ladder
    from edex.melting.lindemann import fit_power_law as fit_power_law
    from edex.melting.lindemann import lindemann_temperature as lindemann_temperature
    from edex.melting.lindemann import volume_per_atom as volume_per_atom
    from edex.melting.predictor import MeltingRegressor as MeltingRegressor
    from edex.melting.predictor import default_model as default_model
    from edex.melting.transfer import fused_predictions as fused_predictions
    from edex.melting.two_step import CLUSTERING_FEATURES as CLUSTERING_FEATURES
    from edex.melting.two_step import cluster_number_table as cluster_number_table
    from edex.melting.two_step import make_clusterers as make_clusterers
    from edex.melting.two_step import two_step_gains as two_step_gains

_MODULE_OF = {
    "CLUSTERING_FEATURES": "two_step",
    "ClusterRegressor": "clustered",
    "CompositionFeaturizer": "features",
    "MeltingRegressor": "predictor",
    "RandomClusters": "clustered",
    "chemical_system": "compounds",
    "cluster_number_table": "two_step",
    "default_model": "predictor",
    "element_properties": "elements",
    "element_table": "elements",
    "fit_power_law": "lindemann",
    "fused_predictions": "transfer",
    "lindemann_temperature": "lindemann",
    "make_clusterers": "two_step",
    "make_regressor": "ladder",
    "model_ladder": "ladder",
    "parse_formula": "compounds",
    "reduced_formula": "compounds",
    "two_step_gains": "two_step",
    "volume_per_atom": "lindemann",
}

__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"edex.melting.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, for tab completion."""
    return sorted(__all__)
