"""EdEx 2 and 3: how fast gases permeate polymer membranes, and why.

The data flow one way: ``smiles`` and ``polymers`` (read a repeat unit) -> ``canonical`` (one name
for each polymer) and ``periodic`` (rings of repeat units) -> ``transformers``, ``fingerprints``,
``environments`` and ``descriptors`` (numbers that describe it), ``motifs`` and ``motif_features``
(numbers that chemists have names for); ``slips`` and ``merging`` make one row per polymer of a
table of measurements; ``families`` sorts polymers by structure; ``robeson`` holds the upper bounds;
``library`` makes polymers that nobody has measured.
To predict: ``kernels`` and ``models`` (one gas), ``multitask`` and ``predictor`` (all gases),
``forecasts`` and ``screen``; ``crossvalidation``, ``validation`` and ``report`` say how well.
Why a model says what it says: ``importance``, ``shapley``, ``agreement``, ``confounders`` and
``twins``, tried on the known truth of ``planted``, and ``interpretation``. ``figures`` and
``drawing`` show it all. The names below are looked up when they are first used, so the import is
quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edex.membranes.agreement import agreement_table as agreement_table
    from edex.membranes.agreement import effect_signs as effect_signs
    from edex.membranes.agreement import motif_effects as motif_effects
    from edex.membranes.agreement import rank_agreement as rank_agreement
    from edex.membranes.agreement import textbook_agreement as textbook_agreement
    from edex.membranes.canonical import canonical_repeat_unit as canonical_repeat_unit
    from edex.membranes.confounders import Contrast as Contrast
    from edex.membranes.confounders import StratifiedEffect as StratifiedEffect
    from edex.membranes.confounders import stratified_effect as stratified_effect
    from edex.membranes.confounders import with_and_without as with_and_without
    from edex.membranes.crossvalidation import GasPredictions as GasPredictions
    from edex.membranes.crossvalidation import predict_out_of_fold as predict_out_of_fold
    from edex.membranes.descriptors import DESCRIPTORS as DESCRIPTORS
    from edex.membranes.descriptors import PolymerDescriptors as PolymerDescriptors
    from edex.membranes.drawing import draw_environment as draw_environment
    from edex.membranes.drawing import draw_motif as draw_motif
    from edex.membranes.drawing import draw_motif_table as draw_motif_table
    from edex.membranes.environments import Environment as Environment
    from edex.membranes.environments import MorganCounts as MorganCounts
    from edex.membranes.environments import PeriodicMorgan as PeriodicMorgan
    from edex.membranes.families import chemical_families as chemical_families
    from edex.membranes.figures import draw_robeson as draw_robeson
    from edex.membranes.fingerprints import MaccsKeys as MaccsKeys
    from edex.membranes.fingerprints import PathBits as PathBits
    from edex.membranes.forecasts import PolymerForecast as PolymerForecast
    from edex.membranes.forecasts import bound_distance as bound_distance
    from edex.membranes.forecasts import forecast as forecast
    from edex.membranes.importance import correlated_blocks as correlated_blocks
    from edex.membranes.importance import impurity_importances as impurity_importances
    from edex.membranes.importance import permutation_importances as permutation_importances
    from edex.membranes.kernels import MinMaxKernel as MinMaxKernel
    from edex.membranes.kernels import min_max_kernel as min_max_kernel
    from edex.membranes.kernels import tanimoto_kernel as tanimoto_kernel
    from edex.membranes.lesson_figures import draw_membrane as draw_membrane
    from edex.membranes.lesson_figures import draw_polymers as draw_polymers
    from edex.membranes.library import POLYMER_CLASSES as POLYMER_CLASSES
    from edex.membranes.library import load_monomers as load_monomers
    from edex.membranes.library import make_polymer_library as make_polymer_library
    from edex.membranes.merging import MergedPolymers as MergedPolymers
    from edex.membranes.merging import merge_polymers as merge_polymers
    from edex.membranes.models import LADDER as LADDER
    from edex.membranes.models import make_regressor as make_regressor
    from edex.membranes.motif_features import MotifCounts as MotifCounts
    from edex.membranes.motif_features import find_motif as find_motif
    from edex.membranes.motif_features import motif_atoms as motif_atoms
    from edex.membranes.motifs import MOTIFS as MOTIFS
    from edex.membranes.motifs import Motif as Motif
    from edex.membranes.multitask import CoregionalisedGP as CoregionalisedGP
    from edex.membranes.multitask import GasDistribution as GasDistribution
    from edex.membranes.multitask import given_known as given_known
    from edex.membranes.planted import PLANTED_EFFECTS as PLANTED_EFFECTS
    from edex.membranes.planted import PlantedTruth as PlantedTruth
    from edex.membranes.planted import plant_truth as plant_truth
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
    from edex.membranes.screen import rank_candidates as rank_candidates
    from edex.membranes.shapley import ShapleyResult as ShapleyResult
    from edex.membranes.shapley import shapley_values as shapley_values
    from edex.membranes.shapley import tree_shapley as tree_shapley
    from edex.membranes.slips import GASES as GASES
    from edex.membranes.slips import find_slips as find_slips
    from edex.membranes.transformers import Failure as Failure
    from edex.membranes.transformers import PolymerWarning as PolymerWarning
    from edex.membranes.twins import find_twins as find_twins
    from edex.membranes.validation import (
        leaked_bootstrap_predictions as leaked_bootstrap_predictions,
    )
    from edex.membranes.validation import learning_curve as learning_curve
    from edex.membranes.validation import replicate_noise as replicate_noise

_MODULE_OF = {
    "BoundDistance": "robeson",
    "Contrast": "confounders",
    "CoregionalisedGP": "multitask",
    "DESCRIPTORS": "descriptors",
    "Environment": "environments",
    "Failure": "transformers",
    "GASES": "slips",
    "GasDistribution": "multitask",
    "GasPredictions": "crossvalidation",
    "LADDER": "models",
    "MOTIFS": "motifs",
    "MaccsKeys": "fingerprints",
    "MergedPolymers": "merging",
    "MinMaxKernel": "kernels",
    "MorganCounts": "environments",
    "Motif": "motifs",
    "MotifCounts": "motif_features",
    "PAIRS": "robeson",
    "PLANTED_EFFECTS": "planted",
    "POLYMER_CLASSES": "library",
    "PRIOR_PAIRS": "robeson",
    "PathBits": "fingerprints",
    "PeriodicMorgan": "environments",
    "PermeabilityRegressor": "predictor",
    "PlantedTruth": "planted",
    "PolymerDescriptors": "descriptors",
    "PolymerForecast": "forecasts",
    "PolymerWarning": "transformers",
    "RepeatUnit": "polymers",
    "ShapleyResult": "shapley",
    "StratifiedEffect": "confounders",
    "UpperBound": "robeson",
    "agreement_table": "agreement",
    "bound_distance": "forecasts",
    "canonical_repeat_unit": "canonical",
    "chemical_families": "families",
    "correlated_blocks": "importance",
    "default_model": "predictor",
    "distance_above_bound": "robeson",
    "draw_environment": "drawing",
    "draw_membrane": "lesson_figures",
    "draw_motif": "drawing",
    "draw_motif_table": "drawing",
    "draw_polymers": "lesson_figures",
    "draw_robeson": "figures",
    "effect_signs": "agreement",
    "embedded_polymers": "predictor",
    "find_motif": "motif_features",
    "find_slips": "slips",
    "find_twins": "twins",
    "forecast": "forecasts",
    "given_known": "multitask",
    "impurity_importances": "importance",
    "leaked_bootstrap_predictions": "validation",
    "learning_curve": "validation",
    "load_monomers": "library",
    "make_polymer_library": "library",
    "make_regressor": "models",
    "merge_polymers": "merging",
    "min_max_kernel": "kernels",
    "motif_atoms": "motif_features",
    "motif_effects": "agreement",
    "parse_repeat_unit": "polymers",
    "permutation_importances": "importance",
    "plant_truth": "planted",
    "predict_out_of_fold": "crossvalidation",
    "rank_agreement": "agreement",
    "rank_candidates": "screen",
    "replicate_noise": "validation",
    "selectivity": "robeson",
    "shapley_values": "shapley",
    "stratified_effect": "confounders",
    "tanimoto_kernel": "kernels",
    "textbook_agreement": "agreement",
    "tree_shapley": "shapley",
    "upper_bound": "robeson",
    "with_and_without": "confounders",
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
