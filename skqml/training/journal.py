"""What an objective answered, so that an optimiser that has to begin anew is told the same once more."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from .optimizers import Objective

_SLOPE, _LOSS, _REPORT = range(3)  # kinds of entries


@dataclass
class _Entry:
    """An answer to an optimiser, or the end of an iteration, and the random source behind it where that has moved."""

    kind: int
    point: int
    loss: float
    slope: np.ndarray | None
    source: dict | None


class Journal(Objective):
    """An objective that notes its answers, and gives those first that another journal has noted.

    Parameters
    ----------
    objective : Objective
    rng : numpy.random.Generator
        Source of shots and of what an optimiser draws; its state is noted, and given again, too.
    noted : dict, default=None
        `state` of the other journal.
    """

    def __init__(self, objective: Objective, rng: np.random.Generator, noted: dict[str, Any] | None = None):
        self._objective, self._rng = objective, rng
        self._last = dict(rng.bit_generator.state)
        self._entries = [] if noted is None else _entries(noted)
        self._next = 0
        self._n_old = len(self._entries)

    @property
    def n_batches(self) -> int:
        """As of the objective."""
        return self._objective.n_batches

    def epoch(self, rng) -> Iterator[np.ndarray | None]:
        """As of the objective."""
        return self._objective.epoch(rng)

    def walled(self) -> Objective:
        """As of an objective; what is noted is what stands before the wall."""
        return Objective(self, self.loss).walled()

    def __call__(self, w, rows=None) -> tuple[float, np.ndarray]:
        """The loss and its gradient."""
        old = self._again(_SLOPE, w, rows)
        if old is not None:
            assert old.slope is not None, "entries of this kind have one"
            return old.loss, old.slope.reshape(w.shape).copy()
        loss, slope = self._objective(w, rows)
        self._note(_SLOPE, w, rows, loss, np.array(slope, dtype=float))
        return loss, slope

    def loss(self, w, rows=None) -> float:
        """The loss alone."""
        old = self._again(_LOSS, w, rows)
        if old is not None:
            return old.loss
        loss = self._objective.loss(w, rows)
        self._note(_LOSS, w, rows, loss)
        return loss

    def has_reported(self, w) -> bool:
        """Whether the iteration that ends at weights w has ended before."""
        return self._again(_REPORT, w, None) is not None

    @property
    def is_new(self) -> bool:
        """Whether all that was noted before has been given out."""
        return self._next >= self._n_old

    def report(self, w) -> None:
        """Note the end of an iteration."""
        self._note(_REPORT, w, None, 0.0)

    def state(self) -> dict[str, Any]:
        """All entries, as arrays and lists."""
        slopes = [entry.slope for entry in self._entries if entry.slope is not None]
        return {
            "kinds": np.array([entry.kind for entry in self._entries], dtype=np.uint8),
            "points": np.array([entry.point for entry in self._entries], dtype=np.uint64),
            "losses": np.array([entry.loss for entry in self._entries], dtype=float),
            "slopes": np.array(slopes, dtype=float),
            "sources": [entry.source for entry in self._entries],
        }

    def _again(self, kind: int, w, rows) -> _Entry | None:
        if self.is_new:
            return None
        entry = self._entries[self._next]
        if (entry.kind, entry.point) != (kind, _point(w, rows)):
            raise ValueError(
                "Expected a training that goes the way of its checkpoint, but it asks for something else: a function "
                "that it calls, or the machine, is another one; remove the checkpoint to train anew."
            )
        self._next += 1
        if entry.source is not None:
            set_state(self._rng, entry.source)
            self._last = dict(self._rng.bit_generator.state)
        return entry

    def _note(self, kind: int, w, rows, loss: float, slope: np.ndarray | None = None) -> None:
        state = dict(self._rng.bit_generator.state)
        moved, self._last = state != self._last, state
        self._entries.append(_Entry(kind, _point(w, rows), float(loss), slope, state if moved else None))


def set_state(rng: np.random.Generator, state: Any) -> None:
    """Set a random source to a state of its kind; ValueError for anything else."""
    try:
        rng.bit_generator.state = state
    except (TypeError, ValueError, OverflowError, LookupError) as error:
        raise ValueError(
            f"Expected the state of a random source, got another; remove the checkpoint: {error}"
        ) from error


def _point(w, rows) -> int:
    """A number by which weights and rows are known again."""
    found = sha256(np.ascontiguousarray(w).tobytes())
    found.update(b"" if rows is None else np.ascontiguousarray(rows).tobytes())
    return int.from_bytes(found.digest()[:8], "big")


def _entries(noted: dict[str, Any]) -> list[_Entry]:
    slopes = iter(noted["slopes"])
    columns = (noted["kinds"].tolist(), noted["points"].tolist(), noted["losses"].tolist(), noted["sources"])
    return [
        _Entry(kind, point, loss, next(slopes) if kind == _SLOPE else None, source)
        for kind, point, loss, source in zip(*columns, strict=True)
    ]
