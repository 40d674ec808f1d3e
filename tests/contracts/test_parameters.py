"""A parameter's name means one thing in every family of estimators."""

import inspect
from collections import defaultdict
from itertools import combinations

import pytest

import skqml
from tests.contracts.callables import public
from tests.rooms import classes

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
