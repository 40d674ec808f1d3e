"""Errors of measurements and of the readout: against confusion matrices by hand, and against Aer's counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    NoiseModel,
    ReadoutError,
    amplitude_damping_error,
    coherent_unitary_error,
    depolarizing_error,
)

from skqml import Noisy, Observable, all_z, projectors
from tests.backends.noisy.oracle import density_matrices
from tests.engine.strategies import unitaries

GENERAL, SPECIAL = [[0.97, 0.03], [0.2, 0.8]], [[0.6, 0.4], [0.15, 0.85]]


def circuit(n=3):
    x = ParameterVector("x", n)
    qc = QuantumCircuit(n)
    for q in range(n):
        qc.ry(x[q], q)
        qc.rz(x[q] * x[(q + 1) % n], q)
    for q in range(n - 1):
        qc.cx(q, q + 1)
    return qc


def model():
    noise = NoiseModel(basis_gates=["ry", "rz", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), "cx")
    noise.add_all_qubit_readout_error(ReadoutError(GENERAL))
    noise.add_readout_error(ReadoutError(SPECIAL), [1], warnings=False)
    return noise


X = np.random.default_rng(1).uniform(-2, 2, (5, 3))


def confusion():
    """Probabilities of the outcomes (rows) by basis states, qubit 1 with its own error."""
    general, special = np.array(GENERAL).T, np.array(SPECIAL).T
    return np.kron(general, np.kron(special, general))


def test_probabilities_are_confused():
    true = np.array([np.diag(rho).real for rho in density_matrices(circuit(), model(), X, [])])
    found = Noisy(model()).compile_probabilities(circuit(), range(3))(X)
    np.testing.assert_allclose(found, true @ confusion().T, atol=1e-12)
    outcomes = projectors(3)
    np.testing.assert_allclose(Noisy(model()).compile(circuit(), outcomes)(X).sum(axis=1), 1.0, atol=1e-12)


def test_unmeasured_qubits_do_not_matter():
    quiet = NoiseModel(basis_gates=["ry", "rz", "cx"])
    quiet.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), "cx")
    clear, confused = (Noisy(m).compile(circuit(), all_z(3))(X) for m in (quiet, model()))
    np.testing.assert_allclose(confused[:, [0, 2]], 0.77 * clear[:, [0, 2]] + 0.17, atol=1e-12)
    np.testing.assert_allclose(confused[:, 1], 0.45 * clear[:, 1] - 0.25, atol=1e-12)


@settings(max_examples=10)
@given(st.just(amplitude_damping_error(0.3)) | unitaries(1).map(coherent_unitary_error))
def test_an_error_of_the_measurement_comes_before_it(error):
    """Aer's density matrix with the error as a gate of its own, then the probabilities of Z."""
    noise, by_gate = NoiseModel(basis_gates=["ry", "rz", "cx"]), NoiseModel(basis_gates=["ry", "rz", "cx", "id"])
    noise.add_all_qubit_quantum_error(error, "measure")
    by_gate.add_all_qubit_quantum_error(error, "id")
    longer = circuit()
    longer.id(range(3))
    expected = [np.diag(rho).real for rho in density_matrices(longer, by_gate, X, [])]
    np.testing.assert_allclose(Noisy(noise).compile_probabilities(circuit(), range(3))(X), expected, atol=1e-12)


@pytest.mark.parametrize("letters", ["ZZZ", "XYZ", "YXX"])
def test_counts_of_aer_have_these_means(letters):
    """Gates that change the basis are not named by the model, hence without noise; 5 standard deviations."""
    shots = 20_000
    noise = model()
    noise.add_all_qubit_quantum_error(amplitude_damping_error(0.2), "measure")
    values = Noisy(noise).compile(circuit(), [SparsePauliOp(letters), Observable("I" + letters[1:])])(X)
    measured = [circuit().assign_parameters(x) for x in X]
    for qc in measured:
        for q, letter in enumerate(reversed(letters)):
            if letter == "Y":
                qc.sdg(q)
            if letter != "Z":
                qc.h(q)
        qc.measure_all()
    simulator = AerSimulator(method="density_matrix", noise_model=noise, seed_simulator=5, max_parallel_threads=1)
    all_counts = [simulator.run(qc, shots=shots).result().get_counts() for qc in measured]
    for row, counts in zip(values, all_counts, strict=True):
        for value, used in zip(row, (3, 2), strict=True):
            signs = {bits: (-1) ** bits[-used:].count("1") for bits in counts}
            mean = sum(signs[bits] * count for bits, count in counts.items()) / shots
            assert abs(mean - value) < 5 * np.sqrt((1 - value**2) / shots) + 1e-9


def test_shots_have_the_exact_means():
    exact = Noisy(model()).compile(circuit(), all_z(3))(X)
    sampled = Noisy(model(), shots=20_000, random_state=3).compile(circuit(), all_z(3))(X)
    assert 0 < np.abs(sampled - exact).max() < 5 / np.sqrt(20_000)
