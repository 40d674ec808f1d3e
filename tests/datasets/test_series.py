"""Series made by formulas: against independent solvers, and the errors of the simplest forecasts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special
from sklearn.linear_model import LinearRegression

from skqml.datasets import make_bessel, make_damped_pendulum, make_mackey_glass, make_narma, make_windows


def scaled(series):
    return np.interp(series, (series.min(), series.max()), (-1.0, 1.0))


@pytest.mark.parametrize(
    ("series", "persistence", "autoregression", "variance"),
    [
        (make_damped_pendulum(), "3.2e-03", "9.5e-08", "4.7e-02"),
        (make_bessel(), "3.6e-03", "1.2e-08", "2.4e-02"),
        (scaled(make_narma(240, 5, drive="smooth")[1]), "6.6e-04", "2.8e-05", "7.0e-03"),
        (scaled(make_narma(240, 10, drive="smooth")[1]), "1.5e-03", "1.7e-05", "8.9e-03"),
    ],
    ids=["pendulum", "bessel", "narma5", "narma10"],
)
def test_errors_of_the_simplest_forecasts(series, persistence, autoregression, variance):
    """Mean squared errors on the last third of the windows of 4; the code of the papers drops the last window."""
    X, y = (rows[:-1] for rows in make_windows(series, 4))
    n_train = int(0.67 * len(X))
    X_test, y_test = X[n_train:], y[n_train:]
    forecast = LinearRegression().fit(X[:n_train], y[:n_train]).predict(X_test)
    assert f"{np.mean((X_test[:, -1] - y_test) ** 2):.1e}" == persistence
    assert f"{np.mean((forecast - y_test) ** 2):.1e}" == autoregression
    assert f"{y_test.var():.1e}" == variance


def test_pendulum_by_another_solver():
    t = np.linspace(0, 20, 240)
    path = integrate.odeint(lambda s, t: [s[1], -0.15 * s[1] - 9.81 * np.sin(s[0])], [0, 3], t, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(make_damped_pendulum(), scaled(path[:, 1]), atol=1e-7)


def test_small_swings_have_the_period_of_the_formula():
    """At the end of 20 s the swings are small: zeros come every pi / omega, to the second order of the angle."""
    s = make_damped_pendulum(20001)
    # The zero of the velocity, whatever it was scaled to, is its limit.
    velocity = s - make_damped_pendulum(200001, duration=200.0)[-1]
    t = np.linspace(0, 20, 20001)[:-1][np.diff(np.sign(velocity)) != 0]
    assert np.diff(t)[-3:].mean() == pytest.approx(np.pi / np.sqrt(9.81 - 0.075**2), rel=0.01)


def test_bessel_function_solves_the_integral():
    """J_2(x) = (1/pi) int_0^pi cos(2 s - x sin s) ds."""
    x = np.linspace(2, 100, 256)
    values = [integrate.quad(lambda s, v=v: np.cos(2 * s - v * np.sin(s)), 0, np.pi, limit=200)[0] / np.pi for v in x]
    np.testing.assert_allclose(make_bessel(), scaled(np.array(values)), atol=1e-10)


def test_bessel_arguments():
    s = make_bessel(50, order=0, start=0.0, stop=5.0)
    np.testing.assert_allclose(s, scaled(special.j0(np.linspace(0, 5, 50))), atol=1e-12)


@given(st.integers(1, 12), st.integers(0, 1000), st.sampled_from(["random", "smooth"]))
def test_narma_satisfies_its_recurrence(order, seed, drive):
    u, y = make_narma(60, order, drive=drive, random_state=seed)
    assert y[0] == 0
    for t in range(order, 59):
        memory = sum(y[t - j] for j in range(order))
        assert y[t + 1] == pytest.approx(0.3 * y[t] + 0.05 * y[t] * memory + 1.5 * u[t - order + 1] * u[t] + 0.1)


def test_narma_inputs():
    u, _ = make_narma(5000, random_state=0)
    assert 0 <= u.min() < 0.001
    assert 0.499 < u.max() < 0.5
    assert u.mean() == pytest.approx(0.25, abs=0.01)
    smooth, _ = make_narma(100, drive="smooth")
    t = 37
    angles = 2 * np.pi * t / 100 * np.array([2.11, 3.73, 4.11])
    assert smooth[t] == pytest.approx(0.1 * (np.sin(angles[0]) * np.sin(angles[1]) * np.sin(angles[2]) + 1))


def test_same_seed_same_series():
    np.testing.assert_array_equal(make_narma(50, random_state=3), make_narma(50, random_state=3))
    assert not np.array_equal(make_narma(50, random_state=3), make_narma(50, random_state=4))


@pytest.mark.parametrize(("tau", "step"), [(17.0, 1.0), (3.3, 0.7), (0.4, 0.25)])
def test_mackey_glass_by_the_method_of_steps(tau, step):
    """Each span of the delay by an adaptive solver, with the dense output of the span before as its history."""
    spans, start, x = [lambda t: np.full_like(np.asarray(t, float), 1.2)], 0.0, 1.2
    expected, wanted = [], step * np.arange(40)
    while start <= wanted[-1]:
        past = spans[-1]
        solution = integrate.solve_ivp(
            lambda t, x, past=past: 0.2 * past(t - tau) / (1 + past(t - tau) ** 10) - 0.1 * x,
            (start, start + tau),
            [x],
            method="DOP853",
            rtol=1e-11,
            atol=1e-11,
            dense_output=True,
            max_step=tau / 4,
        )
        spans.append(lambda t, s=solution.sol: s(t)[0])
        inside = wanted[(wanted >= start - 1e-12) & (wanted < start + tau - 1e-12)]
        expected += list(spans[-1](inside))
        start, x = start + tau, solution.y[0, -1]
    np.testing.assert_allclose(make_mackey_glass(40, tau, step=step), expected, atol=1e-7)


def test_mackey_glass_attractor():
    """Published ranges: about 0.4 to 1.3 for a delay of 17; one of 2 ends in the fixed point 1."""
    x = make_mackey_glass(3000)[500:]
    assert 0.3 < x.min() < 0.5
    assert 1.2 < x.max() < 1.4
    np.testing.assert_allclose(make_mackey_glass(1000, 2.0)[-1], 1.0, atol=1e-8)
    assert make_mackey_glass(1).tolist() == [1.2]


@given(st.integers(1, 5), st.integers(1, 3), st.integers(0, 4), st.integers(1, 3))
def test_windows_hold_steps_in_order(width, horizon, extra, n_channels):
    series = np.arange((width + horizon + extra) * n_channels, dtype=float).reshape(-1, n_channels)
    X, y = make_windows(series, width, horizon)
    assert X.shape == (extra + 1, width * n_channels)
    for i in range(extra + 1):
        np.testing.assert_array_equal(X[i], series[i : i + width].ravel())
        np.testing.assert_array_equal(y[i], series[i + width - 1 + horizon])
    flat, flat_y = make_windows(series[:, 0], width, horizon)
    np.testing.assert_array_equal(flat, X[:, ::n_channels])
    assert flat_y.shape == (extra + 1,)


def test_windows_are_copies():
    series = np.arange(6.0)
    X, y = make_windows(series, 2)
    X[:], y[:] = -1, -1
    np.testing.assert_array_equal(series, np.arange(6.0))


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: make_windows([], 2), "at least 3 steps, got 0"),
        (lambda: make_windows(np.zeros(4), 4), "at least 5"),
        (lambda: make_windows([1, np.nan, 2, 3], 2), "NaN"),
        (lambda: make_windows(np.zeros(5), 0), "width"),
        (lambda: make_windows(np.zeros(5), 2, 0), "horizon"),
        (lambda: make_windows(np.zeros((5, 1, 1)), 2), "dim 3"),
        (lambda: make_narma(0), "n_steps"),
        (lambda: make_narma(10, 0), "order"),
        (lambda: make_narma(10, drive="loud"), "drive"),
        (lambda: make_narma(5000, 100, random_state=0), "without bound"),
        (lambda: make_mackey_glass(10, 0), "tau"),
        (lambda: make_mackey_glass(10, step=-1.0), "step"),
        (lambda: make_mackey_glass(2.5), "n_steps"),
        (lambda: make_damped_pendulum(1), "n_steps"),
        (lambda: make_damped_pendulum(9, duration=np.nan), "duration"),
        (lambda: make_damped_pendulum(9, duration=-1.0), "duration"),
        (lambda: make_bessel(1), "n_steps"),
        (lambda: make_bessel(9, start=3.0, stop=3.0), "constant"),
    ],
)
def test_bad_arguments_are_named(call, match):
    with pytest.raises(ValueError, match=match):
        call()
