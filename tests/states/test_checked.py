"""States that one thread reads while others find more about the same object, and what they leave out."""

from contextlib import suppress
from functools import cached_property
from importlib import import_module
from inspect import getattr_static, isabstract, isclass

import pytest

from tests.rooms import modules


def sharing():
    """Classes whose objects gain attributes while they are used, or say themselves what their state is."""
    found = {kind for module in modules() for kind in vars(import_module(module.name)).values() if isclass(kind)}
    for kind in sorted(found, key=lambda kind: (kind.__module__, kind.__name__)):
        grows = any(isinstance(getattr_static(kind, name, None), cached_property) for name in dir(kind))
        if kind.__module__.startswith("skqml.") and (grows or "__getstate__" in vars(kind)) and not isabstract(kind):
            yield kind


class Crossing(str):
    """A name of an attribute, and another thread that finds something whenever the name is looked at."""

    __slots__ = ("of",)

    def __hash__(self):
        self.look()
        return hash(str(self))

    def __eq__(self, other):
        self.look()
        return str(self) == other

    def look(self):
        found = vars(self.of)
        found[f"found_{len(found)}"] = 0


@pytest.mark.parametrize("kind", list(sharing()), ids=lambda kind: kind.__name__)
def test_a_state_is_of_one_moment(kind):
    shared = object.__new__(kind)
    for name in map(Crossing, "abc"):
        name.of = shared
        dict.__setitem__(vars(shared), name, 1)
    with suppress(KeyError, AttributeError):  # an object that never was made has not all that its state is made of
        state = shared.__reduce_ex__(4)[2]
        assert state is not vars(shared)
