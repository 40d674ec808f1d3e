"""Angles of all slots as tensors, and where their derivatives are added up."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from ...states.shared import Shared
from .layout import Layout


class Column(NamedTuple):
    """Where an angle stands: among those that all rows share, or among those of each row."""

    of_rows: bool
    number: int


class TensorAngles(Shared):
    """Angles of some rows, or the rates at which these move.

    Parameters
    ----------
    shared, rows : Tensor of float64 (1, n_shared), (n_samples, n_rows)
    layout : Layout
    """

    _found_again: ClassVar[frozenset[str]] = frozenset({"_trig"})

    def __init__(self, shared: Tensor, rows: Tensor, layout: Layout):
        self._double, self._dtype = (shared, rows), layout.dtype
        self._values = shared.to(layout.real), rows.to(layout.real)
        self._last: tuple[Hashable, Tensor] | None = None

    @cached_property
    def _trig(self) -> list[tuple[Tensor, Tensor]]:
        return [(a.cos().to(self._dtype), a.sin().to(self._dtype)) for a in self._double]

    def values(self, of_rows: bool) -> Tensor:
        """All angles (n_samples or 1, n_angles) of one kind."""
        return self._values[of_rows]

    def value(self, column: Column) -> Tensor:
        """An angle (n_samples or 1, 1, 1)."""
        return self._values[column.of_rows][:, column.number, None, None]

    def trig(self, column: Column) -> tuple[Tensor, Tensor]:
        """Cosine and sine of an angle, each (n_samples or 1, 1, 1), in the type of amplitudes."""
        c, t = self._trig[column.of_rows]
        return c[:, column.number, None, None], t[:, column.number, None, None]

    def once(self, key: Hashable, compute: Callable[[], Tensor]) -> Tensor:
        """What is computed from these angles, kept until something else is: layers repeat a phase."""
        if self._last is None or self._last[0] != key:
            self._last = None  # its memory first
            self._last = key, compute()
        return self._last[1]


class Slopes:
    """Derivatives by the angles of some rows.

    Attributes
    ----------
    shared, rows : Tensor (1, n_shared), (n_samples, n_rows)
        The first summed over rows.
    """

    def __init__(self, angles: TensorAngles):
        self.shared, self.rows = (torch.zeros_like(angles.values(of_rows)) for of_rows in (False, True))

    def add(self, column: Column, slope: Tensor) -> None:
        """Let the derivative (n_samples,) by one angle be larger."""
        if column.of_rows:
            self.rows[:, column.number] += slope
        else:
            self.shared[0, column.number] += slope.sum()

    def add_all(self, of_rows: bool, slopes: Tensor) -> None:
        """Let the derivatives by all angles of one kind be larger."""
        (self.rows if of_rows else self.shared).add_(slopes)
