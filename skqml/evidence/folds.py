"""Rows and targets as they are given, and the folds of repeated cross-validation, one repetition a seed."""

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.utils import check_array, check_consistent_length

from ..backends.tasks import checked_n_jobs

Rows = tuple[np.ndarray, np.ndarray]


def checked_data(X, y) -> tuple[np.ndarray, np.ndarray]:
    """Rows of any kind, and as many targets, as arrays."""
    X = check_array(X, dtype=None, allow_nd=True, ensure_all_finite=False, input_name="X")
    y = check_array(y, dtype=None, ensure_2d=False, input_name="y")
    check_consistent_length(X, y)
    return X, y


def folds_of(cv, X, y, seed: int, n_seeds: int, classify: bool) -> list[list[Rows]]:
    """Rows to train and to test on, a list for each of the seeds from the first; of a number of folds stratified and
    shuffled.

    A splitter gets the seed if it has a ``random_state``; without, all seeds have the same folds.
    """
    return [list(splitter(cv, seed + k, classify).split(X, y)) for k in range(n_seeds)]


def splitter(cv, seed: int, classify: bool) -> Any:
    """What makes the folds of a seed."""
    if isinstance(cv, int):
        return (StratifiedKFold if classify else KFold)(cv, shuffle=True, random_state=seed)
    if "random_state" in getattr(cv, "__dict__", {}) and getattr(cv, "shuffle", True):
        cv = clone(cv, safe=False)  # a copy, as splitters have no parameters of their own
        cv.random_state = seed
    return cv


def share_tested(folds: list[list[Rows]]) -> float:
    """Rows that a fold tests over those that it trains on, in the mean."""
    return float(np.mean([len(test) / len(train) for each in folds for train, test in each]))


def check_tested(folds: list[list[Rows]]) -> list[list[Rows]]:
    """The folds, unless no test can be made of them: asked before anything is fitted."""
    n_tested = len(set(_tested(folds)))
    if n_tested < 2:
        raise ValueError(f"cv must test at least two different sets of rows, got {n_tested}; take more folds.")
    return folds


def fold_means(differences: np.ndarray, folds: list[list[Rows]]) -> np.ndarray:
    """Means (n_distinct,) of differences (n_folds of all seeds,) over the folds that test the same rows.

    Seeds whose folds are the same say nothing new of other rows: each set of rows counts once.
    """
    kinds = np.unique(_tested(folds), return_inverse=True)[1]
    return np.bincount(kinds, differences) / np.bincount(kinds)


def _tested(folds: list[list[Rows]]) -> list[str]:
    """What tells the rows that each fold tests, in whatever order."""
    return [np.sort(test).tobytes().hex() for each in folds for _, test in each]


def fold_scores(estimators, X, y, folds: list[list[Rows]], scoring, n_jobs) -> dict[str, np.ndarray]:
    """Scores (n_folds of all seeds,) of estimators in the same folds.

    Parameters
    ----------
    estimators : dict of str to estimator
    X, y : ndarray
    folds : list of list of rows
        One list a seed.
    scoring, n_jobs
        As in `cross_val_score`.
    """
    checked_n_jobs(n_jobs)
    rows = [fold for each in folds for fold in each]
    return {
        name: cross_val_score(each, X, y, cv=rows, scoring=scoring, n_jobs=n_jobs, error_score="raise")
        for name, each in estimators.items()
    }
