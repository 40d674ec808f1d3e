"""Live handles, which no file can hold: simulators, primitives and devices. A sentence stands for each in a file."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from types import ModuleType
from typing import Any, ClassVar

from .._checks import check_kind
from ..states import CheckedState, instance
from .scipy_objects import PARTS
from .stand_ins import part_of

# Bases of what lives in a process or a session, by name, as not all of their packages need be there.
_BASES = {
    "qiskit.primitives.base.base_estimator.BaseEstimatorV2",
    "qiskit.primitives.base.base_sampler.BaseSamplerV2",
    "qiskit.providers.backend.BackendV2",
}
_PRIMITIVES = {"sampler", "estimator"}  # parameters whose values may have a ``run`` of their own
_CALLS = {"job", "session"}  # parameters whose values ask a service


class Handle(CheckedState):
    """Stands for what must be passed to `load` again.

    Parameters
    ----------
    name : str
        Of the parameter that it is the value of.
    sentence : str
        What it was.
    """

    _contents: ClassVar[dict] = {"name": instance(str), "sentence": instance(str)}

    def __init__(self, name: str, sentence: str) -> None:
        self.name, self.sentence = name, sentence


def without_handles(model) -> Any:
    """The model itself, or a copy in which a `Handle` stands for each live handle, and a part for objects of SciPy."""
    memo = {id(value): _stand_in(name, value) for name, value in find(model, _has_stand_in)}
    return deepcopy(model, memo) if memo else model


def with_handles(model, handles: Mapping[str, Any]) -> Any:
    """The model with handles in the places of those that it had; ValueError in one sentence if one is missing."""
    check_kind("handles", handles, Mapping, "a mapping from names of parameters to live objects")
    found = [handle for _, handle in find(model, lambda _, value: isinstance(value, Handle))]
    for handle in found:
        if handle.name not in handles:
            raise ValueError(
                f"The model ran on a live {handle.sentence}, which no file can hold; pass one again, "
                f"load(path, handles={{{handle.name!r}: ...}})."
            )
    memo = {id(handle): handles[handle.name] for handle in found}
    return deepcopy(model, memo) if memo else model


def _has_stand_in(name: str, value) -> bool:
    return _is_live(name, value) or part_of(type(value), PARTS) is not None


def _stand_in(name: str, value) -> Any:
    if _is_live(name, value):
        return Handle(name, f"{type(value).__module__}.{type(value).__name__}")
    part = part_of(type(value), PARTS)
    return value if part is None else part.of(value)


def _is_live(name: str, value) -> bool:
    return any(f"{base.__module__}.{base.__qualname__}" in _BASES for base in type(value).__mro__) or (
        (name in _PRIMITIVES and hasattr(value, "run") and not isinstance(value, type))
        or (name in _CALLS and callable(value))
    )


def find(model, wanted: Callable[[str, Any], bool]) -> Iterator[tuple[str, Any]]:
    """Names and values of all that is wanted in a model and in what it holds, save in modules, as splines hold them."""
    stack, seen = [("", model)], set[int]()
    while stack:
        name, value = stack.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if wanted(name, value):
            yield name, value
        elif isinstance(value, dict):
            stack.extend((name, inner) for inner in value.values())
        elif isinstance(value, list | tuple):
            stack.extend((name, inner) for inner in value)
        elif hasattr(value, "__dict__") and not isinstance(value, type | ModuleType):
            stack.extend(vars(value).items())
