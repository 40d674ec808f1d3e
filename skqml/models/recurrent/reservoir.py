"""Ensembles of cells with frozen angles, run over sequences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from ...backends.base import Backend
from ...states import CheckedState, count, floats, instance, nullable, optional
from .cells.base import Cell, Step

_BLOCK_BYTES = 2**26  # of the features that are in memory at one time


@dataclass(frozen=True)
class Ensemble(CheckedState):
    """Cells side by side that see the same sequences, each with angles of its own.

    Attributes
    ----------
    cell : Cell
    step : Step
        The cell, compiled.
    backend : Backend
    weights : ndarray (n_reservoirs, n_weights)
    n_jobs : int or None
    n_channels : int
        Of the inputs that the step was compiled for.
    """

    cell: Cell
    step: Step
    backend: Backend
    weights: np.ndarray
    n_jobs: int | None = None
    n_channels: int = 1

    _found_again: ClassVar[frozenset] = frozenset({"step"})
    _contents: ClassVar[dict] = {
        "cell": instance(Cell),
        "backend": instance(Backend),
        "weights": floats("n_reservoirs", "n_weights"),
        "n_jobs": nullable(count(least=-(2**15))),
        "n_channels": count("n_channels", 1),
        "step": optional(instance(object)),
    }

    def __getattr__(self, name) -> Step:
        if name != "step" or "cell" not in vars(self):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        # It came out of a file or a pickle, which hold nothing compiled.
        return vars(self).setdefault("step", self.cell.compile(self.n_channels, self.backend))

    @property
    def n_outputs(self) -> int:
        """Number of features a step."""
        return len(self.weights) * self.step.n_outputs

    @property
    def room(self) -> int:
        """Number of steps whose features are in memory at one time."""
        return max(1, _BLOCK_BYTES // (8 * self.n_outputs))

    def start(self, n_sequences: int) -> np.ndarray:
        """States (n_sequences, n_reservoirs, n_state) before the first step."""
        return self.cell.init_state(n_sequences * len(self.weights)).reshape(n_sequences, len(self.weights), -1)

    def run(self, X, state) -> tuple[np.ndarray, np.ndarray]:
        """Run all cells over X (n_sequences, n_steps, n_channels).

        Returns
        -------
        state : ndarray (n_sequences, n_reservoirs, n_state)
        features : ndarray (n_sequences, n_steps, n_outputs)
        """
        if self.backend.exact and self.n_jobs in (None, 1):
            state, out = self.step.run(X, self.weights, state)
            return state, out.reshape(*out.shape[:2], -1)
        # A task and a source of shots for each reservoir: results do not depend on who runs it.
        rng = self.backend.generator()
        sources = [None] * len(self.weights) if rng is None else rng.spawn(len(self.weights))
        done = Parallel(n_jobs=self.n_jobs)(
            delayed(self.step.run)(X, self.weights[r : r + 1], state[:, r : r + 1], source)
            for r, source in enumerate(sources)
        )
        states, outs = zip(*done, strict=True)
        out = np.concatenate(outs, axis=2)
        return np.concatenate(states, axis=1), out.reshape(*out.shape[:2], -1)

    def blocks(self, X, state, border=0) -> Iterator[tuple[slice, slice, np.ndarray]]:
        """Run over X in blocks that fit in memory, and change state to the one at the end; one ends at the border.

        Yields
        ------
        rows, steps : slice
        features : ndarray (n_rows, n_steps, n_outputs)
            Of these rows and steps.
        """
        room = self.room
        for a in range(0, len(X), room):
            rows = slice(a, min(a + room, len(X)))
            length = max(1, room // (rows.stop - a))
            ends = sorted({*range(length, X.shape[1], length), border, X.shape[1]} - {0})
            for steps in map(slice, [0, *ends], ends):
                state[rows], features = self.run(X[rows, steps], state[rows])
                yield rows, steps, features
