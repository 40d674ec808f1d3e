"""Where circuits run: exact simulation, shots, noise, Aer, primitives, and the base classes for more."""

from .base import Backend
from .defaults import ShiftProgram
from .exact import Exact
from .mps import MPS
from .noisy import Noisy
from .pauli_propagation import PauliPropagation
from .primitives import Primitive
from .program import Cost, Overlaps, Probabilities, Program
from .shots import Shots
from .wrapper import Wrapper

__all__ = [
    "MPS",
    "Aer",
    "Backend",
    "Cost",
    "Exact",
    "Noisy",
    "Overlaps",
    "PauliPropagation",
    "Primitive",
    "Probabilities",
    "Program",
    "ShiftProgram",
    "Shots",
    "Wrapper",
]


def __getattr__(name) -> object:
    if name == "Aer":  # importing qiskit_aer takes as long as all the rest
        from .aer import Aer

        return Aer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
