"""Quantum kernels against closed forms, Qiskit's own simulation and finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import Statevector, partial_trace
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.model_selection import GridSearchCV, cross_val_score

from skqml import (
    AngleEncoding,
    CircuitEncoding,
    Exact,
    FidelityKernel,
    IQPEncoding,
    ProjectedKernel,
    QuantumKernelSVC,
    ReuploadingEncoding,
    ZZEncoding,
)
from skqml.backends.shots import Shots
from skqml.models.kernel_machines.matrices import nearest_psd

TRAINABLE = ReuploadingEncoding(n_qubits=2, n_blocks=2, trainable=True)  # 4 weights
KERNELS = [FidelityKernel(ZZEncoding()), FidelityKernel(), ProjectedKernel(IQPEncoding()), ProjectedKernel()]


def random_rows(n_samples=7, n_features=3, seed=0):
    return np.random.default_rng(seed).normal(size=(n_samples, n_features))


@st.composite
def rows_with_repeats(draw):
    X = draw(arrays(float, array_shapes(min_dims=2, max_dims=2, max_side=4), elements=st.floats(-10, 10)))
    return np.vstack([X, X[:1], np.zeros_like(X[:1])])


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
@settings(max_examples=15)
@given(X=rows_with_repeats())
def test_kernel_matrix_is_one(kernel, X):
    K = kernel(X)
    np.testing.assert_array_equal(K, K.T)
    np.testing.assert_allclose(np.diag(K), 1.0, atol=1e-12)
    np.testing.assert_allclose(K, kernel(X, X), atol=1e-9)
    assert K.min() >= 0
    assert K.max() <= 1 + 1e-12
    assert np.linalg.eigvalsh(K).min() > -1e-9
    np.testing.assert_allclose(kernel.diag(X), np.diag(K), atol=1e-12)


def test_angle_encoding_has_a_closed_form():
    X, Y = random_rows(), random_rows(4, seed=1)
    expected = np.prod(np.cos((X[:, None] - Y[None]) / 2) ** 2, axis=2)
    np.testing.assert_allclose(FidelityKernel(AngleEncoding())(X, Y), expected, atol=1e-12)


@pytest.mark.parametrize("cls", [FidelityKernel, ProjectedKernel])
def test_scale_multiplies_features(cls):
    X = random_rows()
    np.testing.assert_allclose(cls(ZZEncoding(), scale=0.3)(X), cls(ZZEncoding())(0.3 * X), atol=1e-13)


def test_fidelities_of_qiskits_states():
    X, circuit = random_rows(), zz_feature_map(3)
    states = np.array([Statevector(circuit.assign_parameters(x)).data for x in X])
    expected = np.abs(states.conj() @ states.T) ** 2
    np.testing.assert_allclose(FidelityKernel(CircuitEncoding(circuit))(X), expected, atol=1e-12)
    np.testing.assert_allclose(FidelityKernel(ZZEncoding())(X), expected, atol=1e-12)


def test_projected_kernel_of_qiskits_partial_traces():
    X, circuit, gamma = random_rows(), zz_feature_map(3), 0.7

    def reduced(x):
        state = Statevector(circuit.assign_parameters(x))
        return [partial_trace(state, [k for k in range(3) if k != q]).data for q in range(3)]

    rho = np.array([reduced(x) for x in X])
    squares = np.sum(np.abs(rho[:, None] - rho[None]) ** 2, axis=(2, 3, 4))
    kernel = ProjectedKernel(CircuitEncoding(circuit), gamma=gamma)
    np.testing.assert_allclose(kernel(X), np.exp(-gamma * squares), atol=1e-12)


def test_gram_matrix_of_one_hot_rows_is_unchanged():
    X, y = np.eye(12), np.arange(12) % 2
    K = FidelityKernel(AngleEncoding())(X)
    off_diagonal = np.cos(0.5) ** 4
    expected = np.full((12, 12), off_diagonal) + (1 - off_diagonal) * np.eye(12)
    np.testing.assert_allclose(K, expected, atol=1e-12)
    np.testing.assert_allclose(nearest_psd(K), K, atol=1e-12)
    # A machine that is told its own matrix must find the same machine in it.
    svc = QuantumKernelSVC(FidelityKernel(AngleEncoding()), standardize=False, bandwidth=1.0).fit(X, y)
    given_matrix = QuantumKernelSVC("precomputed").fit(expected, y)
    np.testing.assert_allclose(svc.dual_coef_, given_matrix.dual_coef_, atol=1e-12)
    np.testing.assert_allclose(svc.decision_function(X), given_matrix.decision_function(expected), atol=1e-12)
    np.testing.assert_allclose(svc.kernel_.diag(svc.X_fit_), 1.0, atol=1e-12)


HYPERPARAMETERS = [
    FidelityKernel(IQPEncoding(), scale=0.6),
    FidelityKernel(TRAINABLE, scale=0.8, weights=[0.3, -0.7, 1.1, -2.0]),
    FidelityKernel(TRAINABLE, weights=[0.3, -0.7, 1.1, -2.0], scale_bounds="fixed"),
    ProjectedKernel(IQPEncoding(), gamma=1.3, scale=0.6),
    ProjectedKernel(TRAINABLE, gamma=0.5, weights=[0.3, -0.7, 1.1, -2.0]),
    ProjectedKernel(TRAINABLE, gamma=0.5, weights=[0.3, -0.7, 1.1, -2.0], weights_bounds="fixed"),
    FidelityKernel(IQPEncoding(), scale_bounds="fixed"),
]


@pytest.mark.parametrize("kernel", HYPERPARAMETERS, ids=repr)
def test_gradients_are_finite_differences(kernel):
    X, step = random_rows(5, 2), 1e-5
    K, K_gradient = kernel(X, eval_gradient=True)
    np.testing.assert_allclose(K, kernel(X), atol=1e-12)
    assert K_gradient.shape == (5, 5, kernel.n_dims)
    for k, e in enumerate(np.eye(kernel.n_dims) * step):
        up, down = kernel.clone_with_theta(kernel.theta + e), kernel.clone_with_theta(kernel.theta - e)
        np.testing.assert_allclose(K_gradient[..., k], (up(X) - down(X)) / (2 * step), atol=1e-7)


def test_gradient_is_finite_where_the_kernel_underflows():
    kernel = ProjectedKernel(AngleEncoding(), gamma=1e3)
    K, K_gradient = kernel(np.array([[0.0, 0.0], [np.pi, np.pi]]), eval_gradient=True)
    np.testing.assert_array_equal(K, np.eye(2))
    np.testing.assert_array_equal(K_gradient, np.zeros((2, 2, 2)))


def test_weights_are_linear_and_may_be_negative():
    kernel = FidelityKernel(TRAINABLE, scale=2.0, weights=[0.3, -0.7, 1.1, -2.0], weights_bounds=(-3.0, 3.0))
    np.testing.assert_allclose(kernel.theta, [np.log(2.0), 0.3, -0.7, 1.1, -2.0])
    np.testing.assert_allclose(kernel.bounds[1:], [[-3.0, 3.0]] * 4)
    np.testing.assert_allclose(kernel.bounds[0], np.log([1e-2, 1e2]))
    copy = clone(kernel)
    copy.theta = kernel.theta - 0.5
    np.testing.assert_allclose(copy.weights, [-0.2, -1.2, 0.6, -2.5])
    np.testing.assert_allclose(copy.scale, 2.0 * np.exp(-0.5))
    np.testing.assert_allclose(kernel.weights, [0.3, -0.7, 1.1, -2.0])
    with pytest.raises(ValueError, match="5 entries, got 2"):
        copy.theta = np.zeros(2)


def test_gaussian_process_raises_the_marginal_likelihood():
    X = np.linspace(-2, 2, 25)[:, None]
    y = np.sin(2 * X.ravel()) + 0.05 * np.random.default_rng(0).normal(size=25)
    kernel = ConstantKernel() * FidelityKernel(AngleEncoding(), scale=1.5) + WhiteKernel(0.1)
    gp = GaussianProcessRegressor(kernel).fit(X, y)
    assert gp.log_marginal_likelihood_value_ > gp.log_marginal_likelihood(kernel.theta) + 1
    # The kernel (1 + cos(s (x - y))) / 2 has the frequency s, and y the frequency 2.
    np.testing.assert_allclose(gp.kernel_.k1.k2.scale, 2.0, atol=0.05)
    mean, std = gp.predict(X, return_std=True)
    assert np.abs(mean - np.sin(2 * X.ravel())).max() < 0.2
    assert np.all(std > 0)


def test_gaussian_process_trains_weights():
    X = random_rows(20, 2)
    y = np.cos(X[:, 0]) * X[:, 1]
    kernel = FidelityKernel(TRAINABLE, weights=[0.3, -0.7, 1.1, -2.0]) + WhiteKernel(0.1, "fixed")
    gp = GaussianProcessRegressor(kernel).fit(X, y)
    assert gp.log_marginal_likelihood_value_ > gp.log_marginal_likelihood(kernel.theta) + 0.1
    assert np.all(gp.kernel_.k1.weights != [0.3, -0.7, 1.1, -2.0])


def test_nested_parameters():
    kernel = FidelityKernel(ZZEncoding(reps=1), backend=Exact(threads=1))
    svc = QuantumKernelSVC(kernel)
    assert svc.get_params()["kernel__encoding__reps"] == 1
    svc.set_params(kernel__encoding__reps=3, kernel__backend__threads=2, kernel__scale=0.5)
    assert (kernel.encoding.reps, kernel.backend.threads, kernel.scale) == (3, 2, 0.5)
    with pytest.raises(ValueError, match="nonsense"):
        kernel.set_params(nonsense=1)


def test_compiled_circuit_follows_the_parameters():
    X, kernel = random_rows(4, 2), FidelityKernel(ZZEncoding(reps=1))
    first = kernel(X)
    kernel.encoding.reps = 2
    np.testing.assert_allclose(kernel(X), FidelityKernel(ZZEncoding(reps=2))(X), atol=1e-13)
    assert np.abs(kernel(X) - first).max() > 0.01
    np.testing.assert_allclose(kernel(X[:, :1]), FidelityKernel(ZZEncoding(reps=2))(X[:, :1]), atol=1e-13)


def test_features_are_in_numerical_order():
    x = ParameterVector("x", 12)
    circuit = QuantumCircuit(1)
    for k in (1, 10):  # by name x[10] comes before x[2]
        circuit.ry(x[k], 0)
    X = random_rows(3, 12)
    angles = X[:, 1] + X[:, 10]
    expected = np.cos((angles[:, None] - angles) / 2) ** 2
    np.testing.assert_allclose(FidelityKernel(CircuitEncoding(circuit))(X), expected, atol=1e-12)
    K = FidelityKernel()(X)
    assert np.abs(K - FidelityKernel()(X[:, ::-1])).max() > 1e-3


@pytest.mark.parametrize("name", ["kernel__encoding__reps", "kernel__encoding", "kernel", "kernel__scale"])
def test_grid_search(name):
    circuits = [CircuitEncoding(zz_feature_map(4, reps)) for reps in (1, 2)]
    start = QuantumKernelSVC(FidelityKernel(ZZEncoding()), bandwidth=0.1)
    values = {
        "kernel__encoding__reps": [1, 2],
        "kernel__encoding": circuits,
        "kernel": [FidelityKernel(c) for c in circuits],
        "kernel__scale": [0.5, 1.0],
    }[name]
    X, y = load_iris(return_X_y=True)
    search = GridSearchCV(start, {name: values}, cv=2).fit(X[::3], y[::3])
    assert search.cv_results_[f"param_{name}"].shape == (2,)
    assert search.best_score_ > 0.8
    assert search.best_params_[name] in values


def test_machine_takes_sums_and_products_of_kernels():
    X, y = load_iris(return_X_y=True)
    kernel = 0.5 * FidelityKernel(ZZEncoding()) + RBF() * ProjectedKernel()
    assert cross_val_score(QuantumKernelSVC(kernel), X, y).mean() > 0.9


def test_gamma_scale_follows_the_training_rows():
    X, y = load_iris(return_X_y=True)
    svc = QuantumKernelSVC(ProjectedKernel(AngleEncoding("x"))).fit(X, y)
    # Bloch vectors of RX(x)|0> are (0, -sin x, cos x).
    R = np.concatenate([np.sin(svc.X_fit_), np.cos(svc.X_fit_)], axis=1)
    np.testing.assert_allclose(svc.kernel_.gamma, 2 / R.var(axis=0).sum(), rtol=1e-10)
    assert svc.kernel.gamma == "scale"
    np.testing.assert_allclose(ProjectedKernel(AngleEncoding())(X), ProjectedKernel(AngleEncoding(), gamma=1.5)(X))


@pytest.mark.parametrize("gamma", [0, -1.0, "auto", True, None])
def test_gamma_must_be_positive(gamma):
    with pytest.raises(ValueError, match="gamma"):
        ProjectedKernel(AngleEncoding(), gamma=gamma)(np.ones((2, 2)))
    with pytest.raises(ValueError, match="gamma"):
        QuantumKernelSVC(ProjectedKernel(AngleEncoding(), gamma=gamma)).fit(np.eye(2), [0, 1])


@given(A=arrays(float, (5, 5), elements=st.floats(-10, 10)))
def test_nearest_psd_is_the_projection_on_the_cone(A):
    K = A + A.T
    P = nearest_psd(K)
    size = 1 + np.abs(K).max()
    # Moreau: P is the projection if P and P - K are positive semidefinite and orthogonal.
    assert np.linalg.eigvalsh(P).min() > -1e-10 * size
    assert np.linalg.eigvalsh(P - K).min() > -1e-10 * size
    assert abs(np.sum(P * (P - K))) < 1e-9 * size**2
    np.testing.assert_array_equal(P, P.T)


@given(A=arrays(float, (6, 2), elements=st.floats(-10, 10)))
def test_semidefinite_matrix_is_left_alone(A):
    K = A @ A.T  # of rank 2
    np.testing.assert_allclose(nearest_psd(K), K, rtol=0, atol=1e-12 * (1 + np.abs(K).max()))


def test_noisy_kernel_is_symmetric_and_repaired_in_training_alone():
    X = random_rows(30, 2)
    kernel = FidelityKernel(ZZEncoding(), backend=Shots(20, random_state=0))
    K = kernel(X)
    np.testing.assert_array_equal(K, K.T)
    np.testing.assert_array_equal(np.round(K * 20), K * 20)  # raw counts
    assert np.linalg.eigvalsh(K).min() < -1e-3
    exact = FidelityKernel(ZZEncoding())(X)
    assert np.abs(K - exact).max() < 0.6
    assert np.abs(K - exact).mean() < 0.1
    np.testing.assert_array_equal(K, kernel(X))


def test_shot_noise_is_independent_between_pairs():
    X = np.tile(random_rows(1, 2), (60, 1))
    Y = X + 0.4
    noise = FidelityKernel(ZZEncoding(), backend=Shots(100, random_state=0))(X, Y)
    assert noise.std() > 0
    correlation = np.corrcoef(noise[:, :30].ravel(), noise[:, 30:].ravel())[0, 1]
    assert abs(correlation) < 0.1
    assert np.abs(np.corrcoef(noise) - np.eye(60)).mean() < 0.2
