"""Extrapolation by scikit-learn's regressors, a network among them."""

from collections.abc import Callable
from warnings import catch_warnings, simplefilter

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from sklearn.utils.validation import has_fit_parameter

from .._checks import as_tuple, check_count
from ..engine.threads import one_blas_thread
from .extrapolation import as_points, extrapolator, usable_errors

_PENALTY = 1e-5  # of a network's squared weights


@extrapolator(2)
def regress(scales, values, errors=None, *, regressor):
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


@extrapolator(2)
def neural_network(scales, values, errors=None, hidden_layer_sizes=(16, 16), n_restarts=5, random_state=0):
    """Mean at scale 0 of feed-forward networks with tanh units, trained by L-BFGS from several starts.

    Scales and values are standardised. The error is that of Laplace's approximation, of networks whose weights are
    normal before any value is known (MacKay), with the scatter of the starts: it grows where the values leave open how
    the curve goes on. Each entry has networks of its own, some 0.03 s of work. Without errors of the values that of
    the limit is not known, NaN.

    Parameters
    ----------
    scales, values, errors
        As in `richardson`.
    hidden_layer_sizes : tuple of int, default=(16, 16)
    n_restarts : int, default=5
    random_state : int, default=0
        Seed of the first start; the others follow it.

    Returns
    -------
    value, error : ndarray (...)

    References
    ----------
    Bhattacharjee, Sarkar, Das and Sarkar, arXiv:2403.07025 (2024); D. J. C. MacKay, A practical Bayesian framework for
    backpropagation networks, Neural Computation 4, 448 (1992).
    """
    scales, values, errors = as_points(scales, values, errors, needed=2)
    check_count("n_restarts", n_restarts)
    check_count("random_state", random_state, 0)
    sizes = [check_count("hidden_layer_sizes", n) for n in as_tuple("hidden_layer_sizes", hidden_layer_sizes)]
    centre, width = scales.mean(), scales.std()
    points = ((np.append(0.0, scales) - centre) / width)[:, None]  # 0 is where the limit is
    model = MLPRegressor(hidden_layer_sizes=sizes, activation="tanh", solver="lbfgs")
    limits, spreads = [], []
    for column, sigma in _entries(values, errors):
        middle, spread = column.mean(), column.std() or 1.0
        relative = None if sigma is None else sigma / spread
        penalty, weights = _penalty_and_weights(len(scales), relative)
        answers, variances = [], []
        for seed in range(random_state, random_state + n_restarts):
            model.set_params(random_state=seed, alpha=penalty)
            with catch_warnings(), one_blas_thread():
                simplefilter("ignore", ConvergenceWarning)  # a limited number of steps is part of the method
                model.fit(points[1:], (column - middle) / spread, sample_weight=weights)
            answers.append(model.predict(points[:1])[0])
            variances.append(np.nan if relative is None else _variance(model, points, relative))
        limits.append(middle + spread * np.mean(answers))
        spreads.append(spread * np.sqrt(np.mean(variances) + np.var(answers)))
    return np.reshape(limits, values.shape[1:]), np.reshape(spreads, values.shape[1:])


def _variance(model: MLPRegressor, points, sigma) -> float:
    """Variance of a network's value at the first point, from values of errors sigma at the others.

    ``g (J^T S^-1 J + p I)^-1 g`` with the slopes g and J of the values by the weights, whose prior has precision p.
    """
    slopes = _slopes(model, points) / np.sqrt(model.alpha * np.mean(sigma**-2.0))
    g, J = slopes[0], slopes[1:] / sigma[:, None]
    seen = J @ g
    return float(g @ g - seen @ np.linalg.solve(np.eye(len(J)) + J @ J.T, seen))


def _slopes(model: MLPRegressor, points) -> np.ndarray:
    """Derivatives (n_points, n_weights) of a network's values by its weights and offsets."""
    layers = [points]
    for W, b in zip(model.coefs_[:-1], model.intercepts_[:-1], strict=True):
        layers.append(np.tanh(layers[-1] @ W + b))
    back, slopes = np.ones((len(points), 1)), []
    for W, below in zip(reversed(model.coefs_), reversed(layers), strict=True):
        slopes += [back, (below[:, :, None] * back[:, None, :]).reshape(len(points), -1)]
        back = (back @ W.T) * (1 - below**2)
    return np.hstack(slopes)


def _responses(curve: Callable, column, sigma) -> np.ndarray:
    """By how much a limit moves (n_scales + 1,) with each value's standard error, and when its curve is fitted again.

    ``curve(values)`` are the limit and the fitted values.
    """
    limit, *fitted = curve(column)
    moved = [(curve(column + step)[0] - curve(column - step)[0]) / 2 for step in np.diag(sigma)]
    return np.array([*moved, curve(np.array(fitted))[0] - limit])


def _penalty_and_weights(n_points: int, sigma) -> tuple[float, np.ndarray]:
    """Penalty and weights under which the most probable network is found, its own weights being normal."""
    if sigma is None:
        return _PENALTY, np.ones(n_points)
    precisions = sigma**-2.0
    return max(_PENALTY, 1 / precisions.mean()), precisions / precisions.mean()


def _entries(values, errors):
    """Yield the values (n_scales,) of each entry, and their errors, None where they are not known."""
    columns = values.reshape(len(values), -1)
    sigma, known = usable_errors(columns, errors)
    for k, column in enumerate(columns.T):
        yield column, sigma[:, k] if known.any() and known[k] else None
