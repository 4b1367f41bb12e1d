"""EdEx 1: the space group of a crystal from its pair distribution function.

The names below are looked up when they are first used: TensorFlow is loaded only by who trains or
predicts with a network.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edex.spacegroup.calibration import expected_calibration_error as expected_calibration_error
    from edex.spacegroup.calibration import reliability_table as reliability_table
    from edex.spacegroup.classes import CLASSES as CLASSES
    from edex.spacegroup.classes import SpaceGroup as SpaceGroup
    from edex.spacegroup.classes import class_index as class_index
    from edex.spacegroup.classes import space_group as space_group
    from edex.spacegroup.classifier import SpaceGroupClassifier as SpaceGroupClassifier
    from edex.spacegroup.clinic import ILLNESSES as ILLNESSES
    from edex.spacegroup.clinic import Patient as Patient
    from edex.spacegroup.clinic import admit_patients as admit_patients
    from edex.spacegroup.conditions import Conditions as Conditions
    from edex.spacegroup.crystal import Crystal as Crystal
    from edex.spacegroup.crystal import Orbits as Orbits
    from edex.spacegroup.distances import pair_distances as pair_distances
    from edex.spacegroup.evaluation import accuracy as accuracy
    from edex.spacegroup.evaluation import class_recall as class_recall
    from edex.spacegroup.evaluation import confusion_table as confusion_table
    from edex.spacegroup.evaluation import family_confusion as family_confusion
    from edex.spacegroup.evaluation import paired_gain as paired_gain
    from edex.spacegroup.evaluation import prototype_folds as prototype_folds
    from edex.spacegroup.evaluation import random_folds as random_folds
    from edex.spacegroup.evaluation import true_rank as true_rank
    from edex.spacegroup.explorer import draw_moved as draw_moved
    from edex.spacegroup.explorer import germanium_telluride as germanium_telluride
    from edex.spacegroup.explorer import move_the_atoms as move_the_atoms
    from edex.spacegroup.explorer import progress_line as progress_line
    from edex.spacegroup.figures import draw_confusion as draw_confusion
    from edex.spacegroup.figures import draw_flattery as draw_flattery
    from edex.spacegroup.figures import draw_gallery as draw_gallery
    from edex.spacegroup.figures import draw_measured as draw_measured
    from edex.spacegroup.figures import draw_reliability as draw_reliability
    from edex.spacegroup.figures import draw_shells as draw_shells
    from edex.spacegroup.figures import draw_symmetry as draw_symmetry
    from edex.spacegroup.gr_files import MeasuredPdf as MeasuredPdf
    from edex.spacegroup.gr_files import read_gr as read_gr
    from edex.spacegroup.library import KnownCrystal as KnownCrystal
    from edex.spacegroup.library import Library as Library
    from edex.spacegroup.measured import check_quality as check_quality
    from edex.spacegroup.measured import resample as resample
    from edex.spacegroup.measured import to_grid as to_grid
    from edex.spacegroup.neighbours import NearestByPearson as NearestByPearson
    from edex.spacegroup.neighbours import max_correlation as max_correlation
    from edex.spacegroup.networks import build_network as build_network
    from edex.spacegroup.pdf import PdfCalculator as PdfCalculator
    from edex.spacegroup.pdf import default_grid as default_grid
    from edex.spacegroup.pdf import simulate_pdf as simulate_pdf
    from edex.spacegroup.pdf_table import PdfTable as PdfTable
    from edex.spacegroup.pdf_table import load_pdfs as load_pdfs
    from edex.spacegroup.pdf_table import verify_pdfs as verify_pdfs
    from edex.spacegroup.predictor import FilePrediction as FilePrediction
    from edex.spacegroup.predictor import predict_files as predict_files
    from edex.spacegroup.pretrained import default_classifier as default_classifier
    from edex.spacegroup.pretrained import default_library as default_library
    from edex.spacegroup.prototypes import prototype_key as prototype_key
    from edex.spacegroup.readers import read_cif as read_cif
    from edex.spacegroup.readers import read_poscar as read_poscar
    from edex.spacegroup.readers import read_structure as read_structure
    from edex.spacegroup.reduction import reduce_crystal as reduce_crystal
    from edex.spacegroup.robustness import add_noise as add_noise
    from edex.spacegroup.robustness import probe_pdfs as probe_pdfs
    from edex.spacegroup.scattering import scattering_weights as scattering_weights
    from edex.spacegroup.simulate import make_pdfs as make_pdfs
    from edex.spacegroup.structures import StructureReport as StructureReport
    from edex.spacegroup.structures import crystal_table as crystal_table
    from edex.spacegroup.structures import load_crystals as load_crystals
    from edex.spacegroup.structures import read_folder as read_folder
    from edex.spacegroup.symmetry import Symmetry as Symmetry
    from edex.spacegroup.symmetry import analyse_symmetry as analyse_symmetry
    from edex.spacegroup.symmetry import find_space_group as find_space_group
    from edex.spacegroup.symmetry import orbits as orbits
    from edex.spacegroup.symmetry import primitive_cell as primitive_cell
    from edex.spacegroup.templates import Perturbation as Perturbation
    from edex.spacegroup.templates import Template as Template
    from edex.spacegroup.templates import make_template as make_template
    from edex.spacegroup.templates import perturb as perturb
    from edex.spacegroup.topk import top_k_accuracy as top_k_accuracy
    from edex.spacegroup.training_figures import draw_patients as draw_patients
    from edex.spacegroup.training_figures import draw_training as draw_training

_MODULE_OF = {
    "CLASSES": "classes",
    "Conditions": "conditions",
    "Crystal": "crystal",
    "FilePrediction": "predictor",
    "ILLNESSES": "clinic",
    "KnownCrystal": "library",
    "Library": "library",
    "MeasuredPdf": "gr_files",
    "NearestByPearson": "neighbours",
    "Orbits": "crystal",
    "Patient": "clinic",
    "PdfCalculator": "pdf",
    "PdfTable": "pdf_table",
    "Perturbation": "templates",
    "SpaceGroup": "classes",
    "SpaceGroupClassifier": "classifier",
    "StructureReport": "structures",
    "Symmetry": "symmetry",
    "Template": "templates",
    "accuracy": "evaluation",
    "add_noise": "robustness",
    "admit_patients": "clinic",
    "analyse_symmetry": "symmetry",
    "build_network": "networks",
    "check_quality": "measured",
    "class_index": "classes",
    "class_recall": "evaluation",
    "confusion_table": "evaluation",
    "crystal_table": "structures",
    "default_classifier": "pretrained",
    "default_grid": "pdf",
    "default_library": "pretrained",
    "draw_confusion": "figures",
    "draw_flattery": "figures",
    "draw_gallery": "figures",
    "draw_measured": "figures",
    "draw_moved": "explorer",
    "draw_patients": "training_figures",
    "draw_reliability": "figures",
    "draw_shells": "figures",
    "draw_symmetry": "figures",
    "draw_training": "training_figures",
    "expected_calibration_error": "calibration",
    "family_confusion": "evaluation",
    "find_space_group": "symmetry",
    "germanium_telluride": "explorer",
    "load_crystals": "structures",
    "load_pdfs": "pdf_table",
    "make_pdfs": "simulate",
    "make_template": "templates",
    "max_correlation": "neighbours",
    "move_the_atoms": "explorer",
    "orbits": "symmetry",
    "pair_distances": "distances",
    "paired_gain": "evaluation",
    "perturb": "templates",
    "predict_files": "predictor",
    "primitive_cell": "symmetry",
    "probe_pdfs": "robustness",
    "progress_line": "explorer",
    "prototype_folds": "evaluation",
    "prototype_key": "prototypes",
    "random_folds": "evaluation",
    "read_cif": "readers",
    "read_folder": "structures",
    "read_gr": "gr_files",
    "read_poscar": "readers",
    "read_structure": "readers",
    "reduce_crystal": "reduction",
    "reliability_table": "calibration",
    "resample": "measured",
    "scattering_weights": "scattering",
    "simulate_pdf": "pdf",
    "space_group": "classes",
    "to_grid": "measured",
    "top_k_accuracy": "topk",
    "true_rank": "evaluation",
    "verify_pdfs": "pdf_table",
}

__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"edex.spacegroup.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, for tab completion."""
    return sorted(__all__)
