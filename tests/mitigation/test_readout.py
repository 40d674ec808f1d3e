"""Readout mitigation against values without readout errors."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import NoiseModel, ReadoutError
from scipy.optimize import minimize
from sklearn.base import clone

from skqml import Exact, Noisy, Observable, Shots, all_z, all_zz, one_qubit_paulis, parity, projectors
from skqml.backends.base import Backend
from skqml.backends.defaults import ShiftProgram
from skqml.engine.reading.paulis import read_terms
from skqml.mitigation import ZNE, ReadoutMitigation
from skqml.mitigation.readout_mitigation import nearest_probabilities
from tests.mitigation.noisy import N, W, X, aer, depolarizing, model

OBSERVABLES = [
    *one_qubit_paulis(N),
    *all_zz(N),
    parity(N),
    *projectors(N),
    Observable(("0XI", "11Z", "III"), (0.5, -0.5, 2.0)),
    SparsePauliOp(["XYZ", "ZZI"], [0.7, -0.2]),
]
EXACT = Exact().compile(model(), OBSERVABLES)(X, W)
FLIPS = [(0.03, 0.1), (0.08, 0.2), (0.0, 0.05)]  # of 0 and of 1, a pair a qubit
methods = pytest.mark.parametrize("method", ["inverse", "least_squares"])


class Misread(Backend):
    """Exact values as they are seen through readout errors, to which an offset may be added."""

    def __init__(self, offset=0.0):
        self.offset = offset

    def compile(self, circuit, observables):
        return MisreadProgram(self, circuit, observables)


class MisreadProgram(ShiftProgram):
    def __call__(self, X, w=None, rng=None):
        seen = [as_seen(observable, self.circuit.num_qubits) for observable in self.observables]
        return Exact().compile(self.circuit, seen)(X, w) + self.backend.offset


def as_seen(observable, n_qubits):
    """An observable with each measured factor in its misread form."""
    total = SparsePauliOp("I" * n_qubits, 0.0)
    for label, coefficient in read_terms(observable, n_qubits):
        factor = SparsePauliOp("", coefficient)
        for k, letter in enumerate(label):
            factor = factor.tensor(misread(letter, *FLIPS[n_qubits - 1 - k]))
        total += factor
    return total


def misread(letter, zero_to_one, one_to_zero):
    """What is measured instead of one factor."""
    if letter == "I":
        return SparsePauliOp("I")
    axis = "Z" if letter in "01" else letter
    seen = SparsePauliOp([axis, "I"], [1 - zero_to_one - one_to_zero, one_to_zero - zero_to_one])
    if letter in "01":
        return (SparsePauliOp("I") + (1 if letter == "0" else -1) * seen) / 2
    return seen


def flipping(n_qubits=N):
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "x", "cx"])
    for q in range(n_qubits):
        p, r = FLIPS[q]
        noise.add_readout_error(ReadoutError([[1 - p, p], [r, 1 - r]]), [q])
    return noise


@methods
def test_known_errors_are_taken_out_exactly(method):
    raw = Misread().compile(model(), OBSERVABLES)(X, W)
    found = ReadoutMitigation(Misread(), method).compile(model(), OBSERVABLES)(X, W)
    assert np.abs(raw - EXACT).max() > 0.1
    np.testing.assert_allclose(found, EXACT, atol=1e-9)


@methods
def test_gradients_are_taken_through_the_correction(method):
    g = np.cos(np.arange(float(EXACT.size))).reshape(EXACT.shape)
    found = ReadoutMitigation(Misread(), method).compile(model(), OBSERVABLES).pullback(X, W, g)
    for a, b in zip(found, Exact().compile(model(), OBSERVABLES).pullback(X, W, g), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-8)


@methods
def test_counts_are_corrected(method):
    shots = 20_000
    noisy = aer(flipping(), shots=shots, random_state=0)
    raw = noisy.compile(model(), all_zz(N))(X, W)
    found = ReadoutMitigation(noisy, method).compile(model(), all_zz(N))(X, W)
    exact = Exact().compile(model(), all_zz(N))(X, W)
    # The correction makes each factor's scatter 1 / (1 - p - r) times as large; 1/0.72 and 1/0.87 at most.
    assert np.abs(found - exact).max() < 5.5 * 2 * 1.6 / np.sqrt(shots)
    assert np.abs(raw - exact).mean() > 4 * np.abs(found - exact).mean()


def test_least_squares_stays_in_range_where_the_inverse_does_not():
    few = aer(flipping(), shots=20, random_state=0)
    rows = np.repeat(X, 10, axis=0)
    backends = (ReadoutMitigation(few, method) for method in ("inverse", "least_squares"))
    inverse, nearest = (backend.compile(model(), projectors(N))(rows, W) for backend in backends)
    assert inverse.min() < -0.01
    assert nearest.min() >= 0
    np.testing.assert_allclose(nearest.sum(axis=1), 1.0, atol=1e-9)
    np.testing.assert_allclose(inverse.sum(axis=1), 1.0, atol=1e-9)


def test_gradient_of_a_projection_that_cuts():
    """Some outcomes are read as less than nothing, as shots can make them."""
    backend = ReadoutMitigation(Misread(), "least_squares")
    program = backend.compile(model(), all_z(N))
    for inner in program.programs:
        inner.backend = Misread(np.repeat([-0.2, 0.2, 0.0], [2, 2, 4]))
    g, step = np.ones((len(X), N)), 1e-5
    dw = program.pullback(X, W, g)[1]
    slopes = [(program(X, W + e).sum() - program(X, W - e).sum()) / (2 * step) for e in step * np.eye(len(W))]
    np.testing.assert_allclose(dw, slopes, atol=1e-6)
    plain = backend.compile(model(), all_z(N)).pullback(X, W, g)[1]
    assert np.abs(dw - plain).max() > 0.1


@given(arrays(float, (2, 5), elements=st.floats(-1, 1)))
def test_nearest_probabilities_are_the_nearest(Q):
    Q = Q + (1 - Q.sum(axis=1, keepdims=True)) / 5
    P = nearest_probabilities(Q)
    assert (P >= 0).all()
    np.testing.assert_allclose(P.sum(axis=1), 1.0, atol=1e-12)
    # The nearest point of a convex set: no corner lies on its far side.
    assert (((Q - P)[:, None] * (np.eye(5) - P[:, None])).sum(axis=2) < 1e-9).all()


def test_nearest_probabilities_against_an_optimiser():
    q = np.array([0.7, 0.5, -0.3, 0.1])
    limits = {"type": "eq", "fun": lambda p: p.sum() - 1}
    best = minimize(lambda p: ((p - q) ** 2).sum(), np.full(4, 0.25), bounds=[(0, 1)] * 4, constraints=[limits])
    np.testing.assert_allclose(nearest_probabilities(q[None])[0], best.x, atol=1e-5)


@methods
def test_copies_seeds_and_wrappers(method):
    backend = ReadoutMitigation(aer(flipping(), shots=200, random_state=0), method)
    program = backend.compile(model(), OBSERVABLES)
    expected = program(X, W)
    np.testing.assert_array_equal(clone(backend).compile(model(), OBSERVABLES)(X, W), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(program))(X, W), expected)
    value, error = program.estimate(X, W)
    assert value.shape == error.shape == EXACT.shape
    assert (error >= 0).all()
    both = ZNE(ReadoutMitigation(aer(depolarizing()), method), (1, 3, 5)).compile(model(), all_z(N))(X, W)
    np.testing.assert_allclose(both, Exact().compile(model(), all_z(N))(X, W), atol=2e-3)
    K = ReadoutMitigation(Misread(), method).compile_overlaps(model())(X, None, W)
    np.testing.assert_allclose(K, Exact().compile_overlaps(model())(X, None, W), atol=1e-9)


@methods
def test_constants_need_no_measurement(method):
    found = ReadoutMitigation(Shots(10, 0), method).compile(model(), [SparsePauliOp("I" * N, 2.0)])(X, W)
    np.testing.assert_allclose(found, 2.0, atol=1e-12)


@given(p=st.floats(0.0, 0.5), r=st.floats(0.0, 0.5), shots=st.integers(1, 200), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=12)
@methods
def test_values_never_pass_the_sum_of_coefficients(method, p, r, shots, seed):
    """However near the readout is to a coin's toss: what it tells is refused, or bounded."""
    noise = NoiseModel()
    noise.add_all_qubit_readout_error(ReadoutError([[1 - p, p], [r, 1 - r]]))
    backend = ReadoutMitigation(Noisy(noise, shots=shots, random_state=seed), method)
    observables = [*all_z(N), *all_zz(N), SparsePauliOp(["XYZ", "III"], [0.7, -0.2])]
    try:
        program = backend.compile(model(), observables)
    except ValueError as error:
        assert "tells 0 from 1" in str(error)
        return
    bounds = np.array([1.0] * (len(observables) - 1) + [0.9])
    assert (np.abs(program(X, W)) <= bounds + 1e-12).all()
    assert (np.abs(program.estimate(X, W)[0]) <= bounds + 1e-12).all()
    assert (np.abs(program.forward(X, W)[0]) <= bounds + 1e-12).all()


