"""Time series from recurrences, differential equations and special functions."""

import numpy as np
from scipy.integrate import cumulative_simpson, solve_ivp
from scipy.interpolate import CubicSpline
from scipy.special import jv

from .._checks import as_random_state, check_count, check_number, check_option

_FINE_STEP = 0.01  # of the integration of Mackey and Glass's equation
_MOST_POINTS = 3e6  # of that integration, which take some seconds
_HIGHEST = 1e30  # its tenth power is still a number
_AT_REST = 1000.0  # seconds, after which a pendulum stands still


def make_narma(n_steps=1000, order=10, *, drive="random", random_state=None) -> tuple[np.ndarray, np.ndarray]:
    r"""Return a nonlinear autoregressive moving average and the input that drives it.

    ``y[t+1] = 0.3 y[t] + 0.05 y[t] sum_{j<order} y[t-j] + 1.5 u[t-order+1] u[t] + 0.1`` with
    ``y[t] = 0`` for ``t <= 0``. So ``y[t]`` depends on inputs up to ``u[t-1]``; those before step 0
    are not returned.

    Parameters
    ----------
    n_steps : int, default=1000
    order : int, default=10
        Number of steps that are remembered.
    drive : {"random", "smooth"}, default="random"
        u uniform in [0, 0.5), a test of memory; or ``0.1 (sin(2 pi 2.11 t / 100)
        sin(2 pi 3.73 t / 100) sin(2 pi 4.11 t / 100) + 1)``, whose y past values of y foretell.
    random_state : int, RandomState or None, default=None
        Draws u.

    Returns
    -------
    u, y : ndarray (n_steps,)

    Raises
    ------
    ValueError
        If a parameter is out of range, or the series grows without bound: one of 200 series of
        order 10 and 2000 steps did, and those of large orders all do.

    References
    ----------
    A. F. Atiya and A. G. Parlos, New results on recurrent network training, IEEE Trans. Neural
    Netw. 11, 697 (2000).

    Examples
    --------
    >>> from skqml.datasets import make_narma
    >>> u, y = make_narma(500, random_state=0)
    >>> y[:3].round(3)
    array([0.   , 0.179, 0.368])
    """
    check_count("n_steps", n_steps)
    check_count("order", order, most=10_000)
    past = order - 1
    u = _drive(drive, np.arange(-past, n_steps), random_state)
    y = np.zeros(past + n_steps)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(past, past + n_steps - 1):
            y[t + 1] = 0.3 * y[t] + 0.05 * y[t] * y[t - past : t + 1].sum() + 1.5 * u[t - past] * u[t] + 0.1
    if not np.isfinite(y).all():
        raise ValueError(
            f"The series of order {order} grows without bound; choose a lower order or another random_state."
        )
    return u[past:], y[past:]


def _drive(drive, t, random_state):
    if check_option("drive", drive, ("random", "smooth")) == "random":
        return as_random_state(random_state).uniform(0.0, 0.5, len(t))
    frequencies = np.array([2.11, 3.73, 4.11]) / 100
    return 0.1 * (np.sin(2 * np.pi * frequencies * t[:, None]).prod(axis=1) + 1)


