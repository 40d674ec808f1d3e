"""Rows of PUBs cut into jobs: what each asks, and what may be its answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .pubs import Pub


@dataclass(frozen=True)
class Part:
    """Some rows of one PUB."""

    pub: Pub
    rows: slice

    @property
    def n_rows(self) -> int:
        """Number of the rows."""
        return self.rows.stop - self.rows.start


def cut(pubs: Sequence[Pub], n_rows: int, max_rows: int) -> list[list[Part]]:
    """All rows of all PUBs as jobs: of one primitive, and of at most `max_rows` rows of PUBs."""
    jobs: list[list[Part]] = []
    for pub in pubs:
        start = 0
        while start < n_rows:
            job = jobs[-1] if jobs and jobs[-1][0].pub.kind == pub.kind else None
            left = max_rows - sum(part.n_rows for part in job) if job else 0
            if not job or left <= 0:
                jobs.append(job := [])
                left = max_rows
            stop = min(n_rows, start + left)
            job.append(Part(pub, slice(start, stop)))
            start = stop
    return jobs


@dataclass(frozen=True, eq=False)
class Job:
    """Parts that a primitive is asked about at once.

    Attributes
    ----------
    number, n_jobs : int
        Its place in a call, from 0, and how many the call has.
    parts : list of Part
    angles : ndarray (n_samples, n_angles)
        Of all rows of the call.
    seed : int or None
        For a primitive that takes one.
    """

    number: int
    n_jobs: int
    parts: list[Part]
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

    def answers(self, arrays: list[np.ndarray]) -> Iterator[tuple[Part, Any, Any]]:
        """Each part with its means and variances."""
        return zip(self.parts, arrays[::2], arrays[1::2], strict=True)
