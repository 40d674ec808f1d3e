"""Small fixed gates do not vanish: what a gate does once, it does two hundred times."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import CUGate, DiagonalGate, UnitaryGate, XXPlusYYGate
from qiskit.quantum_info import Operator, Pauli, Statevector, pauli_basis, random_unitary
from scipy.linalg import expm

from skqml import Exact, Noisy, Shots, one_qubit_paulis
from skqml.backends.aer import Aer
from skqml.engine.reading.definitions import with_small_angles
from tests.engine.strategies import STANDARD

TIMES = 200
TURNING = sorted(name for name, gate in STANDARD.items() if gate.params and gate.num_qubits in (1, 2))
sizes = st.floats(-11.0, -1.0).map(lambda v: 10.0**v)
STRINGS = [P.to_label() for P in pauli_basis(2)[1:]]


@st.composite
def small_gates(draw):
    """Turns by a small angle and their matrices: of the library, controlled, as a matrix, as phases."""
    t = draw(sizes)
    kind = draw(st.sampled_from(["library", "controlled", "matrix", "diagonal"]))
    if kind == "library":
        gate = STANDARD[draw(st.sampled_from(TURNING))]
        gate = gate.base_class(*[t] * len(gate.params))
        return gate, gate.to_matrix()
    if kind == "controlled":
        U = expm(-1j * t * Pauli(draw(st.sampled_from("XYZ"))).to_matrix())
        matrix = np.kron(np.eye(2), np.diag([1, 0])) + np.kron(U, np.diag([0, 1]))
        return UnitaryGate(U).control(1, annotated=False), matrix
    if kind == "matrix":
        strings = draw(st.lists(st.sampled_from(STRINGS), min_size=1, max_size=3, unique=True))
        U = expm(-1j * t * sum(Pauli(s).to_matrix() for s in strings))
        return UnitaryGate(U), U
    phases = np.exp(1j * max(t, 1e-9) * np.arange(4))  # Qiskit defines these up to 1e-10
    return DiagonalGate(phases.tolist()), np.diag(phases)


def repeated(gate, times=TIMES):
    circuit = QuantumCircuit(2)
    circuit.u(0.4, 0.3, -0.8, 0)
    circuit.u(1.4, 0.7, 0.2, 1)
    for _ in range(times):
        circuit.append(gate, range(gate.num_qubits))
    return circuit


def expected(gate, matrix):
    """Values by the power of a matrix: the definition of the gate is not looked at."""
    power = Operator(np.linalg.matrix_power(matrix, TIMES))
    state = Statevector(repeated(gate, 0)).evolve(power, range(gate.num_qubits))
    return [state.expectation_value(o.to_operator()).real for o in one_qubit_paulis(2)]


@settings(max_examples=25)
@given(small_gates())
def test_values(case):
    gate, matrix = case
    values = Exact().compile(repeated(gate), one_qubit_paulis(2))(np.zeros((1, 0)))[0]
    np.testing.assert_allclose(values, expected(gate, matrix), atol=1e-10)


@pytest.mark.parametrize("backend", [Exact(), Noisy(), Aer()], ids=lambda b: type(b).__name__)
@pytest.mark.parametrize(
    "gate",
    [XXPlusYYGate(0.008), CUGate(1e-6, 1e-6, 1e-6, 1e-6), UnitaryGate(expm(-1e-5j * Pauli("XY").to_matrix()))],
    ids=["XX+YY", "CU", "matrix"],
)
def test_every_exact_backend(backend, gate):
    values = backend.compile(repeated(gate), one_qubit_paulis(2))(np.zeros((1, 0)))[0]
    np.testing.assert_allclose(values, expected(gate, gate.to_matrix()), atol=1e-10)


def test_shots():
    gate = XXPlusYYGate(0.008)
    values = Shots(10**6, random_state=0).compile(repeated(gate), one_qubit_paulis(2))(np.zeros((1, 0)))[0]
    np.testing.assert_allclose(values, expected(gate, gate.to_matrix()), atol=6e-3)


def test_a_kernel():
    """Between no gate and two hundred: the row turns one of them into its inverse a hundred times over."""
    x = ParameterVector("x", 1)
    circuit = QuantumCircuit(2)
    circuit.x(0)
    circuit.p(np.pi * x[0], 1)
    for k in range(TIMES):
        circuit.append(XXPlusYYGate(0.008), [0, 1])
        if k == TIMES // 2:
            circuit.p(-np.pi * x[0], 1)
    rows = np.array([[0.0], [1.0]])
    states = [Statevector(circuit.assign_parameters({x[0]: row[0]})).data for row in rows]
    fidelity = abs(np.vdot(*states)) ** 2
    assert 0.05 < fidelity < 0.95
    np.testing.assert_allclose(Exact().compile_overlaps(circuit)(rows)[0, 1], fidelity, atol=1e-10)


@pytest.mark.parametrize("seed", range(20))
def test_matrices_that_qiskit_takes_apart_well_get_no_gate_more(seed):
    """It would carry noise of its own."""
    assert with_small_angles(UnitaryGate(random_unitary(4, seed=seed))) is None
