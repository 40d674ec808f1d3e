"""Numbers, text and arrays, in dictionaries and lists, as the bytes of an archive."""

import io
import json
from typing import Any

import numpy as np

from .archive import read_archive, write_archive
from .arrays import check_array

_TREE, _ARRAY = "content.json", "array"


def write_plain(value) -> bytes:
    """Return the bytes of a value; TypeError if it holds anything else."""
    parts: dict[str, bytes] = {}
    tree = _taken_apart(value, parts)
    return write_archive({_TREE: json.dumps(tree, separators=(",", ":")).encode(), **parts})


def read_plain(data: bytes) -> Any:
    """Return the value of bytes; ValueError unless they are whole."""
    parts = read_archive(data)
    try:
        tree = json.loads(parts.pop(_TREE, b""))
        for part in parts.values():
            check_array(part)
        return _together(tree, {name: np.load(io.BytesIO(part), allow_pickle=False) for name, part in parts.items()})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"Expected numbers, text and arrays, but they are broken: {error}.") from error


def _taken_apart(value, parts: dict[str, bytes]) -> Any:
    if isinstance(value, np.ndarray):
        name, buffer = f"{len(parts)}.npy", io.BytesIO()
        np.save(buffer, value, allow_pickle=False)
        parts[name] = buffer.getvalue()
        return {_ARRAY: name}
    if isinstance(value, dict):
        return {"dict": {str(key): _taken_apart(inner, parts) for key, inner in value.items()}}
    if isinstance(value, (list, tuple)):
        return [_taken_apart(inner, parts) for inner in value]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"Expected numbers, text and arrays, got {type(value).__name__}.")


def _together(tree, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(tree, dict):
        if _ARRAY in tree:
            return arrays[tree[_ARRAY]]
        return {key: _together(inner, arrays) for key, inner in tree["dict"].items()}
    return [_together(inner, arrays) for inner in tree] if isinstance(tree, list) else tree
