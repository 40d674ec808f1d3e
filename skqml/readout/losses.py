"""Losses: functions of readouts f and labels +1 or -1, both (n_samples, n_readouts), that return the
loss of each and its derivative by f."""

import numpy as np

_SMALLEST = 1e-3  # probability below which the logarithm goes on as its tangent


def linear_loss(f, labels):
    """``1 - l f``, twice the probability of the wrong outcome: the published loss.

    As l f is at most 1, the hinge loss ``max(0, 1 - l f)`` is the same.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.readout import linear_loss
    >>> linear_loss(np.array([[0.25]]), np.array([[1.0]]))
    (array([[0.75]]), array([[-1.]]))
    """
    return 1 - labels * f, -labels


def log_loss(f, labels):
    """``-log((1 + l f) / 2)``, the logarithm of the probability of the right outcome.

    It goes on as a straight line where that is below 1/1000.
    """
    p = 0.5 * (1 + labels * f)
    safe = np.maximum(p, _SMALLEST)
    return (safe - p) / _SMALLEST - np.log(safe), -0.5 * labels / safe
