"""Settings of these tests."""

from hypothesis import settings

# The first example of a property pays for imports and tables; a busy machine is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
