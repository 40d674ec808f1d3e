"""Attacks on states: what is found is what local unitaries can do, and a grid of all of them does no more."""

from itertools import product

import numpy as np
import pytest
from qiskit.quantum_info import Operator, SparsePauliOp, Statevector
from scipy.linalg import expm
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from skqml import AmplitudeEncoding, FidelityKernel, QuantumKernelSVC, ReadoutQNNClassifier
from skqml.attacks import local_unitaries
from skqml.attacks.ball import Ball
from skqml.attacks.local_unitaries import _Turned
from skqml.datasets import make_cluster_ising
from skqml.training import cross_entropy

RNG = np.random.default_rng(0)
PHASES = make_cluster_ising(60, n_qubits=4, random_state=0)


def states(n, n_qubits, complex_=False):
    psi = RNG.normal(size=(n, 2**n_qubits)) + (1j * RNG.normal(size=(n, 2**n_qubits)) if complex_ else 0)
    return psi / np.linalg.norm(psi, axis=1, keepdims=True)


def of_kernel(X, y):
    return QuantumKernelSVC(FidelityKernel(AmplitudeEncoding()), standardize=False).fit(X, y)


def turned(psi, angles):
    """By matrices: each qubit by its angles about X, Y and Z."""
    state = Statevector(psi)
    for q, axes in enumerate(angles):
        generator = SparsePauliOp(["X", "Y", "Z"], 0.5 * np.asarray(axes)).to_matrix()
        state = state.evolve(Operator(expm(-1j * generator)), [q])
    return state.data


@pytest.mark.parametrize("complex_", [False, True])
def test_angles_turn_qubits_as_their_matrices_do(complex_):
    psi = states(3, 3, complex_)
    Z = RNG.normal(size=(3, 9 if complex_ else 3))
    target = _Turned(None, np.eye(3), Ball.checked(np.zeros(Z.shape), 9.0, "inf", None), psi)
    axes = Z.reshape(3, 3, 3) if complex_ else np.stack([0 * Z, Z, 0 * Z], axis=2)
    expected = [turned(row, angles) for row, angles in zip(psi, axes, strict=True)]
    np.testing.assert_allclose(target.states(Z), expected, atol=1e-12)


def test_gradients_are_finite_differences():
    X, y = PHASES
    model, labels = of_kernel(X, y), np.eye(4)[y[:5]]
    target = _Turned(model, labels, Ball.checked(np.zeros((5, 4)), 1.0, "inf", None), X[:5])
    Z = RNG.normal(size=(5, 4))
    np.testing.assert_allclose(target.slopes(Z, cross_entropy)[2], target.differences(Z, cross_entropy), atol=1e-5)


@pytest.mark.parametrize(
    "model",
    [LogisticRegression(C=100.0), MLPClassifier((8,), solver="lbfgs", alpha=0.1, max_iter=5000, random_state=0)],
    ids=str,
)
@pytest.mark.parametrize("norm", ["inf", 2])
def test_no_grid_of_angles_does_more(model, norm):
    """Two qubits, so that all pairs of angles can be tried."""
    X, epsilon = states(60, 2), 0.4
    y = (X[:, 0] * X[:, 3] > X[:, 1] * X[:, 2]).astype(int) + (X[:, 0] > 0)
    model = model.fit(X, y)
    grid = np.array(list(product(np.linspace(-epsilon, epsilon, 15), repeat=2)))
    grid = grid[np.linalg.norm(grid, np.inf if norm == "inf" else 2, axis=1) <= epsilon]
    ball = Ball.checked(np.zeros((len(X), 2)), epsilon, norm, None)
    target = _Turned(model, np.eye(3)[y], ball, X)
    stands = np.all([target.predicted(target.states(np.tile(a, (len(X), 1)))) == y for a in grid], axis=0)
    found = model.predict(local_unitaries(model, X, y, epsilon, norm=norm, steps=30, restarts=2, random_state=0)) == y
    assert stands.mean() - 0.02 <= found.mean() + 0.02 and found.mean() <= stands.mean() + 0.02 < model.score(X, y)


def test_states_keep_their_length_and_their_entanglement():
    """Local unitaries change no reduced spectrum."""
    X, y = PHASES
    found = local_unitaries(of_kernel(X, y), X, y, 0.5, steps=5, random_state=0)
    assert not np.iscomplexobj(found)
    for cut in (2, 4, 8):
        spectra = [np.linalg.svd(S.reshape(len(S), -1, cut), compute_uv=False) for S in (X, found)]
        np.testing.assert_allclose(*spectra, atol=1e-10)


def test_phases_of_matter_fall_with_the_angle():
    X, y = PHASES
    model = of_kernel(X, y)
    scores = [model.score(local_unitaries(model, X, y, e, steps=20, random_state=0), y) for e in (0.0, 0.3, 1.0)]
    assert scores[0] == model.score(X, y) >= scores[1] > scores[2] + 0.2


def test_complex_states():
    X = states(24, 2, complex_=True)
    y = (np.abs(X[:, 0]) > np.abs(X[:, 3])).astype(int)
    model = ReadoutQNNClassifier(inputs="state", max_iter=30, tol=None, random_state=0).fit(X, y)
    found = local_unitaries(model, X, y, 0.4, steps=10, random_state=0)
    assert np.iscomplexobj(found) and model.score(found, y) < model.score(X, y) - 0.1


@pytest.mark.parametrize("X", [np.ones((4, 3)), np.ones((4, 1)), np.ones(4)], ids=["three", "one", "flat"])
def test_rows_that_are_no_states_are_refused(X):
    with pytest.raises(ValueError, match=r"2\^n amplitudes|2D array"):
        local_unitaries(of_kernel(*PHASES), X, [0, 1, 2, 3], 0.1)