def test_gradient_of_values_that_are_clipped():
    program = ReadoutMitigation(Misread()).compile(model(), all_z(N))
    program._program.backend = Misread(offset=0.8)  # as shots may do it
    values, g, step = program(X, W), np.ones((len(X), N)), 1e-6
    assert (np.abs(values) == 1).any() and (np.abs(values) < 1).any()
    slopes = [(program(X, W + e).sum() - program(X, W - e).sum()) / (2 * step) for e in step * np.eye(len(W))]
    np.testing.assert_allclose(program.pullback(X, W, g)[1], slopes, atol=1e-6)


def test_a_readout_that_tells_nothing_beyond_its_scatter_is_refused():
    noise = NoiseModel()
    noise.add_all_qubit_readout_error(ReadoutError([[0.51, 0.49], [0.49, 0.51]]))
    refused = 0
    for seed in range(20):
        try:
            ReadoutMitigation(Noisy(noise, shots=100, random_state=seed)).compile(model(), all_z(N))
        except ValueError:
            refused += 1
    assert refused == 20
    ReadoutMitigation(Noisy(noise)).compile(model(), all_z(N))  # exact values tell it


def test_what_cannot_be_corrected_is_refused():
    with pytest.raises(ValueError, match="method"):
        ReadoutMitigation(method="svd").compile(model(), OBSERVABLES)
    with pytest.raises(TypeError, match="must be None or a Backend"):
        ReadoutMitigation(3).compile(model(), OBSERVABLES)
    blind = NoiseModel(basis_gates=["rx", "ry", "rz", "x", "cx"])
    blind.add_readout_error(ReadoutError([[0.4, 0.6], [0.6, 0.4]]), [1])
    with pytest.raises(ValueError, match="Aer measures no larger mean of Z for 0 than for 1 on qubit 1"):
        ReadoutMitigation(aer(blind, shots=1000, random_state=0)).compile(model(), OBSERVABLES)
