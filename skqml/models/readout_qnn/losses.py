"""Losses: functions of readouts f and labels +1 or -1, both (n_samples, n_readouts), that return the
loss of each and its derivative by f."""

import numpy as np
from scipy.special import expit

from ..._checks import check_number, check_scores


def linear_loss(f, labels):
    """``1 - l f``, twice the probability of the wrong outcome: the published loss.

    As l f is at most 1, the hinge loss ``max(0, 1 - l f)`` is the same.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.readout_qnn import linear_loss
    >>> linear_loss(np.array([[0.25]]), np.array([[1.0]]))
    (array([[0.75]]), array([[-1.]]))
    """
    check_scores(f=f, labels=labels)
    return 1 - labels * f, -labels


def logistic_loss(f, labels, sharpness=5.0):
    """``log(1 + exp(-sharpness l f))``: rows well on the right side count no more.

    Their readouts need not be driven to 1, beyond which the periodic output falls again.
    """
    check_scores(f=f, labels=labels)
    check_number("sharpness", sharpness)
    margin = sharpness * labels * f
    return np.logaddexp(0.0, -margin), -sharpness * labels * expit(-margin)
