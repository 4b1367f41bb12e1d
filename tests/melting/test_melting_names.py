"""The room as a whole: what it offers, and what its import costs."""

import subprocess
import sys

import pytest

import edex.melting


@pytest.mark.parametrize("name", edex.melting.__all__)
def test_every_public_name_can_be_had(name):
    assert getattr(edex.melting, name) is not None
    assert name in dir(edex.melting)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'forest'"):
        _ = edex.melting.forest


def test_the_import_brings_no_heavy_package_and_the_models_no_figures():
    code = (
        "import sys, edex.melting; "
        "assert not {'pandas', 'sklearn', 'matplotlib'} & set(sys.modules); "
        "from edex.melting import MeltingRegressor, model_ladder, fused_predictions; "
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
