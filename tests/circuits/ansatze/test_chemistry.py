"""Ansätze for ground states, against dense fermionic operators."""

from itertools import combinations, product

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import Statevector
from scipy.linalg import expm
from scipy.sparse import csr_array
from scipy.sparse.linalg import expm_multiply

from skqml.circuits.ansatze.chemistry import UCCSD, Givens, hartree_fock, ry_rz


def draw(ansatz, n_qubits):
    qc, w = QuantumCircuit(n_qubits), ParameterVector("w", 0)

    def weight():
        w.resize(len(w) + 1)
        return w[len(w) - 1]

    ansatz(qc, weight)
    return qc


def annihilator(mode, n):
    """Dense Jordan-Wigner operator; bit k of a basis state is the occupation of mode k."""
    factors = [np.diag([1.0, -1.0]) if k < mode else np.eye(2) for k in range(n)]
    factors[mode] = np.array([[0.0, 1.0], [0.0, 0.0]])
    matrix = np.eye(1)
    for factor in factors:
        matrix = np.kron(factor, matrix)
    return matrix


def excitation(raised, lowered, n):
    """``T - T^+``."""
    T = np.eye(2**n)
    for mode in raised:
        T = T @ annihilator(mode, n).T
    for mode in lowered:
        T = T @ annihilator(mode, n)
    return T - T.T


def bits_of(index, n):
    return index >> np.arange(n) & 1


def index_of(bits):
    return int(np.dot(bits, 1 << np.arange(len(bits))))


def is_one_of(state, candidates):
    return any(np.allclose(state, candidate, atol=1e-12) for candidate in candidates)


# Four modes: 0 and 2 of one spin, 1 and 3 of the other; two electrons.
OF_FOUR = [([2], [0]), ([3], [1]), ([2, 3], [0, 1])]


@pytest.mark.parametrize("k", range(3))
def test_jordan_wigner_excitations_are_exponentials(k):
    qc = draw(UCCSD("1100"), 4)
    assert qc.num_parameters == 3
    w = np.zeros(3)
    w[k] = 0.7
    reference = np.eye(16)[index_of([1, 1, 0, 0])]
    G = excitation(*OF_FOUR[k], 4)
    state = Statevector(qc.assign_parameters(w)).data
    assert is_one_of(state, [expm(angle * G) @ reference for angle in (0.7, -0.7)])


def test_longer_jordan_wigner_strings():
    """Four electrons in eight modes: electrons that move pass others, whose signs count."""
    qc, n = draw(UCCSD("11110000"), 8), 8
    reference = np.eye(2**n)[index_of([1, 1, 1, 1, 0, 0, 0, 0])]
    singles = [((a,), (i,)) for i, a in product(range(4), range(4, 8)) if (a - i) % 2 == 0]
    pairs = product(combinations(range(4), 2), combinations(range(4, 8), 2))
    doubles = [(up, down) for down, up in pairs if sum(q % 2 for q in up) == sum(q % 2 for q in down)]
    generators = [csr_array(excitation(*move, n)) for move in singles + doubles]
    assert qc.num_parameters == len(generators) == 26
    states = [expm_multiply(angle * G, reference) for G in generators for angle in (0.4, -0.4)]
    for w in 0.4 * np.eye(26)[::3]:
        assert is_one_of(Statevector(qc.assign_parameters(w)).data, states)


