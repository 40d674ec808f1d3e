"""UCCSD for packages that are timed beside skqml, each in the gates that it runs fastest: the same unitary."""

from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from qiskit.quantum_info import SparsePauliOp


class Excitation(NamedTuple):
    """The gate ``exp(w (T - T^+))``.

    Attributes
    ----------
    raised, lowered : list of int
        Qubits that gain electrons, and that lose them.
    strings : list of (dict, float)
        Letters by qubits of the Pauli strings P_k, and c_k, where ``T - T^+ = i sum_k c_k P_k``.
    passed : list of int
        Qubits whose electrons turn the sign of T.
    """

    raised: list[int]
    lowered: list[int]
    strings: list[tuple[dict[int, str], float]]
    passed: list[int]


def excitations(hf_bitstring: str) -> Iterator[Excitation]:
    """All of UCCSD, in the order of its weights."""
    n_qubits, occupied = len(hf_bitstring), [q for q, bit in enumerate(hf_bitstring) if bit == "1"]
    empty = [q for q in range(n_qubits) if q not in occupied]
    for n in (1, 2):
        for lowered, raised in product(combinations(occupied, n), combinations(empty, n)):
            if sum(q % 2 for q in lowered) == sum(q % 2 for q in raised):  # spins take turns
                strings = _strings(n_qubits, raised, lowered)
                silent = [q for q in range(n_qubits) if all(letters.get(q) == "Z" for letters, _ in strings)]
                yield Excitation([*raised], [*lowered], strings, silent)


def _strings(n_qubits: int, raised, lowered) -> list[tuple[dict[int, str], float]]:
    """Jordan and Wigner: T = a+_r a+_s .. a_q a_p of (X -+ iY) / 2, with a Z on every qubit before."""
    T = SparsePauliOp("I" * n_qubits)
    for q, sign in [(q, -0.5j) for q in raised] + [(q, 0.5j) for q in reversed(lowered)]:
        terms = [("Z" * q + letter, [*range(q + 1)], c) for letter, c in (("X", 0.5), ("Y", sign))]
        T = T @ SparsePauliOp.from_sparse_list(terms, n_qubits)
    difference = (T - T.adjoint()).simplify().to_sparse_list()
    return [(dict(zip(qubits, letters, strict=True)), c.imag) for letters, qubits, c in difference]


def qulacs(H, hf_bitstring: str) -> Callable:
    """Backpropagation through rotations about Pauli strings; qulacs turns by minus the angle."""
    from qulacs import Observable, ParametricQuantumCircuit, QuantumState

    n_qubits, gates = len(hf_bitstring), list(excitations(hf_bitstring))
    circuit, state, energy = ParametricQuantumCircuit(n_qubits), QuantumState(n_qubits), Observable(n_qubits)
    for q in np.flatnonzero(np.array(list(hf_bitstring)) == "1"):
        circuit.add_X_gate(int(q))
    for gate in gates:
        for letters, _ in gate.strings:
            numbers = ["IXYZ".index(letter) for letter in letters.values()]
            circuit.add_parametric_multi_Pauli_rotation_gate(list(letters), numbers, 0.0)
    for label, coefficient in zip(H.paulis.to_labels(), H.coeffs.real, strict=True):
        energy.add_operator(coefficient, " ".join(f"{a} {q}" for q, a in enumerate(reversed(label)) if a != "I"))
    of_weight = np.repeat(np.arange(len(gates)), [len(gate.strings) for gate in gates])
    factors = np.array([2.0 * c for gate in gates for _, c in gate.strings])

    def compute(w):
        for k, angle in enumerate(factors * w[of_weight]):
            circuit.set_parameter(k, angle)
        state.set_zero_state()
        circuit.update_quantum_state(state)
        value = energy.get_expectation_value(state)
        return np.concatenate([[value], np.bincount(of_weight, factors * circuit.backprop(energy))])

    return compute


def lightning(H, hf_bitstring: str) -> Callable:
    """The C++ device's adjoint method, with its own gates for excitations and a sparse matrix for the energy."""
    import pennylane as qml

    n_qubits, gates = len(hf_bitstring), list(excitations(hf_bitstring))
    occupied = np.flatnonzero(np.array(list(hf_bitstring)) == "1").tolist()
    wires = {q: q for q in range(n_qubits)}
    words = [qml.pauli.string_to_pauli_word(label[::-1], wire_map=wires) for label in H.paulis.to_labels()]
    matrix = qml.Hamiltonian(H.coeffs.real, words).sparse_matrix(wire_order=range(n_qubits))
    energy = qml.SparseHamiltonian(matrix, wires=range(n_qubits))

    @qml.qnode(qml.device("lightning.qubit", wires=n_qubits), diff_method="adjoint")
    def node(w):
        for q in occupied:
            qml.PauliX(q)
        for angle, gate in zip(w, gates, strict=True):
            _draw(qml, -2 * angle, gate)
        return qml.expval(energy)

    slope = qml.grad(node)

    def compute(w):
        gradient = slope(qml.numpy.array(w, requires_grad=True))
        return np.concatenate([[float(slope.forward)], np.asarray(gradient)])

    return compute


def _draw(qml, angle, gate: Excitation) -> None:
    """An excitation of neighbours between CZ, which count the electrons passed."""
    first = gate.lowered[0]
    for q in gate.passed:
        qml.CZ([first, q])
    if len(gate.raised) == 1:
        qml.SingleExcitation(angle, wires=[first, gate.raised[0]])
    else:
        qml.DoubleExcitation(angle, wires=[*gate.lowered, *gate.raised])
    for q in gate.passed:
        qml.CZ([first, q])
