"""Extrapolation by scikit-learn's regressors, a network among them."""

from warnings import catch_warnings, simplefilter

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from sklearn.utils.validation import has_fit_parameter

from ..._checks import as_tuple, check_count
from ..threads import one_blas_thread
from .extrapolation import as_points, extrapolator, usable_errors

_PENALTY = 1e-5  # of a network's squared weights


@extrapolator(2)
def regress(scales, values, errors=None, *, regressor):
    """Prediction at scale 0 of a regressor that is fitted anew to each entry.

    Points are weighted by the errors if the regressor takes weights. The error of the limit is the
    root mean square of the residuals.

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
    limits, misfits = [], []
    for column, sigma in _entries(values, errors):
        options = {"sample_weight": (sigma.min() / sigma) ** 2} if weighted and sigma is not None else {}
        fitted = clone(regressor).fit(scales[:, None], column, **options)
        limits.append(np.ravel(fitted.predict(np.zeros((1, 1))))[0])
        misfits.append(np.sqrt(np.mean((column - np.ravel(fitted.predict(scales[:, None]))) ** 2)))
    return np.reshape(limits, values.shape[1:]), np.reshape(misfits, values.shape[1:])


@extrapolator(2)
def network(scales, values, errors=None, hidden_layer_sizes=(16, 16), n_restarts=5, random_state=0):
    """Mean at scale 0 of feed-forward networks with tanh units, trained by L-BFGS from several starts.

    Scales and values are standardised. The error is the networks' standard deviation. Each entry
    has networks of its own, some 0.03 s of work, and nothing guarantees what they say outside the
    scales that they have seen.

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
    Bhattacharjee, Sarkar, Das and Sarkar, arXiv:2403.07025 (2024).
    """
    scales, values, errors = as_points(scales, values, errors, needed=2)
    check_count("n_restarts", n_restarts)
    check_count("random_state", random_state, 0)
    sizes = [check_count("hidden_layer_sizes", n) for n in as_tuple("hidden_layer_sizes", hidden_layer_sizes)]
    centre, width = scales.mean(), scales.std()
    points, at = ((scales - centre) / width)[:, None], [[-centre / width]]
    model = MLPRegressor(hidden_layer_sizes=sizes, activation="tanh", solver="lbfgs")
    limits = []
    for column, sigma in _entries(values, errors):
        middle, spread = column.mean(), column.std() or 1.0
        penalty, weights = _penalty_and_weights(len(scales), None if sigma is None else sigma / spread)
        answers = []
        for seed in range(random_state, random_state + n_restarts):
            model.set_params(random_state=seed, alpha=penalty)
            with catch_warnings(), one_blas_thread():
                simplefilter("ignore", ConvergenceWarning)  # a limited number of steps is part of the method
                model.fit(points, (column - middle) / spread, sample_weight=weights)
            answers.append(middle + spread * model.predict(at)[0])
        limits.append((np.mean(answers), np.std(answers)))
    value, error = np.transpose(limits)
    return value.reshape(values.shape[1:]), error.reshape(values.shape[1:])


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
