"""The mean loss of a model on weighted rows, with its gradient."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Pullback = Callable[[np.ndarray], np.ndarray]


class Network(Protocol):
    """A model as a function of rows and of one vector v of all its parameters."""

    def scores(self, rows, v, rng=None) -> np.ndarray:
        """Scores (n_samples, n_outputs)."""

    def forward(self, rows, v, rng=None) -> tuple[np.ndarray, Pullback]:
        """Scores, and a function from their cotangents to that of v, summed over rows."""


def no_penalty(v) -> tuple[float, np.ndarray]:
    """The penalty 0, and its gradient."""
    return 0.0, np.zeros_like(v)


@dataclass(frozen=True)
class Risk:
    """``R(v) = sum_i weight_i loss(s(x_i, v), y_i) / sum_i weight_i + penalty(v)``, for `minimize`.

    On a batch of the rows the sum is scaled to all of them.

    Attributes
    ----------
    network : Network
    loss : callable (S, Y) -> (losses, slopes)
        See `skqml.training.losses`.
    rows : sequence
        Rows as the network takes them: they have a length, and an array of numbers picks some.
    Y : ndarray (n_samples, n_outputs)
    weight : ndarray (n_samples,)
    penalty : callable (v) -> (float, ndarray)
    rng : numpy.random.Generator or None
        Source of shots.
    """

    network: Network
    loss: Callable
    rows: Any
    Y: np.ndarray
    weight: np.ndarray
    penalty: Callable = no_penalty
    rng: np.random.Generator | None = None

    def __call__(self, v, batch=None) -> tuple[float, np.ndarray]:
        """Risk and gradient, of a batch (row numbers) or, without one, of all rows."""
        rows, Y, share = self._batch(batch)
        scores, pullback = self.network.forward(rows, v, self.rng)
        losses, slopes = self.loss(scores, Y)
        penalty, slope = self.penalty(v)
        return share @ losses + penalty, pullback(share[:, None] * slopes) + slope

    def value(self, v, batch=None) -> float:
        """Risk alone."""
        rows, Y, share = self._batch(batch)
        return share @ self.loss(self.network.scores(rows, v, self.rng), Y)[0] + self.penalty(v)[0]

    def _batch(self, batch) -> tuple[Any, np.ndarray, np.ndarray]:
        """Rows, targets, and factors of the losses."""
        share = self.weight / self.weight.sum()
        if batch is None:
            return self.rows, self.Y, share
        return self.rows[batch], self.Y[batch], share[batch] * (len(share) / len(batch))
