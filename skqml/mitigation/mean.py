"""The mean of several programs for the same values."""

from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit

from ..backends import Backend, Cost, ShiftProgram
from ..backends.program import Pullback


class MeanProgram(ShiftProgram):
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
        self._programs = [inner.compile(circuit, self.observables) for circuit in circuits]

    def cost(self, n_rows: int, gradient: bool = False) -> Cost:
        """That of all circuits; see `Program.cost`."""
        return sum((program.cost(n_rows, gradient) for program in self._programs), Cost())

    def _each(self, X, w, rng) -> np.ndarray:
        rng = self.backend.generator() if rng is None else rng
        return np.stack([program(X, w, rng) for program in self._programs])

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Mean values (n_samples, n_observables)."""
        return self._each(X, w, rng).mean(axis=0)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Mean values and their standard errors, from the scatter of the circuits; see `Program.estimate`."""
        if len(self._programs) == 1:
            return self._programs[0].estimate(X, w, rng)
        values = self._each(X, w, rng)
        return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Mean values, and a function from their cotangents to (dX, dw)."""
        rng = self.backend.generator() if rng is None else rng
        runs = [program.forward(X, w, rng) for program in self._programs]

        def of_mean(g) -> tuple[np.ndarray, np.ndarray]:
            return sum_of_gradients([pullback(np.asarray(g) / len(runs)) for _, pullback in runs])

        return np.mean([values for values, _ in runs], axis=0), of_mean


def sum_of_gradients(parts: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Sum of some (dX, dw)."""
    dX, dw = zip(*parts, strict=True)
    return np.sum(dX, axis=0), np.sum(dw, axis=0)
