"""Small physical data sets that the lectures share: some measured, some simulated.

Measured or tabulated: ``boiling_points`` (organic molecules, with the families of ``families``),
``heat_capacity`` (solids, with the models of Debye and Einstein), ``lattices`` (crystals),
``elements``. Simulated, so that the truth is known: ``springs``, ``ising`` (a magnet, its exact
ln Z in ``partition``), ``oscillation`` (a damped oscillator), ``mixtures`` (spectra of dyes),
``films`` (sputtered metal), ``doublets`` (Mössbauer spectra of iron), ``structure_types`` (powder
curves of the elements, in every size). ``learning_curves`` draws a figure, ``reliability`` tests
probabilities. All work offline. The names below are looked up when they are first used, so the
import is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edex.examples.boiling_points import load_boiling_points as load_boiling_points
    from edex.examples.doublets import Doublets as Doublets
    from edex.examples.doublets import doublet_effect as doublet_effect
    from edex.examples.doublets import fit_doublet as fit_doublet
    from edex.examples.doublets import simulate_doublets as simulate_doublets
    from edex.examples.doublets import splitting_bound as splitting_bound
    from edex.examples.elements import METALLOIDS as METALLOIDS
    from edex.examples.elements import NONMETALS as NONMETALS
    from edex.examples.elements import load_elements as load_elements
    from edex.examples.families import FAMILIES as FAMILIES
    from edex.examples.families import molecule_family as molecule_family
    from edex.examples.films import Films as Films
    from edex.examples.films import film_signal as film_signal
    from edex.examples.films import simulate_films as simulate_films
    from edex.examples.heat_capacity import debye_heat_capacity as debye_heat_capacity
    from edex.examples.heat_capacity import einstein_heat_capacity as einstein_heat_capacity
    from edex.examples.heat_capacity import load_heat_capacities as load_heat_capacities
    from edex.examples.ising import ISING_CRITICAL_TEMPERATURE as ISING_CRITICAL_TEMPERATURE
    from edex.examples.ising import ising_energy as ising_energy
    from edex.examples.ising import ising_magnetization as ising_magnetization
    from edex.examples.ising import simulate_ising as simulate_ising
    from edex.examples.lattices import CRYSTAL_SYSTEMS as CRYSTAL_SYSTEMS
    from edex.examples.lattices import crystal_system as crystal_system
    from edex.examples.lattices import load_lattices as load_lattices
    from edex.examples.learning_curves import learning_curve_plot as learning_curve_plot
    from edex.examples.mixtures import Mixtures as Mixtures
    from edex.examples.mixtures import absorption_bands as absorption_bands
    from edex.examples.mixtures import simulate_mixtures as simulate_mixtures
    from edex.examples.oscillation import damped_oscillation as damped_oscillation
    from edex.examples.oscillation import simulate_oscillation as simulate_oscillation
    from edex.examples.partition import ising_log_partition as ising_log_partition
    from edex.examples.reliability import ReliabilityCurve as ReliabilityCurve
    from edex.examples.reliability import reliability_curve as reliability_curve
    from edex.examples.springs import pull_spring as pull_spring
    from edex.examples.structure_types import STRUCTURE_TYPES as STRUCTURE_TYPES
    from edex.examples.structure_types import close_packed_crystal as close_packed_crystal
    from edex.examples.structure_types import element_crystal as element_crystal
    from edex.examples.structure_types import faulted_layers as faulted_layers
    from edex.examples.structure_types import simulate_curves as simulate_curves

_MODULE_OF = {
    "CRYSTAL_SYSTEMS": "lattices",
    "Doublets": "doublets",
    "FAMILIES": "families",
    "Films": "films",
    "ISING_CRITICAL_TEMPERATURE": "ising",
    "METALLOIDS": "elements",
    "Mixtures": "mixtures",
    "NONMETALS": "elements",
    "ReliabilityCurve": "reliability",
    "STRUCTURE_TYPES": "structure_types",
    "absorption_bands": "mixtures",
    "close_packed_crystal": "structure_types",
    "crystal_system": "lattices",
    "damped_oscillation": "oscillation",
    "debye_heat_capacity": "heat_capacity",
    "doublet_effect": "doublets",
    "einstein_heat_capacity": "heat_capacity",
    "element_crystal": "structure_types",
    "faulted_layers": "structure_types",
    "film_signal": "films",
    "fit_doublet": "doublets",
    "ising_energy": "ising",
    "ising_log_partition": "partition",
    "ising_magnetization": "ising",
    "learning_curve_plot": "learning_curves",
    "load_boiling_points": "boiling_points",
    "load_elements": "elements",
    "load_heat_capacities": "heat_capacity",
    "load_lattices": "lattices",
    "molecule_family": "families",
    "pull_spring": "springs",
    "reliability_curve": "reliability",
    "simulate_curves": "structure_types",
    "simulate_doublets": "doublets",
    "simulate_films": "films",
    "simulate_ising": "ising",
    "simulate_mixtures": "mixtures",
    "simulate_oscillation": "oscillation",
    "splitting_bound": "doublets",
}

__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"edex.examples.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, for tab completion."""
    return sorted(__all__)
