"""Probabilities from the scores of a readout that was fitted by least squares."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

_LIMITS = (-7.0, 7.0)  # of the logarithm of a temperature


def fit_temperature(scores, Y, weight) -> float:
    """Return the T for which ``softmax(scores / T)`` has the least log loss: division changes no order of scores.

    Each target is mixed with equal shares for all classes, as much as one row more would add: without, scores that
    separate the rows would make probabilities 0 and 1 of any number of rows.

    Parameters
    ----------
    scores : ndarray (n_samples, n_classes)
        Of rows that the fit behind them has not seen.
    Y : ndarray (n_samples, n_classes)
        Ones at the classes of rows.
    weight : ndarray (n_samples,)

    References
    ----------
    C. Guo et al., On calibration of modern neural networks, ICML 2017; J. Platt, Probabilistic outputs for support
    vector machines, 1999.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.recurrent.calibration import fit_temperature
    >>> scores, Y = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]), np.array([[1, 0], [0, 1], [1, 0]])
    >>> round(fit_temperature(scores, Y, np.array([100.0, 200.0, 100.0])), 1)  # 3 of 4 are right: log 3 = 1 / T
    0.9
    """
    n = weight.sum()
    targets = weight[:, None] * (n * Y + 1 / Y.shape[1]) / (n + 1)

    def loss(t) -> float:
        return -float(np.sum(targets * log_softmax(scores * np.exp(-t), axis=1)))

    return float(np.exp(minimize_scalar(loss, bounds=_LIMITS, method="bounded").x))
