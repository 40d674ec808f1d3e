"""Rows of PUBs cut into jobs: what each asks, what may be its answer, and how it stands on its way."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .job_handles import progress_of
from .pubs import Pub

_LOGGER = logging.getLogger("skqml")


@dataclass(frozen=True)
class PubRows:
    """Some rows of one PUB."""

    pub: Pub
    rows: slice

    @property
    def n_rows(self) -> int:
        """Number of the rows."""
        return self.rows.stop - self.rows.start


def cut(pubs: Sequence[Pub], n_rows: int, max_rows: int) -> list[list[PubRows]]:
    """All rows of all PUBs as jobs: of one primitive, and of at most `max_rows` rows of PUBs."""
    jobs: list[list[PubRows]] = []
    for pub in pubs:
        start = 0
        while start < n_rows:
            job = jobs[-1] if jobs and jobs[-1][0].pub.kind == pub.kind else None
            left = max_rows - sum(part.n_rows for part in job) if job else 0
            if not job or left <= 0:
                jobs.append(job := [])
                left = max_rows
            stop = min(n_rows, start + left)
            job.append(PubRows(pub, slice(start, stop)))
            start = stop
    return jobs


@dataclass(frozen=True, eq=False)
class Job:
    """Parts that a primitive is asked about at once.

    Attributes
    ----------
    number, n_jobs : int
        Its place in a call, from 0, and how many the call has.
    parts : list of PubRows
    angles : ndarray (n_samples, n_angles)
        Of all rows of the call.
    seed : int or None
        For a primitive that takes one.
    """

    number: int
    n_jobs: int
    parts: list[PubRows]
    angles: np.ndarray
    seed: int | None

    def __str__(self) -> str:
        rows = f"rows {self.parts[0].rows.start} to {self.parts[-1].rows.stop - 1}"
        return f"Job {self.number + 1} of {self.n_jobs} on the {self.kind} ({rows})"

    @property
    def kind(self) -> str:
        """The primitive that it is for."""
        return self.parts[0].pub.kind

    def cache_key(self) -> list:
        """What its result depends on, besides the primitive."""
        return [self.number, [(part.pub.cache_key(), self.angles[part.rows]) for part in self.parts]]

    def ask(self) -> list[tuple]:
        """What the primitive is given."""
        return [part.pub.ask(self.angles[part.rows]) for part in self.parts]

    def read(self, result) -> list[np.ndarray]:
        """Means and variances of all parts out of a primitive's result; ValueError if they cannot be an answer."""
        if len(result) != len(self.parts):
            raise ValueError(f"expected {len(self.parts)} results of PUBs, got {len(result)}")
        pairs = [part.pub.read(answer.data, part.n_rows) for part, answer in zip(self.parts, result, strict=True)]
        return self.check([array for pair in pairs for array in pair])

    def check(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """The means and variances themselves; ValueError if they cannot be an answer."""
        if len(arrays) != 2 * len(self.parts):
            raise ValueError(f"expected {2 * len(self.parts)} arrays, got {len(arrays)}")
        for k, part in enumerate(self.parts):
            part.pub.check(arrays[2 * k], arrays[2 * k + 1], part.n_rows)
        return arrays

    def answers(self, arrays: list[np.ndarray]) -> Iterator[tuple[PubRows, Any, Any]]:
        """Each part with its means and variances."""
        return zip(self.parts, arrays[::2], arrays[1::2], strict=True)


@dataclass(eq=False)
class Ticket:
    """What is known of a job.

    Attributes
    ----------
    job : Job
    arrays : list of ndarray or None
        Its result, once it is there.
    job_id : str or None
        Of what the provider runs for it.
    tag : str or None
        That it was submitted with, where jobs take tags.
    handle : object or None
        The provider's own job.
    session : int
        Number of the context that it was submitted in.
    since : float
        When it was submitted or taken up.
    n_failures : int
    error : Exception or None
        The last failure, when there are to be no more attempts.
    """

    job: Job
    arrays: list[np.ndarray] | None = None
    job_id: str | None = None
    tag: str | None = None
    handle: Any = None
    session: int = 0
    since: float = 0.0
    n_failures: int = 0
    error: Exception | None = None

    @property
    def is_open(self) -> bool:
        """Whether the provider has it."""
        return self.arrays is None and self.handle is not None

    @property
    def is_idle(self) -> bool:
        """Whether it is to be submitted, or to be taken up again."""
        return self.arrays is None and self.handle is None and self.error is None

    def look(self) -> Callable[[], None] | None:
        """A function that logs how it stands whenever that has changed; None where nobody listens."""
        if not _LOGGER.isEnabledFor(logging.INFO):
            return None
        last: list = [None]

        def look() -> None:
            if (now := progress_of(self.handle)) != last[0]:
                _LOGGER.info("%s is %s.", self.job, now)
                last[0] = now

        return look
