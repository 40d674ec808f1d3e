"""Rows of PUBs cut into jobs, which are run, repeated where they fail, and kept."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .pubs import Pub
from .store import Store

_LOGGER = logging.getLogger("skqml")
# A wrong call stays wrong. Only these classes themselves: a provider's own, made from one of them, may be of a network.
_PERMANENT = (
    TypeError,
    ValueError,
    AttributeError,
    NameError,
    KeyError,
    IndexError,
    ImportError,
    ModuleNotFoundError,
    NotImplementedError,
)


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


class Runner:
    """Runs the jobs of one call, one after another.

    Parameters
    ----------
    submit : callable (kind, pubs, seed) -> result
        Runs PUBs on the sampler or estimator.
    retries : int
        How often a failed job is run again.
    wait : float
        Seconds before the first repetition; doubled for each further one.
    store : Store or None
    """

    def __init__(self, submit: Callable, retries: int, wait: float, store: Store | None):
        self.submit, self.retries, self.wait, self.store = submit, retries, wait, store

    def __call__(
        self, jobs: list[list[Part]], angles: np.ndarray, seeds: list, cache_key
    ) -> Iterator[tuple[Part, np.ndarray, np.ndarray]]:
        """Yield (part, means, variances) of all parts; kept results depend on `cache_key` and their PUBs."""
        for number, (job, seed) in enumerate(zip(jobs, seeds, strict=True)):
            place = _Place(number, len(jobs), job, self.store)
            key = None
            if self.store is not None:
                key = [cache_key, number, [(part.pub.cache_key(), angles[part.rows]) for part in job]]
            kept = None if self.store is None else _kept(self.store, key, job)
            arrays = self._arrays(job, angles, seed, place) if kept is None else kept
            if kept is None and self.store is not None:
                self.store.save(key, arrays)
            for k, part in enumerate(job):
                yield part, arrays[2 * k], arrays[2 * k + 1]

    def _arrays(self, job, angles, seed, place) -> list[np.ndarray]:
        result = self._result(job, angles, seed, place)
        arrays: list[np.ndarray] = []
        try:
            if len(result) != len(job):
                raise ValueError(f"expected {len(job)} results of PUBs, got {len(result)}")
            for part, answer in zip(job, result, strict=True):
                arrays += part.pub.read(answer.data, part.n_rows)
            return _checked(job, arrays)
        except (AttributeError, TypeError, ValueError) as error:
            raise RuntimeError(
                f"{place} gave a result that cannot be used: {error}; look at it where it ran. {place.remedy()}"
            ) from error

    def _result(self, job, angles, seed, place) -> Any:
        pubs = [part.pub.ask(angles[part.rows]) for part in job]
        for attempt in range(self.retries + 1):
            try:
                return self.submit(job[0].pub.kind, pubs, seed)
            except Exception as error:  # each provider has errors of its own for a queue or a network that failed
                if attempt == self.retries or type(error) in _PERMANENT:
                    raise RuntimeError(
                        f"{place} failed {attempt + 1} times, the last time with: {error}. {place.remedy()}"
                    ) from error
                _LOGGER.warning("%s failed (%s); repetition %d of %d.", place, error, attempt + 1, self.retries)
                time.sleep(self.wait * 2**attempt)
        raise AssertionError("a loop over at least one attempt returns or raises")


def _kept(store: Store, key, job: list[Part]) -> list[np.ndarray] | None:
    """Arrays of a job that were kept, None where there are none, or none that can be an answer."""
    arrays = store.load(key)
    try:
        return None if arrays is None else _checked(job, arrays)
    except ValueError as error:
        _LOGGER.warning("The kept result of a job is no answer to it (%s); it runs again.", error)
        return None


def _checked(job: list[Part], arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Means and variances of all parts of a job; ValueError if they cannot be an answer."""
    if len(arrays) != 2 * len(job):
        raise ValueError(f"expected {2 * len(job)} arrays, got {len(arrays)}")
    for k, part in enumerate(job):
        part.pub.check(arrays[2 * k], arrays[2 * k + 1], part.n_rows)
    return arrays


@dataclass(frozen=True)
class _Place:
    """How a job is called in messages."""

    number: int
    n_jobs: int
    job: list
    store: Store | None

    def __str__(self) -> str:
        first, last = self.job[0], self.job[-1]
        rows = f"rows {first.rows.start} to {last.rows.stop - 1}"
        return f"Job {self.number + 1} of {self.n_jobs} on the {first.pub.kind} ({rows})"

    def remedy(self) -> str:
        """Where the results before it are."""
        if self.store is None:
            return "Results of the jobs before it are lost; with Primitive(folder=...) they would be kept."
        folder = str(self.store.folder)
        return f"Results of the jobs before it are kept in {folder!r}; run the same again to go on there."
