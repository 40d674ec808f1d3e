"""An optimiser around an optimiser, whose training is kept."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .journal import Journal, set_state
from .optimizers import GoesOn
from .progress import Report, Stop, Training

_ENDS = {"tol", "max_iter", "optimizer", "diverged", None}  # None: not at its end


class KeptOptimizer:
    """An optimiser that goes on with what a record has of its training, and keeps what it reaches.

    One that cannot go on by itself begins anew, and is told what it was told before: see `Journal`.
    """

    def __init__(self, record: Any, place: int, optimizer: Callable, training: Training):
        self.record, self.place, self.optimizer, self.training = record, place, optimizer, training
        self.journal: Journal | None = None

    def __call__(self, objective, w, report: Report, rng) -> None:
        found = self.record.find(self.place)
        if found is not None:
            try:
                w = self._take_up(found, objective, w, report, rng)
            except (TypeError, ValueError, AttributeError, OverflowError, LookupError) as error:
                raise self.record.broken(error) from error
            if found["ended_by"] is not None:
                return
        elif not isinstance(self.optimizer, GoesOn):
            self.journal = Journal(objective, rng)
        self._run(objective, w, report, rng)

    def _take_up(self, found, objective, w, report, rng) -> np.ndarray:
        """Become what was kept; of a journal, once all of it was told. Weights to go on from."""
        _check(found, w)

        def restore():
            self.record.beside[1](found["beside"])
            report.go_on(found["losses"].tolist(), found["validation_losses"].tolist(), found["w"], found["loss"])

        if found["ended_by"] is None and not isinstance(self.optimizer, GoesOn):
            self.journal, self._restore = Journal(objective, rng, dict(found["journal"])), restore
            return w
        if found["ended_by"] is None:
            w = found["at"].copy()
        if isinstance(self.optimizer, GoesOn):
            self.optimizer.remember(found["memory"])
        set_state(rng, found["source"])
        restore()
        if found["ended_by"] is not None:
            self.training.ended_by = found["ended_by"]
        return w

    def _run(self, objective, w, report, rng) -> None:
        reached = w

        def told(w, loss):
            nonlocal reached
            if self.journal is not None and self.journal.has_reported(w):
                if self.journal.is_new:
                    self._restore()
                return
            reached = w
            try:
                report(w, loss)
            finally:
                if self.journal is not None:
                    self.journal.report(w)
            if self.record.is_due(self.training.n_iter):
                self.record.keep(self.place, self._state(None, w, rng), write=True)

        try:
            self.optimizer(objective if self.journal is None else self.journal, w, told, rng)
        except Stop:
            self._end(reached, rng)
            raise
        self._end(reached, rng)

    def _end(self, w, rng) -> None:
        """Keep what was reached; where a callback asked to stop, the next fit goes on."""
        if self.training.losses:
            stopped = self.training.ended_by == "callback"
            state = self._state(None if stopped else self.training.ended_by, w, rng)
            self.record.keep(self.place, state, write=self.record.is_due(self.training.n_iter))

    def _state(self, ended_by: str | None, w, rng) -> dict[str, Any]:
        training, steps = self.training, self.optimizer if isinstance(self.optimizer, GoesOn) else None
        return {
            "ended_by": ended_by,
            "w": training.w,
            "loss": training.loss,
            "losses": np.array(training.losses),
            "validation_losses": np.array(training.validation_losses),
            "source": rng.bit_generator.state,
            "memory": {} if steps is None else steps.memory(),
            "at": w if steps is not None and ended_by is None else None,
            "journal": self.journal.state() if self.journal is not None and ended_by is None else None,
            "beside": self.record.beside[0](),
        }


def _check(found: dict[str, Any], w) -> None:
    """Refuse what was not written."""
    n_iter = found["losses"].shape
    if len(n_iter) != 1 or n_iter == (0,) or found["validation_losses"].shape not in {(0,), n_iter}:
        raise ValueError("expected losses of an iteration at least, got others.")
    if not all(np.issubdtype(found[name].dtype, np.floating) for name in ("losses", "validation_losses", "w")):
        raise ValueError("expected numbers, got others.")
    weights = [found[name] for name in ("w", "at") if found[name] is not None]
    if any(array.shape != w.shape or not np.isfinite(array).all() for array in weights):
        raise ValueError(f"expected finite weights of shape {w.shape}, got others.")
    if found["ended_by"] not in _ENDS or not isinstance(found["loss"], float):
        raise ValueError("expected a training of which a loss is known, got another.")
