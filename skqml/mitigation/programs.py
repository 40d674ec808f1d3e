"""Programs around several programs: one source of shots for all, and the chain rule through what is made of them."""

from collections.abc import Callable, Sequence

import numpy as np
from qiskit import QuantumCircuit

from ..backends import Backend, Cost, Program, ShiftProgram
from ..backends.program import Pullback


class SeveralPrograms(ShiftProgram):
    """Base class of what is made of the values of several programs for the same rows and weights.

    Attributes
    ----------
    programs : list of Program
    """

    programs: list[Program]

    def cost(self, n_rows: int, gradient: bool = False) -> Cost:
        """That of all programs; see `Program.cost`."""
        return sum((program.cost(n_rows, gradient) for program in self.programs), Cost())

    # One generator for all: an integer seed must not give two of them the same noise.

    def _each(self, X, w, rng) -> list[np.ndarray]:
        """Values of each."""
        rng = self.backend.generator() if rng is None else rng
        return [program(X, w, rng) for program in self.programs]

    def _estimates(self, X, w, rng) -> tuple[Sequence[np.ndarray], Sequence[np.ndarray]]:
        """Values of each, and their standard errors."""
        rng = self.backend.generator() if rng is None else rng
        values, errors = zip(*(program.estimate(X, w, rng) for program in self.programs), strict=True)
        return values, errors

    def _forward(self, X, w, rng) -> tuple[Sequence[np.ndarray], Callable]:
        """Values of each, and a function from cotangents of each to the sum of their (dX, dw)."""
        rng = self.backend.generator() if rng is None else rng
        values, pullbacks = zip(*(program.forward(X, w, rng) for program in self.programs), strict=True)
        return values, lambda gs: sum_of_gradients([back(g) for back, g in zip(pullbacks, gs, strict=True)])


class MeanProgram(SeveralPrograms):
    """Mean of the values of several circuits that differ by their noise alone.

    Parameters
    ----------
    backend : Backend
        What is asked for shots.
    inner : Backend
        Runs the circuits.
    circuits : sequence of QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    """

    def __init__(self, backend: Backend, inner: Backend, circuits: Sequence[QuantumCircuit], observables: Sequence):
        super().__init__(backend, circuits[0], observables)
        self.programs = [inner.compile(circuit, self.observables) for circuit in circuits]

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Mean values (n_samples, n_observables)."""
        return np.mean(self._each(X, w, rng), axis=0)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Mean values and their standard errors, from the scatter of the circuits; see `Program.estimate`."""
        if len(self.programs) == 1:
            return self.programs[0].estimate(X, w, rng)
        values = self._each(X, w, rng)
        return np.mean(values, axis=0), np.std(values, axis=0, ddof=1) / np.sqrt(len(values))

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Mean values, and a function from their cotangents to (dX, dw)."""
        values, pullback = self._forward(X, w, rng)
        return np.mean(values, axis=0), lambda g: pullback([self._checked_g(g, len(X)) / len(values)] * len(values))


def sum_of_gradients(parts: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Sum of some (dX, dw)."""
    dX, dw = zip(*parts, strict=True)
    return np.sum(dX, axis=0), np.sum(dw, axis=0)
