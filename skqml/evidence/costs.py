"""What a model costs here, and would cost on hardware."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline

from ..backends import Shots
from ..cost import estimate_cost
from ..models.base.inside import outer_backends

_SHOTS = 1000  # of each circuit, on hardware
_TRAINED = ("coef_", "dual_coef_", "intercept_")


@dataclass(frozen=True)
class Expense:
    """What a contender took.

    Attributes
    ----------
    n_parameters : int or None
        Trained numbers of a fit on all rows; None where that is not a number of coefficients.
    n_settings : int
        Tried in each fold.
    n_fits, n_unfinished : int
        In all folds, and how many of them warned that they had not converged.
    seconds : float
        Of processor time, of all fits together.
    circuits, shots : int or None
        That hardware would run for one fit on all rows, with 1,000 shots a circuit; None without circuits.
    """

    n_parameters: int | None
    n_settings: int
    n_fits: int
    n_unfinished: int
    seconds: float
    circuits: int | None = None
    shots: int | None = None


def expense(contender, fitted, trials, X, y) -> Expense:
    """What a contender took in its trials.

    Parameters
    ----------
    contender : Contender
    fitted : estimator
        Its own, fitted on all rows.
    trials : list of Trial
    X, y : ndarray
    """
    n_fits, n_unfinished = (sum(getattr(trial, name) for trial in trials) for name in ("n_fits", "n_unfinished"))
    seconds = sum(trial.seconds for trial in trials)
    hardware = hardware_cost(contender.estimator, X, y)
    return Expense(count_parameters(fitted), len(contender.settings), n_fits, n_unfinished, seconds, *hardware)


def hardware_cost(estimator, X, y) -> tuple[int | None, int | None]:
    """Circuits and shots of one fit; None for an estimator without circuits, or one that runs on no backend."""
    names = outer_backends(estimator)
    if not names:
        return None, None
    try:
        cost = estimate_cost(clone(estimator).set_params(**dict.fromkeys(names, Shots(_SHOTS))), X, y)
    except (TypeError, ValueError):  # inputs that no circuit prepares, or cells that need exact simulation
        return None, None
    return cost.circuits, cost.shots


def count_parameters(fitted) -> int | None:
    """Trained numbers of a fitted model, the last step of a pipeline; None where it has no coefficients."""
    if isinstance(fitted, Pipeline):
        return count_parameters(fitted[-1])
    if isinstance(fitted, TransformedTargetRegressor):
        return count_parameters(fitted.regressor_)
    if hasattr(fitted, "n_parameters_"):
        return int(fitted.n_parameters_)
    # The coefficients of a machine with a kernel are those of its support vectors.
    names = [name for name in _TRAINED if name != "coef_" or not hasattr(fitted, "dual_coef_")]
    sizes = [np.size(getattr(fitted, name)) for name in names if hasattr(fitted, name)]
    return int(sum(sizes)) if sizes else None
