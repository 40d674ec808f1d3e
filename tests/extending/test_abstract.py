"""What a user derives from says what is missing, and adding one of a kind takes few lines."""

from pathlib import Path

import pytest

from skqml import Backend, Cell, Encoding, Program, QuantumKernel
from skqml.models.recurrent import Step

TOYS = sorted(Path(__file__).parent.glob("test_*.py"))


@pytest.mark.parametrize("base", [Encoding, QuantumKernel, Backend, Program, Cell, Step])
def test_a_class_without_its_method_cannot_be_made(base):
    with pytest.raises(TypeError, match="abstract"):
        type("Empty", (base,), {})()


@pytest.mark.parametrize("toy", TOYS, ids=lambda toy: toy.stem)
def test_a_toy_takes_few_lines(toy):
    """One of a kind and its test from end to end, imports and all."""
    assert len(toy.read_text().splitlines()) < 40
