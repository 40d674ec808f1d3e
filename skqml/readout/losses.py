"""Losses: functions of readouts f and labels +1 or -1, both (n_samples, n_readouts), that return the
loss of each and its derivative by f."""

import numpy as np

_SMALLEST = 1e-3  # probability below which the logarithm goes on as its tangent


def linear_loss(f, labels):
    """``1 - l f``, twice the probability of the wrong outcome: the published loss.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.readout import linear_loss
    >>> linear_loss(np.array([[0.25]]), np.array([[1.0]]))
    (array([[0.75]]), array([[-1.]]))
    """
    return 1 - labels * f, -labels


def hinge_loss(f, labels, margin=1.0):
    """``max(0, margin - l f)``: rows beyond the margin count no more."""
    short = margin - labels * f
    return np.maximum(short, 0.0), np.where(short > 0, -labels, 0.0)


def log_loss(f, labels):
    """``-log((1 + l f) / 2)``, the logarithm of the probability of the right outcome.

    It goes on as a straight line where that is below 1/1000.
    """
    p = 0.5 * (1 + labels * f)
    safe = np.maximum(p, _SMALLEST)
    return (safe - p) / _SMALLEST - np.log(safe), -0.5 * labels / safe
