"""Rotations of few qubits against Qiskit's matrices and finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from skqml.models.base.rotations.rotations import Rotations
from tests.models.variational.models import central_differences


@st.composite
def rotations(draw):
    n_qubits = draw(st.integers(1, 3))
    one = st.tuples(st.sampled_from(["rx", "ry", "rz"]), st.integers(0, n_qubits - 1).map(lambda q: (q,)))
    pairs = st.permutations(range(n_qubits)).map(lambda qubits: tuple(qubits[:2]))
    two = st.tuples(st.sampled_from(["crx", "cry"]), pairs)
    gates = draw(st.lists(st.one_of(one, two) if n_qubits > 1 else one, min_size=1, max_size=6))
    return Rotations(n_qubits, tuple(gates))


@settings(max_examples=40)
@given(rotations(), st.integers(0, 2**31), st.data())
def test_unitaries_and_their_derivatives(gates, seed, data):
    rng, dimension = np.random.default_rng(seed), 2**gates.n_qubits
    n_columns = data.draw(st.integers(1, dimension))
    theta = rng.normal(size=(2, len(gates.gates)))
    U, pullback = gates.forward(theta, n_columns)
    for angles, found in zip(theta, U, strict=True):
        circuit = QuantumCircuit(gates.n_qubits)
        gates.draw(circuit, range(gates.n_qubits), angles)
        np.testing.assert_allclose(found, Operator(circuit).data[:, :n_columns], atol=1e-12)
    dU = rng.normal(size=U.shape) + 1j * rng.normal(size=U.shape)

    def inner(v):
        return np.vdot(dU, gates.forward(v.reshape(theta.shape), n_columns)[0]).real

    np.testing.assert_allclose(pullback(dU).ravel(), central_differences(inner, theta.ravel()), atol=1e-6)


def test_pullbacks_leave_their_arguments():
    U, pullback = Rotations(1, (("ry", (0,)),)).forward(np.array([[0.3]]), 1)
    dU = np.ones_like(U)
    first = pullback(dU)
    np.testing.assert_array_equal(pullback(dU), first)
    np.testing.assert_array_equal(dU, 1.0)


@pytest.mark.parametrize("name", ["rx", "ry", "rz"])
def test_a_whole_turn_changes_the_sign(name):
    U, _ = Rotations(1, ((name, (0,)),)).forward(np.array([[2 * np.pi]]), 2)
    np.testing.assert_allclose(U[0], -np.eye(2), atol=1e-12)
