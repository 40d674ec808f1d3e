"""What cannot be simulated is refused at once, with a sentence that says what to do."""

from inspect import signature

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Gate, ParameterVector
from qiskit.quantum_info import SparsePauliOp

from skqml import Exact, all_z
from skqml.backends.aer import Aer
from skqml.backends.shots import Shots
from tests.contracts.backends import backend_classes

X = ParameterVector("x", 2)
BACKENDS = [Exact(), Shots(100), Aer(), Aer(shots=100)]


def model():
    circuit = QuantumCircuit(2)
    circuit.ry(X[0] + ParameterVector("w", 1)[0], 0)
    circuit.rx(X[1], 1)
    return circuit


def measured_midway():
    circuit = QuantumCircuit(2, 1)
    circuit.measure(0, 0)
    circuit.h(0)
    return circuit


def reset():
    circuit = QuantumCircuit(2)
    circuit.reset(0)
    return circuit


def conditioned():
    circuit = QuantumCircuit(2, 1)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)
    return circuit


def opaque():
    circuit = QuantumCircuit(2)
    circuit.append(Gate("mystery", 1, []), [0])
    return circuit


@pytest.mark.parametrize("backend", BACKENDS, ids=repr)
@pytest.mark.parametrize(
    ("circuit", "words"),
    [(measured_midway, "mid-circuit"), (reset, "reset"), (conditioned, "if_else"), (opaque, "mystery")],
)
def test_circuits_that_are_no_unitary(backend, circuit, words):
    with pytest.raises(ValueError, match=words):
        backend.compile(circuit(), all_z(2))
    with pytest.raises(ValueError, match=words):
        backend.compile_overlaps(circuit())


@pytest.mark.parametrize("backend", BACKENDS, ids=repr)
def test_thirty_qubits_are_refused_with_bytes_and_remedy(backend):
    circuit = QuantumCircuit(30)
    for q, feature in enumerate(ParameterVector("x", 30)):
        circuit.ry(feature, q)
    for q in range(29):
        circuit.cz(q, q + 1)
    if not (isinstance(backend, Aer) and backend.shots):  # Aer may choose a stabilizer or a product state
        with pytest.raises(ValueError, match=r"max_memory=\d+ bytes.* need \d+ bytes.*use fewer qubits"):
            backend.compile_overlaps(circuit)
        with pytest.raises(ValueError, match=r"max_memory=\d+ bytes.* need \d+ bytes.*use fewer qubits"):
            backend.compile(circuit, [SparsePauliOp("X" * 30)])


@pytest.mark.parametrize("backend", BACKENDS, ids=repr)
@pytest.mark.parametrize(
    ("rows", "weights", "words"),
    [
        (np.zeros((3, 2)), np.array([np.nan]), "weights"),
        (np.array([[0.0, np.inf]]), np.zeros(1), "NaN or infinity"),
        (np.array([[0.0, np.nan]]), np.zeros(1), "NaN or infinity"),
        (np.zeros((3, 1)), np.zeros(1), r"\(n_samples, 2\)"),
        (np.zeros(2), np.zeros(1), r"\(n_samples, 2\)"),
        (np.zeros((3, 2)), np.zeros(2), "Expected 1 weights"),
        (np.zeros((3, 2)), None, "Expected 1 weights"),
        (np.zeros((3, 2), dtype=complex), np.zeros(1), "Complex data not supported"),
    ],
)
def test_rows_and_weights(backend, rows, weights, words):
    program, overlaps = backend.compile(model(), all_z(2)), backend.compile_overlaps(model())
    with pytest.raises(ValueError, match=words):
        program(rows, weights)
    with pytest.raises(ValueError, match=words):
        program.forward(rows, weights)
    with pytest.raises(ValueError, match=words):
        overlaps(rows, None, weights)


@pytest.mark.parametrize("backend", BACKENDS, ids=repr)
@pytest.mark.parametrize(
    ("observable", "error", "words"),
    [
        (SparsePauliOp("ZZZ"), ValueError, "2 qubits, but 'ZZZ' is on 3"),
        (SparsePauliOp("ZZ", 1j), ValueError, "Hermitian"),
        ("ZZ", TypeError, "observables must be SparsePauliOps"),
    ],
)
def test_observables(backend, observable, error, words):
    with pytest.raises(error, match=words):
        backend.compile(model(), [observable])


@pytest.mark.parametrize("backend", BACKENDS, ids=repr)
def test_something_else_than_a_circuit(backend):
    with pytest.raises(TypeError, match="QuantumCircuit"):
        backend.compile("qc", all_z(1))


def test_two_vectors_of_data():
    circuit = QuantumCircuit(1)
    circuit.rx(ParameterVector("x", 1)[0], 0)
    circuit.ry(ParameterVector("x", 2)[1], 0)
    with pytest.raises(ValueError, match="one parameter vector"):
        Exact().compile(circuit, all_z(1))


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (Exact(threads=0), "threads"),
        (Exact(max_memory=-1), "max_memory"),
        (Exact(precision="half"), "precision"),
        (Shots(0), "shots"),
        (Shots(-3), "shots"),
        (Shots(10.0), "shots"),
        (Shots(True), "shots"),
        (Shots(None), "shots"),
        (Shots(10, random_state="a"), "random_state"),
        (Shots(10, backend="Exact"), "backend"),
        (Shots(10, backend=Shots(10)), "backend"),
        (Aer(shots=0), "shots"),
        (Aer(shots=2.5), "shots"),
        (Aer("qasm_simulator"), "simulator"),
        (Aer(shots=5, random_state=-1), "random_state"),
    ],
)
def test_parameters_are_checked_when_used(backend, words):
    with pytest.raises((TypeError, ValueError), match=words):
        backend.compile(model(), all_z(2))
    with pytest.raises((TypeError, ValueError), match=words):
        backend.compile_overlaps(model())


@pytest.mark.parametrize("kind", [kind for kind in backend_classes() if "device" in signature(kind).parameters])
def test_devices_have_the_same_names_in_all_backends(kind):
    kind(device="cpu").check_width(2)
    for other in ("CPU", "GPU", "gpu", True, []):
        with pytest.raises(ValueError, match=r"^device must be one of .*'cpu', 'cuda'"):
            kind(device=other).check_width(2)


@pytest.mark.parametrize("backend", BACKENDS, ids=repr)
def test_final_measurements_are_left_out(backend):
    circuit = model()
    circuit.add_register(ClassicalRegister(2))
    circuit.measure([0, 1], [1, 0])
    rows, w = np.array([[np.pi, 0.0], [0.0, np.pi]]), np.zeros(1)
    np.testing.assert_allclose(backend.compile(circuit, all_z(2))(rows, w), [[-1, 1], [1, -1]], atol=1e-12)
    np.testing.assert_allclose(backend.compile_overlaps(circuit)(rows, None, w), np.eye(2), atol=1e-12)
