"""What a user derives from says what is missing."""

import pytest

from skqml import Backend, Cell, Encoding, Program, QuantumKernel
from skqml.models.base import TrainedClassifier, TrainedRegressor
from skqml.models.recurrent import Step

BASES = [Encoding, QuantumKernel, Backend, Program, Cell, Step, TrainedClassifier, TrainedRegressor]


@pytest.mark.parametrize("base", BASES)
def test_a_class_without_its_method_cannot_be_made(base):
    with pytest.raises(TypeError, match="abstract"):
        type("Empty", (base,), {})()
