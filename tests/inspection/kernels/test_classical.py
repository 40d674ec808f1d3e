"""Quantum kernels against classical ones: planted nearest kernels, and the theorem behind the geometric difference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from sklearn.gaussian_process.kernels import RBF
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel

from skqml import AngleEncoding, FidelityKernel, ZZEncoding
from skqml.inspection import geometric_difference, nearest_polynomial, nearest_rbf
from skqml.kernels import GaussianKernel

X = np.random.default_rng(0).normal(size=(40, 3))


@settings(max_examples=15)
@given(st.floats(-5, 3))
def test_an_rbf_kernel_is_found_again(log_gamma):
    found = nearest_rbf(rbf_kernel(X, gamma=np.exp(log_gamma)), X)
    assert found.distance < 1e-3
    assert found.correlation > 0.999
    assert np.log(found.gamma) == pytest.approx(log_gamma, abs=1e-3)
    assert found.degree == 0


@pytest.mark.parametrize("degree", [1, 2, 3, 5])
def test_a_polynomial_kernel_is_found_again(degree):
    K = polynomial_kernel(X, degree=degree, gamma=0.3, coef0=1)
    lengths = np.sqrt(np.diag(K))
    found = nearest_polynomial(K / lengths / lengths[:, None], X)
    assert found.degree == degree
    assert found.gamma == pytest.approx(0.3, rel=1e-3)
    assert found.distance < 1e-3
    assert found.correlation == pytest.approx(1.0, abs=1e-5)


def test_distances_are_those_of_matrices():
    K = FidelityKernel()(X)
    found = nearest_rbf(K, X)
    nearest = rbf_kernel(X, gamma=found.gamma)
    assert found.distance == pytest.approx(np.linalg.norm(K - nearest) / np.linalg.norm(K))
    upper = np.triu_indices(len(X), 1)
    assert found.correlation == pytest.approx(np.corrcoef(K[upper], nearest[upper])[0, 1])
    for factor in (0.9, 1.1):
        other = rbf_kernel(X, gamma=factor * found.gamma)
        assert np.linalg.norm(K - other) / np.linalg.norm(K) > found.distance


def test_a_small_bandwidth_is_an_rbf_kernel():
    """cos^2((x - y) / 2) is exp(-(x - y)^2 / 4) to the fourth order."""
    found = nearest_rbf(FidelityKernel(AngleEncoding(), scale=0.05), X)
    assert found.gamma == pytest.approx(0.05**2 / 4, rel=0.01)
    assert found.distance < 1e-4


def test_kernels_without_any_likeness_have_no_correlation():
    assert nearest_rbf(np.eye(len(X)), X).correlation == 0
    assert nearest_rbf(np.eye(len(X)), X).distance < 1e-6


@pytest.mark.parametrize("seed", range(30, 42))
def test_no_other_of_the_family_is_nearer(seed):
    """Of few rows too, whose distance from a family has several valleys."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(rng.integers(3, 8), 1 + seed % 2))
    K = FidelityKernel(ZZEncoding(), scale=rng.uniform(0.2, 1.5))(rows)
    squares, gammas = np.sum(rows**2, axis=1), np.geomspace(1e-3, 1e3, 300)
    cosines = [(1 + g * rows @ rows.T) / np.sqrt(np.outer(1 + g * squares, 1 + g * squares)) for g in gammas]
    others = {
        nearest_rbf: [rbf_kernel(rows, gamma=g) for g in gammas],
        nearest_polynomial: [each**degree for each in cosines for degree in range(1, 6)],
    }
    for nearest, family in others.items():
        least = min(np.linalg.norm(K - other) for other in family) / np.linalg.norm(K)
        assert nearest(K, rows).distance < least + 1e-6


LAMBDAS = [1e-3, 0.1, 2.0]


def trace_n(K):
    return K * len(K) / np.trace(K)


