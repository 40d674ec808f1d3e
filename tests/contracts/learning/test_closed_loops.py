"""No forecast runs away, whatever the regressor, the series and the seed: it stays within the rule of the docs."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import is_regressor

from skqml import make_windows
from skqml.models.recurrent import RidgeReadout
from tests.contracts.estimators import estimator_classes

WIDTH, N_STEPS = 3, 60
CLASSES = estimator_classes("forecast")


def loose(cls, seed):
    """A small regressor, free to fit whatever there is: the readout of a reservoir without a penalty."""
    model = cls(random_state=seed)
    given = {
        "n_reservoirs": 2,
        "max_iter": 5,
        "tol": None,
        "readout": RidgeReadout(alphas=[1e-13]),
        "n_qubits": 3,
        "n_measured": 2,
    }
    return model.set_params(**{name: value for name, value in given.items() if name in model.get_params(deep=False)})


@st.composite
def series(draw):
    """Series that tempt a loop: chaos, walks, trends, explosions, spikes, constants, of any unit."""
    rng, n = np.random.default_rng(draw(st.integers(0, 1000))), draw(st.integers(8, 40))
    t, noise = np.arange(n), rng.normal(size=n)
    chaos = np.zeros(n) + 0.3
    for k in range(1, n):
        chaos[k] = 3.9 * chaos[k - 1] * (1 - chaos[k - 1])
    shapes = [noise, noise.cumsum(), chaos, 1.3**t, t + noise, np.where(t % 7, 0.0, noise), np.full(n, 2.0)]
    return draw(st.sampled_from(shapes)) * 10.0 ** draw(st.integers(-6, 6)) + draw(st.sampled_from([0.0, -3.0, 1e5]))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(s=series(), seed=st.integers(0, 100), far=st.sampled_from([1.0, 30.0, -1000.0]))
def test_a_forecast_stays_in_the_range_of_its_series(cls, s, seed, far):
    """Of the targets and of what it goes on from; a trend may go on twice as fast as it has filled the range."""
    X, y = make_windows(s, WIDTH)
    model = loose(cls, seed).fit(X, y)
    for start in (None, far * X[-2:]):
        values = model.forecast(N_STEPS, start).reshape(-1, N_STEPS)
        known = y if start is None else np.append(y, start)
        room = 2 * np.arange(1, N_STEPS + 1) / len(y) * np.ptp(known) * (1 + 1e-9)
        assert np.isfinite(values).all()
        assert (values >= known.min() - room).all()
        assert (values <= known.max() + room).all()


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_a_forecast_inside_the_range_is_the_loop_of_predictions(cls):
    """The rule touches nothing that does not run away."""
    X, y = make_windows(np.sin(0.5 * np.arange(60)), WIDTH)
    model, window, steps = loose(cls, 0).set_params(**_weak(cls)).fit(X, y), np.append(X[-1, 1:], y[-1]), []
    for _ in range(3):
        steps.append(model.predict(window[None])[0])
        window = np.append(window[1:], steps[-1])
    np.testing.assert_allclose(model.forecast(3), steps, atol=1e-9)


def _weak(cls):
    return {"readout": None} if "readout" in inspect.signature(cls).parameters else {}


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_a_trend_goes_on(cls):
    """A line of n steps may rise by another 2 n steps' worth; the rule does not hold it at its last value."""
    X, y = make_windows(np.arange(50.0), WIDTH)
    model = loose(cls, 0).set_params(**_weak(cls)).fit(X, y)
    assert model.past_.range.hold(np.array([60.0]), 10) == 60.0


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
@pytest.mark.parametrize("size", [1e10, 1e100, 1e300])
def test_a_forecast_from_one_huge_target_is_finite_or_refused_in_a_sentence(cls, size):
    X, y = make_windows(np.sin(0.3 * np.arange(40)), WIDTH)
    y[20] = size
    model = loose(cls, 0).fit(X, y)
    try:
        assert np.isfinite(model.forecast(5)).all()
    except ValueError as error:
        assert "give X and y in one unit" in str(error)


def test_classes_with_forecasts_are_found():
    assert {c.__name__ for c in CLASSES} >= {"QRNNReservoirRegressor", "FastWeightRegressor"}
    assert all(is_regressor(c()) for c in CLASSES)
