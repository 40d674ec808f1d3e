"""States of objects, as files and pickles give them back: refused where they are not whole, before anything is used."""

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from inspect import getattr_static, signature
from typing import Any, ClassVar, NamedTuple

from .._checks import shown
from .shared import Shared

Sizes = dict[str, int]
Check = Callable[[Any, Sizes], None]


class Rule(NamedTuple):
    """What one attribute holds: a function that refuses other values, and whether the attribute may be missing.

    The function is called with the value and with sizes by name, such as ``{"n_features": 4}``; where it finds a size
    that it does not know, it notes it, so that attributes have to agree.
    """

    check: Check
    needed: bool = True


class CheckedState(Shared):
    """Base class of what a file or a pickle may hold: `__setstate__` refuses states that are not whole.

    ``_contents`` are rules of attributes, by name, beside those of the bases. All needed ones stand in a state; in that
    of an estimator, either all of them or none, as long as it is not fitted. What has no rule is not looked at, save
    that nothing may take the place of a method. Cached properties are left out of states, and made anew.

    Raises
    ------
    ValueError
        In one sentence, where a state is no state of this class.
    """

    _contents: ClassVar[dict] = {}

    def _check_whole(self) -> None:
        """Refuse a whole state whose attributes contradict each other; by default there is nothing more to compare."""

    def __getstate__(self) -> dict[str, Any]:
        kind: type = type(self)
        return {name: value for name, value in super().__getstate__().items() if name not in _cached(kind)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        kind: type = type(self)
        fitted = _checked(kind, state)
        kept = {name: value for name, value in state.items() if name not in _cached(kind)}
        getattr(super(), "__setstate__", self.__dict__.update)(kept)
        if fitted is False:
            return
        try:
            if fitted and hasattr(kind, "_parameter_constraints"):
                self._validate_params()  # type: ignore[attr-defined]  # of scikit-learn's base, to the right
            self._check_whole()
        except Exception as error:  # whatever attributes lead to that no fit has set
            raise _broken(kind, error) from error


def _checked(kind: type, state) -> bool | None:
    """Refuse a state of other attributes than the rules say; whether it has those that are needed, None if none is."""
    if not isinstance(state, dict) or not all(isinstance(name, str) for name in state):
        raise _broken(kind, f"expected a state of names and values, got {shown(state)}")
    rules = rules_of(kind)
    shadowed = sorted(state.keys() & _taken(kind))
    if shadowed:
        raise _broken(kind, f"expected no value in place of what the class has, got one of {shadowed[0]!r}")
    missing = [name for name in _parameters(kind) if name not in state]
    needed = [name for name, rule in rules.items() if rule.needed]
    fitted = any(name in state for name in needed) if needed and hasattr(kind, "get_params") else bool(needed) or None
    missing += [name for name in needed if fitted is not False and name not in state]
    if missing:
        raise _broken(kind, f"expected {missing[0]!r}, got no such attribute")
    sizes_of(kind, state)
    return fitted


def sizes_of(kind: type, state: Mapping[str, Any]) -> Sizes:
    """Sizes that the attributes of a state agree on; ValueError where they do not, or are something else."""
    sizes: Sizes = {}
    for name, rule in rules_of(kind).items():
        if name in state:
            try:
                rule.check(state[name], sizes)
            except Exception as error:  # such as labels that cannot be compared
                raise _broken(kind, f"{name} has {error}") from error
    return sizes


def _broken(kind: type, error) -> ValueError:
    text = " ".join(str(error).split()).rstrip(".")
    return ValueError(f"Expected a whole {kind.__name__}, but what was saved is broken: {text}; fit or save it anew.")


@cache
def rules_of(kind: type) -> dict[str, Rule]:
    """Rules of the attributes of a class, by name."""
    found: dict[str, Rule] = {}
    for base in reversed(kind.__mro__):
        found |= vars(base).get("_contents", {})
    return found


@cache
def _parameters(kind: type) -> tuple[str, ...]:
    """Parameters of an estimator without ``*args`` and the like."""
    if not hasattr(kind, "get_params"):
        return ()
    return tuple(p.name for p in signature(kind).parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD))


@cache
def _cached(kind: type) -> frozenset[str]:
    return frozenset(n for n in dir(kind) if isinstance(getattr_static(kind, n, None), cached_property))


@cache
def _taken(kind: type) -> frozenset[str]:
    """Names of methods and the like, whose place no value of a state may take."""
    own = {*rules_of(kind), *_parameters(kind), *_cached(kind), *getattr(kind, "__dataclass_fields__", ())}
    plain = {name for name in dir(kind) if isinstance(getattr_static(kind, name), (bool, int, float, str, type(None)))}
    return frozenset(dir(kind)) - own - plain


def agree(sizes: Sizes, size, n: int) -> None:
    """Note a size under its name; ValueError if another one is known."""
    expected = sizes.setdefault(size, n) if isinstance(size, str) else size
    if expected is not None and n != expected:
        raise ValueError(f"size {n} where {expected} belongs")
