"""Settings of these tests."""

import matplotlib as mpl
import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

mpl.use("Agg")

# The first example of a property pays for imports; a busy machine is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Small problems: on a busy machine threads that wait for each other cost minutes."""
    with threadpool_limits(limits=1):
        yield
