"""Dynamical decoupling of qubits that drift while they wait."""

import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import RXGate, RZGate
from qiskit.quantum_info import Operator
from qiskit_aer.noise import NoiseModel, coherent_unitary_error, depolarizing_error
from sklearn.base import clone

from skqml import Exact, Noisy, all_z, one_qubit_paulis
from skqml.mitigation import ZNE, DynamicalDecoupling, fill_idle
from tests.mitigation.noisy import NO_DATA, N, W, X, model


def drifting(gate=RZGate, idle="id", angle=0.1, pulse_error=0.0):
    """Waiting turns a qubit about an axis; pulses may be noisy."""
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "h", "x", "y", "id", "cx"])
    noise.add_all_qubit_quantum_error(coherent_unitary_error(gate(angle).to_matrix()), idle, warnings=False)
    noise.add_all_qubit_quantum_error(depolarizing_error(pulse_error, 1), ["x"])
    return Noisy(noise)


def waiting(n, idle="id"):
    circuit = QuantumCircuit(1)
    circuit.h(0)
    for _ in range(n):
        circuit.delay(1, 0) if idle == "delay" else circuit.id(0)
    circuit.h(0)
    return circuit


def value(backend, circuit):
    return backend.compile(circuit, all_z(circuit.num_qubits))(NO_DATA)[0, 0]


@pytest.mark.parametrize("idle", ["id", "delay"])
@pytest.mark.parametrize("n", range(1, 10))
def test_drift_is_undone_up_to_one_unit_of_time(n, idle):
    backend = drifting(idle=idle)
    np.testing.assert_allclose(value(backend, waiting(n, idle)), np.cos(0.1 * n), atol=1e-12)
    left = np.arccos(np.clip(value(DynamicalDecoupling(backend), waiting(n, idle)), -1, 1))
    np.testing.assert_allclose(left, 0.1 * (n % 2), atol=1e-6)


def test_more_axes_need_a_longer_sequence():
    """X pulses leave a drift about X as it is; X and Y pulses undo that too."""
    circuit = QuantumCircuit(1)
    for _ in range(16):
        circuit.id(0)
    backend = drifting(RXGate)
    np.testing.assert_allclose(value(DynamicalDecoupling(backend), circuit), np.cos(1.6), atol=1e-12)
    np.testing.assert_allclose(value(DynamicalDecoupling(backend, "XYXY"), circuit), 1.0, atol=1e-12)


def test_pulses_bring_their_own_noise():
    decoupled = DynamicalDecoupling(drifting(pulse_error=0.1))
    np.testing.assert_allclose(value(decoupled, waiting(8)), 0.9**2, atol=1e-12)


def test_windows_on_other_qubits_and_short_ones_are_left_alone():
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.id(0)
    circuit.id(1)
    circuit.cx(0, 1)
    circuit.id(0)
    backend = drifting()
    for o in one_qubit_paulis(2):
        raw, decoupled = (b.compile(circuit, [o])(NO_DATA) for b in (backend, DynamicalDecoupling(backend)))
        np.testing.assert_allclose(decoupled, raw, atol=1e-12)


@pytest.mark.parametrize("sequence", ["XX", "XYXY", "ZZ"])
def test_without_drift_nothing_changes(sequence):
    filled = fill_idle(model())
    for inner in (None, drifting(angle=0.0)):
        program = DynamicalDecoupling(inner, sequence).compile(filled, one_qubit_paulis(N))
        exact = Exact().compile(model(), one_qubit_paulis(N))
        np.testing.assert_allclose(program(X, W), exact(X, W), atol=1e-10)


def test_implied_waiting_is_filled_in():
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.x(0)
    circuit.x(0)
    circuit.cx(0, 1)
    filled = fill_idle(circuit)
    idle = [i.qubits[0] for i in filled.data if i.operation.name == "id"]
    assert idle == [circuit.qubits[1]] * 2
    assert Operator(filled) == Operator(circuit)
    # Each qubit now has a gate at each time, from its first one on.
    assert fill_idle(filled) == filled


def test_a_circuit_of_two_qubits_gains():
    circuit = QuantumCircuit(2)
    circuit.h([0, 1])
    for _ in range(8):
        circuit.rz(0.1, 1)
    circuit.cx(1, 0)
    circuit.h(0)
    filled, exact = fill_idle(circuit), value(Exact(), circuit)
    raw, decoupled = (value(b, filled) for b in (drifting(), DynamicalDecoupling(drifting())))
    assert abs(decoupled - exact) < 0.02
    assert abs(raw - exact) > 0.2


def test_fidelities_gain_too():
    """The way there and the way back wait in the same drift, which pulses undo in each."""
    backends = drifting(), DynamicalDecoupling(drifting())
    drifted, pulsed = (b.compile_overlaps(waiting(4))(NO_DATA)[0, 0] for b in backends)
    assert drifted < 0.9
    assert abs(pulsed - 1.0) < 1e-12


def test_copies_and_other_mitigation_around_it():
    backend = DynamicalDecoupling(drifting(pulse_error=0.01))
    for copy in (clone(backend), pickle.loads(pickle.dumps(backend))):
        # Up to rounding: a copy of Aer's errors is divided by the sum of its probabilities once more.
        assert value(copy, waiting(8)) == pytest.approx(value(backend, waiting(8)), rel=0, abs=1e-14)
    # Folded waiting is decoupled too, and the noise of the pulses stays outside of the fold.
    assert abs(value(ZNE(backend, (1, 3)), waiting(8)) - 1) < 0.03


@pytest.mark.parametrize("sequence", ["X", "XY", "", "AB", 2, None])
def test_bad_sequences_are_refused(sequence):
    with pytest.raises(ValueError, match="sequence"):
        DynamicalDecoupling(sequence=sequence).compile(model(), all_z(N))
    with pytest.raises(TypeError, match="must be None or a Backend"):
        DynamicalDecoupling("Aer").compile(model(), all_z(N))
