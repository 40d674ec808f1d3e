"""Measures of kernel matrices against their definitions by loops, and at limits that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit.quantum_info import random_statevector

from skqml.kernels.measures.alignment import centred, constant, target_factor
from skqml.kernels.measures.concentration import haar_fidelity, matrix_concentration
from skqml.kernels.measures.gram import checked_gram, off_diagonal
from skqml.kernels.measures.spectrum import matrix_spectrum

seeds = st.integers(0, 2**31)


@given(st.integers(2, 6))
def test_entries_off_the_diagonal(n):
    K = np.arange(n * n).reshape(n, n)
    assert off_diagonal(K).ravel().tolist() == [K[i, j] for i in range(n) for j in range(n) if i != j]


@given(seeds, st.integers(2, 5))
def test_centring_is_a_projection(seed, n):
    """``H R K R H`` with H = 1 - u u^T; the roots of the weights are in its null space, and it changes no further."""
    rng = np.random.default_rng(seed)
    A, roots = rng.normal(size=(n, n)), rng.uniform(0.1, 2.0, n)
    H = np.eye(n) - np.outer(roots, roots) / (roots @ roots)
    found = centred(A @ A.T, roots)
    np.testing.assert_allclose(found, H @ np.diag(roots) @ A @ A.T @ np.diag(roots) @ H, atol=1e-9)
    np.testing.assert_allclose(found @ roots, 0.0, atol=1e-9)


@given(seeds, st.integers(2, 4))
def test_the_ideal_kernel_of_classes(seed, n_classes):
    y = np.append(np.arange(n_classes), np.random.default_rng(seed).integers(0, n_classes, 5))
    Y = target_factor(y)
    np.testing.assert_allclose(Y @ Y.T, (y[:, None] == y) - 1 / n_classes, atol=1e-12)


def test_the_ideal_kernel_of_numbers_has_no_unit():
    y = np.sqrt([2.25, 5.0, 0.3])
    for unit in (-1e-200, 1.0, 1e5):
        np.testing.assert_allclose(target_factor(unit * y), np.sign(unit) * y[:, None] / y.max())


def test_constant_targets():
    Y = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert constant(Y, np.array([1.0, 2.0, 0.0])) and not constant(Y, np.ones(3))


@pytest.mark.parametrize("n_qubits", [1, 2, 3])
def test_moments_of_random_states(n_qubits):
    """Within five standard errors of 4,000 drawn fidelities."""
    states = np.array([random_statevector(2**n_qubits, seed=k).data for k in range(8000)])
    F = np.abs(np.einsum("ij,ij->i", states[::2].conj(), states[1::2])) ** 2
    mean, variance = haar_fidelity(n_qubits)
    assert F.mean() == pytest.approx(mean, abs=5 * F.std() / np.sqrt(len(F)))
    error = np.sqrt((np.mean((F - F.mean()) ** 4) - F.var() ** 2) / len(F))
    assert F.var() == pytest.approx(variance, abs=5 * error)


def test_concentration_of_a_matrix():
    K = np.array([[1.0, 0.2, 0.4], [0.2, 1.0, 0.6], [0.4, 0.6, 1.0]])
    found = matrix_concentration(K, n_qubits=2)
    assert (found.mean, found.variance) == pytest.approx((0.4, np.var([0.2, 0.4, 0.6])))
    assert (found.haar_mean, found.haar_variance, found.n_qubits) == (*haar_fidelity(2), 2)
    assert matrix_concentration(K).haar_mean is None


@pytest.mark.parametrize("shares", [[1.0], [0.5, 0.5], [0.7, 0.2, 0.1]])
def test_spectra_of_known_shares(shares):
    n, rng = 6, np.random.default_rng(0)
    V = np.linalg.qr(rng.normal(size=(n, n)))[0][:, : len(shares)]
    found = matrix_spectrum(n * V * shares @ V.T)
    np.testing.assert_allclose(found.eigenvalues[: len(shares)], n * np.array(shares), atol=1e-9)
    assert found.effective_rank == pytest.approx(np.exp(-np.sum(shares * np.log(shares))))
    assert found.participation_ratio == pytest.approx(1 / np.sum(np.square(shares)))


@pytest.mark.parametrize(
    ("K", "message"),
    [(np.ones((2, 3)), "square"), (np.array([[1.0, 0.1], [0.2, 1.0]]), "symmetric"), ([[1.0, np.nan]] * 2, "NaN")],
)
def test_what_is_no_kernel_matrix(K, message):
    with pytest.raises(ValueError, match=message):
        checked_gram(K)


def test_a_matrix_without_positive_eigenvalues_has_no_rank():
    with pytest.raises(ValueError, match="positive eigenvalue"):
        matrix_spectrum(-np.eye(3))
