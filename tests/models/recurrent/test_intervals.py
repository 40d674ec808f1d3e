"""Prediction intervals: their coverage at every horizon, and how they are told from the data of the fit."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml import QRNNCell, QRNNReservoirRegressor, make_windows
from skqml.models.recurrent import RidgeReadout
from tests.contracts.series import SERIES, autoregression

N_STEPS, N_TRAIN = 12, 300
PROCESSES = {"AR(1)": [0.95], "AR(2), a period of 12": [1.5, -0.75], "AR(2), two decays": [1.2, -0.25]}


def small(**options):
    return QRNNReservoirRegressor(QRNNCell(4, 1, 2), n_reservoirs=3, random_state=0, **options)


def origins(series, length):
    """What is known at each origin behind the data of the fit (n_origins, length), and what follows."""
    ends = np.arange(N_TRAIN + 1, len(series) - N_STEPS, 4)
    known, truth = (np.stack([series[e + a : e + b] for e in ends]) for a, b in ((-length, 0), (0, N_STEPS)))
    return known, truth


@pytest.mark.parametrize(("windows", "n_known"), [(True, 4), (False, 40), (False, 12)])
@pytest.mark.parametrize("name", PROCESSES)
def test_coverage_at_every_horizon(name, windows, n_known):
    """Of 90 % intervals 85 to 95 % hold the truth, 1 to 12 steps ahead, over 10 series of 170 origins.

    Twelve known steps are fewer than the washout: forecasts from there are worse, and intervals as much wider.
    """
    inside = []
    for seed in range(10):
        series = autoregression(PROCESSES[name], 1000, seed)
        if windows:
            model = small().fit(*make_windows(series[: N_TRAIN + 1], 4))
            known, truth = origins(series, n_known)
        else:
            model = small(washout=20).fit(series[None, :N_TRAIN, None], series[None, 1 : N_TRAIN + 1])
            known, truth = origins(series, n_known)
            known = known[:, :, None]
        _, lower, upper = model.forecast(N_STEPS, known, return_interval=True)
        inside.append(((lower <= truth) & (truth <= upper)).mean(axis=0))
    coverage = np.mean(inside, axis=0)
    assert coverage.min() >= 0.85
    assert coverage.max() <= 0.95


@pytest.mark.parametrize("name", SERIES)
def test_coverage_of_sequences(name):
    """Where 140 steps are known, 85 to 95 % at every horizon, behind the first half of any series."""
    series, n_known = SERIES[name], 140
    n = len(series) // 2
    ends = np.arange(n + 1, len(series) - N_STEPS + 1, max(1, n // 150))
    known, truth = (np.stack([series[e + a : e + b] for e in ends]) for a, b in ((-n_known, 0), (0, N_STEPS)))
    model = small(washout=20).fit(series[None, :n, None], series[None, 1 : n + 1])
    _, lower, upper = model.forecast(N_STEPS, known[:, :, None], return_interval=True)
    coverage = ((lower <= truth) & (truth <= upper)).mean(axis=0)
    assert coverage.min() >= 0.85
    assert coverage.max() <= 0.95


def test_coverage_where_the_fit_goes_on():
    """Each block of three years of sunspots is forecast before it is fitted to."""
    series, inside = SERIES["sunspots, yearly"], []
    model = small(washout=20).fit(series[None, :120, None], series[None, 1:121])
    for end in range(121, len(series) - N_STEPS, 3):
        _, lower, upper = model.forecast(N_STEPS, return_interval=True)
        truth = series[end : end + N_STEPS]
        inside.append((lower[0] <= truth) & (truth <= upper[0]))
        model.partial_fit(series[None, end - 1 : end + 2, None], series[None, end : end + 3])
    coverage = np.mean(inside, axis=0)
    assert coverage.min() >= 0.85
    assert coverage.max() <= 0.95


def test_steps_of_the_fit_tell_nothing():
    """What a model was fitted to has small errors: known steps up to its end leave the width as it is."""
    series = autoregression([0.9], 260, 0)
    model = small(washout=5).fit(series[None, :199, None], series[None, 1:200])
    halves = []
    for known in (series[:199], series[:200], series[100:200]):
        y, _, upper = model.forecast(3, known[None, :, None], return_interval=True)
        halves.append((upper - y)[0])
    np.testing.assert_allclose(halves, halves[:1] * 3, rtol=1e-9)
    y, _, upper = model.forecast(3, series[None, 100:203, None], return_interval=True)
    assert ((upper - y)[0] != halves[0]).all()


def test_widths_have_the_unit_of_the_series_and_never_fall():
    """Those of the fit, before what became known changes them."""
    series = autoregression([0.9], 300, 0)
    half = {}
    for unit, offset in ((1.0, 0.0), (1000.0, 500.0)):
        s = unit * series + offset
        model = small(washout=10).fit(s[None, :-1, None], s[None, 1:])
        y, lower, upper = model.forecast(30, s[None, -1:, None], return_interval=True)
        np.testing.assert_allclose(upper - y, y - lower, rtol=1e-6)
        half[unit] = (upper - y)[0]
    np.testing.assert_allclose(half[1000.0], 1000 * half[1.0], rtol=1e-4)
    assert (np.diff(half[1.0]) >= -1e-12).all()


@pytest.mark.parametrize(("n_samples", "n_features"), [(80, 6), (30, 50)])
@pytest.mark.parametrize("start", [10, 25])
def test_a_fit_before_a_row_is_ridge_on_the_rows_before(n_samples, n_features, start):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(n_samples, n_features)), rng.normal(size=(n_samples, 2))
    readout = RidgeReadout(alphas=[1e-2]).fit(X, Y)
    ridge = make_pipeline(StandardScaler(), Ridge(1e-2 * start)).fit(X[:start], Y[:start])
    coef, intercept = readout.before(X, Y, start)
    np.testing.assert_allclose(X @ coef.T + intercept, ridge.predict(X), atol=1e-8)
    if n_samples > n_features:  # the rows that are left out suffice
        coef, intercept = readout.before(X[5:], Y[5:], start - 5)
        np.testing.assert_allclose(X @ coef.T + intercept, ridge.predict(X), atol=1e-8)


def test_blocks_of_a_fit_are_tried_as_the_whole():
    """Intervals of `partial_fit` are those of `fit`, whose steps are more than are kept."""
    series = autoregression([0.8], 1200, 0)
    X, y = series[None, :-1, None], series[None, 1:]
    options = {"standardize": False, "readout": RidgeReadout(alphas=[1e-3]), "washout": 5}
    whole, parts = small(**options).fit(X, y), small(**options)
    for block in (slice(0, 800), slice(800, 801), slice(801, 1050), slice(1050, None)):
        parts.partial_fit(X[:, block], y[:, block])
    for found, expected in zip(*(m.forecast(5, return_interval=True) for m in (parts, whole)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    X, y = make_windows(series[:200], 4)
    whole, parts = small(**options | {"washout": 0}).fit(X, y), small(**options | {"washout": 0})
    parts.partial_fit(X[:90], y[:90]).partial_fit(X[90:], y[90:])
    for found, expected in zip(*(m.forecast(5, return_interval=True) for m in (parts, whole)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_several_sequences_and_channels_and_long_series():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5, 40, 2)).cumsum(axis=1)
    model = small(washout=3).fit(X[:, :-1], X[:, 1:])
    y, lower, _ = model.forecast(4, return_interval=True)
    assert y.shape == lower.shape == (5, 4, 2)
    assert len(model.past_.sequences.X) == 5
    long = autoregression([0.9], 3000, 1)
    model = small(washout=3).fit(long[None, :-1, None], long[None, 1:])
    y, _, upper = model.forecast(1, return_interval=True)
    assert model.past_.sequences.X.size < 1100  # a million steps need no more
    assert (upper - y)[0, 0] == pytest.approx(1.645, rel=0.1)  # innovations have deviation 1


def test_windows_out_of_order_are_tried_one_step_ahead():
    """Nothing tells how errors grow: as those of a random walk."""
    X, y = make_windows(autoregression([0.9], 300, 0), 4)
    order = np.random.default_rng(0).permutation(len(X))
    model = small().fit(X[order], y[order])
    forecast, lower, upper = model.forecast(4, X[:3], return_interval=True)
    np.testing.assert_allclose((upper - lower)[0] / (upper - lower)[0, 0], np.sqrt(np.arange(1, 5)), rtol=0.02)
    assert forecast.shape == (3, 4)


def test_what_gives_no_interval_is_refused():
    X, y = make_windows(autoregression([0.9], 30, 0), 4)
    with pytest.raises(ValueError, match="at least 10 steps behind the washout, got 7"):
        small().fit(X[:7], y[:7]).forecast(2, return_interval=True)
    for coverage in (0.0, 1.0, True, "wide", None):
        with pytest.raises(ValueError, match="coverage"):
            small().fit(X, y).forecast(2, return_interval=True, coverage=coverage)
