"""Programs around several programs: one source of shots for all, and the chain rule through what is made of them."""

from abc import abstractmethod
from collections.abc import Callable, Sequence

import numpy as np
from qiskit import QuantumCircuit

from ..backends import Backend, Cost, Program, ShiftProgram
from ..backends.program import Gradient, Pullback


class SeveralPrograms(ShiftProgram):
    """Base class of what is made of the values of several programs for the same rows and weights.

    Attributes
    ----------
    programs : list of Program
    """

    programs: list[Program]

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """That of all programs; see `Program.cost`."""
        return sum((program.cost(n_rows, gradient) for program in self.programs), Cost())

    @abstractmethod
    def _joined(self, found: Sequence[np.ndarray]) -> tuple[np.ndarray, Callable[[np.ndarray], Sequence[np.ndarray]]]:
        """Values made of those of each, and a function from their cotangents to those of each."""

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        return self._joined(self._each(X, w, rng))[0]

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

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Values, and the chain rule through what is made of those of each program."""
        values, parts = self._chain(lambda program, rng: program.forward(X, w, rng), rng)
        return values, lambda g: sum_of_gradients(parts(g))

    def forward_weights(self, X, w=None, rng=None) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """The same by weights alone; see `Program.forward_weights`."""
        values, parts = self._chain(lambda program, rng: program.forward_weights(X, w, rng), rng)
        return values, lambda g: np.sum(parts(g), axis=0)

    def _chain(self, run: Callable, rng) -> tuple[np.ndarray, Callable[[np.ndarray], list]]:
        """Values, and a function from their cotangents to what the pullback of each program gives."""
        rng = self.backend.generator() if rng is None else rng
        found, pullbacks = zip(*(run(program, rng) for program in self.programs), strict=True)
        values, of_each = self._joined(found)

        def parts(g) -> list:
            each = of_each(self._checked_g(g, len(values)))
            return [pullback(h) for pullback, h in zip(pullbacks, each, strict=True)]

        return values, parts


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

    def _joined(self, found):
        return np.mean(found, axis=0), lambda g: [g / len(found)] * len(found)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Mean values and their standard errors, from the scatter of the circuits; see `Program.estimate`."""
        if len(self.programs) == 1:
            return self.programs[0].estimate(X, w, rng)
        values = self._each(X, w, rng)
        return np.mean(values, axis=0), np.std(values, axis=0, ddof=1) / np.sqrt(len(values))


def sum_of_gradients(parts: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Sum of some (dX, dw)."""
    dX, dw = zip(*parts, strict=True)
    return np.sum(dX, axis=0), np.sum(dw, axis=0)
