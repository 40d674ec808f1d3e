"""States as files and pickles hold them: what is not whole is refused as it comes back, in one sentence.

Classes are found by themselves: all of the package that have a state of their own, and all objects in fitted models.
"""

import copy
import pickle
from functools import cache
from importlib import import_module
from inspect import isabstract, isclass

import numpy as np
import pytest
from sklearn.base import is_regressor

import skqml
from skqml.files.stand_ins import StandIn
from skqml.files.trusted import TRUSTED
from skqml.states.checked import CheckedState, rules_of
from tests.contracts.estimators import estimator_classes, fitted, quick, rows, scores
from tests.rooms import HAS_TORCH, OF_TORCH, modules

# What is told of a fit, and no prediction depends on.
TOLD = set(
    """
    alignment_ angles_ bandwidth_ codes_ component_indices_ cut_cost_ letters_ logit_scale_ loss_ loss_curve_
    n_iter_ observables_ raw_energies_ readout_coef_ readout_intercept_ reducer_ scale_energies_ scale_errors_ scales_
    times_ validation_loss_curve_ weights_
    """.split()
)
OTHER = {"skqml._sklearn.WarmAdam"}  # of scikit-learn: looked at with the machine that has it


def classes():
    """All classes of the package that have a `__setstate__` of the package, but for abstract ones."""
    found = {}
    for module in modules():
        if module.name.startswith(OF_TORCH) and not HAS_TORCH:
            continue
        for kind in vars(import_module(module.name)).values():
            if isclass(kind) and kind.__module__.startswith("skqml.") and hasattr(kind, "__setstate__"):
                if not isabstract(kind) and ("__setstate__" in vars(kind) or issubclass(kind, CheckedState)):
                    found[f"{kind.__module__}.{kind.__qualname__}"] = kind
    return found


ALL = classes()


def check_refused(restore):
    """A ValueError of one sentence, which is not long."""
    with pytest.raises(ValueError, match=r"^Expected a whole ") as caught:
        restore()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def restored(kind, state):
    """An object of a state, as pickle and skops make it."""
    new = object.__new__(kind)
    new.__setstate__(state)
    return new


@pytest.mark.parametrize("state", [None, 3, "text", [], {1: 2}, {"__getstate__": 3}], ids=repr)
def test_states_of_no_object_are_refused(state):
    """Whatever the class: what is no dictionary of names, and what would take the place of a method."""
    for kind in ALL.values():
        assert issubclass(kind, CheckedState)
        check_refused(lambda: restored(kind, state))  # noqa: B023


def test_all_that_a_file_may_hold_is_checked():
    """Each class that is trusted."""
    for name in TRUSTED - OTHER:
        module, _, attribute = name.rpartition(".")
        if name.startswith("skqml.") and (HAS_TORCH or not module.startswith(OF_TORCH)):
            kind = getattr(import_module(module), attribute)
            assert not isclass(kind) or issubclass(kind, CheckedState | StandIn), name


@cache
def model(cls):
    """A model of few iterations, and two rows that it was fitted to."""
    estimator = quick(cls, max_iter=2, n_qubits=2, n_measured=2, n_components=5, n_blocks=1)
    X, y = rows(estimator)
    X, y = X[::8], y[::8]
    return fitted(estimator, X, y), X[:2]


def inside(value, seen=None):
    """All objects of the package in a value that are checked, each once."""
    seen = {} if seen is None else seen
    if id(value) in seen or isinstance(value, type):
        return
    seen[id(value)] = value
    if isinstance(value, CheckedState):
        yield value
    within = value if isinstance(value, (list, tuple)) else value.values() if isinstance(value, dict) else ()
    for inner in [*within, *(vars(value).values() if hasattr(value, "__dict__") else ())]:
        yield from inside(inner, seen)


def state_of(whole):
    """What comes back of an object, whose parts were made anew."""
    return pickle.loads(pickle.dumps(whole.__getstate__()))


