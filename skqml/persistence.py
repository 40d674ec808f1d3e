"""Models in files that are safe to load."""

import json
import os
import sys
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from ._checks import check_kind, shown, told
from ._sklearn import LibSVM
from .files import archive, schema
from .files.arrays import check_array
from .files.handles import find, with_handles, without_handles
from .files.trusted import PARTS, TRUSTED
from .files.versions import versions_of
from .states import check_libsvm

FORMAT = 1
_STAMP, _SCHEMA = "skqml.json", "schema.json"
_STAMPED = ("skqml", "numpy", "scikit-learn", "qiskit", "qiskit-aer", "skops")


def save(estimator, path) -> None:
    """Write an estimator, fitted or not, to a file that is safe to load.

    The file holds numbers, text, NumPy arrays and QPY bytes of your own circuits; nothing compiled and no code.
    Pipelines and searches around estimators are written too, and so are kernels, encodings and backends by themselves.
    Callbacks are left out. The same estimator always gives the same file.

    Parameters
    ----------
    estimator : estimator of skqml or scikit-learn
        Functions and classes of your own may be in it (an encoding, an ansatz) where they are in a module; they are
        written by name, and named again to `load`.
        A live simulator, primitive or device is written as a sentence, and passed to `load` again.
    path : str or path
        Of the file, which is replaced as a whole. The customary ending is ``.skops``.

    Raises
    ------
    TypeError
        If something in it cannot be written, such as a lambda, or could not be checked when it is read, such as the
        trees of a fitted forest.
    ImportError
        Without the package skops.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> import skqml
    >>> X, y = np.random.default_rng(0).normal(size=(20, 2)), np.arange(20) % 2
    >>> model = skqml.QuantumKernelSVC().fit(X, y)
    >>> path = os.path.join(tempfile.mkdtemp(), "model.skops")
    >>> skqml.save(model, path)
    >>> (skqml.load(path).decision_function(X) == model.decision_function(X)).all()
    np.True_
    """
    path = _as_path(path)
    archive.replace_file(path, to_bytes(estimator))


def load(path, trusted: Iterable = (), handles: Mapping[str, Any] | None = None) -> Any:
    """Read an estimator from a file of `save`.

    No code of the file runs: what is not in a list of ours, or in yours, is refused before anything is made. Memory is
    a small multiple of the size of the file.

    Parameters
    ----------
    path : str or path
    trusted : iterable of classes and functions, default=()
        Your own, or those of other packages, that the file may hold.
    handles : mapping, default=None
        Live objects, by the name of the parameter whose value they are:
        ``load(path, handles={"sampler": sampler})`` for a model on ``Primitive(sampler)``, and so with ``"estimator"``,
        ``"target"``, ``"job"``, ``"session"`` and ``Aer``'s ``"simulator"``.

    Returns
    -------
    estimator
        It predicts what it predicted when it was saved. Circuits are compiled when they are needed.

    Raises
    ------
    TypeError
        If the file holds classes or functions that are not trusted.
    ValueError
        If it is broken, is no file of `save`, or is of a later format; or if a live object is missing.
    ImportError
        Without the package skops.
    """
    names = _named(trusted)
    path = _as_path(path)
    if not path.is_file():
        raise ValueError(f"path must name a file that skqml.save wrote, got {shown(str(path))}, where no file is.")
    return with_handles(from_bytes(path.read_bytes(), names), {} if handles is None else handles)


def to_bytes(estimator) -> bytes:
    """What `save` writes."""
    tree, parts = _described(estimator)
    stamp = {"format": FORMAT, "versions": _versions()}
    return archive.write_archive(
        {_STAMP: json.dumps(stamp).encode(), _SCHEMA: json.dumps(tree, separators=(",", ":")).encode(), **parts}
    )


def from_bytes(data: bytes, names: set[str]) -> Any:
    """What `load` reads, handles still in it; names of classes and functions are trusted beside those of our list."""
    parts = archive.read_archive(data)
    found = _check_stamp(parts.pop(_STAMP, None))
    _check_schema(parts, names | TRUSTED)
    return _loaded(data, names | TRUSTED, found)


def names_in(estimator) -> set[str]:
    """Dotted names of all classes and functions that an estimator at hand, which is trusted, is made of."""
    tree, _ = _described(estimator)
    return set(map(schema.name_of, schema.nodes(tree)))


def _described(estimator) -> tuple[dict, dict[str, bytes]]:
    """The description of an estimator, and its parts."""
    parts = archive.read_archive(_dumped(without_handles(estimator)))
    tree = json.loads(parts.pop(_SCHEMA))
    parts = schema.clean(tree, parts)
    _check_names(tree)
    _check_readable(tree, parts)
    return tree, parts


