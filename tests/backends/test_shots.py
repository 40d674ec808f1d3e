"""Shot noise: its laws, its independence, its repeatability.

Bounds are set so that a correct program fails a test for one seed in a million at most; seeds are
fixed, so that a test that passes once always passes.
"""

import copy
import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from scipy.stats import binom, chi2
from sklearn.base import clone

from skqml import Exact, all_z, all_zz, one_qubit_paulis, parity, projectors
from skqml.backends.shots import Shots

N = 3


def model():
    x, w = ParameterVector("x", N), ParameterVector("w", 2)
    circuit = QuantumCircuit(N)
    for q in range(N):
        circuit.ry(x[q] * w[0], q)
    circuit.crx(w[1], 0, 1)
    circuit.rzz(x[0], 1, 2)
    circuit.cx(2, 0)
    return circuit


X = np.random.default_rng(0).normal(size=(12, N))
W = np.array([0.9, 0.4])
OBSERVABLES = [*one_qubit_paulis(N), *all_zz(N), parity(N), *projectors(N)]


def test_error_falls_with_the_root_of_the_number_of_shots():
    exact = Exact().compile(model(), OBSERVABLES)(X, W)
    errors = {
        shots: [Shots(shots, seed).compile(model(), OBSERVABLES)(X, W) - exact for seed in range(20)]
        for shots in (1000, 4000)
    }
    assert 0.4 < np.std(errors[4000]) / np.std(errors[1000]) < 0.6
    assert np.abs(np.mean(errors[4000], axis=0)).max() < 5.5 / np.sqrt(4000 * 20)


def test_values_have_the_variance_of_single_shots():
    """A Pauli string's shots are +-1: variance (1 - <P>^2) / shots, tested by chi-square."""
    rows = np.repeat(X[:1], 4000, axis=0)
    mean = Exact().compile(model(), one_qubit_paulis(N))(X[:1], W)[0]
    values = Shots(100, 5).compile(model(), one_qubit_paulis(N))(rows, W)
    spread = ((values - mean) ** 2).sum(axis=0) / ((1 - mean**2) / 100)
    low, high = chi2.ppf([1e-7, 1 - 1e-7], 4000)
    assert ((low < spread) & (spread < high)).all()


def test_strings_of_one_group_come_from_the_same_counts():
    """Z0, Z1 and Z0 Z1 of one set of shots fix four non-negative frequencies."""
    values = Shots(7, 1).compile(model(), [*all_z(N), *all_zz(N)])(X, W)
    z0, z1, z01 = values[:, 0], values[:, 1], values[:, N]
    for a in (-1, 1):
        for b in (-1, 1):
            counts = 7 * (1 + a * z0 + b * z1 + a * b * z01) / 4
            np.testing.assert_allclose(counts, counts.round(), atol=1e-9)
            assert (counts > -1e-9).all()


def test_equal_rows_and_pairs_get_independent_noise():
    rows = np.repeat(X[:1], 400, axis=0)
    program, overlaps = Shots(200, 3).compile(model(), all_z(N)), Shots(200, 3).compile_overlaps(model())
    for noise in (program(rows, W)[:, 0], overlaps(rows, X[1:2], W)[:, 0]):
        first, second = (noise - noise.mean()).reshape(2, -1)
        assert abs(np.corrcoef(first, second)[0, 1]) < 0.15
        assert abs(np.corrcoef(noise[:-1], noise[1:])[0, 1]) < 0.15


def test_fidelities_are_binomial():
    rows = np.repeat(X[:1], 3000, axis=0)
    K = Exact().compile_overlaps(model())(X[:1], X[1:2], W)[0, 0]
    drawn = Shots(20, 9).compile_overlaps(model())(rows, X[1:2], W)[:, 0] * 20
    expected = 3000 * binom.pmf(np.arange(21), 20, K)
    found = np.bincount(drawn.round().astype(int), minlength=21)
    large = expected > 5
    statistic = ((found - expected)[large] ** 2 / expected[large]).sum()
    assert statistic < chi2.ppf(1 - 1e-6, large.sum())


def test_a_gram_matrix_is_symmetric_with_ones():
    K = Shots(50, 0).compile_overlaps(model())(X, None, W)
    assert np.array_equal(K, K.T)
    assert np.array_equal(np.diag(K), np.ones(len(X)))
    assert np.array_equal(Shots(50, 0).compile_overlaps(model()).diagonal(X, W), np.ones(len(X)))
    np.testing.assert_allclose(K * 50, (K * 50).round(), atol=1e-12)


@pytest.mark.parametrize("threads", [1, 2])
def test_one_seed_gives_one_result(threads):
    rows = np.random.default_rng(8).normal(size=(3000, N))
    backend = Shots(100, 4, backend=Exact(threads=threads))
    expected = Shots(100, 4).compile(model(), OBSERVABLES)(rows, W)
    for same in (backend, clone(backend), copy.deepcopy(backend), pickle.loads(pickle.dumps(backend))):
        program = same.compile(model(), OBSERVABLES)
        assert np.array_equal(program(rows, W), expected)
        assert np.array_equal(program(rows, W), expected)
        assert np.array_equal(pickle.loads(pickle.dumps(program))(rows, W), expected)


def test_without_a_seed_and_with_a_generator_each_call_is_new():
    fresh = Shots(100).compile(model(), all_z(N))
    assert not np.array_equal(fresh(X, W), fresh(X, W))
    seeded = Shots(100, 0).compile(model(), all_z(N))
    rng = np.random.default_rng(1)
    first = seeded(X, W, rng)
    assert not np.array_equal(first, seeded(X, W, rng))
    assert np.array_equal(first, seeded(X, W, np.random.default_rng(1)))
    states = [Shots(100, np.random.RandomState(2)).compile(model(), all_z(N))(X, W) for _ in range(2)]
    assert np.array_equal(*states)


def test_gradients_are_sampled_around_the_exact_ones():
    """The error of a derivative by two shifted values is at most 1 / sqrt(2 shots) for each angle."""
    shots, g = 100_000, np.ones((len(X), N))
    noisy, exact = (b.compile(model(), all_z(N)).pullback(X, W, g) for b in (Shots(shots, 0), Exact()))
    n_angles = N + 4  # crx is made of up to four
    bound = 5.5 * N * n_angles / np.sqrt(2 * shots) * max(1.0, np.abs(X).max())
    assert 0 < np.abs(noisy[0] - exact[0]).max() < bound
    assert 0 < np.abs(noisy[1] - exact[1]).max() < bound * np.sqrt(len(X))
    again = Shots(shots, 0).compile(model(), all_z(N)).pullback(X, W, g)
    assert np.array_equal(noisy[0], again[0])


def test_derivatives_of_fidelities_are_sampled_too():
    A = np.eye(4)[::-1].copy()
    noisy, exact = (b.compile_overlaps(model()) for b in (Shots(100_000, 0), Exact()))
    bound = 5.5 * 20 / np.sqrt(2 * 100_000) * np.abs(X).max()
    difference = noisy.tangent(X[:4], W, X[4:8], W) - exact.tangent(X[:4], W, X[4:8], W)
    assert 0 < np.abs(difference).max() < bound
    for a, b in zip(noisy.pullback(X[:4], W, A), exact.pullback(X[:4], W, A), strict=True):
        assert 0 < np.abs(a - b).max() < 4 * bound
