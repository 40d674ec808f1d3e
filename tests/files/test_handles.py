"""What a model holds, at any depth."""

from types import SimpleNamespace

import numpy as np

from skqml.files.handles import find


def test_all_that_a_model_holds_is_found_once():
    """In attributes, dicts, lists and tuples, and in circles."""
    wanted = [SimpleNamespace(number=k) for k in range(4)]
    model = SimpleNamespace(one=wanted[0], more={"a": [wanted[1]], "b": (wanted[2], wanted[0])}, rest=[[[wanted[3]]]])
    model.itself = model
    found = [value for _, value in find(model, lambda _, value: hasattr(value, "number"))]
    assert len(found) == 4 and all(any(value is one for value in found) for one in wanted)


def test_modules_are_not_looked_through():
    """They are code, and their attributes are no part of a model."""
    holder = SimpleNamespace(module=np, inner={"namespace": np.linalg})
    assert not list(find(holder, lambda _, value: value is np.linalg.norm or value is np.pi))
