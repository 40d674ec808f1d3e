"""One model in one fold: its settings are chosen within the training rows, then it is tested on the others."""

import warnings
from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import check_scoring
from sklearn.model_selection import GridSearchCV


@dataclass(frozen=True)
class Trial:
    """What came out for one contender in one fold of one seed.

    Attributes
    ----------
    contender : str
    seed, fold : int
    score : float
        On the rows of the fold that were left out.
    setting : str
        What was chosen.
    n_fits : int
    n_unfinished : int
        Fits that warned that they had not converged.
    seconds : float
        Of processor time, of all fits.
    predictions : list
        For the rows that were left out.
    """

    contender: str
    seed: int
    fold: int
    score: float
    setting: str
    n_fits: int
    n_unfinished: int
    seconds: float
    predictions: list

    @property
    def name(self) -> str:
        """That of its file."""
        return f"{self.contender}-{self.seed}-{self.fold}"


def run_trial(name: str, contender, X, y, rows, place: tuple[int, int], seed: int, inner_cv, scoring) -> Trial:
    """Tune a contender on the training rows of a fold, and test what was chosen.

    Parameters
    ----------
    name : str
    contender : Contender
    X, y : ndarray
    rows : tuple of ndarray
        Numbers of the rows to train and to test on.
    place : tuple of int
        Number of the seed, and of the fold.
    seed : int
        Of the contender's random states.
    inner_cv, scoring
        As in `GridSearchCV`.
    """
    train, test = rows
    start = process_time()
    model, n_before, n_unfinished = contender.ready(X[train], y[train], seed)
    n_fits = 1 + n_before
    if len(contender.settings) > 1:
        settings = [{key: [value] for key, value in setting.items()} for setting in contender.settings]
        model = GridSearchCV(model, settings, cv=inner_cv, scoring=scoring, error_score="raise")
        n_fits += len(settings) * inner_cv.get_n_splits(X[train], y[train])
    n_unfinished += fit_counting(model, X[train], y[train])
    seconds = process_time() - start
    chosen = _shown(getattr(model, "best_params_", {}))
    values = np.asarray(model.predict(X[test])).tolist()
    score = float(check_scoring(model, scoring)(model, X[test], y[test]))
    return Trial(name, *place, score, chosen, n_fits, n_unfinished, seconds, values)


def fit_counting(estimator, X, y) -> int:
    """Fit, and return how many fits inside warned that they had not converged; other warnings are passed on."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        estimator.fit(X, y)
    others = [w for w in caught if not issubclass(w.category, ConvergenceWarning)]
    for other in others:
        warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)
    return len(caught) - len(others)


def seeded(estimator, seed: int) -> Any:
    """A clone whose random states are all set."""
    names = [name for name in estimator.get_params() if name.rpartition("__")[2] == "random_state"]
    return clone(estimator).set_params(**dict.fromkeys(names, seed))


def _shown(params: dict) -> str:
    """A setting as text."""
    values = (
        f"{name}={value:.3g}" if isinstance(value, float) else f"{name}={value!r}" for name, value in params.items()
    )
    return ", ".join(values) or "as given"
