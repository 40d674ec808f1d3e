"""The only door to scikit-learn's semi-private helpers, so that an upgrade breaks one file."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import _fit_context as fit_context
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer
from sklearn.svm._base import BaseLibSVM as LibSVM
from sklearn.utils._param_validation import HasMethods, Interval, Options, StrOptions
from sklearn.utils.validation import _check_sample_weight

from ._checks import MOST, is_number

__all__ = [
    "Count",
    "HasMethods",
    "LibSVM",
    "Number",
    "Options",
    "StrOptions",
    "check_sample_weight",
    "fit_context",
    "prepare_steps",
]


class _Plain(Interval):
    """An interval of numbers that leaves booleans out."""

    def is_satisfied_by(self, val) -> bool:
        """Whether a value lies in the interval."""
        return is_number(val) and super().is_satisfied_by(val)


def Count(least=1) -> Interval:
    """Constraint of a parameter: an integer of at least ``least`` that fits into C's integers."""
    return _Plain(Integral, least, MOST, closed="both")


def Number(low=0.0, high=np.inf, closed="neither") -> Interval:
    """Constraint of a parameter: a finite number between two bounds, positive by default."""
    return _Plain(Real, low, high, closed=closed)


def check_sample_weight(sample_weight, X) -> np.ndarray:
    """Return weights (n_samples,) of rows; refuse negative ones, and sums so small or large that floats lose them."""
    weight = _check_sample_weight(sample_weight, X, dtype=float, ensure_non_negative=True)
    with np.errstate(over="ignore"):
        total = weight.sum()
    if not 1e-100 < total < 1e100:
        raise ValueError(
            f"sample_weight must be finite with a sum between 1e-100 and 1e100, got {total:g}; multiply all weights by "
            "one factor."
        )
    return weight


class WarmAdam(AdamOptimizer):
    """Adam of a perceptron whose steps grow to their size in equal parts.

    Parameters
    ----------
    params : list of ndarray
        The weights of the perceptron.
    n_warm_up : int
        Number of steps until they have their size.
    **options
        Those of `AdamOptimizer`.
    """

    def __init__(self, params, n_warm_up, **options):
        super().__init__(params, **options)
        self.n_warm_up = n_warm_up

    def _get_updates(self, grads):
        return [min(1.0, self.t / self.n_warm_up) * update for update in super()._get_updates(grads)]


def prepare_steps(machine, n_warm_up) -> None:
    """Let `partial_fit` of a fitted perceptron go on with Adam, whatever it was fitted with."""
    if machine.solver != "adam":
        names = ("learning_rate_init", "beta_1", "beta_2", "epsilon")
        options = {name: getattr(machine, name) for name in names}
        machine._optimizer = WarmAdam(machine.coefs_ + machine.intercepts_, n_warm_up, **options)
        machine.solver, machine.loss_curve_ = "adam", []
    machine.early_stopping, machine.best_loss_, machine._no_improvement_count = False, np.inf, 0
