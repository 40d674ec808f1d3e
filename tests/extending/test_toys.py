"""Adding one of a kind takes few lines, and nothing private."""

from pathlib import Path

import pytest

from tests.rooms import private_imports

TOYS = sorted({*Path(__file__).parent.glob("test_*.py")} - {Path(__file__)})


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.stem)
def test_a_toy_takes_few_lines(toy):
    """One of a kind and its test from end to end, imports and all."""
    assert len(toy.read_text().splitlines()) < 40


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.stem)
def test_a_toy_takes_what_is_public(toy):
    assert private_imports(toy.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "from skqml._parts import OptionalParts",
        "from skqml.models.base import _parts",
        "from skqml.engine.walsh import walsh",
        "import skqml.engine",
        "from skqml import engine",
    ],
)
def test_what_is_private_is_seen(line):
    assert len(private_imports(line)) == 1
