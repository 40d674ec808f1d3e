"""Closed loops: predictions fed back as inputs, and what keeps them from running away."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ....states import CheckedState, count, floats, instance


@dataclass(frozen=True)
class Range(CheckedState):
    """Range of a series of so many steps, and how far a forecast may leave it.

    A value h steps ahead is held between ``low - 2 (h / n) (high - low)`` and ``high + 2 (h / n) (high - low)``: a
    series may go on to grow twice as fast as it has filled its range in n steps.

    Attributes
    ----------
    low, high : ndarray (n_channels,) or (n_series, n_channels)
    n_steps : int

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.base.forecasts.closed_loop import Range
    >>> Range.of(np.arange(11.0)[:, None], 10).hold(np.array([1e6, 5.0, -1e6]), 1)
    array([12.,  5., -2.])
    """

    low: np.ndarray
    high: np.ndarray
    n_steps: int

    _contents: ClassVar[dict] = {
        "low": floats(...),
        "high": floats(...),
        "n_steps": count(least=1),
    }

    def _check_whole(self):
        if self.low.shape != self.high.shape:
            raise ValueError(f"low of shape {self.low.shape} and high of shape {self.high.shape}")

    @classmethod
    def of(cls, values, n_steps) -> "Range":
        """The range of values (n_values, n_channels) of a series of so many steps."""
        return cls(values.min(axis=0), values.max(axis=0), n_steps)

    def further(self, other) -> "Range":
        """The range of both, the other's steps following these."""
        return Range(np.minimum(self.low, other.low), np.maximum(self.high, other.high), self.n_steps + other.n_steps)

    def around(self, values) -> "Range":
        """Ranges that hold values (n_series, n_values, n_channels) too, which a forecast goes on from."""
        low, high = np.minimum(self.low, values.min(axis=1)), np.maximum(self.high, values.max(axis=1))
        return Range(low, high, self.n_steps)

    def each(self, n_times) -> "Range":
        """Ranges of series, each so many times."""
        return Range(self.low.repeat(n_times, axis=0), self.high.repeat(n_times, axis=0), self.n_steps)

    def hold(self, values, step) -> np.ndarray:
        """Values so many steps ahead, moved into what is allowed there."""
        room = 2 * step / self.n_steps * (self.high - self.low)
        return np.clip(values, self.low - room, self.high + room)


@dataclass(frozen=True)
class Loop(CheckedState, ABC):
    """Where known series end, one a row.

    Attributes
    ----------
    range : Range
        What holds the steps behind the end.
    """

    range: Range

    _contents: ClassVar[dict] = {
        "range": instance(Range),
    }

    @property
    @abstractmethod
    def seen(self) -> np.ndarray:
        """Rows (n_series, n_columns) from which the next values are predicted."""

    @abstractmethod
    def after(self, y) -> "Loop":
        """The loop one step on, where the next values are y (n_series, n_channels)."""


@dataclass(frozen=True)
class WindowLoop(Loop):
    """Windows of the last steps of series, their channels side by side, that move along by one step.

    Attributes
    ----------
    windows : ndarray (n_series, n_features)
    """

    windows: np.ndarray

    _contents: ClassVar[dict] = {
        "windows": floats("n_series", "n_columns"),
    }

    @property
    def seen(self) -> np.ndarray:
        return self.windows

    def after(self, y) -> "WindowLoop":
        return replace(self, windows=np.hstack([self.windows[:, y.shape[1] :], y]))


def roll(predict: Callable[[np.ndarray], np.ndarray], loop: Loop, n_steps: int) -> np.ndarray:
    """Forecasts (n_series, n_steps, n_channels): each prediction is held in its range and becomes the next value."""
    out = []
    for step in range(1, n_steps + 1):
        out.append(loop.range.hold(predict(loop.seen), step))
        if step < n_steps:
            loop = loop.after(out[-1])
    return np.stack(out, axis=1)
