"""Losses and gradients of variational models, on exact backends and with shots."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, log_softmax
from sklearn.base import clone
from sklearn.utils import get_tags

from skqml.backends.base import Backend
from skqml.backends.defaults import ShiftProgram
from skqml.backends.exact.backend import Exact
from skqml.backends.shots import Shots
from skqml.circuits import AngleEncoding, ReuploadingEncoding, all_z
from skqml.circuits.ansatze import hardware_efficient
from skqml.models.variational import VariationalClassifier, VariationalRegressor
from skqml.training import SPSA, Adam, cross_entropy, shot_error, squared_error
from skqml.training.risk import Risk
from tests.models.variational.models import IRIS, ITERATIONS, SMALL, CountingBackend, blobs, central_differences


@pytest.mark.parametrize("loss", [cross_entropy, squared_error, partial(shot_error, shots=50)])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_losses_have_their_slopes(loss, seed):
    rng = np.random.default_rng(seed)
    S, Y = rng.uniform(-0.4, 0.4, (4, 2)), np.eye(2)[rng.integers(0, 2, 4)]
    slopes = central_differences(lambda s: loss(s.reshape(S.shape), Y)[0].sum(), S.ravel())
    np.testing.assert_allclose(loss(S, Y)[1].ravel(), slopes, atol=1e-6)


def test_cross_entropy_is_minus_the_logarithm_of_the_probability():
    rng = np.random.default_rng(0)
    S, y = rng.normal(size=(5, 3)), rng.integers(0, 3, 5)
    np.testing.assert_allclose(cross_entropy(S, np.eye(3)[y])[0], -log_softmax(S, axis=1)[range(5), y])


@given(f=st.floats(-0.9, 0.9), shots=st.integers(1, 5000))
def test_shot_error_is_the_formula_of_the_paper(f, shots):
    """``sigmoid(sqrt(R) (1/2 - p) / sqrt(2 (1 - p) p))`` with the probability p of the right outcome."""
    p = (1 + f) / 2
    z = np.sqrt(shots) * (0.5 - p) / np.sqrt(2 * (1 - p) * p)
    loss, _ = shot_error(np.array([[-f, f]]), np.array([[0.0, 1.0]]), shots=shots)
    assert loss[0] == pytest.approx(expit(z), abs=1e-12)


def test_shot_error_refuses_three_classes():
    with pytest.raises(ValueError, match="two classes"):
        VariationalClassifier(loss=shot_error, **SMALL).fit(*IRIS)


# Gradients


@pytest.mark.parametrize("readout", ["affine", "bias", None])
@pytest.mark.parametrize("rows", [None, np.array([1, 4])])
def test_gradient_of_the_risk(readout, rows):
    """Adjoint gradient of a weighted, penalised loss against central differences."""
    rng = np.random.default_rng(0)
    model = VariationalClassifier(AngleEncoding(), observables=all_z, trained_readout=readout, random_state=0)
    model.partial_fit(rng.normal(size=(6, 3)), np.arange(6) % 3, classes=[0, 1, 2])
    network, v = model.network_, rng.normal(size=model.n_parameters_)
    Y, weight = np.eye(3)[rng.integers(0, 3, 6)], rng.uniform(0.5, 2, 6)
    fixed = network.program.fix_rows(rng.normal(size=(6, 3)))
    risk = Risk(network, cross_entropy, fixed, Y, weight, partial(network.penalty, strength=0.7 / weight.sum()))
    loss, gradient = risk(v, rows)
    assert loss == pytest.approx(risk.value(v, rows), rel=1e-12)
    np.testing.assert_allclose(gradient, central_differences(lambda v: risk.value(v, rows), v), atol=1e-8)


@pytest.mark.parametrize(("cls", "n_targets"), [(VariationalClassifier, 1), (VariationalRegressor, 2)])
@pytest.mark.filterwarnings(ITERATIONS)
def test_input_gradient(cls, n_targets):
    """By the features as given, not the standardised ones."""
    X, y = blobs(3, n_samples=12)
    targets = y if n_targets == 1 else np.column_stack([y, X[:, 0] ** 2])
    model = cls(max_iter=5, **SMALL).fit(10 * X + 3, targets)
    rows = 10 * X[:2] + 3

    def loss(x):
        S = model.network_.scores(model._prepare(x.reshape(2, -1)), model._state.v)
        Y = np.eye(3)[targets[:2]] if n_targets == 1 else (targets[:2] - targets.mean(0)) / targets.std(0)
        return (cross_entropy if n_targets == 1 else squared_error)(S, Y)[0].sum()

    slopes = central_differences(loss, rows.ravel(), step=1e-4).reshape(rows.shape)
    np.testing.assert_allclose(model.input_gradient(rows, targets[:2]), slopes, atol=1e-6)


@pytest.mark.parametrize("n_classes", [2, 6])
def test_a_step_is_one_reverse_sweep_whatever_the_number_of_classes(n_classes):
    X, y = blobs(n_classes)
    CountingBackend.sweeps = 0
    model = VariationalClassifier(optimizer=Adam(), backend=CountingBackend(), **SMALL)
    for _ in range(3):
        model.partial_fit(X, y, classes=range(n_classes))
    assert CountingBackend.sweeps == 3


class ShiftProgram(ShiftProgram):
    """A program with nothing but values: its gradients are parameter shifts."""

    def __call__(self, X, w=None, rng=None):
        return Exact().compile(self.circuit, self.observables)(X, w)


class ShiftBackend(Backend):
    """Exact values without reverse sweeps."""

    exact = True

    def compile(self, circuit, observables):
        return ShiftProgram(self, circuit, observables)


@pytest.mark.filterwarnings(ITERATIONS)
def test_parameter_shifts_train_like_the_adjoint_method():
    X, y = blobs(2, n_features=2, n_samples=10)
    small = {"encoding": ReuploadingEncoding(n_qubits=2, trainable=True), "random_state": 0, "max_iter": 3}
    adjoint, shifts = (VariationalClassifier(backend=b, **small).fit(X, y) for b in (None, ShiftBackend()))
    np.testing.assert_allclose(adjoint._state.v, shifts._state.v, atol=1e-8)


@pytest.mark.parametrize(("optimizer", "accuracy"), [(None, 0.9), (SPSA(), 0.8)])
def test_training_with_shots(optimizer, accuracy):
    """Gradients are parameter shifts, so the default optimiser is Adam; a seed still repeats everything."""
    X, y = blobs(2, n_features=2, n_samples=40)
    backend = Shots(shots=200, random_state=0)
    model = VariationalClassifier(
        AngleEncoding(),
        hardware_efficient,
        optimizer=optimizer,
        learning_rate=0.2,
        backend=backend,
        max_iter=30,
        tol=None,
        random_state=0,
    )
    assert get_tags(model).non_deterministic
    first, second = clone(model).fit(X, y), clone(model).fit(X, y)
    assert first.score(X, y) > accuracy
    assert optimizer is not None or isinstance(first._state.optimizer, Adam)
    np.testing.assert_array_equal(first._state.v, second._state.v)
