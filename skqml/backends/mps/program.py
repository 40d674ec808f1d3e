"""Expectation values of matrix product states, with exact derivatives where nothing is cut."""

import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from qiskit import QuantumCircuit

from ...engine.mps.means import Means
from ...engine.mps.operators import read_operators
from ...engine.mps.states import ChainStates
from ...engine.mps.tail import cut_tail, image_in_front, is_clifford
from ...engine.reading.lower import Lowered, lower
from ...engine.reading.paulis import as_observables, read_observables, read_terms
from ..defaults import ShiftProgram
from ..program import Cost, Gradient, Pullback
from ..terms import coefficients, pauli_label

_MUCH = 1e-3


class MPSProgram(ShiftProgram):
    """Expectation values from one matrix product state a row.

    Parameters
    ----------
    backend : MPS
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    """

    def __init__(self, backend, circuit: QuantumCircuit, observables: Sequence):
        super().__init__(backend, circuit, observables)
        lowered, labels, self._matrix, self._constant = _read(circuit, observables)
        self._means = Means(labels)
        self._states = ChainStates(read_operators(lowered), backend.bond_dimension, backend.threads, backend.max_memory)

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        means, left = self._states.means(*self._check(X, w), self._means)
        warn_of_losses(left)
        return means @ self._matrix.T + self._constant

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values, and a function from their cotangents g to (dX, dw).

        One sweep back through all tensors where no bond is cut; else parameter shifts of the truncated values.
        """
        if not self._states.plan.linear:
            return super().forward(X, w, rng)
        X, w = self._check(X, w)

        def pullback(g) -> tuple[np.ndarray, np.ndarray]:
            return self._states.pullback(X, w, self._means, self._checked_g(g, len(X)) @ self._matrix)

        return self(X, w), pullback

    def truncation_error(self, X, w=None) -> np.ndarray:
        """How much of each row's state was cut off (n_samples,): one minus the square of the norm that is left."""
        return 1.0 - np.minimum(self._states.means(*self._check(X, w), Means([]))[1], 1.0)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Values, and bounds of what was cut off: for Pauli strings twice the root of `truncation_error` each."""
        X, w = self._check(X, w)
        lost = 2.0 * np.sqrt(self.truncation_error(X, w)) if self._states.plan.loses else np.zeros(len(X))
        return self(X, w), lost[:, None] * np.abs(self._matrix).sum(axis=1)

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """One state a row, and for derivatives of truncated values one for each shift; see `Program.cost`."""
        shifted = gradient and not self._states.plan.linear
        n_states = super().cost(n_rows, gradient).circuits if shifted else n_rows
        return Cost(n_states, bytes=self._states.row_bytes)


def _read(circuit: QuantumCircuit, observables: Sequence) -> tuple[Lowered, list[str], np.ndarray, np.ndarray]:
    """The circuit in front of its last Clifford gates, products in front of these, coefficients, and constants."""
    lowered, n_qubits = lower(circuit), circuit.num_qubits
    terms = [read_terms(o, n_qubits) for o in as_observables(observables)]
    if any(set(label) & set("01") for found in terms for label, _ in found):
        labels = {label for found in terms for label, _ in found if label.strip("I")}
        (_, *labels_in_order), matrix = coefficients(terms, ["I" * n_qubits, *sorted(labels)])
        return lowered, labels_in_order, matrix[:, 1:], matrix[:, 0]
    front, tail = cut_tail(lowered.gates, is_clifford)
    paulis, matrix, constant = read_observables(observables, n_qubits)
    moved = [image_in_front(x, z, tail) for x, z in paulis]
    signs = np.array([sign for *_, sign in moved], dtype=float)
    return replace(lowered, gates=front), [pauli_label(x, z, n_qubits) for x, z, _ in moved], matrix * signs, constant


def warn_of_losses(left: np.ndarray) -> None:
    """Warn where less than 0.999 is left of the square of a state's norm."""
    lost = 1.0 - left.min(initial=1.0)
    if lost > _MUCH:
        warnings.warn(
            f"States lost up to {lost:.2g} of the square of their norm as bonds were cut; use a larger bond_dimension, "
            "or a circuit that entangles less.",
            UserWarning,
            stacklevel=3,
        )
