"""Whether one model is ahead of another: paired tests for scores of overlapping folds."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from .._checks import check_number, check_numbers


@dataclass(frozen=True)
class PairedTest:
    """The difference of two models' scores over the same folds.

    Attributes
    ----------
    mean : float
        Of the differences, in the unit of the scores.
    low, high : float
        Ends of its confidence interval.
    p_value : float
        Probability of a difference at least as large, on either side, between models that are equally good.
    """

    mean: float
    low: float
    high: float
    p_value: float


def corrected_t_test(differences, test_share, *, level=0.05) -> PairedTest:
    r"""Return the paired t test of scores from repeated cross-validation, corrected for its overlapping folds.

    ``t = mean(d) / sqrt((1 / J + n_test / n_train) var(d))`` with J - 1 degrees of freedom, J being the number of
    folds of all repetitions. Without the second term, which stands for rows that several folds train on, equal models
    come out as different far too often. Differences that are equal in all folds have no variance; their p value is
    ``2**(1 - J)``, the chance that all have one sign.

    Parameters
    ----------
    differences : array-like (n_folds,)
        Of the scores in each fold of each repetition, two at least.
    test_share : float
        Rows that a fold tests, over those that it trains on: 1 / 4 for five folds.
    level : float, default=0.05
        One minus the confidence of the interval.

    Returns
    -------
    PairedTest

    References
    ----------
    C. Nadeau and Y. Bengio, Inference for the generalization error, Machine Learning 52, 239 (2003); R. Bouckaert and
    E. Frank, Evaluating the replicability of significance tests for comparing learning algorithms, PAKDD 2004.

    Examples
    --------
    >>> from skqml.evidence import corrected_t_test
    >>> found = corrected_t_test([0.02, 0.01, 0.03, 0.0, 0.02], test_share=1 / 4)
    >>> round(found.mean, 3), round(found.p_value, 3)
    (0.016, 0.105)
    """
    d = check_numbers("differences", differences)
    if len(d) < 2:
        raise ValueError(f"differences must be of at least two folds, got {len(d)}.")
    check_number("test_share", test_share)
    check_number("level", level, high=1.0)
    mean = float(d.mean())
    error = float(np.sqrt((1.0 / len(d) + test_share) * d.var(ddof=1)))
    if error <= 1e-12 * max(1.0, np.abs(d).max()):  # the same in every fold, which says no more than its sign
        return PairedTest(mean, mean, mean, 1.0 if abs(mean) <= 1e-12 else 2.0 ** (1 - len(d)))
    half = student.ppf(1.0 - level / 2, len(d) - 1) * error
    return PairedTest(mean, mean - half, mean + half, float(2.0 * student.sf(abs(mean) / error, len(d) - 1)))


def holm(p_values) -> np.ndarray:
    """Return p values adjusted for how many there are, by Holm's steps.

    Below the level are then those that may all be called different, with a probability of at most the level that any
    of them is not.

    Parameters
    ----------
    p_values : array-like (n_tests,)

    Returns
    -------
    ndarray (n_tests,)

    References
    ----------
    S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 65 (1979).

    Examples
    --------
    >>> from skqml.evidence import holm
    >>> holm([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    p = check_numbers("p_values", p_values)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"p_values must be from 0 to 1, got {p.min():g} to {p.max():g}.")
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def verdict(test: PairedTest, p_adjusted: float, level: float) -> str:
    """One word for a model beside another: "ahead", "behind" or "no difference"."""
    if p_adjusted >= level:
        return "no difference"
    return "ahead" if test.mean > 0 else "behind"
