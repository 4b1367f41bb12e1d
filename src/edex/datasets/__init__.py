"""Data sets of the course: what there is, where it lives, how to load it.

The names below are looked up when they are first used, so that ``import edex.datasets`` does not
import pandas: the command line stays fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edex.datasets.amcsd import load_amcsd as load_amcsd
    from edex.datasets.cache import DamagedFileWarning as DamagedFileWarning
    from edex.datasets.cache import FileReport as FileReport
    from edex.datasets.cache import cache_dir as cache_dir
    from edex.datasets.cache import data_dir as data_dir
    from edex.datasets.cache import is_available as is_available
    from edex.datasets.cache import locate as locate
    from edex.datasets.cache import verify as verify
    from edex.datasets.cards import card as card
    from edex.datasets.crc import EXCLUSION_REASONS as EXCLUSION_REASONS
    from edex.datasets.crc import load_crc_melting as load_crc_melting
    from edex.datasets.download import fetch as fetch
    from edex.datasets.formulas import atom_counts as atom_counts
    from edex.datasets.formulas import canonical_formula as canonical_formula
    from edex.datasets.formulas import reduced_counts as reduced_counts
    from edex.datasets.gas_permeability import load_gas_permeability as load_gas_permeability
    from edex.datasets.gharakhanyan import CLUSTERING_COLUMNS as CLUSTERING_COLUMNS
    from edex.datasets.gharakhanyan import FEATURE_COLUMNS as FEATURE_COLUMNS
    from edex.datasets.gharakhanyan import load_gharakhanyan_2024 as load_gharakhanyan_2024
    from edex.datasets.helium import load_helium as load_helium
    from edex.datasets.measured_pdfs import MeasuredCurve as MeasuredCurve
    from edex.datasets.measured_pdfs import load_measured_pdfs as load_measured_pdfs
    from edex.datasets.mp_structures import load_mp_structures as load_mp_structures
    from edex.datasets.registry import DatasetSpec as DatasetSpec
    from edex.datasets.registry import PackageMember as PackageMember
    from edex.datasets.registry import RemoteFile as RemoteFile
    from edex.datasets.registry import dataset_names as dataset_names
    from edex.datasets.registry import get_spec as get_spec
    from edex.datasets.yang_2022 import load_screening_polymers as load_screening_polymers
    from edex.datasets.yang_2022 import load_yang_2022 as load_yang_2022

_MODULE_OF = {
    "CLUSTERING_COLUMNS": "gharakhanyan",
    "DamagedFileWarning": "cache",
    "DatasetSpec": "registry",
    "EXCLUSION_REASONS": "crc",
    "FEATURE_COLUMNS": "gharakhanyan",
    "FileReport": "cache",
    "MeasuredCurve": "measured_pdfs",
    "PackageMember": "registry",
    "RemoteFile": "registry",
    "atom_counts": "formulas",
    "cache_dir": "cache",
    "canonical_formula": "formulas",
    "card": "cards",
    "data_dir": "cache",
    "dataset_names": "registry",
    "fetch": "download",
    "get_spec": "registry",
    "is_available": "cache",
    "load_amcsd": "amcsd",
    "load_crc_melting": "crc",
    "load_gas_permeability": "gas_permeability",
    "load_gharakhanyan_2024": "gharakhanyan",
    "load_helium": "helium",
    "load_measured_pdfs": "measured_pdfs",
    "load_mp_structures": "mp_structures",
    "load_screening_polymers": "yang_2022",
    "load_yang_2022": "yang_2022",
    "locate": "cache",
    "reduced_counts": "formulas",
    "verify": "cache",
}

__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, for tab completion."""
    return sorted(__all__)
