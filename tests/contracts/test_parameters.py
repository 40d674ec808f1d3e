"""A parameter's name means one thing in every family of estimators, and its value is that of the next fit."""

import copy
import inspect
from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest

import skqml
from tests.contracts.callables import made, public, rows
from tests.contracts.estimators import estimator_classes
from tests.rooms import classes

ANSWERS = (
    "predict",
    "predict_proba",
    "decision_function",
    "transform",
    "score",
    "forecast",
    "circuit",
    "input_pullback",
)
# With n_jobs an answer is asked for, and does not hang on it; the hamiltonian says what new rows of ZNEVQE are.
OF_QUESTIONS = {"n_jobs", "hamiltonian"}
SECOND_NAMES = {"latent_dim": "n_latent", "n_reps": "reps", "patch": "kernel_size"}  # of what has a name already


def kinds_of_parameters():
    """For each name, what each estimator that has it takes besides None: classes, or words for other constraints."""
    found = defaultdict(dict)
    for cls in classes(object, "fit", "_parameter_constraints"):
        for parameter, constraints in cls._parameter_constraints.items():
            listed = [constraints] if isinstance(constraints, str) else constraints
            kinds = [c if isinstance(c, (type, str)) or callable(c) else type(c).__name__ for c in listed if c]
            found[parameter][cls.__name__] = [
                "number" if kind in ("Interval", "Count", "Number") else kind for kind in kinds
            ]
    return {parameter: taken for parameter, taken in found.items() if len(taken) > 1}


def alike(a, b):
    return a == b or (isinstance(a, type) and isinstance(b, type) and (issubclass(a, b) or issubclass(b, a)))


@pytest.mark.parametrize(("parameter", "taken"), kinds_of_parameters().items())
def test_one_name_is_one_kind_of_thing(parameter, taken):
    for (first, some), (second, others) in combinations(taken.items(), 2):
        assert any(alike(a, b) for a in some for b in others), f"{parameter} of {first} and of {second}"


@pytest.mark.parametrize(("second", "first"), SECOND_NAMES.items())
def test_one_kind_of_thing_has_one_name(second, first):
    taken = {name: inspect.signature(call).parameters for name, call in public().items()}
    assert [name for name, parameters in taken.items() if second in parameters] == [], f"{second} is called {first}"


def test_what_a_kernel_is_hangs_on_no_random_state():
    """Ensembles, comparisons and stored tiles set each random_state inside: they must not draw another circuit."""
    kinds = [*classes(skqml.Encoding), *classes(skqml.QuantumKernel)]
    assert len(kinds) > 10
    assert [kind.__name__ for kind in kinds if "random_state" in inspect.signature(kind).parameters] == []


def answers(model) -> dict:
    """All that a fitted model says about the rows of its fit, by the name of the method."""
    X, y = rows(model)
    given = {"score": (X,) if y is None else (X, y), "forecast": (3,), "circuit": (X[0],)}
    found = {name: getattr(model, name)(*given.get(name, (X,))) for name in ANSWERS if hasattr(model, name)}
    return found | {name: value[0] for name, value in found.items() if isinstance(value, tuple)}


@pytest.mark.parametrize("name", [cls.__name__ for cls in estimator_classes("fit")])
def test_what_is_set_after_a_fit_changes_no_answer(name):
    """Nothing that could be a value of it, so that whatever reads it shows."""
    model = made(name)
    before = answers(model)
    for parameter in model.get_params(deep=False).keys() - OF_QUESTIONS:
        found = answers(copy.deepcopy(model).set_params(**{parameter: object()}))
        for method, value in before.items():
            equal = value == found[method] if method == "circuit" else np.array_equal(value, found[method])
            assert equal, f"{method} after set_params({parameter}=...)"
