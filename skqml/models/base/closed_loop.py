"""What keeps closed loops from running away."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Range:
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
    >>> from skqml.models.base.closed_loop import Range
    >>> Range.of(np.arange(11.0)[:, None], 10).hold(np.array([1e6, 5.0, -1e6]), 1)
    array([12.,  5., -2.])
    """

    low: np.ndarray
    high: np.ndarray
    n_steps: int

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

    def hold(self, values, step) -> np.ndarray:
        """Values so many steps ahead, moved into what is allowed there."""
        room = 2 * step / self.n_steps * (self.high - self.low)
        return np.clip(values, self.low - room, self.high + room)
