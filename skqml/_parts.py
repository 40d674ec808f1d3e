"""Parameters that may be None, and then stand for a default object that has parameters of its own."""

from collections.abc import Callable
from inspect import signature
from numbers import Number
from pickle import PicklingError
from typing import Any, ClassVar, Self

import joblib
import numpy as np

from .states import CheckedState

_BY_IDENTITY: Any = object.__eq__


class OptionalParts(CheckedState):
    """Reaches into the default objects behind parameters that are None.

    ``get_params()`` lists what a default has, ``set_params(kernel__scale=0.5)`` puts the default in place and then
    sets what is in it; so ``GridSearchCV(QuantumKernelSVC(), {"kernel__scale": [...]})`` works. Until then the
    parameter stays None, as it was given.

    A subclass, left of scikit-learn's base class, has ``_default_parts``: functions of the object that make the default
    of each such parameter.

    Examples
    --------
    >>> from skqml import FidelityKernel
    >>> kernel = FidelityKernel()
    >>> kernel.get_params()["encoding__n_qubits"], kernel.encoding
    (8, None)
    >>> kernel.set_params(encoding__n_qubits=4)
    FidelityKernel(encoding=ReuploadingEncoding(n_qubits=4))
    """

    _default_parts: ClassVar[dict[str, Callable[[Any], Any]]] = {}

    def _part(self, name) -> Any:
        """The object in use: the one given, or the default."""
        given = getattr(self, name)
        return self._default_parts[name](self) if given is None else given

    def get_params(self, deep=True) -> dict[str, Any]:
        """Return parameters by name; if deep, those of objects and of defaults too (``encoding__reps``)."""
        params = super().get_params(deep=False)  # type: ignore[misc]  # of scikit-learn's class, to the right
        if not deep:
            return params
        return with_nested(params | {name: self._part(name) for name in self._default_parts}) | params

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore; a parameter that an older version did not have takes its default."""
        if isinstance(state, dict):
            parameters = signature(type(self)).parameters.values()
            defaults = {p.name: p.default for p in parameters if p.default is not p.empty and p.name not in state}
            state = state | defaults
        super().__setstate__(state)

    def set_params(self, **params) -> Self:
        """Set parameters, also of nested objects; a default whose parameters are set takes the place of None."""
        inner = {name: value for name, value in params.items() if "__" in name}
        super().set_params(**{name: value for name, value in params.items() if "__" not in name})  # type: ignore[misc]
        for name in self._default_parts:
            names = [full for full in inner if full.startswith(f"{name}__")]
            if names and getattr(self, name) is None:
                part = self._part(name)
                part.set_params(**{full.removeprefix(f"{name}__"): inner.pop(full) for full in names})
                setattr(self, name, part)
        return super().set_params(**inner)  # type: ignore[misc]


def with_nested(params: dict) -> dict:
    """Parameters, and those of the objects among them, named as scikit-learn does (``encoding__reps``)."""
    nested = {
        f"{name}__{inner}": value
        for name, part in params.items()
        if hasattr(part, "get_params") and not isinstance(part, type)
        for inner, value in part.get_params().items()
    }
    return params | nested


def equal_parameters(first, second) -> bool:
    """Whether two values of a parameter are equal: of one class, with equal parameters of their own.

    Objects that Python compares by identity alone, such as simulators, are equal if their contents hash alike, so that
    a clone equals its original.
    """
    kind = type(first)
    if first is second:
        return True
    if isinstance(first, Number) and isinstance(second, Number):
        return first == second
    if kind is not type(second):
        return False
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and np.array_equal(first, second)
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(equal_parameters(first[key], second[key]) for key in first)
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(map(equal_parameters, first, second))
    if kind.__eq__ is not _BY_IDENTITY:
        return bool(first == second)
    if hasattr(first, "get_params") and not isinstance(first, type):
        return equal_parameters(first.get_params(deep=False), second.get_params(deep=False))
    try:
        return joblib.hash(first) == joblib.hash(second)
    except (PicklingError, TypeError, AttributeError):  # a handle that lives in this process, and is another one
        return False
