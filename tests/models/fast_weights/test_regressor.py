"""The fast-weight regressor: accuracy, what it cannot see, training, forecasts, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.callback import ScoringMonitor
from sklearn.linear_model import LinearRegression

from skqml import Aer, Shots
from skqml.datasets import make_bessel, make_damped_pendulum, make_windows
from skqml.models.fast_weights import FastWeightRegressor
from skqml.training import Adam

X, Y = make_windows(make_damped_pendulum(), 4)
TRAIN, TEST = slice(0, 157), slice(157, 235)
SMALL = {"n_qubits": 3, "n_measured": 2, "n_latent": 2}
FITTED = FastWeightRegressor(random_state=0).fit(X[TRAIN], Y[TRAIN])
OF_TWO_CHANNELS = FastWeightRegressor(n_channels=2, max_iter=5, tol=None, random_state=0).fit(
    np.random.default_rng(0).normal(size=(20, 8)), np.arange(20)
)


def error_of(model, X, y):
    return np.mean((model.predict(X[TEST]) - y[TEST]) ** 2)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("series", [make_damped_pendulum(), make_bessel()], ids=["pendulum", "bessel"])
def test_reaches_a_thousandth(series, seed):
    """Persistence has 3.2e-3 and 3.6e-3, linear autoregression 9.5e-8 and 1.2e-8."""
    X, y = make_windows(series, 4)
    model = FastWeightRegressor(random_state=seed).fit(X[TRAIN], y[TRAIN])
    assert error_of(model, X, y) <= 1e-3
    assert model.n_parameters_ == 111 == len(model.weights_)


def test_reaches_a_thousandth_as_published():
    model = FastWeightRegressor(
        optimizer=Adam(0.01, beta_1=0.0, beta_2=0.99), batch_size=10, max_iter=100, tol=None, random_state=0
    ).fit(X[TRAIN], Y[TRAIN])
    assert model.n_iter_ == 100
    assert error_of(model, X, Y) <= 1e-3


@settings(max_examples=30)
@given(st.integers(0, 1000), st.sampled_from([FITTED, OF_TWO_CHANNELS]))
def test_the_order_of_past_inputs_is_ignored(seed, model):
    """predict([a, b, c, d]) == predict([c, a, b, d]), but the last step counts."""
    rng, n_channels = np.random.default_rng(seed), model.n_channels
    windows = rng.normal(size=(5, 4, n_channels))
    order = rng.permutation(3)
    other_past = np.concatenate([windows[:, order], windows[:, 3:]], axis=1)
    values = model.predict(windows.reshape(5, -1))
    np.testing.assert_allclose(model.predict(other_past.reshape(5, -1)), values, atol=1e-10)
    assert not np.allclose(model.predict(windows[:, [3, 1, 2, 0]].reshape(5, -1)), values, atol=1e-6)


def test_what_it_sees_is_enough_for_a_linear_model():
    """The last step, the sum and the sum of squares: an error of 2e-6, that of autoregression being 1e-7."""

    def seen(X):
        return np.column_stack([X[:, -1], X.sum(axis=1), (X**2).sum(axis=1)])

    linear = LinearRegression().fit(seen(X[TRAIN]), Y[TRAIN])
    assert np.mean((linear.predict(seen(X[TEST])) - Y[TEST]) ** 2) == pytest.approx(2e-6, rel=0.2)


def test_fast_weights_add_up():
    """Each step adds a matrix of rank one that is a function of the step alone."""
    theta = FITTED.fast_weights(X[:7])
    assert theta.shape == (7, 4, 2, 8)
    updates = np.diff(theta, axis=1, prepend=0.0)
    assert np.linalg.matrix_rank(updates.reshape(-1, 2, 8), tol=1e-10).max() == 1
    np.testing.assert_allclose(updates[0, 1], updates[1, 0], atol=1e-12)  # the same step of the series


def test_classical_twin_has_as_many_parameters():
    perceptron = FITTED.classical_twin().fit(X[TRAIN], Y[TRAIN]).machine_
    n_parameters = sum(w.size for w in perceptron.coefs_ + perceptron.intercepts_)
    assert abs(n_parameters - FITTED.n_parameters_) <= 3
    assert FastWeightRegressor().classical_twin().machine.hidden_layer_sizes == (16,)


def test_classical_twin_sees_the_order():
    """The first of four independent inputs; of their sum it is a third, the last being known."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 4))
    model = FastWeightRegressor(max_iter=50, tol=None, random_state=0).fit(X[:300], X[:300, 0])
    twin = model.classical_twin().set_params(machine__max_iter=1000).fit(X[:300], X[:300, 0])
    assert twin.score(X[300:], X[300:, 0]) > 0.99
    assert model.score(X[300:], X[300:, 0]) < 0.4


