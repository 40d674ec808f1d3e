"""Adding one of a kind takes few lines, and nothing private."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

TOYS = sorted({*Path(__file__).parent.glob("test_*.py")} - {Path(__file__)})


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.stem)
def test_a_toy_takes_few_lines(toy):
    """One of a kind and its test from end to end, imports and all."""
    assert len(toy.read_text().splitlines()) < 40


def imported(source):
    """Modules and names that code takes from the package; a module alone is taken whole."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in getattr(node, "names", [])]
        pairs = [(node.module, name) for name in names] if isinstance(node, ast.ImportFrom) else []
        pairs += [(name, None) for name in names] if isinstance(node, ast.Import) else []
        yield from (pair for pair in pairs if pair[0].split(".")[0] == "skqml")


def is_public(module, name):
    """Whether a room of the package, but for the engine, says that it shows a name."""
    private = module.startswith("skqml.engine") or "._" in module
    return not private and (name is None or name in import_module(module).__all__)


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.stem)
def test_a_toy_takes_what_is_public(toy):
    assert [pair for pair in imported(toy.read_text()) if not is_public(*pair)] == []


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
    (pair,) = imported(line)
    assert not is_public(*pair)
