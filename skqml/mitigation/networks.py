"""Extrapolation by networks with tanh units: all that are likely, not the best one."""

import numpy as np
from scipy.special import softmax

from .._checks import as_tuple, check_count
from .extrapolation import as_points, extrapolator, usable_errors

_RATES = 0.1, 3.0  # at which the input of a network decays, over the span of the scales
_GAINS = 0.1, 1.0  # of the weights of a network: from nearly exponential curves to such as bend once or twice
_HEIGHTS = 0.3, 10.0  # of a network's curve over the scales, in units of the spread of the values
_OFFSET = 10.0  # deviation of what is added to the curve, in the same units
_LEAST_ERROR = 1e-3  # of a value, in the same units: no curve is known better than to this
_BLOCK = 2**10  # entries that are fitted together


@extrapolator(2)
def neural_network(
    scales, values, errors=None, hidden_layer_sizes=(16, 16), n_networks=500, random_state=0
) -> tuple[np.ndarray, np.ndarray]:
    r"""Mean at scale 0 of feed-forward networks with tanh units, each weighted by how probable it makes the values.

    Networks are drawn, not trained. What enters is ``exp(-c s)``, as noise damps a signal, with c from 0.1 to 3 over
    the span of the scales; hidden layers are ``h' = tanh(g W h / sqrt(n) + b)`` with standard normal W and b and a gain
    g from 0.1 to 1. The last layer, whose weights are normal too, is integrated over in closed form: with it a network
    m gives the limit a mean ``mu_m`` and variance ``v_m``, and the values a density ``p_m``, so that
    ``mu = sum_m p_m mu_m / sum_m p_m``, and the error is the root of ``sum_m p_m (v_m + (mu_m - mu)^2) / sum_m p_m``.
    It grows where the values leave open how the curve goes on. Without errors of the values that of the limit is not
    known, NaN.

    Curves are 0.3 to 10 times as high as the values over the scales; that factor, c and g are log-uniform. An entry
    takes 1 to 2 ms, or 0.1 to 0.2 ms without errors.

    Parameters
    ----------
    scales, values, errors
        As in `richardson`.
    hidden_layer_sizes : tuple of int, default=(16, 16)
    n_networks : int, default=500
    random_state : int, default=0
        Draws the networks: the same ones for all entries.

    Returns
    -------
    value, error : ndarray (...)

    References
    ----------
    Bhattacharjee, Sarkar, Das and Sarkar, arXiv:2403.07025 (2024); R. M. Neal, Bayesian learning for neural networks
    (Springer, 1996).

    Examples
    --------
    >>> import numpy as np
    >>> s = np.array([1.0, 2.0, 3.0, 4.0])
    >>> value, error = neural_network(s, 0.2 + 0.8 * np.exp(-0.3 * s), np.full(4, 0.001))  # the limit is 1
    >>> print(f"{value:.2f} +- {error:.2f}")
    0.99 +- 0.04
    """
    scales, values, errors = as_points(scales, values, errors, needed=2)
    check_count("n_networks", n_networks)
    sizes = [check_count("hidden_layer_sizes", n) for n in as_tuple("hidden_layer_sizes", hidden_layer_sizes)]
    rng = np.random.default_rng(check_count("random_state", random_state, 0))
    kernels = _kernels(np.append(0.0, scales), sizes, n_networks, rng)  # 0 is where the limit is
    shape, values = values.shape[1:], values.reshape(len(values), -1)
    sigma, known = usable_errors(values, errors)
    sigma = np.where(known, sigma, 0.0)
    middle, spread = values.mean(axis=0), np.maximum(values.std(axis=0), np.sqrt((sigma**2).mean(axis=0)))
    spread[spread == 0] = 1.0
    mean, variance = _limits(kernels, (values - middle) / spread, np.maximum(sigma / spread, _LEAST_ERROR) ** 2)
    error = np.where(known, spread * np.sqrt(variance), np.nan)
    return (middle + spread * mean).reshape(shape), error.reshape(shape)


def _kernels(points, sizes, n_networks, rng) -> np.ndarray:
    """Covariances (n_networks, n_points, n_points) of a network's values, the last layer being random.

    The mean over all points but the first is 0 before an offset is added.
    """
    bounds, shape = np.log([_RATES, _GAINS, _HEIGHTS]), (n_networks, 1, 1)
    rate, gain, height = (np.exp(rng.uniform(low, high, shape)) for low, high in bounds)
    times = (points[:, None] - points[1:].min()) / np.ptp(points[1:])
    units = _centred(np.exp(-rate * times))
    for size in sizes:
        fan_in = units.shape[2]
        W, b = rng.normal(size=(n_networks, fan_in, size)), rng.normal(size=(n_networks, 1, size))
        units = np.tanh(gain * (units @ W) / np.sqrt(fan_in) + b)
    units = height * _centred(units)
    return units @ units.transpose(0, 2, 1) + _OFFSET**2


def _centred(units) -> np.ndarray:
    """Units (n_networks, n_points, n_units) of mean 0 and, all together, variance 1 over all points but the first."""
    units = units - units[:, 1:].mean(axis=1, keepdims=True)
    return units / np.sqrt((units[:, 1:] ** 2).sum(axis=2, keepdims=True).mean(axis=1, keepdims=True))


def _limits(kernels, values, variances) -> np.ndarray:
    """Means and variances (2, n_entries) at the first point, in blocks of entries whose values have the same errors."""
    result = np.empty((2, values.shape[1]))
    size = _BLOCK if (variances == variances[:, :1]).all() else 1
    for a in range(0, values.shape[1], size):
        block = slice(a, a + size)
        result[:, block] = _posterior(kernels, values[:, block], variances[:, a])
    return result


def _posterior(kernels, values, variances) -> tuple[np.ndarray, np.ndarray]:
    """Means and variances (n_entries,) at the first point over all networks.

    Parameters
    ----------
    kernels : ndarray (n_networks, 1 + n_scales, 1 + n_scales)
    values : ndarray (n_scales, n_entries)
        At all points but the first.
    variances : ndarray (n_scales,)
        Of their errors.
    """
    root = np.linalg.cholesky(kernels[:, 1:, 1:] + np.diag(variances))
    whitened, link = np.linalg.solve(root, values), np.linalg.solve(root, kernels[:, 1:, :1])
    log_volume = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    weights = softmax(-0.5 * (whitened**2).sum(axis=1) - log_volume[:, None], axis=0)
    means = (link * whitened).sum(axis=1)
    spreads = kernels[:, 0, 0] - (link**2).sum(axis=(1, 2))
    mean = (weights * means).sum(axis=0)
    return mean, (weights * (spreads[:, None] + (means - mean) ** 2)).sum(axis=0)
