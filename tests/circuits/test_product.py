"""What is left of a circuit without its entanglers."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import PauliEvolutionGate, QFTGate, UnitaryGate
from qiskit.quantum_info import Operator, Pauli, Statevector, partial_trace, random_unitary

from skqml.circuits import (
    AmplitudeEncoding,
    AmplitudePreparation,
    HamiltonianEncoding,
    IQPEncoding,
    ProductAnsatz,
    ProductEncoding,
    without_entanglers,
)

ANGLE = Parameter("a")


def of(draw, n_qubits=2):
    circuit = QuantumCircuit(n_qubits)
    draw(circuit)
    return circuit


@pytest.mark.parametrize(
    "circuit",
    [
        of(lambda qc: qc.append(QFTGate(3), range(3)), 3),
        of(lambda qc: qc.append(UnitaryGate(random_unitary(8, seed=0)), range(3)), 3),
        of(lambda qc: qc.append(PauliEvolutionGate(Pauli("XYZ"), 0.3), range(3)), 3),
        of(lambda qc: qc.append(of(lambda inner: inner.ccx(0, 1, 2), 3).to_gate(), range(3)), 3),
        of(lambda qc: qc.compose(of(lambda inner: inner.swap(0, 1)), inplace=True)),
    ],
    ids=["qft", "unitary", "evolution", "nested", "swap"],
)
def test_all_gates_leave_products(circuit):
    n_qubits = circuit.num_qubits
    start = of(lambda qc: [qc.ry(0.3 + q, q) for q in range(n_qubits)], n_qubits)
    state = Statevector(start.compose(without_entanglers(circuit)))
    for kept in range(n_qubits):
        assert partial_trace(state, [q for q in range(n_qubits) if q != kept]).purity() == pytest.approx(1.0)


@pytest.mark.parametrize("pauli", ["XX", "YY", "ZZ", "XZ"])
def test_a_rotation_of_two_qubits_is_left_as_one_of_the_last(pauli):
    name = {"XX": "rxx", "YY": "ryy", "ZZ": "rzz", "XZ": "rzx"}[pauli]
    found = without_entanglers(of(lambda qc: getattr(qc, name)(ANGLE, 0, 1))).assign_parameters([0.7])
    turns = [of(lambda qc, t=t: getattr(qc, f"r{pauli[0].lower()}")(t, 1)) for t in (0.7, -0.7)]
    assert any(Operator(found).equiv(Operator(turn)) for turn in turns)


@pytest.mark.parametrize("name", ["crx", "cry", "crz"])
def test_a_controlled_rotation_leaves_nothing(name):
    found = without_entanglers(of(lambda qc: getattr(qc, name)(ANGLE, 0, 1))).assign_parameters([0.7])
    assert Operator(found).equiv(np.eye(4))


def test_one_qubit_circuits_stay_as_they_are():
    circuit = of(lambda qc: [qc.h(0), qc.rz(ANGLE, 1), qc.barrier(), qc.sx(0)])
    assert [i.operation.name for i in without_entanglers(circuit).data] == ["h", "rz", "sx"]


def test_an_encoding_keeps_its_limits():
    inner = ProductEncoding(IQPEncoding())
    assert (inner.width(5), inner.limit, inner.divisible) == (5, np.inf, False)


def test_a_hamiltonian_of_one_qubit_strings_is_the_nearest():
    """The rest has no product with any string on one qubit, and rows of such Hamiltonians stay."""
    X = np.random.default_rng(0).normal(size=(3, 16))
    whole, part = HamiltonianEncoding().matrices(X), HamiltonianEncoding(entangled=False).matrices(X)
    strings = [Pauli(s).to_matrix() for s in ("II", "ZI", "IZ", "XI", "IX", "YI", "IY")]
    found = sum(np.einsum("nij,ji->n", whole, P)[:, None, None] * P / 4 for P in strings)
    np.testing.assert_allclose(part, found, atol=1e-12)


def test_its_circuit_is_that_of_its_matrices():
    x = np.random.default_rng(1).normal(size=16)
    circuit = HamiltonianEncoding(entangled=False, reps=30).build(16)
    assert {i.operation.num_qubits for i in circuit.data} == {1}
    circuit = circuit.assign_parameters({p: x[p.index] for p in circuit.parameters})
    values, Q = (part[0] for part in HamiltonianEncoding(entangled=False).eigen(x[None]))
    psi = (Q * np.exp(-0.5j * values)) @ Q.T @ np.full(4, 0.5)
    assert abs(np.vdot(psi, Statevector(circuit).data)) ** 2 == pytest.approx(1.0, abs=1e-2)


@pytest.mark.parametrize("n_features", [2, 5, 8])
def test_amplitudes_leave_what_each_qubit_shows_alone(n_features):
    x = np.random.default_rng(0).normal(size=n_features)
    circuit = ProductEncoding(AmplitudeEncoding()).build(n_features)
    psi = Statevector(circuit.assign_parameters({p: x[p.index] for p in circuit.parameters}))
    whole = Statevector(np.append(x, np.zeros(2**circuit.num_qubits - n_features)) / np.linalg.norm(x))
    numbers = of(lambda qc: qc.append(AmplitudePreparation(list(x)), qc.qubits), circuit.num_qubits)
    alone = Statevector(without_entanglers(numbers))
    for q in range(circuit.num_qubits):
        np.testing.assert_allclose(psi.probabilities([q]), whole.probabilities([q]), atol=1e-12)
        np.testing.assert_allclose(alone.probabilities([q]), whole.probabilities([q]), atol=1e-12)
        assert partial_trace(psi, [k for k in range(circuit.num_qubits) if k != q]).purity() == pytest.approx(1.0)


def test_what_is_none_is_refused():
    with pytest.raises(TypeError, match="circuit must be"):
        without_entanglers(3)
    with pytest.raises(TypeError, match="encoding must be"):
        ProductEncoding(3).build(2)
    with pytest.raises(TypeError, match="ansatz must be"):
        ProductAnsatz(3)(QuantumCircuit(1), None)


def test_formulas_of_many_amplitudes_are_refused():
    """Each angle is a formula of all features, which takes minutes to build for hundreds of them."""
    with pytest.raises(ValueError, match="at most 64 amplitudes"):
        ProductEncoding(AmplitudeEncoding()).build(256)
