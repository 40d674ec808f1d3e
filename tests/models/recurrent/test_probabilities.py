"""Probabilities of the reservoir classifier."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from skqml.models.recurrent import QRNNCell, QRNNReservoirClassifier, RidgeReadout
from skqml.models.recurrent.calibration import fit_temperature

OPTIONS = {"cell": QRNNCell(n_qubits=3, n_inputs=1), "n_reservoirs": 2, "random_state": 0, "input_scale": 0.5}


def noisy_waves(n_sequences, n_classes, noise, seed=0):
    """Waves whose frequency tells the class, as far as noise leaves it."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n_sequences)
    phase, t = rng.uniform(0, 2 * np.pi, (n_sequences, 1)), np.arange(10)
    return np.sin((0.4 + 0.2 * y[:, None]) * t + phase) + noise * rng.normal(size=(n_sequences, 10)), y


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("stepwise", [False, True])
@pytest.mark.parametrize(
    "readout", [None, make_pipeline(StandardScaler(), LogisticRegression())], ids=["None", "other"]
)
def test_the_largest_is_the_class_that_is_predicted(n_classes, stepwise, readout):
    X, y = noisy_waves(60, n_classes, 0.5)
    X = X[:, :, None] if stepwise else X
    model = QRNNReservoirClassifier(**OPTIONS, readout=readout).fit(X, y)
    P = model.predict_proba(X)
    assert P.shape == (60, n_classes)
    np.testing.assert_allclose(P.sum(axis=1), 1.0)
    np.testing.assert_array_equal(model.classes_[P.argmax(axis=1)], model.predict(X))
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), P)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("noise", [0.1, 0.7, 2.0])
def test_they_are_what_new_sequences_bear_out(noise, n_classes):
    """They are no surer than they are right, and no factor of the scores does much better on new sequences."""
    X, y = noisy_waves(300, n_classes, noise)
    X_new, y_new = noisy_waves(2000, n_classes, noise, seed=1)
    model = QRNNReservoirClassifier(**OPTIONS).fit(X, y)
    P = model.predict_proba(X_new)
    assert P.max(axis=1).mean() < model.score(X_new, y_new) + 0.05
    scores = model.predict_log_proba(X_new)
    losses = [log_loss(y_new, np.exp(log_softmax(f * scores, axis=1))) for f in np.logspace(-1, 1, 41)]
    assert log_loss(y_new, P) < min(losses) + 0.02


def test_labels_by_chance_give_no_certainty():
    X, _ = noisy_waves(100, 2, 1.0)
    y = np.random.default_rng(1).integers(0, 2, 100)
    P = QRNNReservoirClassifier(**OPTIONS).fit(X, y).predict_proba(X)
    assert P.max() < 0.75


def test_few_sequences_give_no_certainty():
    """However well the classes are apart."""
    X, y = np.repeat([[-1.0], [1.0]], 5, axis=0) + 1e-3 * np.arange(10)[:, None], np.repeat([0, 1], 5)
    P = QRNNReservoirClassifier(**OPTIONS).fit(X, y).predict_proba(X)
    assert 0.9 < P.max() < 0.99


@settings(deadline=None, max_examples=20, derandomize=True)
@given(st.integers(2, 30), st.integers(2, 4), st.integers(0, 10**6))
def test_no_other_temperature_has_a_smaller_loss(n_samples, n_classes, seed):
    rng = np.random.default_rng(seed)
    scores, weight = rng.normal(size=(n_samples, n_classes)), rng.uniform(0.1, 3, n_samples)
    Y = np.eye(n_classes)[rng.integers(0, n_classes, n_samples)]
    mixed = (weight.sum() * Y + 1 / n_classes) / (weight.sum() + 1)

    def loss(T):
        return -np.sum(weight[:, None] * mixed * log_softmax(scores / T, axis=1))

    best = fit_temperature(scores, Y, weight)
    assert all(loss(best) <= loss(T) + 1e-4 * weight.sum() for T in np.geomspace(1e-3, 1e3, 61))


@pytest.mark.parametrize("n_features", [5, 60])
def test_scores_of_rows_left_out_are_those_of_refits(n_features):
    rng = np.random.default_rng(0)
    X, folds = rng.normal(size=(40, n_features)), np.arange(40) % 5
    Y = X[:, :2] + rng.normal(size=(40, 2))
    readout = RidgeReadout(alphas=[0.1, 1.0]).fit(X, Y)
    expected = np.empty_like(Y)
    for k in range(5):
        train = folds != k
        expected[~train] = RidgeReadout(alphas=[readout.alpha_]).fit(X[train], Y[train]).predict(X[~train])
    np.testing.assert_allclose(readout.predict_left_out(X, folds), expected, atol=1e-9)


@pytest.mark.parametrize("readout", [Ridge(), LinearSVC()], ids=repr)
def test_readouts_without_probabilities_give_none(readout):
    model = QRNNReservoirClassifier(**OPTIONS, readout=readout)
    assert not hasattr(model, "predict_proba")
    X, y = noisy_waves(20, 2, 0.1)
    assert not hasattr(model.fit(X, y), "predict_log_proba")
    assert hasattr(model.set_params(readout=None).fit(X, y), "predict_proba")
