"""The decisions of a support vector classifier between two classes at a time, and scores of classes from them."""

from itertools import combinations

import numpy as np


def pair_coefficients(machine, support, n_rows: int) -> np.ndarray:
    """Coefficients (n_pairs, n_rows) of kernel values in the decision of each pair of classes.

    Positive decisions, ``coefficients @ k + machine.intercept_``, are for the first of more than two classes, for the
    second of two, as libsvm and scikit-learn have it.

    Parameters
    ----------
    machine : SVC
        Fitted.
    support : ndarray (n_support,)
        Numbers of the support vectors among the rows, class by class.
    n_rows : int
    """
    n_classes, coefficients = len(machine.n_support_), machine.dual_coef_
    of_class = np.repeat(np.arange(n_classes), machine.n_support_)
    found = np.zeros((len(machine.intercept_), n_rows))
    for p, (i, j) in enumerate(combinations(range(n_classes), 2)):
        # Line j - 1 holds those of class i against class j, line i those of class j against class i.
        for own, line in ((i, j - 1), (j, i)):
            here = of_class == own
            found[p, support[here]] = coefficients[line, here]
    return found


def pair_signs(n_classes: int) -> np.ndarray:
    """Whether a pair's decision (n_pairs, n_classes) speaks for a class, 1, against it, -1, or neither."""
    signs = np.zeros((n_classes * (n_classes - 1) // 2, n_classes))
    for p, (i, j) in enumerate(combinations(range(n_classes), 2)):
        signs[p, i], signs[p, j] = 1.0, -1.0
    return signs
