"""The jobs of one call: many submitted before the first is waited for, repeated where they fail, and kept."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from .desk import Desk
from .job_handles import cancel, is_local
from .jobs import Job, PubRows, Ticket
from .sessions import Sessions
from .store import Store
from .waiting import result_within

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


class Unusable(RuntimeError):
    """A result that is no answer; another attempt would be no better."""


class Runner:
    """Runs the jobs of one call.

    Parameters
    ----------
    backend : Primitive
        Its limits, and what it runs jobs on.
    store : Store or None
    cache_key : object
        What results depend on besides their jobs.
    """

    def __init__(self, backend, store: Store | None, cache_key: Any):
        self.retries, self.wait, self.timeout = backend.retries, backend.wait, backend.timeout
        self._most = int(backend.max_jobs)  # jobs that the provider has at once
        self._backend, self._sessions = backend, Sessions(backend.session)
        self._desk = Desk(self._submit, backend.lookups, store, cache_key)
        self._waiting: deque[Ticket] = deque()
        self._last = 0.0  # when the last result came

    def __call__(self, jobs: Sequence[Job]) -> Iterator[tuple[PubRows, np.ndarray, np.ndarray]]:
        """Yield (part, means, variances) of all parts, in order."""
        coming = deque(jobs)
        with self._sessions:
            try:
                while coming or self._waiting:
                    self._fill(coming)
                    arrays = self._finish(self._waiting[0])
                    yield from self._waiting.popleft().job.answers(arrays)
            except Exception:
                self._collect_rest()
                raise
            finally:
                self._give_up_rest()

    def _fill(self, coming: deque[Job]) -> None:
        """Submit jobs until the provider has as many as it may."""
        while coming or self._has_idle:
            if not self._has_idle:
                self._waiting.append(self._desk.ticket(coming.popleft()))
            ticket, n_open = self._waiting[-1], sum(other.is_open for other in self._waiting)
            if ticket.is_idle:
                if n_open >= self._most:
                    return
                self._try(ticket, self._open, rest=not n_open)
            if ticket.error is not None:
                coming.clear()
            elif n_open and ticket.is_idle:  # refused while others wait: perhaps it takes no more at once
                self._most = n_open
                return

    @property
    def _has_idle(self) -> bool:
        return bool(self._waiting) and self._waiting[-1].is_idle

    def _open(self, ticket: Ticket) -> None:
        self._desk.open(ticket)
        if is_local(ticket.handle):
            self._most = 1

    def _submit(self, ticket: Ticket) -> Any:
        ticket.session = self._sessions.enter()
        run = self._backend.submission(ticket.job.kind, ticket.job.ask(), ticket.job.seed, ticket.tag)
        return result_within(self.timeout, run, since=ticket.since)

    def _try(self, ticket: Ticket, act: Callable[[Ticket], None], rest: bool = True) -> None:
        """Do ``act(ticket)``; if it fails, make the ticket ready for the next attempt, and rest until then."""
        try:
            act(ticket)
        except Unusable:
            raise
        except Exception as error:  # each provider has errors of its own for a queue or a network that failed
            self._sessions.leave(ticket.session)
            self._desk.let_go(ticket, error)
            ticket.n_failures += 1
            if ticket.n_failures > self.retries or type(error) in _PERMANENT or self._sessions.ended(error):
                ticket.error = error
                return
            _LOGGER.warning("%s failed (%s); repetition %d of %d.", ticket.job, error, ticket.n_failures, self.retries)
            if rest:
                time.sleep(self.wait * 2 ** (ticket.n_failures - 1))

    def _finish(self, ticket: Ticket) -> list[np.ndarray]:
        """Means and variances of a job, once they are there."""
        while ticket.arrays is None:
            if ticket.error is not None:
                raise RuntimeError(
                    f"{ticket.job} failed {ticket.n_failures} times, the last time with: {ticket.error}. "
                    f"{self._desk.remedy(ticket)}"
                ) from ticket.error
            self._try(ticket, self._open if ticket.is_idle else self._collect)
        return ticket.arrays

    def _collect(self, ticket: Ticket) -> None:
        """Wait for the result of a job, and keep it."""
        # Jobs of this call that are before it in the queue are no fault of its own.
        since = max(ticket.since, self._last)
        result = result_within(self.timeout, ticket.handle.result, since=since, look=ticket.look())
        self._last = time.monotonic()
        try:
            self._desk.keep(ticket, ticket.job.read(result))
        except (AttributeError, TypeError, ValueError) as error:
            self._desk.forget(ticket)
            raise Unusable(
                f"{ticket.job} gave a result that cannot be used: {error}; look at it where it ran. "
                f"{self._desk.remedy(ticket)}"
            ) from error

    def _collect_rest(self) -> None:
        """After a failure: keep what other jobs give that no later call could take up."""
        for ticket in self._waiting:
            if self._desk.store is not None and ticket.is_open and not self._desk.can_resume(ticket):
                with suppress(Exception):
                    self._collect(ticket)

    def _give_up_rest(self) -> None:
        """Cancel what nobody waits for any more, nor can take up later."""
        for ticket in self._waiting:
            if ticket.is_open and not self._desk.can_resume(ticket):
                cancel(ticket.handle)
                self._desk.forget(ticket)