def make_mackey_glass(n_steps=1000, tau=17.0, *, step=1.0, x0=1.2) -> np.ndarray:
    r"""Return a solution of Mackey and Glass's delay equation, chaotic for ``tau >= 17``.

    ``dx/dt = 0.2 x(t - tau) / (1 + x(t - tau)^10) - 0.1 x(t)`` with ``x(t) = x0`` for ``t <= 0``, at
    ``t = 0, step, 2 step, ...``. Over each span tau the first term is known from the span before,
    and the rest is an integral; the error is about 1e-9 before chaos amplifies it.

    Parameters
    ----------
    n_steps : int, default=1000
    tau : float, default=17.0
        Delay.
    step : float, default=1.0
        Time between values.
    x0 : float, default=1.2
        History. The first few hundred values lead from it to the attractor.

    Returns
    -------
    x : ndarray (n_steps,)

    References
    ----------
    M. C. Mackey and L. Glass, Oscillation and chaos in physiological control systems, Science
    197, 287 (1977).

    Examples
    --------
    >>> from skqml.datasets import make_mackey_glass
    >>> make_mackey_glass(3).round(4)
    array([1.2   , 1.1176, 1.043 ])
    """
    check_count("n_steps", n_steps)
    tau, step, x0 = check_number("tau", tau), check_number("step", step), check_number("x0", x0, high=_HIGHEST)
    n_spans, n_fine = max(1.0, np.ceil(step * (n_steps - 1) / tau)), max(16.0, np.ceil(tau / _FINE_STEP))
    if n_spans * n_fine > _MOST_POINTS:
        raise ValueError(
            f"tau={tau} with {n_steps} steps of step={step} needs {n_spans * n_fine:.0e} points of "
            f"integration, more than {_MOST_POINTS:.0e}; take fewer or smaller steps."
        )
    wanted = step * np.arange(n_steps)
    t = np.linspace(0.0, tau, int(n_fine) + 1)
    span, spans = np.full(len(t), x0), []
    for _ in range(int(n_spans)):
        production = 0.2 * span / (1 + span**10)
        grown = cumulative_simpson(np.exp(0.1 * t) * production, x=t, initial=0.0)
        span = np.exp(-0.1 * t) * (span[-1] + grown)
        spans.append(span[:-1])
    x = np.append(np.concatenate(spans), span[-1])
    return CubicSpline(t[1] * np.arange(len(x)), x)(wanted)


def make_damped_pendulum(n_steps=240, *, duration=20.0) -> np.ndarray:
    r"""Return the angular velocity of a damped pendulum, scaled to [-1, 1].

    ``d^2 theta / dt^2 = -9.81 sin(theta) - 0.15 d theta / dt`` with ``theta = 0`` and
    ``d theta / dt = 3`` at the start, at times evenly spread over the duration.

    Parameters
    ----------
    n_steps : int, default=240
    duration : float, default=20.0
        Seconds from the first value to the last.

    Returns
    -------
    velocity : ndarray (n_steps,)

    References
    ----------
    S. Y.-C. Chen, S. Yoo and Y.-L. L. Fang, Quantum long short-term memory, ICASSP 2022, 8622.

    Examples
    --------
    >>> from skqml.datasets import make_damped_pendulum
    >>> s = make_damped_pendulum()
    >>> s[[0, 10, 20]].round(3)
    array([ 1.   , -0.807,  0.193])
    """
    check_count("n_steps", n_steps, least=2)
    check_number("duration", duration, high=_AT_REST)
    solution = solve_ivp(
        lambda t, s: [s[1], -9.81 * np.sin(s[0]) - 0.15 * s[1]],
        (0.0, duration),
        [0.0, 3.0],
        t_eval=np.linspace(0.0, duration, n_steps),
        rtol=1e-10,
        atol=1e-10,
    )
    return _min_max(solution.y[1], "duration")


def make_bessel(n_steps=256, *, order=2, start=2.0, stop=100.0) -> np.ndarray:
    """Return a Bessel function of the first kind, scaled to [-1, 1].

    ``J_order(t)`` at times evenly spread from start to stop.

    Parameters
    ----------
    n_steps : int, default=256
    order : float, default=2
    start, stop : float, default=2.0, 100.0

    Returns
    -------
    values : ndarray (n_steps,)

    References
    ----------
    S. Y.-C. Chen, S. Yoo and Y.-L. L. Fang, Quantum long short-term memory, ICASSP 2022, 8622.

    Examples
    --------
    >>> from skqml.datasets import make_bessel
    >>> s = make_bessel()
    >>> s[[0, 10, 20]].round(3)
    array([ 0.668, -0.742,  0.397])
    """
    check_count("n_steps", n_steps, least=2)
    for name, value in (("order", order), ("start", start), ("stop", stop)):
        check_number(name, value, -np.inf)
    return _min_max(jv(order, np.linspace(start, stop, n_steps)), "order, start or stop")


def _min_max(series, parameters) -> np.ndarray:
    low, high = series.min(), series.max()
    if not low < high:
        raise ValueError(
            f"A series that is constant, or no number, cannot be scaled to [-1, 1]; choose another {parameters}."
        )
    return 2 * (series - low) / (high - low) - 1
