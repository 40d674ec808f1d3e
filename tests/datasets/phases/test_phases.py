"""Ground states of chains against dense diagonalisation, free fermions, and orders at solvable points."""

from functools import reduce

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp
from sklearn.model_selection import cross_val_score

from skqml import AmplitudeEncoding, FidelityKernel, QuantumKernelSVC
from skqml.datasets import make_bond_alternating_xxz, make_cluster_ising

LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Z": np.diag([1.0, -1.0]),
    "Y": np.array([[0, -1j], [1j, 0]]),
}


def string(letters, n):
    """The dense matrix of a Pauli string, {qubit: letter}, qubit 0 being the last factor as in Qiskit."""
    return reduce(np.kron, [LETTERS[letters.get(q, "I")] for q in reversed(range(n))]).real


def cluster_ising(J1, J2, n):
    return sum(
        string({j: "Z"}, n)
        - J1 * string({j: "X", (j + 1) % n: "X"}, n)
        - J2 * string({j - 1 if j else n - 1: "X", j: "Z", (j + 1) % n: "X"}, n)
        for j in range(n)
    )


def xxz(J, delta, n):
    bonds = [(j, J if j % 2 == 0 else 2 - J) for j in range(n - 1)]
    return sum(s * c * string({j: p, j + 1: p}, n) for j, s in bonds for p, c in (("X", 1), ("Y", 1), ("Z", delta)))


@pytest.mark.parametrize("n_qubits", [4, 6])
@pytest.mark.parametrize(("make", "matrix"), [(make_cluster_ising, cluster_ising), (make_bond_alternating_xxz, xxz)])
def test_states_have_the_lowest_energy_of_the_dense_matrix(make, matrix, n_qubits):
    rng = np.random.default_rng(0)
    J = rng.uniform(-4, 4, (8, 2)) if matrix is cluster_ising else rng.uniform([0.2, 0], [1.8, 1], (8, 2))
    states, _ = make(couplings=J, n_qubits=n_qubits)
    np.testing.assert_allclose(np.linalg.norm(states, axis=1), 1)
    for state, (a, b) in zip(states, J, strict=True):
        H = matrix(a, b, n_qubits)
        energy = np.linalg.eigvalsh(H)[0]
        assert state @ H @ state == pytest.approx(energy, abs=1e-9)
        np.testing.assert_allclose(H @ state, energy * state, atol=1e-7)
        assert state[np.abs(state).argmax()] > 0


def energy_of(make, letters, J, n_qubits):
    """Energies of the states of a chain in a sum of Pauli strings, [(letters, places, coefficients of J)]."""
    states, _ = make(couplings=J, n_qubits=n_qubits)
    return np.array(
        [
            s
            @ SparsePauliOp.from_sparse_list([(p, q, c(*j)) for p, q, c in letters], n_qubits).to_matrix(sparse=True)
            @ s
            for s, j in zip(states, J, strict=True)
        ]
    ).real


def test_energies_of_rings_are_those_of_free_fermions():
    """``-sum_k |1 + J1 e^{ik} + J2 e^{2ik}|`` over half-odd momenta: fermions in even number see a minus sign."""
    n, J = 10, np.array([[3.0, 0.5], [-3.0, 0.2], [0.3, 0.2], [0.5, -3.0]])
    strings = []
    for j in range(n):
        ring = [j, (j + 1) % n, (j + 2) % n]
        strings += [
            ("Z", ring[:1], lambda a, b: 1.0),
            ("XX", ring[:2], lambda a, b: -a),
            ("XZX", ring, lambda a, b: -b),
        ]
    z = np.exp(2j * np.pi * (np.arange(n) + 0.5) / n)
    expected = [-np.abs(1 + a * z + b * z**2).sum() for a, b in J]
    np.testing.assert_allclose(energy_of(make_cluster_ising, strings, J, n), expected, atol=1e-3)


