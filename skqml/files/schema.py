"""The description of the objects in a file of skops: cleaned when it is written, checked before skops reads it."""

from collections.abc import Iterator, Set
from typing import Any

_DEEPEST = 100
# What describes an object, and which classes it may then have, or beginnings of their names; None where skops
# compares with those that are trusted.
_LOADERS: dict[str, set[str] | None] = {
    "DictNode": {"builtins.dict", "collections.OrderedDict", "sklearn.utils._bunch.Bunch"},
    "DefaultDictNode": {"collections.defaultdict"},
    "ListNode": {"builtins.list"},
    "SetNode": {"builtins.set"},
    "TupleNode": {"builtins.tuple"},
    "SliceNode": {"builtins.slice"},
    "BytesNode": {"builtins.bytes"},
    "JsonNode": {"builtins.str"},
    "NdArrayNode": {"numpy."},
    "MaskedArrayNode": {"numpy.ma.MaskedArray"},
    "DTypeNode": {"numpy.dtype"},
    "TypeNode": None,
    "FunctionNode": None,
    "PartialNode": {"functools.partial"},
    "ObjectNode": None,
    "LossNode": {"_loss.", "sklearn._loss.", "sklearn.linear_model._sgd_fast."},
    "RandomStateNode": {"numpy.random.mtrand.RandomState"},
    "RandomGeneratorNode": {"numpy.random._generator.Generator"},
    "ConstructorFromReduceNode": None,
}
_ONLY_BY = {"numpy.dtype": "DTypeNode"}  # whose own state NumPy takes up unchecked
# Their compiled code reads memory where their numbers say, and is not checked.
_COMPILED = {
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._ball_tree.BallTree32",
    "sklearn.neighbors._ball_tree.BallTree64",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neighbors._kd_tree.KDTree32",
    "sklearn.neighbors._kd_tree.KDTree64",
    "sklearn.tree._tree.Tree",
}
_KEYS = {f"builtins.{name}" for name in ("list", "str", "int", "float", "bool")}
_KEYS |= {"numpy.str_", "numpy.int64", "numpy.float64"}
_PLACES = {"pos": 624, "buffer_pos": 4}  # in the states of generators, which compiled code reads from there
_FORGOTTEN = {"_skl_callbacks", "checkpoint"}  # callbacks hold sockets with keys, and logs; folders are of a machine


def nodes(schema: dict) -> Iterator[dict]:
    """All descriptions in a schema, those inside others behind them; ValueError where they are too deep."""
    stack = [(schema, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > _DEEPEST:
            raise ValueError(f"Expected objects at most {_DEEPEST} deep inside each other, got deeper ones.")
        if isinstance(node, dict) and "__loader__" in node:
            yield node
        inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        stack.extend((inner, depth + 1) for inner in reversed(list(inside)))


def name_of(node: dict) -> str:
    """Dotted name of the class, or the function, that a description is of."""
    return f"{node.get('__module__')}.{node.get('__class__')}"


def clean(schema: dict, parts: dict[str, bytes]) -> dict[str, bytes]:
    """Change a schema in place so that equal objects give equal files, and return its parts under their new names.

    Addresses in memory go, callbacks, and folders of checkpoints; each description has parts of its own.
    """
    named: dict[str, bytes] = {}
    for node in nodes(schema):
        node.pop("__id__", None)
        if node["__loader__"] == "DictNode":
            _forget(node)
        if "file" in node:
            name = f"{len(named)}.{node['file'].rpartition('.')[2]}"
            named[name], node["file"] = parts[node["file"]], name
    return named


def _forget(node: dict) -> None:
    content, kinds = node["content"], node["key_types"]["content"]
    kept = [name not in _FORGOTTEN for name in content]
    node["content"] = {name: inner for (name, inner), keep in zip(content.items(), kept, strict=True) if keep}
    node["key_types"]["content"] = [kind for kind, keep in zip(kinds, kept, strict=True) if keep]


def check(schema: Any, names: Set[str], trusted: Set[str], parts: Set[str]) -> None:
    """Refuse what skqml does not write.

    Parameters
    ----------
    schema : dict
    names : set of str
        Of the parts of the file; each is to be used once.
    trusted : set of str
        Functions that may be in it, by dotted names; skops compares classes.
    parts : set of str
        Classes that are called with what was written.
    """
    used: list[Any] = []
    for node in nodes(schema):
        _check_node(node, trusted, parts)
        if "file" in node:
            used.append(node["file"])
    if not all(isinstance(name, str) for name in used) or sorted(used) != sorted(names):
        raise ValueError("Expected a file whose parts are used once each, got another.")


def _check_node(node: dict, trusted: Set[str], parts: Set[str]) -> None:
    loader, name = node["__loader__"], name_of(node)
    if name in _COMPILED:
        raise TypeError(
            f"Expected objects whose numbers can be checked, got {name}, with which a crafted file could crash the "
            "process (nearest neighbours have none with algorithm='brute')."
        )
    if _ONLY_BY.get(name, loader) != loader:
        raise ValueError(f"Expected {name} to be read by {_ONLY_BY[name]}, got {loader!r}.")
    if not isinstance(loader, str) or loader not in _LOADERS or "__id__" in node:
        raise ValueError(f"Expected objects that skqml.save writes, got one that is read by {loader!r}.")
    allowed = parts if loader == "ConstructorFromReduceNode" else _LOADERS[loader]
    if allowed is not None and not any(
        name.startswith(start) if start[-1] == "." else name == start for start in allowed
    ):
        raise TypeError(f"Expected one of {sorted(allowed)} to be read by {loader}, got {name!r}.")
    if loader == "FunctionNode" and name not in trusted:
        raise TypeError(untrusted([name]))
    if loader == "DictNode":
        _check_dict(node)


def _check_dict(node: dict) -> None:
    kinds = {name_of(kind) for kind in nodes(node.get("key_types", {}))}
    if not kinds <= _KEYS:
        raise TypeError("Expected keys of dictionaries that are text or numbers, got others.")
    content = node.get("content")
    if isinstance(content, dict) and not _FORGOTTEN.isdisjoint(content):
        raise ValueError(f"Expected no {' and no '.join(sorted(_FORGOTTEN))}, which skqml.save leaves out, got one.")
    for name, most in _PLACES.items():
        place = content.get(name) if isinstance(content, dict) else None
        if isinstance(place, dict) and place.get("content") not in [str(k) for k in range(most + 1)]:
            raise ValueError(f"Expected a random state at a place up to {most}, got another.")


def untrusted(names) -> str:
    """What is said of classes that are not trusted."""
    return (
        f"The file holds {', '.join(sorted(names))}, which skqml does not know; if you know that it is safe to make "
        "such an object from the file, name its class, load(path, trusted=[...])."
    )