def _as_path(path) -> Path:
    return Path(check_kind("path", path, (str, os.PathLike), "a path"))


def _skops() -> ModuleType:
    try:
        import skops.io
    except ImportError as error:
        raise ImportError("Safe files need the package skops: pip install 'skqml[files]'.") from error
    return skops.io


def _dumped(estimator) -> bytes:
    try:
        return _skops().dumps(estimator)
    except ImportError:
        raise
    except Exception as error:  # whatever a part of the user's own raises as it is taken apart
        raise TypeError(
            f"Expected an estimator of plain data, classes and functions, but a part cannot be written: {error}; "
            "give it names, numbers, circuits or noise models instead, which can be made anew."
        ) from error


def _check_names(tree: dict) -> None:
    """Refuse functions and classes that cannot be found again by their names."""
    for node in schema.nodes(tree):
        module, name = sys.modules.get(str(node["__module__"])), str(node["__class__"])
        if node["__loader__"] in {"FunctionNode", "ObjectNode", "TypeNode"} and not hasattr(module, name):
            raise TypeError(
                f"Expected functions and classes that stand in a module, but {schema.name_of(node)} cannot be written: "
                "it cannot be found by its name; define it with def or class at the top of a module."
            )


def _check_readable(tree: dict, parts: dict[str, bytes]) -> None:
    """Refuse what `load` would refuse whatever it is told to trust."""
    try:
        _check_content(tree, parts, set(map(schema.name_of, schema.nodes(tree))))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"estimator must be one that load can read: {str(error).rstrip('.')}; save what stands before it alone and "
            "fit it again, or use joblib for files that only you load."
        ) from error


def _versions() -> dict[str, str]:
    return versions_of(_STAMPED)


def _named(trusted) -> set[str]:
    """Dotted names of what a caller trusts; names alone are refused, as they might come out of the file."""
    given = list(trusted) if isinstance(trusted, Iterable) and not isinstance(trusted, (str, type)) else [trusted]
    for one in given:
        if not callable(one) or not hasattr(one, "__name__"):
            raise TypeError(f"trusted must hold classes and functions themselves, got {shown(one)}.")
    return {f"{one.__module__}.{one.__name__}" for one in given}


def _check_stamp(data: bytes | None) -> dict:
    """Return the versions that a file was written with."""
    stamp = None if data is None else _parsed(data)
    found = stamp.get("versions") if isinstance(stamp, dict) else None
    if not isinstance(stamp, dict) or not isinstance(found, dict) or type(stamp.get("format")) is not int:
        raise ValueError("Expected a file that skqml.save wrote, but it bears no version of skqml.")
    if stamp["format"] != FORMAT:
        raise ValueError(
            f"Expected a file of format {FORMAT}, which this skqml reads, got format {stamp['format']} of skqml "
            f"{shown(found.get('skqml'))}; load it with that version."
        )
    return found


def _check_schema(parts: dict[str, bytes], trusted: set[str]) -> None:
    tree = _parsed(parts.pop(_SCHEMA, b""))
    if not isinstance(tree, dict) or "__loader__" not in tree:
        raise ValueError("Expected a file that skqml.save wrote, but it describes no object.")
    _check_content(tree, parts, trusted)


def _check_content(tree: dict, parts: dict[str, bytes], trusted: set[str]) -> None:
    schema.check(tree, set(parts), trusted, PARTS)
    for name, data in parts.items():
        if name.endswith(".npy"):
            check_array(data)


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"Expected a file that skqml.save wrote, but its description is broken: {error}.") from error


def _loaded(data: bytes, trusted: set[str], found: dict) -> Any:
    io_of_skops = _skops()
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        unknown = io_of_skops.get_untrusted_types(data=data)
        estimator = io_of_skops.loads(data, trusted=sorted(trusted))
        for _, machine in find(estimator, lambda _, value: isinstance(value, LibSVM)):
            check_libsvm(machine)
    except UntrustedTypesFoundException as error:
        raise TypeError(schema.untrusted(set(unknown) - trusted)) from error
    except Exception as error:  # constructors given what a broken file says may raise anything
        raise ValueError(
            f"Expected a file whose objects can be made, but one is broken: {type(error).__name__}: {told(error)}"
        ) from error
    _warn_of_version(found)
    return estimator


def _warn_of_version(found: dict) -> None:
    here = _versions().get("skqml")
    if found.get("skqml") != here:
        warnings.warn(
            f"The file was written by skqml {shown(found.get('skqml'))}, and this is {here}; compare some predictions.",
            UserWarning,
            stacklevel=4,
        )
