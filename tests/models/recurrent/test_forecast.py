"""Closed loops and prediction intervals."""

import numpy as np
import pytest

from skqml.models.recurrent import QRNNCell, QRNNReservoirRegressor, pad_sequences

CELL = QRNNCell(n_qubits=4, n_inputs=1, n_layers=2)


def small(**options):
    return QRNNReservoirRegressor(cell=CELL, n_reservoirs=3, random_state=0, **options)


def waves(n_steps, n_channels=1):
    """Channels (1, n_steps + 1, n_channels) of a quasi-periodic series."""
    t = np.arange(n_steps + 1)[:, None] + 3 * np.arange(n_channels)
    return (np.sin(0.4 * t) + 0.5 * np.sin(0.91 * t))[None]


def test_closed_loop_is_the_loop_by_hand():
    """Each prediction appended to the series and predicted from anew."""
    S = waves(80)
    model = small(washout=10).fit(S[:, :-1], S[:, 1:, 0])
    known = S  # the last target too
    for _ in range(5):
        known = np.concatenate([known, model.predict(known)[:, -1:, None]], axis=1)
    np.testing.assert_allclose(model.forecast(5), known[:, -5:, 0], atol=1e-9)
    np.testing.assert_allclose(model.forecast(5, S), model.forecast(5), atol=1e-9)


def test_several_channels_and_sequences():
    S = waves(80, 2)
    both = np.concatenate([S, -S])
    model = small().fit(both[:, :-1], both[:, 1:])
    forecast = model.forecast(4)
    assert forecast.shape == (2, 4, 2)
    np.testing.assert_allclose(model.forecast(4, both[1:])[0], forecast[1], atol=1e-9)


def test_windows_move_along():
    series = waves(80)[0, :, 0]
    X = np.lib.stride_tricks.sliding_window_view(series, 6)[:-1]
    y = series[6:]
    model = small().fit(X, y)
    known = [*X[-1], y[-1]]
    for _ in range(4):
        known.append(model.predict([known[-6:]])[0])
    np.testing.assert_allclose(model.forecast(4), known[7:], atol=1e-9)
    assert model.forecast(4, X[:7]).shape == (7, 4)


def test_forecasts_a_predictable_series():
    S = waves(300)
    model = small(washout=20).fit(S[:, :250], S[:, 1:251, 0])
    error = model.forecast(20)[0] - S[0, 251:271, 0]
    assert np.abs(error).max() < 0.15


@pytest.mark.parametrize("windows", [False, True])
def test_intervals_hold_the_forecast_and_grow_with_coverage(windows):
    rng = np.random.default_rng(0)
    S = waves(200) + 0.05 * rng.normal(size=(1, 201, 1))
    if windows:
        X = np.lib.stride_tricks.sliding_window_view(S[0, :, 0], 6)
        model = small().fit(X[:-1], X[1:, -1])
    else:
        model = small(washout=10).fit(S[:, :-1], S[:, 1:, 0])
    y, lower, upper = model.forecast(6, return_interval=True)
    assert y.shape == lower.shape == upper.shape
    np.testing.assert_array_equal(y, model.forecast(6))
    assert (lower < y).all()
    assert (y < upper).all()
    wide = model.forecast(6, return_interval=True, coverage=0.99)
    assert (wide[2] - wide[1] > upper - lower).all()


def test_intervals_cover_noise():
    """The first step ahead falls inside its interval about as often as it should."""
    rng = np.random.default_rng(1)
    clean, inside = waves(400), []
    noisy = clean + 0.1 * rng.normal(size=clean.shape)
    model = small(washout=10).fit(noisy[:, :200], noisy[:, 1:201, 0])
    for end in range(220, 400, 4):
        _, lower, upper = model.forecast(1, noisy[:, 150:end], return_interval=True, coverage=0.8)
        inside.append(lower[0, 0] <= noisy[0, end, 0] <= upper[0, 0])
    assert 0.6 < np.mean(inside) <= 1.0


def test_refusals():
    S = waves(40, 2)
    model = small().fit(S[:, :-1], S[:, 1:, 0])
    with pytest.raises(ValueError, match="as many targets as channels"):
        model.forecast(2)
    model = small().fit(S[:, :-1], S[:, 1:])
    with pytest.raises(ValueError, match="n_steps"):
        model.forecast(0)
    with pytest.raises(ValueError, match="coverage"):
        model.forecast(2, return_interval=True, coverage=1.5)
    padded = pad_sequences([S[0, :-1], S[0, :20]])
    with pytest.raises(ValueError, match="end together"):
        small().fit(padded, np.nan_to_num(padded)).forecast(2)


def test_intervals_stay_bounded_in_long_loops():
    """A reservoir that runs away alone does not blow the interval up."""
    S = waves(100)
    model = small(washout=10).fit(S[:, :-1], S[:, 1:, 0])
    _, lower, upper = model.forecast(100, return_interval=True)
    assert np.abs(upper - lower).max() < 20 * np.ptp(S)
