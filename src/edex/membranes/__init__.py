"""EdEx 2 and 3: how fast gases permeate polymer membranes, and why.

The data flow one way: ``smiles`` and ``polymers`` (read a repeat unit) -> ``canonical`` (one name
for each polymer) and ``periodic`` (rings of repeat units) -> ``transformers``, ``fingerprints``,
``environments`` and ``descriptors`` (numbers that describe it); ``slips`` and ``merging`` make one
row per polymer of a table of measurements; ``kernels``, ``models``, ``multitask`` and
``predictor`` learn from it; ``robeson`` holds the upper bounds, ``figures`` draws them, and
``lesson_figures`` the pictures of the lessons. The names below are looked up when they are first
used, so the import is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edex.membranes.canonical import canonical_repeat_unit as canonical_repeat_unit
    from edex.membranes.descriptors import DESCRIPTORS as DESCRIPTORS
    from edex.membranes.descriptors import PolymerDescriptors as PolymerDescriptors
    from edex.membranes.environments import Environment as Environment
    from edex.membranes.environments import MorganCounts as MorganCounts
    from edex.membranes.environments import PeriodicMorgan as PeriodicMorgan
    from edex.membranes.families import chemical_families as chemical_families
    from edex.membranes.figures import draw_robeson as draw_robeson
    from edex.membranes.fingerprints import MaccsKeys as MaccsKeys
    from edex.membranes.fingerprints import PathBits as PathBits
    from edex.membranes.kernels import MinMaxKernel as MinMaxKernel
    from edex.membranes.kernels import min_max_kernel as min_max_kernel
    from edex.membranes.kernels import tanimoto_kernel as tanimoto_kernel
    from edex.membranes.lesson_figures import draw_membrane as draw_membrane
    from edex.membranes.lesson_figures import draw_polymers as draw_polymers
    from edex.membranes.merging import MergedPolymers as MergedPolymers
    from edex.membranes.merging import merge_polymers as merge_polymers
    from edex.membranes.models import LADDER as LADDER
    from edex.membranes.models import make_regressor as make_regressor
    from edex.membranes.motif_features import MotifCounts as MotifCounts
    from edex.membranes.motif_features import find_motif as find_motif
    from edex.membranes.motif_features import motif_atoms as motif_atoms
    from edex.membranes.motifs import MOTIFS as MOTIFS
    from edex.membranes.motifs import Motif as Motif
    from edex.membranes.polymers import RepeatUnit as RepeatUnit
    from edex.membranes.polymers import parse_repeat_unit as parse_repeat_unit
    from edex.membranes.predictor import PermeabilityRegressor as PermeabilityRegressor
    from edex.membranes.predictor import default_model as default_model
    from edex.membranes.predictor import embedded_polymers as embedded_polymers
    from edex.membranes.robeson import PAIRS as PAIRS
    from edex.membranes.robeson import PRIOR_PAIRS as PRIOR_PAIRS
    from edex.membranes.robeson import BoundDistance as BoundDistance
    from edex.membranes.robeson import UpperBound as UpperBound
    from edex.membranes.robeson import distance_above_bound as distance_above_bound
    from edex.membranes.robeson import selectivity as selectivity
    from edex.membranes.robeson import upper_bound as upper_bound
    from edex.membranes.slips import GASES as GASES
    from edex.membranes.slips import find_slips as find_slips
    from edex.membranes.transformers import Failure as Failure
    from edex.membranes.transformers import PolymerWarning as PolymerWarning

_MODULE_OF = {
    "BoundDistance": "robeson",
    "DESCRIPTORS": "descriptors",
    "Environment": "environments",
    "Failure": "transformers",
    "GASES": "slips",
    "LADDER": "models",
    "MOTIFS": "motifs",
    "MaccsKeys": "fingerprints",
    "MergedPolymers": "merging",
    "MinMaxKernel": "kernels",
    "MorganCounts": "environments",
    "Motif": "motifs",
    "MotifCounts": "motif_features",
    "PAIRS": "robeson",
    "PRIOR_PAIRS": "robeson",
    "PathBits": "fingerprints",
    "PeriodicMorgan": "environments",
    "PermeabilityRegressor": "predictor",
    "PolymerDescriptors": "descriptors",
    "PolymerWarning": "transformers",
    "RepeatUnit": "polymers",
    "UpperBound": "robeson",
    "canonical_repeat_unit": "canonical",
    "chemical_families": "families",
    "default_model": "predictor",
    "distance_above_bound": "robeson",
    "draw_membrane": "lesson_figures",
    "draw_polymers": "lesson_figures",
    "draw_robeson": "figures",
    "embedded_polymers": "predictor",
    "find_motif": "motif_features",
    "find_slips": "slips",
    "make_regressor": "models",
    "merge_polymers": "merging",
    "min_max_kernel": "kernels",
    "motif_atoms": "motif_features",
    "parse_repeat_unit": "polymers",
    "selectivity": "robeson",
    "tanimoto_kernel": "kernels",
    "upper_bound": "robeson",
}

__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"edex.membranes.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, for tab completion."""
    return sorted(__all__)
