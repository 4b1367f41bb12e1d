"""Write a fitted classifier into one file, and read it back without running anything from it.

A network becomes a ``.keras`` file, Keras' own zip format, with one more member ``edex.json`` that
holds grid, classes, scaling and temperature. Reading rebuilds the network from edex's own code and
takes only numbers (HDF5) from the file, so no layer, function or class that the file names is ever
created; ``keras.saving.load_model`` can open the file too. Softmax regression becomes an ``.npz``
file of plain arrays. Pickles are neither written nor opened.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edex import __version__
from edex.errors import DataError, EdexError, InputError
from edex.spacegroup.keras_backend import import_keras, known_warnings_ignored
from edex.spacegroup.scaling import SCALINGS

__all__ = ["Metadata", "check_suffix", "read_model", "write_arrays", "write_network"]

_FORMAT = 1
_MEMBER = "edex.json"
_LARGEST = 512 * 2**20  # bytes, unpacked; the paper's CNN takes 17 million
_KEYS = {"model", "classes", "n_points", "scaling", "temperature", "r", "networks"}
_BAD_CONTENT = (
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    NotImplementedError,
    UserWarning,
    zlib.error,
)
_SUFFIXES = {".keras": "a network", ".npz": "softmax regression"}


@dataclass(frozen=True)
class Metadata:
    """What is stored beside the weights.

    Attributes
    ----------
    model : str
        Name of the model, as in the classifier.
    classes : list of int
        Space group of each output.
    n_points : int
        Points of a curve.
    scaling : str
        How curves are scaled; see :func:`edex.spacegroup.scaling.scale_curves`.
    temperature : float
        Of the calibration.
    r : list of float or None
        The grid in Å, if known.
    networks : list of str
        Names of the networks whose mean is taken; empty for softmax regression.
    """

    model: str
    classes: list[int]
    n_points: int
    scaling: str
    temperature: float
    r: list[float] | None
    networks: list[str]


def check_suffix(path: str | os.PathLike[str], expected: str) -> Path:
    """Return a path that ends as it should.

    Parameters
    ----------
    path : path
        Where to write.
    expected : {".keras", ".npz"}
        The ending for this model.

    Raises
    ------
    InputError
        If it ends in another way, or its folder does not exist.
    """
    target = Path(path)
    if target.suffix != expected:
        raise InputError(
            f"The file {target.name!r} should end in {expected}, the format of "
            f"{_SUFFIXES[expected]}. Save it as {target.with_suffix(expected).name!r}."
        )
    if not target.parent.is_dir():
        raise InputError(
            f"The folder {str(target.parent)!r} does not exist, so nothing can be saved there. "
            f"Make it first."
        )
    return target


def write_network(path: str | os.PathLike[str], network: Any, metadata: Metadata) -> None:
    """Write a network and its metadata as one ``.keras`` file; all of it or nothing.

    Parameters
    ----------
    path : path
        A file that ends in ``.keras``; an old one is replaced.
    network : keras.Model
        The trained network.
    metadata : Metadata
        What else is needed to use it.
    """

    def write(temporary: Path) -> None:
        keras = import_keras()
        # The same layers without the optimiser, which is two thirds of the file.
        bare = keras.Model(network.input, network.output, name=network.name)
        with known_warnings_ignored():
            bare.save(temporary)
        with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_MEMBER, _as_json(metadata))

    _write_atomically(check_suffix(path, ".keras"), write)


def write_arrays(
    path: str | os.PathLike[str], arrays: dict[str, np.ndarray], metadata: Metadata
) -> None:
    """Write a softmax regression as one ``.npz`` file; all of it or nothing.

    Parameters
    ----------
    path : path
        A file that ends in ``.npz``; an old one is replaced.
    arrays : dict of str to ndarray
        ``mean`` and ``scale`` of the points, ``coefficients`` and ``intercepts``.
    metadata : Metadata
        What else is needed to use them.
    """

    def write(temporary: Path) -> None:
        np.savez(temporary, allow_pickle=False, **arrays)
        with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_MEMBER, _as_json(metadata))

    _write_atomically(check_suffix(path, ".npz"), write)


def read_model(
    path: str | os.PathLike[str], expected: Mapping[str, tuple[str, ...]]
) -> tuple[Metadata, Any]:
    """Read a file of :func:`write_network` or :func:`write_arrays`.

    Parameters
    ----------
    path : path
        The file.
    expected : dict of str to tuple of str
        The models that may stand in the file, and the networks of each.

    Returns
    -------
    metadata : Metadata
        What stands in ``edex.json``, checked.
    model : keras.Model or dict of str to ndarray
        The network with its weights, or the arrays.

    Raises
    ------
    DataError
        If the file is absent, damaged, a pickle, or not one of edex.
    MissingExtraError
        If it holds a network and Keras is not installed.
    """
    source = Path(path)
    if not source.is_file():
        raise DataError(f"There is no file {str(source)!r}. Check the path, or save a model first.")
    if source.suffix not in _SUFFIXES or not zipfile.is_zipfile(source):
        with source.open("rb") as file:
            is_pickle = file.read(1) == b"\x80"
        reason = (
            "a pickle, which could run any code when it is read"
            if is_pickle
            else "no complete .keras or .npz file (cut off, or of another kind)"
        )
        raise _unreadable(source, reason)
    try:
        with zipfile.ZipFile(source) as archive:
            metadata = _read_metadata(archive, source)
            _check_metadata(metadata, source.suffix, expected)
            if source.suffix == ".npz":
                return metadata, _read_arrays(archive, metadata)
        return metadata, _read_network(source, metadata)
    except EdexError:
        raise
    except (zipfile.BadZipFile, EOFError, LookupError, OSError, *_BAD_CONTENT) as error:
        raise _unreadable(source, f"damaged ({str(error).splitlines()[0][:120]})") from error


def _read_metadata(archive: zipfile.ZipFile, source: Path) -> Metadata:
    size = sum(member.file_size for member in archive.infolist())
    if size > _LARGEST:
        raise _unreadable(source, f"too large: {size / 2**20:,.0f} MB when unpacked")
    damaged = archive.testzip()
    if damaged is not None:
        raise _unreadable(source, f"damaged: the checksum of its part {damaged!r} is wrong")
    if _MEMBER not in archive.namelist():
        raise _unreadable(
            source, f"not one of edex: it has no {_MEMBER} with the grid and the space groups"
        )
    content = json.loads(archive.read(_MEMBER))
    if content.get("format") != _FORMAT:
        raise _unreadable(
            source,
            f"of format {content.get('format')!r}, and edex {__version__} reads format {_FORMAT}",
        )
    return Metadata(**{key: content[key] for key in _KEYS})


def _check_metadata(
    metadata: Metadata, suffix: str, expected: Mapping[str, tuple[str, ...]]
) -> None:
    """Raise ValueError where the entries contradict each other."""
    networks = tuple(metadata.networks)
    if expected.get(metadata.model) != networks or (suffix == ".keras") != bool(networks):
        raise ValueError(f"its model is {metadata.model!r} with the networks {metadata.networks}")
    classes, r = metadata.classes, metadata.r
    whole = all(type(number) is int and 1 <= number <= 230 for number in classes)
    if not whole or len(classes) < 2 or classes != sorted(set(classes)):
        raise ValueError(f"its space groups are {classes}")
    if type(metadata.n_points) is not int or not 1 <= metadata.n_points <= 100_000:
        raise ValueError(f"its curves have {metadata.n_points} points")
    if r is not None and not (len(r) == metadata.n_points and np.all(np.diff(r) > 0.0)):
        raise ValueError(f"its grid of {len(r)} distances does not fit {metadata.n_points} points")
    if metadata.scaling not in SCALINGS:
        raise ValueError(f"its scaling is {metadata.scaling!r}")
    if not 0.0 < metadata.temperature < np.inf:
        raise ValueError(f"its temperature is {metadata.temperature}")


def _read_arrays(archive: zipfile.ZipFile, metadata: Metadata) -> dict[str, np.ndarray]:
    n_points, n_classes = metadata.n_points, len(metadata.classes)
    n_outputs = 1 if n_classes == 2 else n_classes
    shapes = {
        "mean": (n_points,),
        "scale": (n_points,),
        "coefficients": (n_outputs, n_points),
        "intercepts": (n_outputs,),
    }
    arrays = {}
    for name, shape in shapes.items():
        with archive.open(f"{name}.npy") as member:
            array = np.lib.format.read_array(member, allow_pickle=False)
        if array.shape != shape or array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(f"its part {name!r} does not hold finite numbers of shape {shape}")
        arrays[name] = array
    return arrays


def _read_network(source: Path, metadata: Metadata) -> Any:
    from edex.spacegroup.networks import average_networks, build_network, distinct_names

    members = [
        build_network(name, metadata.n_points, len(metadata.classes), label=label)
        for name, label in zip(metadata.networks, distinct_names(metadata.networks), strict=True)
    ]
    network = members[0] if len(members) == 1 else average_networks(members)
    with known_warnings_ignored(), warnings.catch_warnings():
        # Keras only warns where the file lacks a layer, and leaves random weights in it.
        warnings.simplefilter("error", UserWarning)
        network.load_weights(source)
        if not all(np.isfinite(weights).all() for weights in network.get_weights()):
            raise ValueError("its weights are not all finite numbers")
    return network


def _write_atomically(target: Path, write: Callable[[Path], None]) -> None:
    # In the same folder, so that the last step is a rename; a kill leaves the old file as it was.
    name = f".{target.stem}-{os.getpid()}-{secrets.token_hex(4)}{target.suffix}"
    temporary = target.with_name(name)
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise DataError(
            f"The model could not be written to {str(target)!r} ({error}); what was there before "
            f"is unchanged. Check the free space and the permissions, or choose another folder."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _as_json(metadata: Metadata) -> str:
    versions = {"edex": __version__, "python": sys.version.split()[0], "numpy": np.__version__}
    for name in ("keras", "tensorflow"):
        if name in sys.modules:
            versions[name] = str(sys.modules[name].__version__)
    content = {"format": _FORMAT, "versions": versions, **asdict(metadata)}
    return json.dumps(content, indent=1, sort_keys=True)


def _unreadable(source: Path, reason: str) -> DataError:
    return DataError(
        f"The file {str(source)!r} is {reason}. Nothing was taken from it. Give a file that "
        f"SpaceGroupClassifier.save wrote, or fit the classifier again."
    )
