"""Settings of these tests."""

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Small problems: on a busy machine threads that wait for each other cost minutes."""
    with threadpool_limits(limits=1):
        yield
