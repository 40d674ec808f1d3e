"""Measures of kernel matrices against random states, planted spectra, dense formulas and simulated shots."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skqml import AngleEncoding, FidelityKernel, KernelAlignmentTrainer, QuantumKernelSVC, Shots, estimate_cost
from skqml.inspection import alignment, concentration, effective_rank, nearest_rbf, shots_needed

X, LABELS = load_iris(return_X_y=True)


def random_states(n_qubits, n_samples, seed=0):
    """Haar random states: normalised complex normal vectors."""
    rng = np.random.default_rng(seed)
    S = rng.normal(size=(n_samples, 1 << n_qubits)) + 1j * rng.normal(size=(n_samples, 1 << n_qubits))
    return S / np.linalg.norm(S, axis=1, keepdims=True)


def fidelities(S):
    return np.abs(S @ S.conj().T) ** 2


@pytest.mark.parametrize("n_qubits", [1, 2, 5])
def test_random_states_are_as_concentrated_as_they_should_be(n_qubits):
    found = concentration(fidelities(random_states(n_qubits, 1500)), n_qubits=n_qubits)
    assert found.mean == pytest.approx(found.haar_mean, rel=0.02)
    assert found.variance == pytest.approx(found.haar_variance, rel=0.05)


def test_product_states_have_a_closed_form():
    """Angles from the whole circle on each qubit: the mean of cos^2 is 1/2, that of cos^4 is 3/8."""
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, (1500, 3))
    found = concentration(FidelityKernel(AngleEncoding()), angles)
    assert found.mean == pytest.approx(1 / 8, rel=0.05)
    assert found.variance == pytest.approx((3 / 8) ** 3 - 1 / 64, rel=0.1)
    assert found.n_qubits == 3


@settings(max_examples=20)
@given(st.integers(1, 8), st.integers(2, 5))
def test_groups_of_equal_rows_have_as_much_rank_as_there_are_groups(n_groups, size):
    found = effective_rank(np.kron(np.eye(n_groups), np.ones((size, size))))
    np.testing.assert_allclose([found.effective_rank, found.participation_ratio], n_groups)
    np.testing.assert_allclose(found.eigenvalues, [size] * n_groups + [0] * n_groups * (size - 1), atol=1e-12)


def test_rank_of_fidelities_is_bounded_by_the_operators():
    """Density matrices of one qubit span four dimensions."""
    assert effective_rank(fidelities(random_states(1, 50))).effective_rank < 4


@pytest.mark.parametrize("y", [LABELS, (LABELS == 1).astype(int), X[:, 3] + 0.05], ids=["three", "two", "numbers"])
def test_alignment_is_the_cosine_of_centred_matrices(y):
    K = FidelityKernel()(X)
    H = np.eye(len(X)) - 1 / len(X)
    ideal = np.multiply.outer(y, y) if np.ptp(y % 1) else np.equal.outer(y, y)
    A, B = H @ K @ H, H @ ideal @ H
    assert alignment(K, y=y) == pytest.approx(np.sum(A * B) / np.linalg.norm(A) / np.linalg.norm(B))


def test_alignment_without_centring_of_signs():
    signs = np.where(LABELS == 0, 1.0, -1.0)
    K = FidelityKernel()(X)
    expected = signs @ K @ signs / np.linalg.norm(K) / len(X)
    assert alignment(K, y=LABELS == 0, centred=False) == pytest.approx(expected)
    assert alignment(np.ones((4, 4)), y=[0, 0, 0, 1]) == 0
    assert alignment(np.ones((4, 4)), y=[0, 0, 0, 1], centred=False) == pytest.approx(1 / 4)


def test_the_trainer_reaches_the_alignment_that_it_says():
    trainer = KernelAlignmentTrainer(max_iter=3).fit(X, LABELS)
    assert alignment(trainer.kernel_, trainer.X_fit_, y=LABELS) == pytest.approx(trainer.alignment_)


def test_a_fitted_estimator_is_its_kernel_on_its_rows():
    model = QuantumKernelSVC().fit(X, LABELS)
    rows = model.standardizer_.transform(X)
    assert concentration(model, X) == concentration(model.kernel_, rows)
    assert concentration(model, X).n_qubits == model.circuit_.num_qubits
    assert nearest_rbf(model, X) == nearest_rbf(model.kernel_(rows), rows)
    scaled = MinMaxScaler().fit_transform(X)
    piped = make_pipeline(MinMaxScaler(), QuantumKernelSVC()).fit(X, LABELS)
    assert concentration(piped, X) == concentration(QuantumKernelSVC().fit(scaled, LABELS), scaled)
    reduced = make_pipeline(PCA(2), QuantumKernelSVC(FidelityKernel(AngleEncoding()))).fit(X, LABELS)
    assert concentration(reduced, X).n_qubits == 2


def test_shots_give_the_precision():
    K = fidelities(random_states(2, 40))
    upper = np.triu_indices(40, 1)
    for relative in (True, False):
        needed = shots_needed(K, precision=0.05, relative=relative)
        drawn = np.random.default_rng(0).binomial(int(needed.per_entry), K[upper], (200, len(upper[0])))
        error = np.sqrt(np.mean((drawn / needed.per_entry - K[upper]) ** 2))
        assert error == pytest.approx(needed.precision, rel=0.02)
        assert needed.precision == pytest.approx(0.05 * (K[upper].std() if relative else 1.0))
        assert needed.total == needed.per_entry * len(upper[0])
        assert needed.worst_entry >= needed.per_entry


@pytest.mark.parametrize("group_size", [1, 2, None])
def test_shots_of_a_kernel_give_the_precision_and_are_those_that_run(group_size):
    """Rows dealt out to one run, or several, whose fidelities are multiplied: as the kernel draws them."""
    rows = np.random.default_rng(0).normal(size=(8, 5))
    exact = FidelityKernel(AngleEncoding(), scale=0.9, group_size=group_size)
    for precision in (0.02, 0.2):
        needed = shots_needed(exact, rows, precision=precision, relative=False)
        backend = Shots(int(needed.per_entry), np.random.default_rng(0))
        drawn = clone(exact).set_params(backend=backend)
        errors = np.array([drawn(rows) - exact(rows) for _ in range(150)])[:, *np.triu_indices(8, 1)]
        assert np.sqrt(np.mean(errors**2)) <= 1.05 * precision
        assert needed.per_entry < 5 or np.sqrt(np.mean(errors**2)) >= 0.9 * precision
        pairs = Shots(int(needed.per_entry))
        cost = estimate_cost(clone(exact).set_params(backend=pairs), rows).shots
        assert needed.total == pytest.approx(cost * 7 / 9)  # the diagonal is known


def test_shots_grow_with_the_dimension():
    """Random states: the variance of an entry is about 1/d, that of entries 1/d^2, and so the shots d / precision^2."""
    few, many = (shots_needed(fidelities(random_states(n, 400))).per_entry for n in (4, 7))
    assert many / few == pytest.approx(8, rel=0.15)
    assert shots_needed(np.full((3, 3), 0.5)).per_entry == np.inf


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: concentration(np.ones((2, 3))), ValueError, "kernel must be a square"),
        (lambda: concentration(np.array([[1.0, 0.2], [0.5, 1.0]])), ValueError, "kernel must be a symmetric"),
        (lambda: concentration(np.array([[1.0, np.nan], [0.5, 1.0]])), ValueError, "kernel contains NaN"),
        (lambda: concentration(FidelityKernel()), TypeError, "with rows X"),
        (lambda: effective_rank(-np.eye(2)), ValueError, "positive eigenvalue"),
        (lambda: alignment(np.eye(3), y=[0, 1]), ValueError, "inconsistent numbers of samples"),
        (lambda: alignment(np.eye(3), y=[1, 1, 1]), ValueError, "two classes"),
        (lambda: alignment(np.eye(3), y=[0.5, 0.5, 0.5]), ValueError, "constant y"),
        (lambda: shots_needed(2 * np.ones((2, 2))), ValueError, "fidelities"),
        (lambda: nearest_rbf(np.eye(2), np.ones((2, 1))), ValueError, "X must hold rows"),
        (lambda: concentration(KernelAlignmentTrainer(), X), ValueError, "not fitted"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()
