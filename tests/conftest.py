"""Settings and fixtures that all tests share."""

import os

import pytest
from hypothesis import settings

from skqml.training.interrupts import interrupts

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(autouse=True)
def no_interruption_before():
    """Ctrl-C in one test is not the first of two for the next."""
    interrupts.cache_clear()
