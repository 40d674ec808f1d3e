"""Extrapolation by scikit-learn's regressors."""

from collections.abc import Callable

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from .extrapolation import as_points, extrapolator, usable_errors


@extrapolator(2)
def regress(scales, values, errors=None, *, regressor) -> tuple[np.ndarray, np.ndarray]:
    """Prediction at scale 0 of a regressor that is fitted anew to each entry.

    Points are weighted by the errors if the regressor takes weights. The error of the limit f(v) comes from further
    fits, in which each point is moved up and down by its own error, and from one of the fitted curve u, whose limit
    moves by the bias of a fit: ``sqrt(sum_k (f(v + e_k) - f(v - e_k))^2 / 4 + (f(u) - f(v))^2)``. Without errors of
    the points it is not known, NaN.

    Parameters
    ----------
    scales, values, errors
        As in `richardson`.
    regressor : estimator with ``fit`` and ``predict``

    Returns
    -------
    value, error : ndarray (...)
    """
    scales, values, errors = as_points(scales, values, errors, needed=2)
    weighted = has_fit_parameter(regressor, "sample_weight")
    limits, spreads = [], []
    for column, sigma in _entries(values, errors):
        options = {"sample_weight": (sigma.min() / sigma) ** 2} if weighted and sigma is not None else {}

        def curve(points, options=options):
            fitted = clone(regressor).fit(scales[:, None], points, **options)
            return np.ravel(fitted.predict(np.append(0.0, scales)[:, None]))

        limits.append(curve(column)[0])
        spreads.append(np.nan if sigma is None else float(np.linalg.norm(_responses(curve, column, sigma))))
    return np.reshape(limits, values.shape[1:]), np.reshape(spreads, values.shape[1:])


def _responses(curve: Callable, column, sigma) -> np.ndarray:
    """How far the limit moves (n_scales + 1,) if each value moves by its error, or if the curve is fitted to itself.

    ``curve(values)`` gives the limit and the fitted values.
    """
    limit, *fitted = curve(column)
    moved = [(curve(column + step)[0] - curve(column - step)[0]) / 2 for step in np.diag(sigma)]
    return np.array([*moved, curve(np.array(fitted))[0] - limit])


def _entries(values, errors):
    """Yield the values (n_scales,) of each entry, and their errors, None where they are not known."""
    columns = values.reshape(len(values), -1)
    sigma, known = usable_errors(columns, errors)
    for k, column in enumerate(columns.T):
        yield column, sigma[:, k] if known.any() and known[k] else None