def test_energies_of_open_chains_without_delta_are_those_of_free_fermions():
    """XX + YY hops with twice the strength of a bond; all states below zero are filled."""
    n, J = 8, np.array([[1.5, 0.0], [0.4, 0.0]])
    strings = [
        (p + p, [j, j + 1], lambda a, d, j=j: a if j % 2 == 0 else 2 - a) for j in range(n - 1) for p in ("X", "Y")
    ]
    hops = [np.diag(2 * np.where(np.arange(n - 1) % 2 == 0, a, 2 - a), 1) for a in J[:, 0]]
    levels = np.array([np.linalg.eigvalsh(H + H.T) for H in hops])
    expected = np.minimum(levels, 0).sum(axis=1)
    np.testing.assert_allclose(energy_of(make_bond_alternating_xxz, strings, J, n), expected, atol=1e-9)


def test_each_phase_has_its_order():
    """Deep in each: Z of a paramagnet, X X far apart of magnets, and the string X Z 1 Z 1 Z X of the cluster phase."""
    states, y = make_cluster_ising(couplings=[[0.0, 0.0], [4.0, 0.0], [-4.0, 0.0], [0.0, 4.0]])
    assert y.tolist() == [0, 1, 2, 3]
    orders = [string({0: "Z"}, 8), string({0: "X", 3: "X"}, 8), string({0: "X", 1: "Z", 3: "Z", 5: "Z", 6: "X"}, 8)]
    found = np.array([[state @ A @ state for A in orders] for state in states])
    expected = [[-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]]
    np.testing.assert_allclose(found, expected, atol=0.3)
    assert np.abs(found[np.abs(expected) == 1]).min() > 0.8


def test_singlets_are_on_the_strong_bonds():
    """Z Z of a singlet is -1: of the first two qubits where trivial, of the second and third where topological."""
    states, y = make_bond_alternating_xxz(couplings=[[1.9, 1.0], [0.1, 1.0]])
    assert y.tolist() == [0, 1]
    inner, outer = (string({j: "Z", j + 1: "Z"}, 8) for j in (0, 1))
    np.testing.assert_allclose([[s @ A @ s for A in (inner, outer)] for s in states], [[-1, 0], [0, -1]], atol=0.1)


@pytest.mark.parametrize(
    ("couplings", "phase"),
    [
        ([0.4, 0.5], 0),
        ([0.6, 0.5], 0),
        ([1.6, 0.5], 1),
        ([0.0, 1.1], 3),
        ([0.0, -0.9], 0),
        ([0.0, -1.1], 3),
        ([1.9, 0.95], 0),
        ([1.9, 1.05], 3),
        ([2.2, 1.0], 1),
        ([-2.2, 1.0], 2),
    ],
)
def test_boundaries(couplings, phase):
    """Lines ``J2 = -1 - J1``, ``J2 = J1 - 1`` and, between them, ``J2 = 1``."""
    assert make_cluster_ising(couplings=[couplings], n_qubits=4)[1] == [phase]


@pytest.mark.parametrize("make", [make_cluster_ising, make_bond_alternating_xxz])
def test_a_kernel_of_their_overlaps_learns_phases(make):
    X, y = make(60, random_state=0)
    model = QuantumKernelSVC(FidelityKernel(AmplitudeEncoding()), standardize=False, C=10.0)
    assert cross_val_score(model, X, y, cv=3).mean() > 0.8
    np.testing.assert_array_equal(X, make(60, random_state=0)[0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: make_cluster_ising(n_qubits=5), "n_qubits must be even"),
        (lambda: make_cluster_ising(couplings=[[1.0]]), "couplings must be rows of 2"),
        (lambda: make_bond_alternating_xxz(couplings=[[2.5, 0.5]]), "couplings must be J"),
        (lambda: make_bond_alternating_xxz(couplings=[[0.5, 1.5]]), "couplings must be J"),
    ],
)
def test_what_is_none_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