def test_partial_fit_goes_on():
    model = FastWeightRegressor(learning_rate=0.05, random_state=0, **SMALL)
    losses = [model.partial_fit(X[a : a + 50], Y[a : a + 50]).loss_ for _ in range(30) for a in (0, 50, 100)]
    assert len(model.loss_curve_) == model.n_iter_ == 90
    assert losses[-1] < 0.1 * losses[0]
    before = model.weights_.copy()
    model.fit(X[TRAIN], Y[TRAIN]).partial_fit(X[:10], Y[:10])
    assert not np.array_equal(model.weights_, before)


def test_partial_fit_equals_iterations_of_fit():
    settings = {"learning_rate": 0.02, "random_state": 0, **SMALL}
    steps = FastWeightRegressor(**settings)
    for _ in range(4):
        steps.partial_fit(X[TRAIN], Y[TRAIN])
    whole = FastWeightRegressor(optimizer=Adam(0.02), max_iter=4, tol=None, **settings).fit(X[TRAIN], Y[TRAIN])
    np.testing.assert_allclose(steps.predict(X), whole.predict(X), atol=1e-8)


def test_warm_start_goes_on():
    model = FastWeightRegressor(max_iter=5, tol=None, warm_start=True, random_state=0, **SMALL).fit(X[TRAIN], Y[TRAIN])
    first = model.loss_
    assert model.fit(X[TRAIN], Y[TRAIN]).loss_curve_[0] <= first
    with pytest.raises(ValueError, match="warm_start"):
        model.set_params(n_latent=3).fit(X[TRAIN], Y[TRAIN])
    assert model.predict(X).shape == (236,)


def test_weights_are_repetitions():
    weight = np.random.default_rng(0).integers(0, 3, 157)
    weighted = FastWeightRegressor(random_state=0).fit(X[TRAIN], Y[TRAIN], sample_weight=weight)
    repeated = FastWeightRegressor(random_state=0).fit(np.repeat(X[TRAIN], weight, axis=0), np.repeat(Y[TRAIN], weight))
    np.testing.assert_array_equal(weighted.weights_, repeated.weights_)


def test_scale_of_series_does_not_matter():
    other = FastWeightRegressor(random_state=0).fit(1e3 * X[TRAIN] + 7, 5 * Y[TRAIN] - 1)
    np.testing.assert_allclose(other.predict(1e3 * X + 7), 5 * FITTED.predict(X) - 1, atol=1e-2)
    raw = FastWeightRegressor(standardize=False, random_state=0).fit(X[TRAIN], Y[TRAIN])
    np.testing.assert_array_equal(raw.standardizer_.transform(X[:, :1]), X[:, :1])


def test_callbacks_hear_of_every_iteration():
    monitor = ScoringMonitor(scoring="r2")
    model = FastWeightRegressor(max_iter=5, tol=None, random_state=0, **SMALL).set_callbacks(monitor)
    model.fit(X[TRAIN], Y[TRAIN])
    log = monitor.get_logs().data
    assert len(log) == model.n_iter_ + 1 == 6
    assert {row["r2"] for row in log if row["task_name"] == "fit"} == {model.score(X[TRAIN], Y[TRAIN])}


def test_same_seed_same_model():
    again = FastWeightRegressor(random_state=0).fit(X[TRAIN], Y[TRAIN])
    np.testing.assert_array_equal(again.weights_, FITTED.weights_)
    assert not np.array_equal(FastWeightRegressor(random_state=1).fit(X[TRAIN], Y[TRAIN]).weights_, FITTED.weights_)


def test_draws_its_circuit():
    assert "Ry(x[16])" in str(FITTED.draw(fold=-1))


def test_other_backends():
    exact = FastWeightRegressor(max_iter=3, tol=None, random_state=0, **SMALL).fit(X[:20], Y[:20])
    aer = FastWeightRegressor(max_iter=3, tol=None, random_state=0, backend=Aer(), **SMALL).fit(X[:20], Y[:20])
    np.testing.assert_allclose(aer.predict(X[:5]), exact.predict(X[:5]), atol=1e-6)
    shots = FastWeightRegressor(max_iter=3, tol=None, random_state=0, backend=Shots(shots=100, random_state=0), **SMALL)
    assert shots.fit(X[:20], Y[:20]).predict(X[:5]).shape == (5,)