@pytest.mark.parametrize(("hf_bitstring", "occupied", "n_weights"), [("10", [0, 2], 3), ("1100", [0, 3], 8)])
def test_parity_mapping_is_jordan_wigner_in_other_bits(hf_bitstring, occupied, n_weights):
    """Each parity state is a Jordan-Wigner one whose occupations were summed up, the conserved sums left out."""
    n = len(hf_bitstring) + 2
    kept = [k for k in range(n) if k not in (n // 2 - 1, n - 1)]
    reference = np.isin(np.arange(n), occupied).astype(int)
    assert (np.cumsum(reference) % 2)[kept].tolist() == [int(c) for c in hf_bitstring]
    empty = [k for k in range(n) if k not in occupied]
    spin = np.arange(n) // (n // 2)
    moves = [([a], [i]) for i in occupied for a in empty if spin[a] == spin[i]]
    moves += [([a, b], occupied) for a in empty for b in empty if spin[a] < spin[b]]
    states = []
    for move, sign in product(moves, (1, -1)):
        state = expm(sign * 0.6 * excitation(*move, n)) @ np.eye(2**n)[index_of(reference)]
        reduced = np.zeros(2 ** len(kept))
        for index in np.flatnonzero(np.abs(state) > 1e-14):
            reduced[index_of((np.cumsum(bits_of(index, n)) % 2)[kept])] += state[index]
        states.append(reduced)
    qc = draw(UCCSD(hf_bitstring, mapping="parity"), len(kept))
    assert qc.num_parameters == len(moves) == n_weights
    for w in 0.6 * np.eye(n_weights):
        assert is_one_of(Statevector(qc.assign_parameters(w)).data, states)


def test_electrons_are_conserved():
    qc = draw(UCCSD("1100", n_layers=2), 4)
    assert qc.num_parameters == 6
    state = Statevector(qc.assign_parameters(np.random.default_rng(0).normal(size=6))).data
    allowed = [index_of(b) for b in product((0, 1), repeat=4) if b[0] + b[2] == b[1] + b[3] == 1]
    assert np.sum(np.abs(state[allowed]) ** 2) == pytest.approx(1)


def test_givens_rotations_keep_electrons_and_spin():
    """The lowering operator of the total spin leaves nothing of a state without spin."""
    qc, n = draw(Givens("110000", n_layers=2), 6), 6
    assert qc.num_parameters == 8
    state = Statevector(qc.assign_parameters(np.random.default_rng(0).normal(size=8))).data
    assert np.allclose(state.imag, 0)
    for spin in (0, 1):
        number = sum(annihilator(k, n).T @ annihilator(k, n) for k in range(spin, n, 2))
        assert np.allclose(number @ state, state, atol=1e-12)
    lowering = sum(annihilator(k + 1, n).T @ annihilator(k, n) for k in range(0, n, 2))
    assert np.allclose(lowering @ state, 0, atol=1e-12)
    assert np.count_nonzero(np.abs(state) > 1e-6) > 3


def test_givens_rotations_of_both_mappings_are_the_same():
    w = np.random.default_rng(1).normal(size=8)
    one, other = (
        Statevector(draw(Givens(*options), n).assign_parameters(w)).probabilities()
        for n, options in [(6, ("110000",)), (4, ("1100", "parity"))]
    )
    assert np.allclose(np.sort(one)[-9:], np.sort(other)[-9:], atol=1e-12)


def test_weights_of_zero_are_the_reference():
    for hf_bitstring, mapping in [("1100", "jordan_wigner"), ("100100", "parity")]:
        qc = draw(UCCSD(hf_bitstring, mapping), len(hf_bitstring))
        alone = QuantumCircuit(len(hf_bitstring))
        hartree_fock(alone, hf_bitstring)
        state = Statevector(qc.assign_parameters(np.zeros(qc.num_parameters))).data
        assert np.allclose(state, Statevector(alone).data, atol=1e-12)
        assert state[index_of([int(c) for c in hf_bitstring])] == pytest.approx(1)


@pytest.mark.parametrize("n_layers", [0, 1, 3])
def test_ry_rz_has_a_weight_for_each_rotation(n_layers):
    counts = draw(lambda qc, weight: ry_rz(qc, weight, n_layers), 4).count_ops()
    assert counts == {"ry": 4 * (n_layers + 1), "rz": 4 * (n_layers + 1)} | ({"cx": 3 * n_layers} if n_layers else {})


def test_gates_are_those_that_noise_models_name():
    assert set(draw(UCCSD("1100"), 4).count_ops()) == {"x", "cx", "ry"}


@pytest.mark.parametrize(
    ("ansatz", "message"),
    [
        (UCCSD("110"), "is for 3 qubits, but the Hamiltonian has 4"),
        (UCCSD("11a0"), "characters 0 and 1"),
        (UCCSD(1100), "characters 0 and 1"),
        (UCCSD("1100", mapping="bravyi_kitaev"), "mapping must be one of"),
        (UCCSD("0110", mapping="parity"), "orbitals filled from below"),
        (UCCSD("1100", n_layers=0), "at least 1"),
        (Givens("110"), "is for 3 qubits, but the Hamiltonian has 4"),
        (Givens("1100", n_layers=1.5), "integer of at least 1"),
        (lambda qc, weight: ry_rz(qc, weight, -1), "at least 0"),
    ],
)
def test_bad_input(ansatz, message):
    with pytest.raises(ValueError, match=message):
        draw(ansatz, 4)


def test_parity_needs_an_even_number_of_qubits():
    with pytest.raises(ValueError, match="even number"):
        draw(UCCSD("100", mapping="parity"), 3)
