"""Noisy fidelities at linear cost: against one circuit of Aer for each pair of rows, and their derivatives."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import zz_feature_map
from qiskit_aer.noise import NoiseModel, ReadoutError, amplitude_damping_error, depolarizing_error
from scipy.stats import binom, chi2

from skqml import Aer, Exact, Noisy, all_z
from skqml.backends.defaults import PairOverlaps
from tests.backends.noisy.oracle import bound, noise_models, relaxation, run
from tests.backends.noisy.oracle import native as transpiled
from tests.engine.strategies import drawn_circuits, rows

CLEAR, CONFUSED = np.eye(2), np.array([[0.95, 0.05], [0.1, 0.9]])


def model(readout=False):
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "p", "h", "cx"])
    noise.add_all_qubit_quantum_error(relaxation(0.1), ["ry", "h", "p"])
    both = depolarizing_error(0.05, 2).compose(relaxation(0.2).tensor(relaxation(0.1)))
    noise.add_all_qubit_quantum_error(both, "cx")
    noise.add_quantum_error(amplitude_damping_error(0.2), "ry", [1], warnings=False)
    if readout:
        noise.add_all_qubit_readout_error(ReadoutError(CONFUSED))
    return noise


def by_pairs(circuit, noise, X, Y, w, readout):
    """Probabilities of 0..0 after U(x) and U(y)^-1, one circuit of Aer for each pair."""
    plain = circuit.decompose(gates_to_decompose=["PauliEvolution"])  # whose inverse is none
    there, back = (transpiled(part, noise) for part in (circuit, plain.inverse()))
    pairs = [bound(there, circuit, x, w).compose(bound(back, circuit, y, w)) for x in X for y in Y]
    for pair in pairs:
        pair.global_phase = 0
        pair.save_probabilities()
    P = np.array([data["probabilities"] for data in run(pairs, noise)])
    zeros = np.ones(1)
    for _ in range(circuit.num_qubits):
        zeros = np.kron(readout[:, 0], zeros)
    return (P @ zeros).reshape(len(X), len(Y))


def weighted(n=3):
    x, w = ParameterVector("x", n), ParameterVector("w", n)
    qc = QuantumCircuit(n)
    for q in range(n):
        qc.ry(x[q] * w[q], q)
        qc.rx(w[q], q)
    for q in range(n - 1):
        qc.cx(q, q + 1)
        qc.rz(x[q] * x[q + 1], q + 1)
    return qc


RNG = np.random.default_rng(2)
X, Y, W = RNG.uniform(-2, 2, (10, 3)), RNG.uniform(-2, 2, (4, 3)), RNG.uniform(-2, 2, 3)


@pytest.mark.filterwarnings("ignore:The noise model has errors of")
@settings(max_examples=60)
@given(st.data())
def test_any_circuit_and_noise_model(data):
    drawn = data.draw(drawn_circuits(max_qubits=3, max_gates=4))
    noise = data.draw(noise_models(drawn.circuit.num_qubits))
    others = data.draw(rows(drawn.X.shape[1]))
    found = Noisy(noise).compile_overlaps(drawn.circuit)(drawn.X, others, drawn.w)
    np.testing.assert_allclose(found, by_pairs(drawn.circuit, noise, drawn.X, others, drawn.w, CLEAR), atol=1e-10)


@pytest.mark.parametrize("readout", [False, True])
def test_feature_map_with_readout_errors(readout):
    qc, noise = zz_feature_map(3, reps=2), model(readout)
    overlaps = Noisy(noise).compile_overlaps(qc)
    expected = by_pairs(qc, noise, X, X, [], CONFUSED if readout else CLEAR)
    np.testing.assert_allclose(overlaps(X, X), expected, atol=1e-10)
    np.testing.assert_allclose(overlaps(X), (expected + expected.T) / 2, atol=1e-10)
    np.testing.assert_allclose(overlaps.diagonal(X), np.diag(expected), atol=1e-10)
    assert np.abs(expected - expected.T).max() > 1e-4  # relaxation: the order of a pair matters
    K = overlaps(X)
    assert np.array_equal(K, K.T)


def test_without_noise_it_is_exact():
    exact, noisy = (b.compile_overlaps(weighted()) for b in (Exact(), Noisy()))
    np.testing.assert_allclose(noisy(X, Y, W), exact(X, Y, W), atol=1e-13)


def test_full_depolarizing_gives_a_constant_kernel():
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(1.0, 1), ["rx", "ry", "rz"])
    np.testing.assert_allclose(Noisy(noise).compile_overlaps(weighted())(X, None, W), 1 / 8, atol=1e-15)


@pytest.mark.parametrize("readout", [False, True])
def test_derivatives_are_those_of_pairs(readout):
    """PairOverlaps runs each pair as one circuit, and differentiates that."""
    noisy = Noisy(model(readout))
    overlaps, pairs = noisy.compile_overlaps(weighted()), PairOverlaps(noisy, weighted())
    # PairOverlaps takes each pair once, in one order; both orders are taken by K(X, X).
    np.testing.assert_allclose(overlaps(X, Y, W), pairs(X, Y, W), atol=1e-13)
    A, dX, dw = RNG.normal(size=(10, 10)), RNG.normal(size=X.shape), RNG.normal(size=3)
    step = 1e-5
    slope = (overlaps(X + step * dX, None, W + step * dw) - overlaps(X - step * dX, None, W - step * dw)) / (2 * step)
    found = overlaps.tangent(X, W, dX, dw)
    np.testing.assert_allclose(found, slope, atol=1e-8)
    gX, gw = overlaps.pullback(X, W, A)
    np.testing.assert_allclose((gX * dX).sum() + gw @ dw, (A * found).sum(), atol=1e-12)


@pytest.mark.parametrize("wait", [lambda qc: qc.id(0), lambda qc: qc.delay(1, 0)], ids=["id", "delay"])
@pytest.mark.parametrize("backend", [Noisy, lambda noise: Aer(noise_model=noise)], ids=["Noisy", "Aer"])
def test_waiting_is_as_noisy_in_values_as_in_fidelities(backend, wait):
    noise, qc = NoiseModel(basis_gates=["ry", "id", "cx"]), QuantumCircuit(1)
    noise.add_all_qubit_quantum_error(depolarizing_error(1.0, 1), ["id", "delay"])
    x = ParameterVector("x", 2)
    qc.ry(x[0], 0)
    wait(qc)
    qc.ry(x[1], 0)
    np.testing.assert_allclose(backend(noise).compile(qc, all_z(1))(X[:, :2]), 0.0, atol=1e-12)
    np.testing.assert_allclose(backend(noise).compile_overlaps(qc)(X[:, :2]), 0.5, atol=1e-12)


def test_blocks_of_rows_change_nothing():
    many = RNG.uniform(-2, 2, (150, 3))
    small, large = (Noisy(model(), max_memory=2**n).compile_overlaps(weighted()) for n in (16, 30))
    np.testing.assert_allclose(small(many, None, W), large(many, None, W), atol=1e-14)
    assert small.diagonal(many, W).shape == (150,)
    assert small(many[:0], None, W).shape == (0, 0)


def test_pickle_and_content():
    overlaps = Noisy(model()).compile_overlaps(weighted())
    K, data = overlaps(X, Y, W), pickle.dumps(overlaps)
    again = pickle.loads(data)
    assert np.array_equal(again(X, Y, W), K)
    assert len(data) < 40_000
    assert pickle.dumps(again.cache_key()) == pickle.dumps(pickle.loads(data).cache_key())


def test_shots_are_binomial():
    twenty = np.repeat(X[:1], 2000, axis=0)
    K = Noisy(model()).compile_overlaps(weighted())(X[:1], X[1:2], W)[0, 0]
    drawn = Noisy(model(), shots=20, random_state=9).compile_overlaps(weighted())(twenty, X[1:2], W)[:, 0] * 20
    expected, found = 2000 * binom.pmf(np.arange(21), 20, K), np.bincount(drawn.round().astype(int), minlength=21)
    large = expected > 5
    assert ((found - expected)[large] ** 2 / expected[large]).sum() < chi2.ppf(1 - 1e-6, large.sum())
