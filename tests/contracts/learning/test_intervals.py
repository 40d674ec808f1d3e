"""Prediction intervals hold the truth as often as they say, whatever the regressor and the series."""

import numpy as np
import pytest

from skqml import QRNNCell, make_windows
from tests.contracts.estimators import estimator_classes
from tests.contracts.series import SERIES

WIDTH, N_STEPS = 11, 12
CLASSES = estimator_classes("forecast")


def small(cls):
    given = {
        "cell": QRNNCell(3, 1, 2),
        "n_reservoirs": 2,
        "n_qubits": 3,
        "n_measured": 2,
        "n_latent": 2,
        "max_iter": 30,
        "tol": None,
    }
    return cls(random_state=0).set_params(**{k: v for k, v in given.items() if k in cls().get_params(deep=False)})


def coverage(model, series):
    """Share of 90 % intervals (n_steps,) that hold the truth, from all windows behind the first half of the series."""
    X, y = make_windows(series, WIDTH)
    n_train = len(X) // 2
    known, truth = X[n_train : 1 - N_STEPS], make_windows(series[n_train + WIDTH :], N_STEPS)[0]
    truth = np.concatenate([truth, series[None, -N_STEPS:]])[: len(known)]
    _, lower, upper = model.fit(X[:n_train], y[:n_train]).forecast(N_STEPS, known, return_interval=True)
    return ((lower <= truth) & (truth <= upper)).mean(axis=0)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
@pytest.mark.parametrize("name", SERIES)
def test_coverage_at_every_horizon(cls, name):
    """85 to 95 % at each of 12 steps ahead."""
    found = coverage(small(cls), SERIES[name])
    assert found.min() >= 0.85
    assert found.max() <= 0.95


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_the_twin_has_intervals_too(cls):
    found = coverage(small(cls).classical_twin(), SERIES["AR(1)"])
    assert found.min() >= 0.85
    assert found.max() <= 0.95


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_widths_have_the_unit_of_the_series(cls):
    series, half = SERIES["AR(1)"][:200], []
    for unit in (1.0, 1024.0):
        model = small(cls).fit(*make_windows(unit * series, WIDTH))
        for X in (None, unit * make_windows(series, WIDTH)[0]):
            y, lower, upper = model.forecast(5, X, return_interval=True)
            np.testing.assert_array_equal(y, model.forecast(5, X))
            np.testing.assert_allclose(upper - y, y - lower, rtol=1e-6)
            half.append((upper - y) / unit)
    np.testing.assert_allclose(half[0], half[2], rtol=1e-3)
    np.testing.assert_allclose(half[1], half[3], rtol=1e-3)


def windows():
    return make_windows(SERIES["AR(1)"][:120], WIDTH)


def sequences(n=4):
    """Of more than one, with a target for every step."""
    steps = SERIES["AR(1)"][: n * 61].reshape(n, 61)
    return steps[:, :-1, None], steps[:, 1:]


MODELS = [(small(cls), windows) for cls in CLASSES] + [(small(cls).classical_twin(), windows) for cls in CLASSES]
MODELS += [(small(cls), sequences) for cls in CLASSES if "washout" in cls().get_params()]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("model", "rows"), MODELS, ids=lambda value: getattr(value, "__name__", type(value).__name__))
def test_rows_of_weight_0_tell_nothing(model, rows):
    """Neither forecasts nor intervals know their targets, in the range of the series, in fits or as what came true."""
    X, y = rows()
    weight = np.ones(len(X))
    weight[np.arange(len(X)) % (3 if len(X) < 9 else 11) == 1] = 0
    plain = model.fit(X, y).forecast(5, return_interval=True)
    found = []
    for spoilt in (3.0, 1e6):
        Y = np.where((weight == 0).reshape(-1, *[1] * (y.ndim - 1)), y + spoilt, y)
        Y[..., -1] = y[..., -1]  # which sequences go on from
        found.append(model.fit(X, Y, sample_weight=weight).forecast(5, return_interval=True))
    np.testing.assert_array_equal(*found)
    np.testing.assert_array_less(found[0][2] - found[0][1], 2 * (plain[2] - plain[1]))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_coverage_is_refused_where_it_is_no_probability(cls):
    model = small(cls).fit(*make_windows(SERIES["AR(1)"][:60], WIDTH))
    for value in (0.0, 1.0, 1.5, True, "wide", None, np.nan):
        with pytest.raises(ValueError, match="coverage"):
            model.forecast(2, return_interval=True, coverage=value)
    with pytest.raises(ValueError, match="return_interval"):
        model.forecast(2, return_interval=1)
