"""What attacks raise, beside the losses of `skqml.training`: functions of scores S and targets Y, as those are."""

import numpy as np

from .._checks import check_scores
from ..training.losses import Losses

_FLAT = 1e-12  # added to the difference of scores in the denominator


def logit_ratio(S, Y) -> Losses:
    """``-(S_y - max_{k != y} S_k) / (S_(1) - S_(3))``, the highest score of others relative to the spread of scores.

    S_(1) >= S_(2) >= S_(3) are the scores in order. Unlike `cross_entropy` it does not care for the scale of the
    scores: a model that is very sure of itself has gradients all the same. For two classes, which have no S_(3), it
    is the numerator.

    Parameters
    ----------
    S : ndarray (n_samples, n_classes)
    Y : ndarray (n_samples, n_classes)
        Ones at the classes.

    References
    ----------
    F. Croce and M. Hein, Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
    attacks, ICML 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.attacks import logit_ratio
    >>> logit_ratio(np.array([[3.0, 1.0, -1.0]]), np.eye(3)[:1])[0]
    array([-0.5])
    """
    check_scores(S=S, Y=Y)
    rows, own = np.arange(len(S)), Y.argmax(axis=1)
    other = np.where(Y > 0, -np.inf, S).argmax(axis=1)
    numerator, slopes = S[rows, own] - S[rows, other], np.zeros(S.shape)
    if S.shape[1] == 2:
        spread, ratio = np.ones(len(S)), np.zeros(len(S))
    else:
        order = S.argsort(axis=1)
        first, third = order[:, -1], order[:, -3]
        spread = S[rows, first] - S[rows, third] + _FLAT
        ratio = numerator / spread
        np.add.at(slopes, (rows, first), ratio / spread)
        np.add.at(slopes, (rows, third), -ratio / spread)
    np.add.at(slopes, (rows, own), -1.0 / spread)
    np.add.at(slopes, (rows, other), 1.0 / spread)
    return -numerator / spread, slopes
