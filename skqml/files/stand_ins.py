"""Stand-ins for objects of other packages, which hold plain data while a file or a pickle is written."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from sklearn.base import BaseEstimator

from ..states import CheckedState


class StandIn(ABC):
    """Stands for an object in a state; called with what was written, its class gives the object itself.

    A subclass writes `written` and `read`, and names the classes that it stands for, as dotted names: none of them
    is imported before it is needed.
    """

    kinds: ClassVar[tuple[str, ...]]
    content: Any

    def __new__(cls, content) -> Any:
        """Return the object that was written."""
        return cls.read(content)

    @classmethod
    def of(cls, value) -> Self:
        """Return the stand-in of an object."""
        part = object.__new__(cls)
        part.content = cls.written(value)
        return part

    @staticmethod
    @abstractmethod
    def written(value) -> Any:
        """Return an object as bytes, arrays, numbers, text, and containers of these."""

    @staticmethod
    @abstractmethod
    def read(content) -> Any:
        """Return the object; ValueError in one sentence where the content is none of those that are written."""

    def __reduce__(self) -> tuple:
        return type(self), (self.content,)


def as_parts(value) -> Any:
    """A value with stand-ins in it; those containers are copied that hold something that needs one."""
    part = part_of(type(value), StandIn.__subclasses__())
    if part is not None:
        return part.of(value)
    if type(value) is dict:
        return {key: as_parts(inner) for key, inner in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(as_parts, value))
    return value


def part_of(kind: type, among: Iterable[type[StandIn]]) -> type[StandIn] | None:
    """Return the class that stands for a class, if one does."""
    names = {f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__}
    return next((part for part in among if names.intersection(part.kinds)), None)


class PlainState(CheckedState, BaseEstimator):
    """Objects whose state holds circuits, operators and noise models as plain data: bytes, arrays, numbers and text."""

    def __getstate__(self) -> dict[str, Any]:
        return as_parts(super().__getstate__())

    def __copy__(self) -> Self:
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)  # what is copied within a process stays what it is
        return other
