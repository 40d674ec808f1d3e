"""What is collected where it is installed: PyTorch (`make test-torch`), IBM's runtime, Ray (`test-ray`), a peer."""

import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

ROOMS = ["nn", "models/hybrid", "backends/torch"]
EXTRAS = {
    "torch": [f"{tree}/{room}" for tree in ("skqml", "tests") for room in ROOMS] + ["docs/families/hybrid.rst"],
    "art": ["tests/attacks/test_art.py"],
    "qiskit_addon_cutting": ["tests/cutting/test_qiskit_addon.py"],
    "ray": ["tests/kernels/tiles/test_ray.py"],
    "qiskit_ibm_runtime": ["tests/backends/primitives/ibm", "docs/howto/hardware.rst"],
}
MISSING = {name: paths for name, paths in EXTRAS.items() if find_spec(name) is None}
collect_ignore = [path for paths in MISSING.values() for path in paths]
collect_ignore += ["docs/_build", "docs/generated", "docs/auto_examples"]  # what `make docs` leaves


def pytest_report_header() -> list[str]:
    """Say what is left out, and why."""
    return [f"not collected, for {name} is not installed: {', '.join(paths)}" for name, paths in MISSING.items()]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse names of tests with an address of memory in them, which are others in each worker."""
    changing = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if changing:
        raise pytest.UsageError(f"Give these tests ids that are the same in each process: {', '.join(changing[:3])}")


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    """Close what a test or a docstring drew: pyplot keeps all figures of a process open, and warns of many."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
