"""All Pauli strings of a few qubits at once, those with the same X and Y read together."""

import pickle
from itertools import product

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp, Statevector

from skqml import Exact


def layers(n_qubits, real):
    """RY and CX, and RZ for complex numbers."""
    circuit, x = QuantumCircuit(n_qubits), iter(ParameterVector("x", 6 * n_qubits))
    for _ in range(3):
        for q in range(n_qubits):
            circuit.ry(next(x), q)
            circuit.rz(0 if real else next(x), q)
        for q in range(n_qubits - 1):
            circuit.cx(q, q + 1)
    return circuit


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("n_qubits", [1, 2, 4])
def test_values_and_derivatives_of_all_strings(n_qubits, real):
    circuit, labels = layers(n_qubits, real), list(map("".join, product("IXYZ", repeat=n_qubits)))
    program = Exact().compile(circuit, [SparsePauliOp(label) for label in labels])
    X = np.random.default_rng(0).normal(size=(9, program.n_features))
    values, pullback = program.forward(X)
    states = [Statevector(circuit.assign_parameters(row[: circuit.num_parameters])) for row in X]
    expected = [[state.expectation_value(SparsePauliOp(label)).real for label in labels] for state in states]
    np.testing.assert_allclose(values, expected, atol=1e-12)
    np.testing.assert_allclose((values**2).sum(axis=1), 2**n_qubits)  # of pure states
    g, step = np.random.default_rng(1).normal(size=values.shape), 1e-5
    direction = np.random.default_rng(2).normal(size=X.shape)
    slopes = (g * (program(X + step * direction) - program(X - step * direction))).sum(axis=1) / (2 * step)
    np.testing.assert_allclose((pullback(g)[0] * direction).sum(axis=1), slopes, atol=1e-7)


def test_programs_of_many_observables_stay_small():
    """A string each, of which the values are sums: no matrix of all by all."""
    labels = list(map("".join, product("IXYZ", repeat=5)))
    one_each = Exact().compile(layers(5, False), [SparsePauliOp(label) for label in labels])
    one_sum = Exact().compile(layers(5, False), [SparsePauliOp(labels)])
    assert len(pickle.dumps(one_each)) < 2 * len(pickle.dumps(one_sum))
