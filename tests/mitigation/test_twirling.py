"""Pauli twirling of coherent errors."""

import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import RZXGate, RZZGate
from qiskit.quantum_info import DensityMatrix, Pauli, SuperOp, pauli_basis
from qiskit_aer.noise import NoiseModel, coherent_unitary_error
from sklearn.base import clone

from skqml import Exact, all_z, all_zz, one_qubit_paulis
from skqml.mitigation import ZNE, PauliTwirling
from tests.mitigation.noisy import NO_DATA, N, W, X, aer, depolarizing, model


def turned(gate=RZXGate, angle=0.1, name="cx"):
    """Each CX turns too far."""
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "x", "y", "z", "cx", "cz"])
    noise.add_all_qubit_quantum_error(coherent_unitary_error(gate(angle).to_matrix()), name)
    return noise


def test_without_noise_nothing_changes():
    ops = [*one_qubit_paulis(N), *all_zz(N)]
    for backend in (PauliTwirling(n_twirls=3), PauliTwirling(aer(depolarizing(0, 0)), n_twirls=3, random_state=0)):
        program, exact = backend.compile(model(), ops), Exact().compile(model(), ops)
        np.testing.assert_allclose(program(X, W), exact(X, W), atol=1e-10)
        g = np.cos(np.arange(4.0 * len(ops))).reshape(4, -1)
        for found, expected in zip(program.pullback(X, W, g), exact.pullback(X, W, g), strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("gate", ["cx", "cz"])
def test_the_mean_over_twirls_is_the_twirled_channel(gate):
    """Its transfer matrix is the diagonal of the error's: conjugation by all 16 strings in the mean."""
    error = SuperOp(RZXGate(0.8))
    twirled = SuperOp(sum((SuperOp(P) @ error @ SuperOp(P)).data for P in pauli_basis(2)) / 16)
    circuit = QuantumCircuit(2)
    circuit.ry(0.7, 0)
    circuit.ry(0.4, 1)
    circuit.append(getattr(QuantumCircuit, gate)(QuantumCircuit(2), 0, 1)[0].operation, [0, 1])
    state = DensityMatrix(circuit).evolve(twirled)
    ops = one_qubit_paulis(2)
    expected = [state.expectation_value(Pauli(o.labels[0])).real for o in ops]
    backend = PauliTwirling(aer(turned(angle=0.8, name=gate)), n_twirls=150, random_state=0)
    value, error = backend.compile(circuit, ops).estimate(NO_DATA)
    assert (np.abs(value - expected) < 5.5 * error + 1e-9).all()
    assert error.max() < 0.06
    untwirled = aer(turned(angle=0.8, name=gate)).compile(circuit, ops)(NO_DATA)
    assert np.abs(untwirled - expected).max() > 0.1


def chain(n_gates):
    circuit = QuantumCircuit(2)
    circuit.ry(0.5, 0)
    for _ in range(n_gates):
        circuit.cz(0, 1)
    circuit.ry(-0.5, 0)
    return circuit


def test_coherent_errors_add_up_no_longer():
    """Twenty angles in one direction turn by twenty angles; at random only by their root."""
    noise = aer(turned(RZZGate, 0.05, "cz"))
    errors = []
    for backend in (noise, PauliTwirling(noise, n_twirls=30, random_state=1)):
        errors.append(1 - backend.compile(chain(20), all_z(2)[:1])(NO_DATA)[0, 0])
    assert errors[1] < errors[0] / 2
    mitigated = ZNE(PauliTwirling(noise, n_twirls=30, random_state=1), (1, 3)).compile(chain(20), all_z(2)[:1])
    assert abs(1 - mitigated(NO_DATA)[0, 0]) < errors[0] / 2


def test_copies_and_seeds():
    backend = PauliTwirling(aer(turned()), n_twirls=2, random_state=0)
    expected = backend.compile(model(), all_z(N))(X, W)
    for copy in (clone(backend), pickle.loads(pickle.dumps(backend))):
        np.testing.assert_array_equal(copy.compile(model(), all_z(N))(X, W), expected)
    other = clone(backend).set_params(random_state=1).compile(model(), all_z(N))(X, W)
    assert not np.array_equal(other, expected)
    K = backend.compile_overlaps(model())(X, None, W)
    np.testing.assert_array_equal(K, K.T)


def test_shots_of_twirls_are_independent():
    backend = PauliTwirling(aer(turned(), shots=100, random_state=0), n_twirls=4, random_state=0)
    value, error = backend.compile(model(), all_z(N)).estimate(X, W)
    assert ((error > 0) & (error < 0.3)).all()
    assert np.abs(value - Exact().compile(model(), all_z(N))(X, W)).max() < 0.3
    single = clone(backend).set_params(n_twirls=1).compile(model(), all_z(N)).estimate(X, W)[1]
    assert (single > 0).any()


@pytest.mark.parametrize("n_twirls", [0, -1, 1.5, True, None, "many"])
def test_bad_options_are_refused(n_twirls):
    with pytest.raises(ValueError, match="n_twirls"):
        PauliTwirling(n_twirls=n_twirls).compile(model(), all_z(N))
    with pytest.raises(TypeError, match="must be None or a Backend"):
        PauliTwirling("Aer").compile(model(), all_z(N))
