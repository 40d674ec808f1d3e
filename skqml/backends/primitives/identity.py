"""What tells one primitive from another: its kind, its options, the device or simulator behind it with its noise."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from numbers import Number
from typing import Any

import numpy as np
from qiskit.providers import BackendV2, Options

_OWN = ("default_shots", "default_precision")
# Seeds belong to jobs; Aer gives each error of a noise model a random name.
_LEFT_OUT = {"seed", "seed_simulator", "seed_transpiler", "id"}


def identity(primitive) -> tuple | None:
    """Text and numbers that differ wherever results do; seeds apart, which are kept with each job."""
    if primitive is None:
        return None
    device = device_of(primitive)
    own = {name: value for name in _OWN if (value := getattr(primitive, name, None)) is not None}
    return _kind(primitive), _described(own), _described(getattr(primitive, "options", None)), _described(device)


def device_of(primitive) -> Any:
    """What runs a primitive's circuits, None where it does not say."""
    device = getattr(primitive, "backend", None) or getattr(primitive, "_backend", None)
    return device() if callable(device) else device


def _kind(value) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _described(value) -> Any:
    """Describe a value by text, numbers and arrays, part by part; an object without such parts by its class."""
    if value is None or isinstance(value, Number | str | np.ndarray):
        return value
    if isinstance(value, BackendV2):
        return _kind(value), value.name, value.num_qubits, _described(value.options)
    if hasattr(value, "to_dict"):  # a noise model
        return _kind(value), _described(value.to_dict())
    parts = _parts(value)
    if parts is not None:
        named = ((str(name).lstrip("_"), part) for name, part in parts)
        return sorted((name, _described(part)) for name, part in named if name not in _LEFT_OUT)
    if isinstance(value, list | tuple):
        return [_described(part) for part in value]
    return _kind(value)


def _parts(value) -> Iterable[tuple] | None:
    if isinstance(value, Options):
        value = dict(value.items())
    if isinstance(value, Mapping):
        return value.items()
    if hasattr(type(value), "model_fields"):  # options of IBM's newer primitives, in pydantic
        return dict(value).items()
    if is_dataclass(value):
        return [(field.name, getattr(value, field.name)) for field in fields(value)]
    return None
