"""The room as a whole: its names, its quick import, what it says without an extra."""

import subprocess
import sys

import pytest

import edex.examples
from edex.errors import MissingExtraError

HEAVY = ("pandas", "chemicals", "rdkit", "spglib", "scipy", "sklearn")


@pytest.mark.parametrize("name", edex.examples.__all__)
def test_every_public_name_is_there(name):
    assert getattr(edex.examples, name) is not None
    assert name in dir(edex.examples)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="load_planets"):
        _ = edex.examples.load_planets


def test_importing_the_room_loads_no_heavy_package():
    code = f"import edex.examples, sys; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("package", "call", "extra"),
    [
        ("chemicals", "load_boiling_points()", "melting"),
        ("chemicals", "load_heat_capacities()", "melting"),
        ("rdkit", "load_boiling_points()", "membranes"),
        ("rdkit", "molecule_family('CCO')", "membranes"),
        ("spglib", "load_lattices()", "spacegroup"),
    ],
)
def test_without_its_package_a_loader_says_what_to_install(package, call, extra):
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        f"import edex.examples as ex\nfrom edex.errors import MissingExtraError\n"
        f"try:\n    ex.{call}\nexcept MissingExtraError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert repr(package) in done.stdout
    assert f'pip install "edex[{extra}]"' in done.stdout
    assert issubclass(MissingExtraError, ImportError)
