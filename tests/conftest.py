"""Settings of all tests."""

import os

from hypothesis import settings

# The same examples each time: a failure means that something has changed. The first example of a
# property pays for imports and tables, so a busy machine is no failure. New examples:
# HYPOTHESIS_PROFILE=explore
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
