"""The room as a whole: what it offers, and what its import costs."""

import subprocess
import sys

import pytest

import edex.membranes


@pytest.mark.parametrize("name", edex.membranes.__all__)
def test_every_public_name_can_be_had(name):
    assert getattr(edex.membranes, name) is not None
    assert name in dir(edex.membranes)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'forest'"):
        _ = edex.membranes.forest


def test_the_import_brings_no_heavy_package_and_the_fingerprints_no_figures():
    code = (
        "import sys, edex.membranes; "
        "assert not {'pandas', 'sklearn', 'matplotlib', 'rdkit'} & set(sys.modules); "
        "from edex.membranes import PeriodicMorgan, merge_polymers; "
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_rdkit_the_message_says_how_to_get_it():
    code = (
        "import sys; sys.modules['rdkit'] = None\n"
        "from edex.membranes import upper_bound\n"
        "from edex.errors import MissingExtraError\n"
        "try:\n    from edex.membranes import PathBits\n"
        "except MissingExtraError as error:\n    assert 'edex[membranes]' in str(error)\n"
        "else:\n    raise AssertionError\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
