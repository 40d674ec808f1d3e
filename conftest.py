"""What is collected only where an extra of its own is installed: PyTorch (`make test-torch`), or a peer."""

import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

HAS_TORCH = find_spec("torch") is not None
ROOMS = ["nn", "models/hybrid", "backends/torch"]
OF_TORCH = [f"{tree}/{room}" for tree in ("skqml", "tests") for room in ROOMS] + ["docs/families/hybrid.rst"]
collect_ignore = [] if HAS_TORCH else OF_TORCH
collect_ignore += [] if find_spec("qiskit_addon_cutting") else ["tests/cutting/test_qiskit_addon.py"]
collect_ignore += ["docs/_build", "docs/generated", "docs/auto_examples"]  # what `make docs` leaves


def pytest_report_header() -> str | None:
    """Say what is left out, and why."""
    return None if HAS_TORCH else f"not collected, for torch is not installed (make test-torch): {', '.join(OF_TORCH)}"


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    """Close what a test or a docstring drew: pyplot keeps all figures of a process open, and warns of many."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
