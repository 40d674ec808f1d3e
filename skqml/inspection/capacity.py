"""What the features of a reservoir remember of its input, and compute from it."""

from collections import Counter
from itertools import combinations_with_replacement

import numpy as np
from scipy.special import eval_legendre
from scipy.stats import chi2
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import Bunch, check_array
from sklearn.utils.validation import check_is_fitted

from .._checks import as_random_state, check_callable, check_count, check_number

_CHANCE = 1e-4  # that the capacity of a target which features know nothing of is not set to 0
_BLOCK = 2**23  # numbers of targets that are in memory at one time


def memory_capacity(reservoir, max_delay=50, *, n_steps=5000, washout=100, input_scale=1.0, random_state=None) -> Bunch:
    r"""Return how much of past inputs a linear readout finds in the features of a reservoir.

    ``MC = sum_k MC_k``, with ``MC_k = max_w corr(w . s_t, u_{t-k})^2`` for delays k = 1, 2, ... under
    independent inputs u, uniform in [-1, 1]. It is at most the number of features.

    Parameters
    ----------
    reservoir : callable or transformer
        A function from an input (n_steps,) to features (n_steps, n_features), or an estimator that
        transforms X (1, n_steps, 1) to (1, n_steps, n_features), such as `QRNNFeatures`; where it is
        not fitted, a copy is fitted to the input.
    max_delay : int, default=50
        The longest delay.
    n_steps : int, default=5000
        Steps of the input.
    washout : int, default=100
        First steps that are left out.
    input_scale : float, default=1.0
        Factor of the input.
    random_state : int, RandomState or None, default=None
        Draws the input.

    Returns
    -------
    result : Bunch
        ``capacity``, the sum; ``delays`` and ``capacities`` (max_delay,), where what is not larger
        than chance allows (a probability of 1e-4) is 0.

    Raises
    ------
    ValueError
        If features have another shape or are not finite, or the input is too short for them.

    References
    ----------
    H. Jaeger, Short term memory in echo state networks, GMD report 152 (2001).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.inspection.capacity import memory_capacity
    >>> def delay_line(u):
    ...     return np.stack([np.roll(u, k) for k in (1, 2, 3)], axis=1)
    >>> memory_capacity(delay_line, max_delay=5, random_state=0).capacities.round(6) + 0.0
    array([1., 1., 1., 0., 0.])
    """
    check_count("max_delay", max_delay, 1)
    u, projection = _driven(reservoir, max_delay, n_steps, washout, input_scale, random_state)
    delays = np.arange(1, max_delay + 1)
    capacities = projection.capacities([((k, 1),) for k in delays], u)
    return Bunch(capacity=float(capacities.sum()), delays=delays, capacities=capacities)


def information_processing_capacity(
    reservoir, max_degree=3, max_delay=10, *, n_steps=10000, washout=100, input_scale=1.0, random_state=None
) -> Bunch:
    r"""Return which functions of past inputs a linear readout finds in the features of a reservoir.

    ``C[z] = max_w corr(w . s_t, z_t)^2`` for the targets ``z_t = prod_i P_{d_i}(u_{t-k_i})``, P_d being
    Legendre's polynomials, under independent inputs u, uniform in [-1, 1]. These targets are orthogonal, so
    the sum over all of them is at most the number of features, and equal to it where features are
    linearly independent and have a fading memory.

    Parameters
    ----------
    reservoir, n_steps, washout, input_scale, random_state
        See `memory_capacity`.
    max_degree : int, default=3
        The largest total degree ``sum_i d_i``.
    max_delay : int or sequence of int, default=10
        The longest delay, counted from 0; or one for each degree from 1 on.

    Returns
    -------
    result : Bunch
        ``capacity``, the sum; ``by_degree`` (max_degree,), the sums for each total degree;
        ``targets``, a list of tuples of pairs (k_i, d_i), and their ``capacities``, where what is not
        larger than chance allows is 0.

    References
    ----------
    J. Dambre, D. Verstraeten, B. Schrauwen and S. Massar, Information processing capacity of
    dynamical systems, Scientific Reports 2, 514 (2012).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.inspection.capacity import information_processing_capacity
    >>> def products(u):
    ...     return np.stack([u, u * np.roll(u, 1)], axis=1)
    >>> information_processing_capacity(products, max_delay=3, random_state=0).by_degree.round(2)
    array([1., 1., 0.])
    """
    check_count("max_degree", max_degree, 1)
    delays = [max_delay] * max_degree if np.ndim(max_delay) == 0 else list(max_delay)
    if len(delays) != max_degree:
        raise ValueError(f"max_delay must be one number, or one for each of {max_degree} degrees, got {max_delay!r}.")
    for delay in delays:
        check_count("max_delay", delay, 0)
    u, projection = _driven(reservoir, max(delays), n_steps, washout, input_scale, random_state)
    targets = [t for degree, delay in enumerate(delays, 1) for t in _products(degree, delay)]
    capacities = projection.capacities(targets, u)
    degrees = [sum(d for _, d in target) for target in targets]
    by_degree = np.bincount(degrees, capacities, minlength=max_degree + 1)[1:]
    return Bunch(capacity=float(capacities.sum()), by_degree=by_degree, targets=targets, capacities=capacities)


