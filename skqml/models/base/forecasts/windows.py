"""Windows of series as rows, and which of them follow each other."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from ....states import CheckedState, flag, floats, instance, nullable
from .closed_loop import Range, WindowLoop
from .intervals import KEPT, RECENT, follow, sizes_of_errors


@dataclass(frozen=True)
class WindowPast(CheckedState):
    """The last windows of a fit, with the step that came behind each: see `Past`.

    Attributes
    ----------
    windows : ndarray (n_rows, n_features)
        All channels of a step side by side.
    targets : ndarray (n_rows, n_channels)
    range : Range
        Of all targets of the fit that count.
    weight : ndarray (n_rows,) or None
        With which they counted in the fit; None if all alike.
    stepped : bool
        Whether they came in steps of `partial_fit`.
    """

    windows: np.ndarray
    targets: np.ndarray
    range: Range
    weight: np.ndarray | None = None
    stepped: bool = False

    _contents: ClassVar[dict] = {
        "windows": floats("n_rows", "n_columns"),
        "targets": floats("n_rows", "n_targets"),
        "range": instance(Range),
        "weight": nullable(floats("n_rows")),
        "stepped": flag,
    }

    @classmethod
    def of(cls, X, y, before: "WindowPast | None" = None, weight=None, stepped=False) -> "WindowPast":
        """The past of rows X, targets y (n_rows[, n_channels]) and weights, behind those from before."""
        y = y.reshape(len(y), -1)
        limits = Range.of(y if weight is None else y[weight > 0], len(y))
        parts = [X[-KEPT:], y[-KEPT:]] + ([] if weight is None else [weight[-KEPT:]])
        if before is not None:
            limits = before.range.further(limits)
            alike = np.ones(len(before.windows)) if before.weight is None else before.weight
            known = [before.windows, before.targets, alike][: len(parts)]
            parts = [np.concatenate(pair) for pair in zip(known, parts, strict=True)]
        windows, targets, *weights = (part[-KEPT:].copy() for part in parts)
        return cls(windows, targets, limits, weights[0] if weights else None, stepped)

    @cached_property
    def n_following(self) -> np.ndarray:
        width = self.targets.shape[1]
        follows = _moved_along(self.windows, width) & (self.windows[1:, -width:] == self.targets[:-1]).all(axis=1)
        return _steps_to_end(follows) + 1

    @property
    def recent(self) -> np.ndarray:
        return np.arange(len(self.windows))[None, -RECENT:]

    def loop(self) -> WindowLoop:
        """Where the past ends: its last window moved along by its last target."""
        return WindowLoop(self.range, self.windows[-1:]).after(self.targets[-1:])

    def follow(self, windows, y, half, coverage) -> np.ndarray:
        """Half widths (n_rows, n_steps, n_channels) of forecasts y from windows, some of which follow others.

        Windows up to the last one of the past are left out, as a fit to them has small errors there.
        """
        width, rows = y.shape[2], np.arange(len(windows))
        known = _steps_to_end(_moved_along(windows, width) & (windows.shape[1] > width))
        seen = np.flatnonzero((windows == self.windows[-1]).all(axis=1))
        known[: seen[-1] + 1 if len(seen) else 0] = 0
        errors = sizes_of_errors(y, np.roll(windows[:, -width:], -1, axis=0), rows, known)
        return follow(half, errors[None, :-1], coverage)[0]


def _moved_along(windows, n_channels) -> np.ndarray:
    """Whether each window (n_rows - 1,) but the first may be the one before moved along by one step."""
    return (windows[1:, :-n_channels] == windows[:-1, n_channels:]).all(axis=1)


def _steps_to_end(follows) -> np.ndarray:
    """How many rows (n_rows,) come behind each until one does not follow the row before it."""
    rows = np.arange(len(follows) + 1)
    ends = np.append(np.flatnonzero(~follows), len(follows))
    return ends[np.searchsorted(ends, rows)] - rows
