"""Which settings of a model are tried: its own, then as many random ones as all others get."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.stats import loguniform
from sklearn.model_selection import ParameterSampler

from .._checks import is_number

_RANGES = {
    "C": loguniform(0.1, 1000.0),
    "alpha": loguniform(1e-3, 10.0),
    "machine__C": loguniform(0.1, 1000.0),
    "machine__alpha": loguniform(1e-3, 10.0),
}
_FACTORS = loguniform(0.25, 4.0)
_WIDTHS = ("kernel__scale", "input_scale", "bandwidth")  # the first that a model has


class Multiple:
    """A distribution of multiples of a number.

    Parameters
    ----------
    unit : float
    """

    def __init__(self, unit: float):
        self.unit = unit

    def rvs(self, random_state=None) -> float:
        """Draw a number, from a quarter to four times the unit."""
        return float(self.unit * _FACTORS.rvs(random_state=random_state))


def default_space(estimator, bandwidth: float | None, prefix: str = "") -> dict[str, Any]:
    """Distributions of the parameters that matter most: regularisation, and how far a row moves the state.

    Parameters
    ----------
    estimator : estimator
        Unfitted.
    bandwidth : float or None
        That the estimator chooses by itself, where it chooses one.
    prefix : str, default=""
        What stands before names of parameters, those of a step of a pipeline.
    """
    params = estimator.get_params()
    space: dict[str, Any] = {name: _RANGES[name] for name in _RANGES if is_number(params.get(name))}
    widths = {name: params[name] for name in _WIDTHS if name in params}
    name = next(iter(widths), None)
    unit = None if name is None else widths[name] if is_number(widths[name]) else bandwidth
    if name is not None and unit is not None:
        space[name] = Multiple(unit)
    return {prefix + name: values for name, values in space.items()}


def draw_settings(space: Mapping, budget: int, random_state: int) -> list[dict[str, Any]]:
    """The settings that are tried: those of the estimator as it is, then random ones; as many as the budget.

    Parameters
    ----------
    space : mapping
        Lists of values or distributions, by the names of parameters.
    budget : int
    random_state : int
    """
    rng = np.random.RandomState(random_state)
    drawn = (
        ([dict(next(iter(ParameterSampler(space, 1, random_state=rng)))) for _ in range(budget - 1)]) if space else []
    )
    return [{}, *drawn]
