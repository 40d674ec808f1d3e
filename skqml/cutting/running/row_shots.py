"""A circuit that runs on each row with shots of its own."""

from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit

from ...backends.base import Backend
from ...backends.program import Program, Pullback

_FEW = 16  # numbers of shots that have a program each


class RowShots:
    """A program of a backend with shots, which each row has another number of.

    Parameters
    ----------
    inner : Backend
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    """

    def __init__(self, inner: Backend, circuit: QuantumCircuit, observables: Sequence):
        self.program = inner.compile(circuit, observables)
        self._origin = inner, circuit, observables
        self._others: dict[int, Program] = {}

    def __call__(self, X: np.ndarray, w: np.ndarray, rng, shots=None) -> np.ndarray:
        """Values (n_samples, n_observables), with shots (n_samples,) or those of the backend."""
        if shots is None:
            return self.program(X, w, rng)
        values = np.zeros((len(X), self.program.n_observables))
        for n, here in _runs(shots):
            values[here] += _share(n, shots[here]) * self._of(n)(X[here], w, rng)
        return values

    def forward(self, X: np.ndarray, w: np.ndarray, rng, shots=None) -> tuple[np.ndarray, Pullback]:
        """Values, and a function from their cotangents to (dX, dw)."""
        if shots is None:
            return self.program.forward(X, w, rng)
        values, pullbacks = np.zeros((len(X), self.program.n_observables)), []
        for n, here in _runs(shots):
            found, pullback = self._of(n).forward(X[here], w, rng)
            values[here] += _share(n, shots[here]) * found
            pullbacks.append((here, _share(n, shots[here]), pullback))

        def of_values(g) -> tuple[np.ndarray, np.ndarray]:
            dX, dw = np.zeros(X.shape), np.zeros(len(w))
            for here, share, pullback in pullbacks:
                columns, weights = pullback(share * g[here])
                dX[here] += columns
                dw += weights
            return dX, dw

        return values, of_values

    def _of(self, shots: int) -> Program:
        if shots not in self._others:
            inner, circuit, observables = self._origin
            self._others[shots] = inner.replaced(shots=shots).compile(circuit, observables)
        return self._others[shots]


def _runs(shots: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Numbers of shots with the rows that run so often; many different ones are sums of powers of two."""
    distinct = np.unique(shots)
    if len(distinct) <= _FEW:
        return [(int(n), shots == n) for n in distinct]
    powers = ((2**k, (shots >> k & 1).astype(bool)) for k in range(int(distinct[-1]).bit_length()))
    return [(n, here) for n, here in powers if here.any()]


def _share(n: int, shots: np.ndarray) -> np.ndarray:
    return (n / shots)[:, None]
