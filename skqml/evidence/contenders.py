"""The models that are compared: one, those that it has to beat, and the settings that are tried of each.

Of each are tried its own setting, and then as many random ones as all others get.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.stats import loguniform, randint
from sklearn.base import BaseEstimator, clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import ParameterSampler
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from .._checks import check_kind, is_number, shown
from .._parts import equal_parameters
from .trials import fit_counting, seeded

TWINS = ("classical_twin", "product_twin", "surrogate")
_RANGES = {
    "C": loguniform(0.1, 1000.0),
    "alpha": loguniform(1e-3, 10.0),
    "machine__C": loguniform(0.1, 1000.0),
    "machine__alpha": loguniform(1e-3, 10.0),
}
_FACTORS = loguniform(0.25, 4.0)
_WIDTHS = ("kernel__scale", "input_scale", "bandwidth")  # the first that a model has


@dataclass(frozen=True)
class Contender:
    """A model and the settings that are tried of it.

    Attributes
    ----------
    estimator : estimator
        Unfitted.
    space : dict
        Lists of values or distributions, by the names of parameters.
    settings : list of dict
        Those that are tried, the first being none at all.
    origin : (estimator, str), default=None
        A model, from whose fit to the training rows of each fold the estimator is made, and by which of its methods;
        None where all fits give the same.
    """

    estimator: BaseEstimator
    space: Mapping[str, Any]
    settings: list[dict[str, Any]] = field(default_factory=list)
    origin: tuple[BaseEstimator, str] | None = None

    def ready(self, X, y, seed: int) -> tuple[BaseEstimator, int, int]:
        """The estimator for training rows, its random states set; how many fits that took, and how many had no end."""
        if self.origin is None:
            return seeded(self.estimator, seed), 0, 0
        model, twin = self.origin
        n_unfinished = fit_counting(fitted := seeded(model, seed), X, y)
        prefix, own = _own_step(fitted)
        return seeded(_in_place(fitted, prefix, getattr(own, twin)()), seed), 1, n_unfinished


def twins_of(fitted, X, y, random_state: int) -> tuple[dict[str, Contender], dict[str, Any], dict[str, str]]:
    """A fitted model as it was before, and its twins; each fitted on all rows; and why some twins are left out.

    Only a fit shows what data a twin cannot take, such as amplitudes, which have no frequencies.
    """
    prefix, own = _own_step(fitted)
    width = getattr(own, "bandwidth_", None)
    found = {"model": Contender(clone(fitted), _whole_space(fitted, prefix, own, width))}
    wholes, missing = {"model": fitted}, {}
    for name in TWINS:
        if not hasattr(own, name):
            missing[name] = f"{type(own).__name__} has no such method."
            continue
        try:
            twin = getattr(own, name)()
            unfitted = _in_place(fitted, prefix, twin)
            fit_counting(whole := seeded(unfitted, random_state), X, y)
            origin = (clone(fitted), name) if _learned(own, name) else None
            found[name] = Contender(unfitted, _whole_space(unfitted, prefix, twin, width), origin=origin)
            wholes[name] = whole
        except (AttributeError, ValueError) as error:
            missing[name] = str(error)
    return found, wholes, missing


def _own_step(estimator) -> tuple[str, Any]:
    """The step of a pipeline that has twins, or its last, and the prefix of its parameters; or an estimator itself."""
    if not isinstance(estimator, Pipeline):
        return "", estimator
    steps = [(f"{name}__", step) for name, step in estimator.steps]
    return next((each for each in reversed(steps) if hasattr(each[1], TWINS[0])), steps[-1])


def _learned(own, name: str) -> bool:
    """Whether a twin holds what its model learned from rows: a surrogate may, others take no more than their size."""
    return name == "surrogate" and not equal_parameters(getattr(own, name)(), getattr(clone(own), name)())


def _in_place(fitted, prefix: str, twin) -> BaseEstimator:
    """A twin in the place of that step of a fitted model; not fitted."""
    return clone(fitted).set_params(**{prefix[:-2]: twin}) if prefix else twin


def _whole_space(whole, prefix: str, own, width: float | None) -> dict[str, Any]:
    """Distributions of the parameters of a step, and of the model at the end of the pipeline."""
    space = default_space(own, width, prefix)
    if isinstance(whole, Pipeline) and whole.steps[-1][1] is not own:
        name, last = whole.steps[-1]
        space |= default_space(last, None, f"{name}__")
    return space


def baselines_of(X, classify: bool) -> dict[str, Contender]:
    """Tuned standards: a support vector machine with an RBF kernel, gradient boosting, and a linear model."""
    if np.ndim(X) != 2:
        return {}
    n_features = np.shape(X)[1]
    support: dict[str, Any] = {"C": loguniform(0.1, 1000.0), "gamma": loguniform(0.1 / n_features, 10.0 / n_features)}
    boosting = {"learning_rate": loguniform(0.02, 0.3), "max_leaf_nodes": randint(3, 32)}
    if classify:
        return {
            "rbf_svm": Contender(_scaled(SVC()), _named("svc__", support)),
            "gradient_boosting": Contender(HistGradientBoostingClassifier(), boosting),
            "logistic_regression": Contender(
                _scaled(LogisticRegression(max_iter=1000)), {"logisticregression__C": loguniform(1e-3, 1e3)}
            ),
        }
    regression = TransformedTargetRegressor(_scaled(SVR()), transformer=StandardScaler())
    return {
        "rbf_svr": Contender(regression, _named("regressor__svr__", support)),
        "gradient_boosting": Contender(HistGradientBoostingRegressor(), boosting),
        "ridge": Contender(_scaled(Ridge()), {"ridge__alpha": loguniform(1e-3, 1e3)}),
    }


def _scaled(machine) -> Pipeline:
    return make_pipeline(StandardScaler(), machine)


def _named(prefix: str, space: dict) -> dict:
    return {prefix + name: values for name, values in space.items()}


def with_settings(found, spaces, budget: int, random_state: int) -> dict[str, Contender]:
    drawn, spaces = {}, _checked_spaces(spaces, found)
    for name, contender in found.items():
        space = spaces.get(name, contender.space)
        settings = draw_settings(space, budget, random_state)
        drawn[name] = replace(contender, space=space, settings=settings)
    return drawn


def given_baselines(baselines) -> dict[str, Contender]:
    found = {}
    for name, estimator in check_kind("baselines", baselines, Mapping, "None or a dict of estimators").items():
        if not (isinstance(name, str) and name.isidentifier()):
            raise ValueError(f"baselines must have names of letters, digits and underscores, got {shown(name)}.")
        check_estimator("baselines", estimator)
        found[name] = Contender(estimator, default_space(estimator, None))
    return found


def _checked_spaces(spaces, found) -> Mapping[str, Mapping]:
    given = {} if spaces is None else check_kind("spaces", spaces, Mapping, "None or a dict of dicts")
    for name, space in given.items():
        if name not in found:
            raise ValueError(f"spaces must be for some of {sorted(found)}, got {shown(name)}.")
        check_kind("spaces", space, Mapping, "None or a dict of dicts")
    return given


def check_estimator(name: str, estimator) -> None:
    what = "an estimator that fits and predicts"
    check_kind(name, estimator, BaseEstimator, what)
    if not (hasattr(estimator, "fit") and hasattr(estimator, "predict")):
        raise TypeError(f"{name} must be {what}, got {shown(estimator)}.")


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

    Of models that have neither the rate of learning.

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
    if not space and is_number(params.get("learning_rate")):
        space["learning_rate"] = Multiple(params["learning_rate"])
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
