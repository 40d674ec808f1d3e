"""Losses: functions from scores S and targets Y, both (n_samples, n_outputs), to the loss of each
row (n_samples,) and its derivative by the scores (n_samples, n_outputs)."""

import numpy as np
from scipy.special import expit, log_softmax

from .._checks import check_number, check_scores

Losses = tuple[np.ndarray, np.ndarray]


def cross_entropy(S, Y) -> Losses:
    """``-sum_k Y_k log softmax(S)_k``, for classes.

    Parameters
    ----------
    S : ndarray (n_samples, n_classes)
    Y : ndarray (n_samples, n_classes)
        Ones at the classes.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.training import cross_entropy
    >>> cross_entropy(np.zeros((1, 2)), np.eye(2)[:1])
    (array([0.69314718]), array([[-0.5,  0.5]]))
    """
    check_scores(S=S, Y=Y)
    log_p = log_softmax(S, axis=1)
    return -np.sum(Y * log_p, axis=1), np.exp(log_p) - Y


def squared_error(S, Y) -> Losses:
    """``sum_k (S_k - Y_k)^2 / 2``, for numbers or, with targets 0 and 1, for classes."""
    check_scores(S=S, Y=Y)
    difference = S - Y
    return 0.5 * np.sum(difference**2, axis=1), difference


def shot_error(S, Y, shots=2000) -> Losses:
    """Probability that a majority of shots votes for the wrong one of two classes.

    ``sigmoid(-sqrt(R / 2) m / sqrt(1 - m^2))`` with R = ``shots`` and the margin
    ``m = (S_right - S_wrong) / 2``, which is ``y (<f> + b)`` for an observable of outcomes +-1
    behind ``trained_readout="bias"``: a logistic approximation of the normal approximation of the binomial
    distribution. Margins are cut off at 1 - 1e-3.

    References
    ----------
    V. Havlicek et al., Supervised learning with quantum-enhanced feature spaces, Nature 567, 209
    (2019), with the bias counted in the probability too.
    """
    check_scores(S=S, Y=Y)
    check_number("shots", shots)
    if S.shape[1] != 2:
        raise ValueError(f"shot_error is a loss for two classes, a column of S each, got {S.shape[1]}.")
    signs = 2 * Y - 1
    margin = np.clip(0.5 * np.sum(signs * S, axis=1), -1 + 1e-3, 1 - 1e-3)
    width = np.sqrt(1 - margin**2)
    error = expit(-np.sqrt(shots / 2) * margin / width)
    slope = -np.sqrt(shots / 2) / width**3 * error * (1 - error)
    return error, 0.5 * slope[:, None] * signs


def linear_loss(S, Y) -> Losses:
    """``sum_k (1 - Y_k S_k)`` for readouts S in [-1, 1] and labels Y of +1 or -1.

    Each term is twice the probability of the wrong outcome. As ``Y S`` is at most 1, the hinge loss
    ``max(0, 1 - Y S)`` is the same.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.training import linear_loss
    >>> linear_loss(np.array([[0.25]]), np.array([[1.0]]))
    (array([0.75]), array([[-1.]]))
    """
    check_scores(S=S, Y=Y)
    return np.sum(1 - Y * S, axis=1), -Y


def logistic_loss(S, Y, sharpness=5.0) -> Losses:
    """``sum_k log(1 + exp(-sharpness Y_k S_k))`` for readouts S in [-1, 1] and labels Y of +1 or -1.

    Rows well on the right side count no more: their readouts need not be driven to 1, beyond which
    a periodic output falls again.
    """
    check_scores(S=S, Y=Y)
    check_number("sharpness", sharpness)
    margin = sharpness * Y * S
    return np.logaddexp(0.0, -margin).sum(axis=1), -sharpness * Y * expit(-margin)
