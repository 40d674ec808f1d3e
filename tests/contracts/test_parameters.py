"""A parameter's name means one thing in every family of estimators."""

from collections import defaultdict
from itertools import combinations

import pytest

import skqml


def kinds_of_parameters():
    """For each name, what each estimator that has it takes besides None: classes, or words for other constraints."""
    found = defaultdict(dict)
    for name in skqml.__all__:
        cls = getattr(skqml, name)
        for parameter, constraints in getattr(cls, "_parameter_constraints", {}).items() if hasattr(cls, "fit") else ():
            listed = [constraints] if isinstance(constraints, str) else constraints
            kinds = [c if isinstance(c, (type, str)) or callable(c) else type(c).__name__ for c in listed if c]
            found[parameter][name] = ["number" if kind in ("Interval", "Count", "Number") else kind for kind in kinds]
    return {parameter: taken for parameter, taken in found.items() if len(taken) > 1}


def alike(a, b):
    return a == b or (isinstance(a, type) and isinstance(b, type) and (issubclass(a, b) or issubclass(b, a)))


@pytest.mark.parametrize(("parameter", "taken"), kinds_of_parameters().items())
def test_one_name_is_one_kind_of_thing(parameter, taken):
    for (first, some), (second, others) in combinations(taken.items(), 2):
        assert any(alike(a, b) for a in some for b in others), f"{parameter} of {first} and of {second}"
