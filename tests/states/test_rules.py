"""Rules of attributes, and classes that hold them."""

import pickle
from typing import ClassVar

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skqml.states.checked import CheckedState
from skqml.states.rules import (
    count,
    each,
    finite,
    flag,
    floats,
    instance,
    integers,
    labels,
    machine,
    nullable,
    number,
    option,
    optional,
)

FITTED = LogisticRegression().fit([[0.0], [1.0]], ["a", "b"])
HOLDS = [
    (floats("n", 2), np.ones((3, 2))),
    (floats("n", ...), np.ones((3, 2, 4))),
    (floats(None), np.arange(3)),
    (integers("n", below="m"), np.array([0, 4])),
    (labels("n"), np.array(["a", "b"])),
    (labels("n"), np.array([1.5, 2.5])),
    (count("n", 1), 7),
    (count(), np.int64(0)),
    (number(0, 1), 0.5),
    (number(infinite=True), np.inf),
    (option("low", 2), "low"),
    (flag, False),
    (nullable(number()), None),
    (each(number(), "n"), [1.0, 2.0]),
    (instance(dict), {}),
    (machine(LogisticRegression), FITTED),
    (finite, 1.5),
    (finite, np.ones(2)),
]
REFUSED = [
    (floats("n", 2), np.ones((3, 3))),
    (floats("n", 2), np.ones(3)),
    (floats("n"), np.ones((3, 1))),
    (floats("n"), np.array([1.0, np.nan])),
    (floats("n"), np.array([True])),
    (floats("n"), [1.0, 2.0]),
    (integers("n", below="m"), np.array([5])),
    (integers("n"), np.array([-1])),
    (integers("n"), np.array([1.0])),
    (labels("n"), np.array(["a", "a"])),
    (labels("n"), np.array([1.0, np.nan])),
    (labels("n"), np.array([])),
    (count("n", 1), 0),
    (count(), True),
    (count(), 1.0),
    (number(0, 1), 1.5),
    (number(), np.inf),
    (number(), True),
    (option("low", 2), True),
    (flag, 1),
    (each(number(), "n"), [1.0, None]),
    (each(number()), "text"),
    (instance(dict), []),
    (machine(LogisticRegression), LogisticRegression()),
    (finite, [np.nan]),
    (finite, "text"),
]


@pytest.mark.parametrize("case", range(len(HOLDS)))
def test_what_holds(case):
    rule, value = HOLDS[case]
    rule.check(value, {"m": 5})


@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_what_does_not_hold(case):
    rule, value = REFUSED[case]
    with pytest.raises((ValueError, AttributeError)):
        rule.check(value, {"m": 5})


class Line(CheckedState):
    """A toy of what a file may hold."""

    _contents: ClassVar[dict] = {"slope": floats("n_features"), "scale": floats("n_features"), "note": optional(flag)}

    def __init__(self, **attributes):
        vars(self).update(attributes)


def test_sizes_have_to_agree():
    whole = Line(slope=np.ones(3), scale=np.ones(3))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(whole)).slope, whole.slope)
    for broken in (
        {"slope": np.ones(3), "scale": np.ones(2)},
        {"slope": np.ones(3)},
        {"slope": np.ones(3), "scale": np.ones(3), "note": 1},
        {"slope": np.ones(3), "scale": np.ones(3), "__getstate__": 1},
    ):
        with pytest.raises(ValueError, match="Expected a whole Line, but what was saved is broken"):
            Line().__setstate__(broken)
