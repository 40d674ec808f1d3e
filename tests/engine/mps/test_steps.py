"""Steps on chains of tensors against dense matrices, and cuts of bonds against singular values of dense states."""

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate, UnitaryGate
from qiskit.quantum_info import Pauli, SparsePauliOp, Statevector, random_unitary

from skqml.engine.mps.bond_plan import planned
from skqml.engine.mps.means import Walk
from skqml.engine.mps.operators import read_operators
from skqml.engine.mps.overlaps import inner_products, packed, unpacked
from skqml.engine.mps.steps import Compress, zeros
from skqml.engine.reading.lower import lower

N = 5
NO_ANGLES = np.empty((1, 0))


def dense(sites):
    """Amplitudes (n_samples, 2^n) of chains, qubit 0 the least bit."""
    total = reduce(lambda left, T: np.einsum("n...a,nasb->n...sb", left, T), sites[1:], sites[0])
    return total.reshape(len(total), *[2] * len(sites)).transpose(0, *range(len(sites), 0, -1)).reshape(len(total), -1)


def run(circuit):
    """A circuit without parameters on |0...0>, as a chain whose bonds are as large as it needs."""
    operators = read_operators(lower(circuit))
    angles, plan = angles_of(operators), planned(circuit.num_qubits, operators.steps, None)
    return reduce(lambda sites, step: step(sites, angles), plan.steps, zeros(1, circuit.num_qubits))


def angles_of(operators):
    return operators.tapes.angles(np.empty((1, 0)), np.empty(0))[1]


def assert_same_state(sites, expected):
    """Reading a circuit drops its global phase."""
    assert abs(np.vdot(dense(sites)[0], expected)) == pytest.approx(1.0, abs=1e-12)


def random_chain(seed, n_gates=4):
    rng, circuit = np.random.default_rng(seed), QuantumCircuit(N)
    for _ in range(n_gates):
        circuit.append(UnitaryGate(random_unitary(4, seed=rng)), list(rng.choice(N, 2, replace=False)))
    return circuit


@settings(max_examples=15)
@given(st.permutations(range(N)), st.integers(1, 3), st.integers(0, 2**31))
def test_any_matrix_on_any_qubits(order, n_qubits, seed):
    """Also where sites lie between its qubits, in whatever order these are named."""
    circuit = QuantumCircuit(N)
    circuit.h(range(N))
    circuit.append(UnitaryGate(random_unitary(2**n_qubits, seed=seed)), order[:n_qubits])
    assert_same_state(run(circuit), Statevector(circuit).data)


@pytest.mark.parametrize("letters", ["XYZIX", "IZIIY", "YIIII"])
def test_rotations_of_strings(letters):
    circuit = QuantumCircuit(N)
    circuit.append(PauliEvolutionGate(SparsePauliOp(letters), 0.37), range(N))
    zero = np.eye(2**N)[0]
    assert_same_state(run(circuit), np.cos(0.37) * zero - 1j * np.sin(0.37) * Pauli(letters).to_matrix() @ zero)


WHOLE = [1 << min(k, N - k) for k in range(N + 1)]


def drawn(rng, n_samples, bonds):
    """Tensors of any numbers; the states have no norm of 1."""
    shapes = [(n_samples, a, 2, b) for a, b in pairwise(bonds)]
    return [rng.normal(size=shape) + 1j * rng.normal(size=shape) for shape in shapes]


def test_bonds_that_are_large_enough_lose_nothing():
    sites = drawn(np.random.default_rng(0), 3, [1, 3, 7, 5, 2, 1])
    cut = Compress(WHOLE)(sites, NO_ANGLES)
    assert [T.shape[1] for T in cut] == WHOLE[:-1]
    np.testing.assert_allclose(dense(cut), dense(sites), atol=1e-10)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("bond", [2, 3])
def test_a_bond_keeps_its_largest_singular_values(bond, k):
    """Where no other is cut: the best state of that rank, by Eckart and Young."""
    sites = drawn(np.random.default_rng(k), 2, WHOLE)
    left = [min(whole, k << bond - q) for q, whole in enumerate(WHOLE[: bond + 1])]
    cut = Compress(left + WHOLE[bond + 1 :])(sites, NO_ANGLES)
    values = np.linalg.svd(dense(sites).reshape(2, 2 ** (N - bond), 2**bond), compute_uv=False)
    np.testing.assert_allclose(Walk(cut).norms, np.sum(values[:, :k] ** 2, axis=1))


@settings(max_examples=15)
@given(st.integers(1, 9), st.integers(0, 2**31))
def test_plans_keep_bonds_within_bounds(bond_dimension, seed):
    operators = read_operators(lower(random_chain(seed, 6)))
    plan = planned(N, operators.steps, bond_dimension)
    sites = zeros(1, N)
    for step in plan.steps:
        sites = step(sites, angles_of(operators))
        assert max(T.shape[3] for T in sites) <= plan.largest
    assert [T.shape[1] for T in sites] == plan.bonds[:-1]
    kept = Walk(sites).norms[0]
    assert kept <= 1 + 1e-12 and (plan.loses or kept >= 1 - 1e-9)


def test_inner_products_are_those_of_dense_states():
    rng, bonds = np.random.default_rng(0), [1, 2, 3, 4, 2, 1]
    S, T = drawn(rng, 4, bonds), drawn(rng, 3, bonds)
    np.testing.assert_allclose(inner_products(S, T), dense(S) @ dense(T).conj().T, atol=1e-10)
    np.testing.assert_allclose(Walk(S).norms, np.linalg.norm(dense(S), axis=1) ** 2)
    for there, back in zip(S, unpacked(packed(S), bonds), strict=True):
        np.testing.assert_array_equal(there, back)
