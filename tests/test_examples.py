"""Every example runs whole, at small size, in a folder of its own, and leaves a figure there."""

import runpy
import warnings
from pathlib import Path

import pytest

from tests.rooms import HAS_TORCH

FOUND = sorted((Path(__file__).parents[1] / "examples").rglob("*.py"))
EXAMPLES = [path for path in FOUND if HAS_TORCH or not path.stem.startswith("hybrid")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("default")  # few iterations do not converge
def test_examples_run(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SKQML_DATA", raising=False)
    names = runpy.run_path(str(path), run_name="loaded")
    assert names["__doc__"]
    with warnings.catch_warnings():  # some change the filters
        names["main"](quick=True)
    assert capsys.readouterr().out
    assert "studies" in path.parts or list(tmp_path.glob("*.png")), "the gallery shows a figure of each"


def test_examples_are_found():
    assert len(EXAMPLES) >= 16
