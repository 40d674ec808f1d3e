"""Every example finds what it imports, says what it shows, and has a `main`."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_can_be_loaded(path):
    names = runpy.run_path(str(path), run_name="loaded")
    assert names["__doc__"]
    assert callable(names["main"])


def test_examples_are_found():
    assert len(EXAMPLES) >= 16
