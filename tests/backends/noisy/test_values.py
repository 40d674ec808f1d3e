"""Expectation values under noise: against Aer's density matrices, and in limits that are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import XGate, zz_feature_map
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error

from skqml import Exact, Noisy, Observable, all_z, one_qubit_paulis
from tests.backends.noisy.oracle import expectations, noise_models
from tests.engine.strategies import drawn_circuits, named, numbers, observables, rows


@pytest.mark.filterwarnings("ignore:The noise model has errors of")
@settings(max_examples=40)
@given(st.data())
def test_any_noise_model_is_that_of_aer(data):
    drawn = data.draw(drawn_circuits(max_qubits=3, max_gates=6))
    n = drawn.circuit.num_qubits
    model = data.draw(noise_models(n))
    ops = data.draw(observables(n))
    found = Noisy(model).compile(drawn.circuit, ops)(drawn.X, drawn.w)
    np.testing.assert_allclose(found, expectations(drawn.circuit, model, drawn.X, drawn.w, ops), atol=1e-10)


@settings(max_examples=30)
@given(st.data())
def test_without_noise_it_is_exact(data):
    drawn = data.draw(drawn_circuits(max_qubits=4, max_gates=8))
    ops = data.draw(observables(drawn.circuit.num_qubits))
    found, expected = (b.compile(drawn.circuit, ops)(drawn.X, drawn.w) for b in (Noisy(), Exact()))
    np.testing.assert_allclose(found, expected, atol=1e-10)


def ring(n=4, n_layers=2):
    x, w = ParameterVector("x", n), ParameterVector("w", 2 * n * n_layers)
    qc = QuantumCircuit(n)
    for q in range(n):
        qc.ry(x[q], q)
    for layer in range(n_layers):
        for q in range(n):
            qc.rz(w[2 * n * layer + q] * x[q], q)
            qc.rx(w[2 * n * layer + n + q], q)
        for q in range(n):
            qc.cx(q, (q + 1) % n)
    return qc


RNG = np.random.default_rng(0)
X, W = RNG.uniform(-2, 2, (19, 4)), RNG.uniform(-2, 2, 16)


def depolarizing(p):
    model = NoiseModel(basis_gates=["rx", "ry", "rz", "cx"])
    if p:
        model.add_all_qubit_quantum_error(depolarizing_error(p, 1), ["rx", "ry", "rz"])
        model.add_all_qubit_quantum_error(depolarizing_error(p, 2), "cx")
    return model


def test_values_tend_to_the_exact_ones():
    ops = one_qubit_paulis(4)
    exact = Exact().compile(ring(), ops)(X, W)
    far = [np.abs(Noisy(depolarizing(p)).compile(ring(), ops)(X, W) - exact).max() for p in (1e-2, 1e-3, 0.0)]
    assert far[2] < 1e-12
    assert 5 * far[1] < far[0] < 0.5


def test_full_depolarizing_gives_uniform_probabilities():
    P = Noisy(depolarizing(1.0)).compile_probabilities(ring(), range(4))(X, W)
    np.testing.assert_allclose(P, 1 / 16, atol=1e-14)


def test_probabilities_are_those_of_the_projectors():
    noisy = Noisy(depolarizing(0.05))
    probabilities = noisy.compile_probabilities(ring(), [0, 2])
    labels = [f"I{b[1]}I{b[0]}" for b in probabilities.bits]
    np.testing.assert_allclose(
        probabilities(X, W), noisy.compile(ring(), [Observable(label) for label in labels])(X, W), atol=1e-12
    )


@pytest.mark.parametrize("basis", [["rz", "sx", "x", "cx"], ["u", "cz"]])
def test_gates_that_the_model_does_not_name_are_lowered(basis):
    """A Hadamard, or a RY, is never silently noiseless."""
    model = NoiseModel(basis_gates=basis)
    for name in basis:
        model.add_all_qubit_quantum_error(depolarizing_error(1.0, 2 if name[0] == "c" else 1), name)
    qc = QuantumCircuit(1)
    qc.h(0)
    assert abs(Noisy(model).compile(qc, [SparsePauliOp("X")])(np.zeros((1, 0)))[0, 0]) < 1e-15


def test_a_device_model():
    """Errors of certain pairs in one direction, relaxation, readout errors aside."""
    model = NoiseModel.from_backend(GenericBackendV2(4, seed=3), readout_error=False)
    qc, ops = ring(n_layers=1), one_qubit_paulis(4)
    operators = [SparsePauliOp(o.labels, o.coeffs) for o in ops]
    found = Noisy(model).compile(qc, ops)(X[:4], W[:8])
    np.testing.assert_allclose(found, expectations(qc, model, X[:4], W[:8], operators), atol=1e-10)


def test_errors_of_labelled_gates_and_of_virtual_ones():
    model = NoiseModel(basis_gates=["x", "id"])
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.5), [XGate(label="slow"), "id", "delay"])
    qc = QuantumCircuit(4)
    qc.append(XGate(label="slow"), [0])
    qc.x([1, 2, 3])
    qc.id(2)
    qc.delay(1, 3)
    qc.measure_all()
    values = Noisy(model).compile(qc, all_z(4))(np.zeros((1, 0)))
    np.testing.assert_allclose(values, [[0.0, -1.0, 0.0, 0.0]], atol=1e-15)


@settings(max_examples=8)
@given(st.data())
def test_three_qubits_share_an_error(data):
    qc = QuantumCircuit(3)
    for gate in data.draw(st.lists(named(3), min_size=1, max_size=3)):
        qc.append(gate.base_class(*[data.draw(numbers) for _ in gate.params]), list(range(gate.num_qubits)))
    qc.ccx(*data.draw(st.permutations(range(3))))
    model = NoiseModel(basis_gates=["u", "cx", "ccx"])
    error = depolarizing_error(0.2, 2).tensor(amplitude_damping_error(0.3))
    model.add_all_qubit_quantum_error(error, "ccx")
    model.add_quantum_error(depolarizing_error(0.5, 3), "ccx", [1, 0, 2], warnings=False)
    ops = data.draw(observables(3))
    found = Noisy(model).compile(qc, ops)(np.zeros((1, 0)))
    np.testing.assert_allclose(found, expectations(qc, model, np.zeros((1, 0)), [], ops), atol=1e-10)


@settings(max_examples=10)
@given(rows(4, 9), st.integers(1, 9))
def test_rows_do_not_see_each_other(X, k):
    program = Noisy(depolarizing(0.1)).compile(ring(), all_z(4))
    np.testing.assert_allclose(program(X, W)[:k], program(X[:k], W), atol=1e-13)


def test_feature_maps_and_no_rows_at_all():
    program = Noisy(depolarizing(0.1)).compile(zz_feature_map(3, reps=1), all_z(3))
    assert program(np.zeros((0, 3))).shape == (0, 3)
    dX, dw = program.pullback(np.zeros((0, 3)), None, np.zeros((0, 3)))
    assert dX.shape == (0, 3)
    assert dw.shape == (0,)