def _products(degree, max_delay):
    """All products of Legendre polynomials of a total degree, as pairs (delay, degree of the factor)."""
    for delays in combinations_with_replacement(range(max_delay + 1), degree):
        yield tuple(Counter(delays).items())


class _Projection:
    """The space of centred features on the steps from ``first`` on.

    Parameters
    ----------
    features : ndarray (n_steps, n_features)
    first : int
    """

    def __init__(self, features, first):
        centred = features[first:] - features[first:].mean(axis=0)
        basis, sizes, _ = np.linalg.svd(centred, full_matrices=False)
        rounding = len(features) * np.finfo(float).eps * np.abs(features).max(initial=0.0)
        self._basis = basis[:, sizes > max(1e-10 * sizes.max(initial=0.0), rounding)]
        self._first = first
        self._threshold = chi2.isf(_CHANCE, self._basis.shape[1]) / len(centred) if self._basis.size else 0.0

    def capacities(self, targets, u) -> np.ndarray:
        """Share of the variance of each target that lies in the space, 0 where chance explains it."""
        n_targets = max(1, _BLOCK // len(u))
        found = [self._shares(targets[a : a + n_targets], u) for a in range(0, len(targets), n_targets)]
        capacities = np.concatenate(found)
        return np.where(capacities > self._threshold, capacities, 0.0)

    def _shares(self, targets, u) -> np.ndarray:
        steps = np.arange(self._first, len(u))
        Z = np.stack([np.prod([eval_legendre(d, u[steps - k]) for k, d in t], axis=0) for t in targets], axis=1)
        Z -= Z.mean(axis=0)
        return np.sum((self._basis.T @ Z) ** 2, axis=0) / np.sum(Z**2, axis=0)


def _driven(reservoir, max_delay, n_steps, washout, input_scale, random_state) -> tuple[np.ndarray, _Projection]:
    """Return a random input, and the projection on the features with which the reservoir answers it."""
    check_count("n_steps", n_steps, 1)
    check_count("washout", washout, 0)
    check_number("input_scale", input_scale, high=1e100)
    if not hasattr(reservoir, "transform"):
        check_callable("reservoir", reservoir, "a function of an input, or an estimator with transform")
    first = max(washout, max_delay)
    u = as_random_state(random_state).uniform(-1.0, 1.0, n_steps)
    if n_steps <= first + 1:
        raise ValueError(f"n_steps must exceed washout and max_delay, {first}, got {n_steps}.")
    features = _features(reservoir, input_scale * u)
    if n_steps - first <= features.shape[1]:
        raise ValueError(
            f"{features.shape[1]} features need more than {n_steps - first} steps behind washout and "
            f"max_delay; raise n_steps, {n_steps}."
        )
    return u, _Projection(features, first)


def _features(reservoir, u) -> np.ndarray:
    """Features (n_steps, n_features) of an input (n_steps,)."""
    if hasattr(reservoir, "transform"):
        X = u[None, :, None]
        try:
            check_is_fitted(reservoir)
        except NotFittedError:
            reservoir = clone(reservoir).fit(X)
        features = np.asarray(reservoir.transform(X))
        features = features[0] if features.ndim == 3 and len(features) == 1 else features
    else:
        features = np.asarray(reservoir(u))
    if features.ndim != 2 or len(features) != len(u):
        raise ValueError(f"Expected features of shape ({len(u)}, n_features), one row a step, got {features.shape}.")
    return check_array(features, dtype=float, input_name="features")
