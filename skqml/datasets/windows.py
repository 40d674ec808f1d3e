"""A series cut into rows, or into sequences."""

import numpy as np
from sklearn.utils import check_array

from .._checks import check_count


def make_windows(series, width, horizon=1) -> tuple[np.ndarray, np.ndarray]:
    """Return the windows of a series as rows, and what follows each of them.

    ``X[i] = (s[i], ..., s[i + width - 1])`` and ``y[i] = s[i + width - 1 + horizon]``.

    Parameters
    ----------
    series : array-like (n_steps,) or (n_steps, n_channels)
    width : int
        Steps in a window.
    horizon : int, default=1
        Steps from the end of a window to its target.

    Returns
    -------
    X : ndarray (n_steps - width - horizon + 1, width * n_channels)
        All channels of a step stand side by side, steps in order of time.
    y : ndarray (n_windows,) or (n_windows, n_channels)

    Raises
    ------
    ValueError
        If the series is empty, has NaN or is too short for one window.

    Examples
    --------
    >>> from skqml.datasets import make_windows
    >>> X, y = make_windows([0, 1, 2, 3, 4], width=3)
    >>> X
    array([[0., 1., 2.],
           [1., 2., 3.]])
    >>> y
    array([3., 4.])
    """
    check_count("width", width)
    check_count("horizon", horizon)
    series = _checked(series)
    n_windows = len(series) - width - horizon + 1
    if n_windows < 1:
        raise ValueError(
            f"A window of {width} steps and a target {horizon} steps on need a series of at least "
            f"{width + horizon} steps, got {len(series)}; give more, or a smaller width."
        )
    windows = np.lib.stride_tricks.sliding_window_view(series, width, axis=0)[:n_windows]
    steps_first = np.moveaxis(windows, -1, 1)
    return steps_first.reshape(n_windows, -1).copy(), series[width + horizon - 1 :].copy()


def make_stretches(series, n_stretches, washout=0) -> tuple[np.ndarray, np.ndarray]:
    """Return a long series cut into stretches with the next step as target, for cross-validation of reservoirs.

    ``X[k] = (s[a], ..., s[a + washout + m - 1])`` and ``y[k] = (s[a + 1], ..., s[a + washout + m])`` with
    ``a = a_0 + k m``: the washout of a stretch lies in the one before, so that with an estimator of the same
    ``washout`` each target counts once. First steps that give no whole stretch are left out.

    Parameters
    ----------
    series : array-like (n_steps,) or (n_steps, n_channels)
    n_stretches : int
    washout : int, default=0

    Returns
    -------
    X : ndarray (n_stretches, washout + m, n_channels)
    y : ndarray (n_stretches, washout + m) or (n_stretches, washout + m, n_channels)

    Raises
    ------
    ValueError
        If the series is empty, has NaN or is too short for stretches of one step.

    Examples
    --------
    >>> from skqml.datasets import make_stretches
    >>> X, y = make_stretches(range(8), n_stretches=2, washout=1)
    >>> X[:, :, 0]
    array([[0., 1., 2., 3.],
           [3., 4., 5., 6.]])
    >>> y
    array([[1., 2., 3., 4.],
           [4., 5., 6., 7.]])
    """
    check_count("n_stretches", n_stretches)
    check_count("washout", washout, 0)
    series = _checked(series)
    length = (len(series) - 1 - washout) // n_stretches
    if length < 1:
        raise ValueError(
            f"{n_stretches} stretches and a washout of {washout} steps need a series of at least "
            f"{n_stretches + washout + 1} steps, got {len(series)}; give more, or fewer stretches."
        )
    first = len(series) - 1 - washout - n_stretches * length
    steps = first + length * np.arange(n_stretches)[:, None] + np.arange(washout + length)
    X = series[steps]
    return X.reshape(*steps.shape, -1), series[steps + 1]


def _checked(series):
    series = check_array(series, dtype=float, ensure_2d=False, ensure_min_samples=0, input_name="series")
    if not 1 <= series.ndim <= 2:
        raise ValueError(f"series must have the shape (n_steps,) or (n_steps, n_channels), got {series.shape}.")
    return series
