"""What is kept of the sequences of a fit, from which forecasts are tried out."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from ...states import CheckedState, count, floats, instance, nullable
from ..base.forecasts.closed_loop import Loop, Range
from ..base.forecasts.intervals import KEPT, RECENT
from .sequences import Sequences


@dataclass(frozen=True)
class StepPast(CheckedState):
    """The last steps of sequences with a target for every step: see `Past`.

    Its rows are the steps that a readout can be fitted to, one sequence after another.

    Attributes
    ----------
    sequences : Sequences
    y : ndarray (n_sequences, n_steps, n_channels)
    first : int
        The first step that is a row.
    state : ndarray (n_sequences, n_reservoirs, n_state)
        States before step 0.
    range : Range or None
        Of all targets of the fit.
    last : ndarray (n, ...) or None
        Targets of the last step, of all sequences of the fit.
    end : Loop or None
        Where these end, before their last targets are known; None where one ends before the others.
    """

    sequences: Sequences
    y: np.ndarray
    first: int
    state: np.ndarray
    range: Range | None = None
    last: np.ndarray | None = None
    end: Loop | None = None

    _contents: ClassVar[dict] = {
        "sequences": instance(Sequences, n_sequences="n_sequences", n_steps="n_steps"),
        "y": floats("n_sequences", "n_steps", "n_targets"),
        "first": count(),
        "state": floats("n_sequences", ...),
        "range": nullable(instance(Range)),
        "last": nullable(floats(...)),
        "end": nullable(instance(Loop)),
    }

    @cached_property
    def used(self) -> np.ndarray:
        """Which steps (n_sequences, n_steps) are rows."""
        return self.sequences.inside & (np.arange(self.sequences.X.shape[1]) >= self.first)

    @property
    def weight(self) -> np.ndarray:
        """With which rows counted in the fit."""
        return self.sequences.weight_of_steps[self.used]

    @property
    def targets(self) -> np.ndarray:
        return self.y[self.used]

    @property
    def n_following(self) -> np.ndarray:
        return np.concatenate([n - np.arange(self.first, n) for n in self.sequences.lengths])

    @property
    def recent(self) -> np.ndarray:
        """The last rows (n_sequences, n_steps) of sequences that are all as long."""
        return np.arange(self.used.sum()).reshape(len(self.y), -1)[:, -RECENT:]

    def before(self, rows, n_steps) -> Sequences:
        """Sequences of so many steps up to each row, or of as many as all of them have."""
        sequence, step = np.argwhere(self.used)[rows].T
        n_steps = min(n_steps, step.min() + 1)
        steps = step[:, None] + np.arange(1 - n_steps, 1)
        return Sequences(self.sequences.X[sequence[:, None], steps], np.full(len(steps), n_steps), True)

    def ends_in(self, X) -> np.ndarray:
        """The last step (n_sequences,) of each sequence of X at which one of these ends, -1 where there is none."""
        length = min(8, self.sequences.lengths.min(), X.shape[1])
        ends = [x[n - length : n] for x, n in zip(self.sequences.X, self.sequences.lengths, strict=True)]
        parts = np.lib.stride_tricks.sliding_window_view(X, length, axis=1).swapaxes(2, 3)
        same = np.any([(parts == end).all(axis=(2, 3)) for end in ends], axis=0)
        return np.where(same, np.arange(same.shape[1]) + length - 1, -1).max(axis=1)


class Keeping:
    """What is to be kept of a fit to sequences, or of one that goes on with sequences from before.

    Parameters
    ----------
    sequences : Sequences
    y : ndarray (n_sequences, n_steps[, n_targets])
    first : int
    before : StepPast or None

    Attributes
    ----------
    begin : int
        The first step of `sequences` that is kept, negative where steps from before are.
    """

    def __init__(self, sequences, y, first, before=None):
        parts = [sequences.X, y.reshape(*sequences.X.shape[:2], -1), sequences.weight_of_steps]
        lengths, known = sequences.lengths, 0
        self._before = before
        if before is not None:
            n, known, first = len(before.y), before.y.shape[1], before.first
            earlier = before.sequences.X, before.y, before.sequences.weight_of_steps
            parts = [np.concatenate([a, b[-n:]], axis=1) for a, b in zip(earlier, parts, strict=True)]
            lengths = known + lengths[-n:]
        n = max(1, KEPT // parts[0].shape[1])
        lengths = lengths[-n:]
        skipped = max(0, lengths.max() - KEPT)
        self.begin, self._skipped = skipped - known, skipped
        X, y, weight = (part[-n:, skipped:].copy() for part in parts)
        self._kept = Sequences(X, lengths - skipped, True, weight), y, max(0, first - skipped)

    def past(self, model, state, *end) -> StepPast:
        """What is kept, given states before the step `begin` where that is not negative, and what is at the end."""
        state = self._earlier(model) if self.begin < 0 else state
        return StepPast(*self._kept, state[-len(self._kept[1]) :].copy(), *end)

    def _earlier(self, model) -> np.ndarray:
        """States before a step of what was known before."""
        known, state = self._before.sequences, self._before.state
        return model.ensemble_.run(model._inputs(known)[:, : self._skipped], state)[0] if self._skipped else state
