"""EdEx 4: melting temperatures of inorganic compounds from their composition.

The data flow one way: ``elements`` and ``compounds`` (read a formula) -> ``aggregates`` and
``features`` (numbers that describe it) -> ``ladder`` and ``clustered`` (models) -> ``predictor``
(a model for daily use), ``transfer`` (learn from two tables) and ``report`` (every number of the
lesson). The names below are looked up when they are first used, so the import is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edex.melting.clustered import ClusterRegressor as ClusterRegressor
    from edex.melting.compounds import chemical_system as chemical_system
    from edex.melting.compounds import parse_formula as parse_formula
    from edex.melting.compounds import reduced_formula as reduced_formula
    from edex.melting.elements import element_properties as element_properties
    from edex.melting.elements import element_table as element_table
    from edex.melting.features import CompositionFeaturizer as CompositionFeaturizer
    from edex.melting.ladder import make_regressor as make_regressor
    from edex.melting.ladder import model_ladder as model_ladder
    from edex.melting.predictor import MeltingRegressor as MeltingRegressor
    from edex.melting.predictor import default_model as default_model

_MODULE_OF = {
    "ClusterRegressor": "clustered",
    "CompositionFeaturizer": "features",
    "MeltingRegressor": "predictor",
    "chemical_system": "compounds",
    "default_model": "predictor",
    "element_properties": "elements",
    "element_table": "elements",
    "make_regressor": "ladder",
    "model_ladder": "ladder",
    "parse_formula": "compounds",
    "reduced_formula": "compounds",
}

__all__ = [
    "ClusterRegressor",
    "CompositionFeaturizer",
    "MeltingRegressor",
    "chemical_system",
    "default_model",
    "element_properties",
    "element_table",
    "make_regressor",
    "model_ladder",
    "parse_formula",
    "reduced_formula",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"edex.melting.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
