"""The program of Pauli propagation: truncated expectation values, their exact derivatives, and what was dropped."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qiskit import QuantumCircuit

from ...engine.propagation.gates import read_gates, words
from ...engine.propagation.strings import Term, Truncation
from ...engine.propagation.sweeps import Propagation
from ...engine.reading.lower import lower
from ...engine.reading.paulis import read_observables
from ..program import Cost, Gradient, Program, Pullback


@dataclass(frozen=True)
class Dropped:
    """What Pauli strings that were dropped may be worth, both (n_samples, n_observables).

    Attributes
    ----------
    bound : ndarray
        ``sum |c|`` over their coefficients: no value is further from the exact one.
    weight : ndarray
        ``sum c^2``, of the sum of squares of the observable's own coefficients, which all gates keep. Its root
        is the size of the error to expect where the circuit in front is random.
    """

    bound: np.ndarray
    weight: np.ndarray


class PropagationProgram(Program):
    """Expectation values by Pauli propagation, with derivatives of the truncated values.

    Parameters
    ----------
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    truncation : Truncation
    threads : int or None
    """

    def __init__(self, circuit: QuantumCircuit, observables: Sequence, truncation: Truncation, threads: int | None):
        paulis, matrix, self._constant = read_observables(observables, circuit.num_qubits)
        masks = words(paulis)
        terms = [Term(masks[row != 0], row[row != 0]) for row in matrix]
        self._propagation = Propagation(read_gates(lower(circuit)), terms, truncation, threads)
        tapes = self._propagation.gates.tapes
        self.n_features, self.n_weights, self.n_observables = tapes.n_features, tapes.n_weights, len(terms)

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Truncated expectation values (n_samples, n_observables)."""
        return self._propagation.values(*self._check(X, w))[0] + self._constant

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Truncated values, and a function from their cotangents g to (dX, dw); derivatives are those of the values.

        Coefficients are not kept for the way back: to carry the observables once more is cheaper than the memory.
        """
        X, w = self._check(X, w)
        return self(X, w), lambda g: self._propagation.pullback(X, w, self._checked_g(g, len(X)))

    def dropped(self, X, w=None) -> Dropped:
        """What was dropped for each row and observable."""
        sums = self._propagation.values(*self._check(X, w))[1]
        return Dropped(sums[..., 0], sums[..., 1])

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Values, and the root of the weight that was dropped for each, an estimate of the error; see `Dropped`."""
        means, sums = self._propagation.values(*self._check(X, w))
        return means + self._constant, np.sqrt(sums[..., 1])

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """One propagation a row; bytes are those of the strings where these do not depend on angles."""
        propagation = self._propagation
        return Cost(n_rows, bytes=0 if propagation.by_row else propagation.strings.n_bytes)

    def cache_key(self) -> tuple:
        """All that results depend on; see `Program.cache_key`."""
        propagation = self._propagation
        return propagation.gates, propagation.terms, propagation.truncation, self._constant
