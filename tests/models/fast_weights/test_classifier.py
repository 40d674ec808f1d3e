"""The fast-weight classifier."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError

from skqml.models.fast_weights import FastWeightClassifier

SMALL = {"n_qubits": 3, "n_measured": 2, "n_latent": 2, "random_state": 0}


def noise_of_two_widths(n_samples, n_steps=12):
    """Windows of noise with deviation 0.5 or 1.5: the sum of squares tells them apart."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n_samples)
    return rng.normal(size=(n_samples, n_steps)) * (0.5 + y)[:, None], np.array(["calm", "wild"])[y]


X, Y = noise_of_two_widths(300)


def test_tells_noise_apart_by_its_width():
    model = FastWeightClassifier(random_state=0).fit(X[:200], Y[:200])
    assert model.score(X[200:], Y[200:]) >= 0.95
    assert model.n_parameters_ == 116
    assert list(model.classes_) == ["calm", "wild"]


def test_three_classes():
    X, y = load_iris(return_X_y=True)
    model = FastWeightClassifier(random_state=0).fit(X, y)
    assert model.score(X, y) > 0.9
    p = model.predict_proba(X)
    np.testing.assert_allclose(p, softmax(model.decision_function(X), axis=1), atol=1e-12)
    np.testing.assert_allclose(model.predict_log_proba(X), np.log(p), atol=1e-9)
    np.testing.assert_array_equal(model.predict(X), p.argmax(axis=1))


def test_the_order_of_past_inputs_is_ignored():
    model = FastWeightClassifier(max_iter=5, tol=None, **SMALL).fit(X, Y)
    past = np.random.default_rng(1).permutation(11)
    other = np.column_stack([X[:, past], X[:, 11]])
    np.testing.assert_allclose(model.decision_function(other), model.decision_function(X), atol=1e-10)


def test_channels():
    """Which channel is wide: two channels of noise, one of them of deviation 2."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    windows = rng.normal(size=(500, 8, 2))
    windows[np.arange(500), :, y] *= 2
    X = windows.reshape(500, -1)
    model = FastWeightClassifier(n_channels=2, random_state=0).fit(X[:300], y[:300])
    assert model.score(X[300:], y[300:]) > 0.9  # the wider channel is the right one in 0.966
    assert model.fast_weights(X[:3]).shape == (3, 8, 2, 8)


def test_partial_fit_goes_on():
    model = FastWeightClassifier(learning_rate=0.05, **SMALL)
    for _ in range(20):
        for a in (0, 100, 200):
            model.partial_fit(X[a : a + 100], Y[a : a + 100], classes=["calm", "wild"])
    assert model.score(X, Y) > 0.9
    with pytest.raises(ValueError, match="not the same"):
        model.partial_fit(X, Y, classes=["calm", "cold"])
    with pytest.raises(ValueError, match="cold"):
        model.partial_fit(X[:2], ["calm", "cold"])


def test_partial_fit_needs_the_classes():
    with pytest.raises(ValueError, match="first call"):
        FastWeightClassifier(**SMALL).partial_fit(X, Y)
    with pytest.raises(ValueError, match="two classes"):
        FastWeightClassifier(**SMALL).partial_fit(X, Y, classes=["calm"])


def test_weights_are_repetitions():
    weight = np.random.default_rng(0).integers(0, 3, 300)
    weighted = FastWeightClassifier(**SMALL).fit(X, Y, sample_weight=weight)
    repeated = FastWeightClassifier(**SMALL).fit(np.repeat(X, weight, axis=0), np.repeat(Y, weight))
    np.testing.assert_array_equal(weighted.weights_, repeated.weights_)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_classical_twin_has_as_many_parameters(n_classes):
    y = np.arange(300) % n_classes
    model = FastWeightClassifier(max_iter=3, tol=None, random_state=0).fit(X, y)
    perceptron = model.classical_twin().set_params(machine__max_iter=1000).fit(X[:30], y[:30]).machine_
    n_parameters = sum(w.size for w in perceptron.coefs_ + perceptron.intercepts_)
    assert abs(n_parameters - model.n_parameters_) <= 8
    assert FastWeightClassifier().classical_twin().machine.hidden_layer_sizes == (16,)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="one class"):
        FastWeightClassifier(**SMALL).fit(X, np.zeros(300))
    with pytest.raises(ValueError, match="n_channels=5"):
        FastWeightClassifier(n_channels=5, **SMALL).fit(X, Y)
    with pytest.raises(ValueError, match="NaN"):
        FastWeightClassifier(**SMALL).fit(np.full((4, 3), np.nan), [0, 1, 0, 1])
    with pytest.raises(NotFittedError):
        FastWeightClassifier().predict(X)


def test_warm_start_refuses_other_classes():
    model = FastWeightClassifier(max_iter=3, tol=None, warm_start=True, **SMALL).fit(X, Y)
    with pytest.raises(ValueError, match=r"warm_start.*'cold'"):
        model.fit(X, np.where(Y == "calm", "cold", Y))
    assert set(model.predict(X)) <= {"calm", "wild"}
