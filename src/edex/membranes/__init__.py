"""EdEx 2 and 3: how fast gases permeate polymer membranes, and why.

The data flow one way: ``smiles`` and ``polymers`` (read a repeat unit) -> ``canonical`` (one name
for each polymer) and ``periodic`` (rings of repeat units) -> ``transformers``, ``fingerprints``,
``environments`` and ``descriptors`` (numbers that describe it); ``slips`` and ``merging`` make one
row per polymer of a table of measurements; ``library`` makes polymers that nobody has measured;
``robeson`` holds the upper bounds and ``figures`` draws them. The names below are looked up when
they are first used, so the import is quick.
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
    from edex.membranes.figures import draw_robeson as draw_robeson
    from edex.membranes.fingerprints import MaccsKeys as MaccsKeys
    from edex.membranes.fingerprints import PathBits as PathBits
    from edex.membranes.library import POLYMER_CLASSES as POLYMER_CLASSES
    from edex.membranes.library import load_monomers as load_monomers
    from edex.membranes.library import make_polymer_library as make_polymer_library
    from edex.membranes.merging import MergedPolymers as MergedPolymers
    from edex.membranes.merging import merge_polymers as merge_polymers
    from edex.membranes.polymers import RepeatUnit as RepeatUnit
    from edex.membranes.polymers import parse_repeat_unit as parse_repeat_unit
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
    "MaccsKeys": "fingerprints",
    "MergedPolymers": "merging",
    "MorganCounts": "environments",
    "PAIRS": "robeson",
    "POLYMER_CLASSES": "library",
    "PRIOR_PAIRS": "robeson",
    "PathBits": "fingerprints",
    "PeriodicMorgan": "environments",
    "PolymerDescriptors": "descriptors",
    "PolymerWarning": "transformers",
    "RepeatUnit": "polymers",
    "UpperBound": "robeson",
    "canonical_repeat_unit": "canonical",
    "distance_above_bound": "robeson",
    "draw_robeson": "figures",
    "find_slips": "slips",
    "load_monomers": "library",
    "make_polymer_library": "library",
    "merge_polymers": "merging",
    "parse_repeat_unit": "polymers",
    "selectivity": "robeson",
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
