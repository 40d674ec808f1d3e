"""What a training has reached, how it is told of an iteration, and when it ends."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


class Stop(Exception):
    """Raised by `report` to end a training."""


@dataclass
class Training:
    """What a training has reached.

    Attributes
    ----------
    w : ndarray (n_weights,)
        Weights of the lowest loss (of the lowest validation loss, where there is one).
    loss : float
        That loss; infinite if no iteration ended.
    losses, validation_losses : list of float
        One an iteration.
    ended_by : {"tol", "max_iter", "optimizer", "callback", "diverged", "interrupted"}
    optimizer : callable or None
        What trained, with its moments.
    """

    w: np.ndarray
    loss: float = np.inf
    losses: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    ended_by: str = "optimizer"
    optimizer: Callable | None = None

    @property
    def n_iter(self) -> int:
        """Number of iterations that ended."""
        return len(self.losses)


@dataclass
class Report:
    """What an optimiser calls after each iteration."""

    training: Training
    max_iter: int
    tol: float | None
    n_iter_no_change: int
    validation_loss: Callable | None
    callback: Callable | None
    verbose: int
    what: str
    title: str
    _lowest: list[float] = field(default_factory=list)

    def __call__(self, w, loss: float) -> None:
        training = self.training
        training.losses.append(float(loss))
        counted = loss
        if self.validation_loss is not None and np.isfinite(loss):
            counted = self.validation_loss(w)
            training.validation_losses.append(float(counted))
        if counted < training.loss:
            training.w, training.loss = w.copy(), float(counted)
        self._lowest.append(training.loss)
        if self.verbose and training.n_iter % self.verbose == 0:
            self._write(float(loss), float(counted))
        # The callback comes first: it is told of every iteration, the last one too.
        stop = self.callback is not None and self.callback(w, loss)
        ended_by = "callback" if stop else self._end(counted)
        if ended_by:
            training.ended_by = ended_by
            raise Stop

    def go_on(self, losses: list[float], validation_losses: list[float], w: np.ndarray, loss: float) -> None:
        """Stand where a training stood that had these losses, and the lowest at weights w."""
        training = self.training
        training.losses, training.validation_losses = losses, validation_losses
        training.w, training.loss = w, float(loss)
        self._lowest = np.minimum.accumulate(validation_losses or losses).tolist()

    def _write(self, loss: float, counted: float) -> None:
        training, values = self.training, {self.what: loss}
        if self.validation_loss is not None:
            values = {f"training {self.what}": loss, f"validation {self.what}": counted}
        values[f"lowest {list(values)[-1]}"] = training.loss
        line = "".join(f", {name} {value:.6f}" for name, value in values.items())
        sys.stdout.write(f"{self.title and self.title + ', '}iteration {training.n_iter}{line}\n")

    def _end(self, loss: float) -> str | None:
        if not np.isfinite(loss):
            return "diverged"
        n = self.n_iter_no_change
        if self.tol is not None and len(self._lowest) > n and self._lowest[-1 - n] - self._lowest[-1] <= self.tol:
            return "tol"
        return "max_iter" if self.training.n_iter >= self.max_iter else None