def odd(value):
    """Values that are none of the kind."""
    yield from ["text", object()]
    if isinstance(value, np.ndarray) and value.size and value.dtype.kind in "fc":
        for bad in (np.nan, np.inf):
            broken = value.copy()
            broken.flat[-1] = bad
            yield broken
        yield value[None]
        yield value.astype(object)
    elif isinstance(value, float):
        yield np.nan
    elif type(value) is int:
        yield from [-(10**9), 0.5]


each_estimator = pytest.mark.parametrize("cls", estimator_classes("fit"))


@each_estimator
def test_spoiled_states_are_refused(cls):
    """Each attribute of each object: gone, of another kind, not finite, of another shape."""
    for whole in inside(model(cls)[0]):
        kind, state = type(whole), state_of(whole)
        restored(kind, dict(state))
        for name, rule in rules_of(kind).items():
            if name not in state:
                continue
            if rule.needed:
                check_refused(lambda: restored(kind, {n: v for n, v in state.items() if n != name}))  # noqa: B023
            for value in odd(state[name]) if state[name] is not None else ["text"]:
                check_refused(lambda: restored(kind, state | {name: value}))  # noqa: B023


@pytest.mark.parametrize("cls", [c for c in estimator_classes("fit") if is_regressor(c()) and c is not skqml.ZNEVQE])
def test_integers_come_back(cls):
    """Targets and rows that are whole numbers, which are kept as they came."""
    X, y = np.arange(24).reshape(12, 2) % 7, np.arange(12) % 5
    whole = fitted(quick(cls, max_iter=2), X, y)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(whole)).predict(X), whole.predict(X))


@each_estimator
def test_what_predictions_depend_on_has_a_rule(cls):
    """Each array, number or object that a fit has learned."""
    for whole in inside(model(cls)[0]):
        kind = type(whole)
        parameters = whole.get_params(deep=False) if hasattr(whole, "get_params") else {}
        learned = {name for name in whole.__getstate__() if name.endswith("_") or name.startswith("_")}
        assert learned - set(parameters) <= set(rules_of(kind)) | TOLD | {"_owns", "_sklearn_version"}, kind


@each_estimator
def test_what_a_fit_keeps_to_itself_is_one_object(cls):
    """In the model and in its twin, but for what scikit-learn asks for."""
    whole, _ = model(cls)
    models = [whole]
    if hasattr(whole, "classical_twin"):
        X, y = rows(whole)
        models.append(fitted(whole.classical_twin(), X[::8], y[::8]))
    for found in models:
        private = {name for name in vars(found) if name.startswith("_")} - {"_n_features_out", "_sklearn_version"}
        assert len(private) <= 1, private


@each_estimator
def test_arrays_of_other_lengths_are_refused(cls):
    """By the object, or by that which holds it: one entry less in what was learned from features or classes."""
    whole, X = model(cls)
    names = {"classes_", "mean", "factor", "v", "y_mean_", "ranges_", "X_fit_", "normalization_", "components_", "low_"}
    expected = scores(whole)(X)
    for part in inside(whole):
        for name in names & vars(part).keys():
            value = vars(part)[name]
            vars(part)[name] = np.atleast_1d(value)[..., :-1].copy()
            try:
                data = pickle.dumps(whole)
            finally:
                vars(part)[name] = value
            check_refused(lambda: pickle.loads(data))  # noqa: B023
    np.testing.assert_array_equal(scores(copy.deepcopy(whole))(X), expected)


def changed(array):
    """Arrays of another length, and of places outside."""
    yield array[..., :-1] if array.size else np.zeros(9)
    if array.dtype.kind == "i":
        yield np.full_like(array, 10**6)
        yield np.full_like(array, -1)


def test_support_vectors_stay_inside():
    """Libsvm is compiled, and reads where they point."""
    whole, _ = model(skqml.QuantumKernelSVC)
    for name in ("support_", "_n_support", "_dual_coef_", "_intercept_", "support_vectors_", "_probA", "_probB"):
        for array in changed(vars(whole.machine_)[name]):
            broken = copy.copy(whole.machine_)
            setattr(broken, name, array)
            check_refused(lambda: restored(type(whole), state_of(whole) | {"machine_": broken}))  # noqa: B023
