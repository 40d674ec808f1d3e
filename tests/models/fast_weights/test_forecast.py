"""Forecasts in closed loop, and what the regressor refuses."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skqml.datasets import make_damped_pendulum, make_windows
from skqml.models.fast_weights import FastWeightRegressor

SERIES = make_damped_pendulum()
X, Y = make_windows(SERIES, 4)
TWO = np.column_stack([SERIES, np.roll(SERIES, 3)])
SMALL = {"n_qubits": 3, "n_measured": 2, "n_latent": 2, "max_iter": 20, "tol": None, "random_state": 0}


def closed_loop(model, window, n_steps, n_channels=1):
    steps = []
    for _ in range(n_steps):
        steps.append(model.predict(window[None])[0])
        window = np.append(window, steps[-1])[n_channels:]
    return steps


def test_forecast_feeds_predictions_back():
    model = FastWeightRegressor(**SMALL).fit(X[:100], Y[:100])
    np.testing.assert_allclose(model.forecast(9), closed_loop(model, SERIES[100:104], 9), atol=1e-10)
    from_windows = model.forecast(9, X[[100, 7]])
    np.testing.assert_allclose(from_windows[0], model.forecast(9), atol=1e-10)
    np.testing.assert_allclose(from_windows[1], closed_loop(model, X[7], 9), atol=1e-10)


def test_forecast_of_two_channels():
    X, Y = make_windows(TWO, 3)
    model = FastWeightRegressor(n_channels=2, **SMALL).fit(X[:100], Y[:100])
    forecast = model.forecast(5)
    assert forecast.shape == (5, 2)
    np.testing.assert_allclose(forecast, closed_loop(model, X[100], 5, n_channels=2), atol=1e-10)
    assert model.forecast(5, X[:4]).shape == (4, 5, 2)


def test_forecast_goes_on_from_the_last_batch():
    model = FastWeightRegressor(**SMALL).partial_fit(X[:50], Y[:50]).partial_fit(X[50:60], Y[50:60])
    np.testing.assert_allclose(model.forecast(1), model.predict(X[60:61]), atol=1e-10)


def test_the_twin_stands_where_its_model_stands():
    """It forecasts, held in the range of the series as the model is, and the unit of the series does not matter."""
    X, Y = make_windows(TWO, 3)
    model = FastWeightRegressor(n_channels=2, **SMALL | {"max_iter": 1000}).fit(X[:100], Y[:100])
    twin = model.classical_twin().fit(X[:100], Y[:100])
    np.testing.assert_allclose(twin.forecast(5), closed_loop(twin, X[100], 5, n_channels=2), atol=1e-10)
    assert twin.forecast(5, X[:4]).shape == model.forecast(5, X[:4]).shape
    room = 2 * 300 / 100 * np.ptp(Y[:100], axis=0)
    assert (np.abs(twin.forecast(300) - Y[:100].mean(axis=0)) <= room + np.ptp(Y[:100], axis=0)).all()
    steps = twin.partial_fit(X[100:110], Y[100:110]).forecast(2)
    assert steps.shape == (2, 2)
    large, small = (clone(model.classical_twin()).fit(u * X[:100] + 500, u * Y[:100] + 500) for u in (1e3, 1.0))
    scores = [m.score(u * X[100:] + 500, u * Y[100:] + 500) for m, u in ((large, 1e3), (small, 1.0))]
    assert scores[0] == pytest.approx(scores[1], abs=1e-4)


def test_first_steps_of_a_forecast_are_good():
    """The error of a closed loop grows; that of the first five steps is below that of persistence."""
    model = FastWeightRegressor(random_state=0).fit(X[:157], Y[:157])
    error = np.mean((model.forecast(5) - Y[157:162]) ** 2)
    assert error < 0.2 * np.mean((Y[156] - Y[157:162]) ** 2)


def test_no_forecast_before_fit():
    with pytest.raises(NotFittedError):
        FastWeightRegressor().forecast(3)


@pytest.mark.parametrize("n_steps", [0, -1, 2.5, True])
def test_forecast_needs_a_number_of_steps(n_steps):
    with pytest.raises(ValueError, match="n_steps"):
        FastWeightRegressor(**SMALL).fit(X[:20], Y[:20]).forecast(n_steps)


def test_forecast_needs_a_target_for_each_channel():
    X, Y = make_windows(TWO, 3)
    with pytest.raises(ValueError, match="n_channels=2 channels, got 1 targets"):
        FastWeightRegressor(n_channels=2, **SMALL).fit(X, Y[:, 0]).forecast(3)


@pytest.mark.parametrize(
    ("settings", "rows", "match"),
    [
        ({"n_channels": 3}, X, "n_channels=3 channels, got 4 features"),
        ({"n_channels": 5, "n_qubits": 5}, X, "5"),
        ({"n_channels": 4}, X, "n_qubits=3"),
        ({"n_measured": 4}, X, "n_measured=4"),
        ({}, X[:0], "0 sample"),
        ({}, np.where(X == X[3, 1], np.nan, X), "NaN"),
        ({}, X[:, :0], "0 feature"),
        ({}, X[:, :, None], "dim 3"),
        ({"n_latent": 0}, X, "n_latent"),
        ({"backend": "exact"}, X, "backend"),
        ({"bandwidth": 0.0}, X, "bandwidth"),
    ],
)
def test_bad_input_is_named_and_leaves_a_model_as_it_was(settings, rows, match):
    model = FastWeightRegressor(**SMALL).fit(X[:20], Y[:20])
    values = model.predict(X)
    with pytest.raises(ValueError, match=match):
        model.set_params(**settings).fit(rows, Y[: len(rows)])
    np.testing.assert_array_equal(model.set_params(**SMALL, n_channels=1).predict(X), values)


def test_windows_of_another_width_are_refused():
    model = FastWeightRegressor(**SMALL).fit(X[:20], Y[:20])
    for use in (model.predict, model.fast_weights, lambda X: model.forecast(2, X)):
        with pytest.raises(ValueError, match="3 features"):
            use(X[:, :3])


def test_partial_fit_refuses_another_number_of_targets():
    model = FastWeightRegressor(**SMALL).partial_fit(X[:20], Y[:20])
    with pytest.raises(ValueError, match="1 targets as before, got 2"):
        model.partial_fit(X[:20], np.column_stack([Y[:20], Y[:20]]))