def test_the_difference_is_that_of_the_formula():
    Q, C = FidelityKernel()(X), rbf_kernel(X, gamma=0.2)
    found = geometric_difference(Q, classical=C, regularization=LAMBDAS)
    root_q, root_c = sqrtm(trace_n(Q)).real, sqrtm(trace_n(C)).real
    for k, value in enumerate(LAMBDAS):
        inverse = np.linalg.inv(trace_n(C) + value * np.eye(len(X)))
        middle = root_c @ inverse @ inverse @ root_c
        assert found.difference[k] == pytest.approx(np.sqrt(np.linalg.norm(root_q @ middle @ root_q, 2)))
        training = value * np.sqrt(np.linalg.norm(root_q @ inverse @ inverse @ root_q, 2))
        assert found.training_difference[k] == pytest.approx(training)


@pytest.mark.parametrize("y", [X[:, 0], np.where(X[:, 0] > 0, "a", "b")], ids=["numbers", "classes"])
def test_complexities_are_those_of_the_formula(y):
    Q, C = FidelityKernel()(X), rbf_kernel(X, gamma=0.2)
    found = geometric_difference(Q, classical=C, y=y, regularization=LAMBDAS)
    targets = y if y.dtype == float else np.where(y == "a", 1.0, -1.0)
    for K, complexity in ((trace_n(Q), found.complexity), (trace_n(C), found.classical_complexity)):
        for k, value in enumerate(LAMBDAS):
            inverse = np.linalg.inv(K + value * np.eye(len(X)))
            assert complexity[k] == pytest.approx(targets @ inverse @ K @ inverse @ targets)


def test_no_targets_are_further_apart_than_the_difference():
    """The theorem: s_C <= g^2 s_Q for all targets, with equality for the engineered ones of the paper."""
    Q, C = FidelityKernel()(X), rbf_kernel(X, gamma=1.0)
    g = geometric_difference(Q, classical=C, regularization=1e-9).difference[0]
    root = sqrtm(trace_n(Q)).real
    engineered = root @ np.linalg.eigh(root @ np.linalg.inv(trace_n(C)) @ root)[1][:, -1]
    found = geometric_difference(Q, classical=C, y=engineered, regularization=1e-9)
    assert found.classical_complexity / found.complexity == pytest.approx(g**2, rel=1e-3)
    for seed in range(20):
        y = np.random.default_rng(seed).normal(size=len(X))
        found = geometric_difference(Q, classical=C, y=y, regularization=1e-9)
        assert found.classical_complexity <= g**2 * found.complexity


def test_equal_kernels_are_not_apart():
    kernel = GaussianKernel(gamma=1.0)
    found = geometric_difference(kernel, X, classical=RBF(np.sqrt(0.5)), regularization=1e-6)
    assert found.difference[0] == pytest.approx(1.0, abs=1e-4)
    assert found.training_difference[0] < 1e-3


def test_the_default_is_the_rbf_kernel_of_the_twins():
    gamma = 1 / X.var(axis=0).sum()
    found, expected = (
        geometric_difference(FidelityKernel(), X, classical=c, regularization=0.1)
        for c in (None, rbf_kernel(X, gamma=gamma))
    )
    assert found.difference == pytest.approx(expected.difference)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"regularization": [0.0]}, ValueError, "regularization must be positive"),
        ({"regularization": "no"}, ValueError, "regularization"),
        ({"classical": np.eye(3)}, ValueError, "inconsistent numbers of samples"),
        ({"classical": np.zeros((40, 40))}, ValueError, "classical must be a kernel matrix with a positive trace"),
        ({"y": np.ones(40)}, ValueError, "two classes"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, error, match):
    with pytest.raises(error, match=match):
        geometric_difference(FidelityKernel(), X, **arguments)


def test_a_matrix_alone_needs_a_classical_matrix():
    with pytest.raises(TypeError, match="classical must be a kernel matrix"):
        geometric_difference(np.eye(3))
