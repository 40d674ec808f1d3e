"""The values of a circuit from those of its parts."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
from qiskit import QuantumCircuit

from ..backends.base import Backend
from ..backends.defaults import ShiftProgram
from ..backends.program import Cost, Pullback
from ..circuits.observable import Observable
from ..engine.checks import as_rows, as_weights
from ..engine.reading.paulis import read_terms
from .parts import Part

_PAULIS = "IXYZ"
# Angles of RY and then RZ that make the states 0, 1, + and +i, and each Pauli matrix over two as a sum of these states.
_STATES = np.pi * np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.0], [0.5, 0.5]])
_HALF_PAULIS = np.array([[1, 1, 0, 0], [-1, -1, 2, 0], [-1, -1, 0, 2], [1, -1, 0, 0]]) / 2

TensorPullback = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


class PartProgram:
    """A part as a tensor: one axis of four Pauli matrices for each of its cuts.

    A wire that begins at a cut stands for Pauli matrices over two as sums of states, one that ends there
    for their measurement.

    Parameters
    ----------
    part : Part
    labels : sequence of str
        Products of the whole circuit.
    inner : Backend
    """

    def __init__(self, part: Part, labels: Sequence[str], inner: Backend):
        self.columns, self.weights = part.columns, part.weights
        self.axes = [*part.entering, *part.leaving]
        n_entering, n_qubits = len(part.entering), part.circuit.num_qubits
        angles = [np.concatenate(states) for states in product(_STATES, repeat=n_entering) if states]
        self._angles = np.array(angles).reshape(4**n_entering, 2 * n_entering)
        self._states: np.ndarray = np.eye(1)
        for _ in part.entering:
            self._states = np.kron(self._states, _HALF_PAULIS)
        own = [tuple(label[-1 - q] for q in part.measured) for label in labels]
        distinct = list(dict.fromkeys(own))
        self._terms = np.array([distinct.index(letters) for letters in own], dtype=int)
        self._n_terms, self._n_bases = len(distinct), 4 ** len(part.leaving)
        places = [*part.measured.values(), *part.leaving.values()]
        observables = []
        for letters in distinct:
            for paulis in product(_PAULIS, repeat=len(part.leaving)):
                at = dict(zip(places, letters + paulis, strict=True))
                observables.append(Observable("".join(at.get(q, "I") for q in reversed(range(n_qubits)))))
        self._program = inner.compile(part.circuit, observables)

    def n_rows(self, n_samples: int) -> int:
        """Rows that are run: one a state where all samples are alike."""
        return (n_samples if self.columns else 1) * len(self._angles)

    def cost(self, n_samples: int, gradient: bool) -> Cost:
        """What so many samples take."""
        return self._program.cost(self.n_rows(n_samples), gradient)

    def _rows(self, X: np.ndarray) -> np.ndarray:
        own = X[:, self.columns] if self.columns else np.zeros((1, 0))
        n, states = len(own), self._angles
        return np.concatenate([np.tile(states, (n, 1)), np.repeat(own, len(states), axis=0)], axis=1)

    def _tensor(self, values: np.ndarray) -> np.ndarray:
        n, n_states = len(values) // len(self._states), len(self._states)
        by_state = values.reshape(n, n_states, self._n_terms * self._n_bases)
        by_pauli = (self._states @ by_state).reshape(n, n_states, self._n_terms, self._n_bases)
        tensor = by_pauli.transpose(0, 2, 1, 3)[:, self._terms]
        return tensor.reshape(n, len(self._terms), *[4] * len(self.axes))

    def __call__(self, X: np.ndarray, w: np.ndarray, rng) -> np.ndarray:
        """Tensor (n_samples or 1, n_labels, 4, ..., 4)."""
        return self._tensor(self._program(self._rows(X), w[self.weights], rng))

    def forward(self, X: np.ndarray, w: np.ndarray, rng) -> tuple[np.ndarray, TensorPullback]:
        """Tensor, and a function from its cotangents (n_samples, n_labels, 4, ..., 4) to (dX, dw) of its own."""
        values, pullback = self._program.forward(self._rows(X), w[self.weights], rng)
        collect = np.eye(self._n_terms)[:, self._terms]

        def of_tensor(g) -> tuple[np.ndarray, np.ndarray]:
            g = g if self.columns else g.sum(axis=0, keepdims=True)
            n, n_states = len(g), len(self._states)
            terms = (collect @ g.reshape(n, len(self._terms), n_states * self._n_bases)).reshape(
                n, self._n_terms, n_states, self._n_bases
            )
            by_state = self._states.T @ terms.transpose(0, 2, 1, 3).reshape(n, n_states, values.shape[1])
            dX, dw = pullback(by_state.reshape(values.shape))
            return dX.reshape(n, n_states, dX.shape[1])[:, :, self._angles.shape[1] :].sum(axis=1), dw

        return self._tensor(values), of_tensor


class CutProgram(ShiftProgram):
    """Expectation values as contractions of the tensors of all parts.

    ``<O> = sum_M prod_p T_p[M]`` over a Pauli matrix M for each cut.

    Parameters
    ----------
    backend : Cut
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    parts : sequence of Part
    """

    def __init__(self, backend: Backend, circuit: QuantumCircuit, observables: Sequence, parts: Sequence[Part]):
        super().__init__(backend, circuit, observables)
        terms = [read_terms(observable, circuit.num_qubits) for observable in self.observables]
        labels = list(dict.fromkeys(label for sums in terms for label, _ in sums))
        self._matrix = np.zeros((len(terms), len(labels)))
        for row, sums in zip(self._matrix, terms, strict=True):
            for label, coeff in sums:
                row[labels.index(label)] += coeff
        inner = backend.inner
        self._parts = [PartProgram(part, labels, inner) for part in parts]

    def cost(self, n_rows: int, gradient: bool = False) -> Cost:
        """That of all parts; see `Program.cost`."""
        return sum((part.cost(n_rows, gradient) for part in self._parts), Cost())

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        X, w, rng = self._checked(X, w, rng)
        return self._values([part(X, w, rng) for part in self._parts], len(X))

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values, and the product rule over the parts with the pullback of each."""
        X, w, rng = self._checked(X, w, rng)
        tensors, pullbacks = zip(*(part.forward(X, w, rng) for part in self._parts), strict=True)

        def of_parts(g) -> tuple[np.ndarray, np.ndarray]:
            of_labels = np.asarray(g, dtype=float) @ self._matrix
            dX, dw = np.zeros(X.shape), np.zeros(len(w))
            for k, (part, pullback) in enumerate(zip(self._parts, pullbacks, strict=True)):
                others = [(t, p.axes) for j, (t, p) in enumerate(zip(tensors, self._parts, strict=True)) if j != k]
                columns, weights = pullback(_contract([(of_labels, []), *others], part.axes))
                dX[:, part.columns] += columns
                dw[part.weights] += weights
            return dX, dw

        return self._values(tensors, len(X)), of_parts

    def _checked(self, X, w, rng) -> tuple[np.ndarray, np.ndarray, np.random.Generator | None]:
        rng = self.backend.generator() if rng is None else rng
        return as_rows(X, self.n_features), as_weights(w, self.n_weights), rng

    def _values(self, tensors: Sequence[np.ndarray], n_samples: int) -> np.ndarray:
        axes = [part.axes for part in self._parts]
        ones = np.ones((n_samples, self._matrix.shape[1]))
        return _contract([(ones, []), *zip(tensors, axes, strict=True)], []) @ self._matrix.T


def _contract(operands: Sequence[tuple[np.ndarray, list[int]]], axes: list[int]) -> np.ndarray:
    """Product of tensors (n_samples or 1, n_labels, ...), summed over all cuts but those of some axes."""
    n_samples = len(operands[0][0])
    sublists: list = []
    for tensor, own in operands:
        whole = tensor if len(tensor) == n_samples else np.broadcast_to(tensor, (n_samples, *tensor.shape[1:]))
        sublists += [whole, [0, 1, *(2 + c for c in own)]]
    return np.einsum(*sublists, [0, 1, *(2 + c for c in axes)], optimize="greedy")
