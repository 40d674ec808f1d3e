"""Where jobs are submitted, taken up and given up."""

import functools
import logging
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from .copies import TAG, new_tag
from .job_handles import cancel, has_failed, id_of, is_unknown
from .jobs import Job, Ticket
from .store import Store
from .waiting import Overdue

_LOGGER = logging.getLogger("skqml")


class Desk:
    """Where jobs are submitted, taken up and given up; their ids are kept.

    Parameters
    ----------
    submit : callable (ticket) -> job
    lookups : callable (kind) -> (callable (id) -> job, or None; callable (tag) -> job, or None)
        How jobs of the sampler or of the estimator are found that were submitted before.
    store : Store or None
    cache_key : object
        What results depend on besides their jobs.
    """

    def __init__(self, submit: Callable, lookups: Callable, store: Store | None, cache_key: Any):
        self.submit, self.store, self.cache_key = submit, store, cache_key
        self._lookups = functools.cache(lookups)

    def _lookup(self, kind: str) -> Callable | None:
        return self._lookups(kind)[0]

    def key(self, job: Job) -> list:
        """What the result of a job is named by."""
        return [self.cache_key, *job.cache_key()]

    def ticket(self, job: Job) -> Ticket:
        """A ticket for a job, with the result or the id that is kept of it."""
        ticket = Ticket(job)
        if self.store is None:
            return ticket
        ticket.arrays = self._kept(job)
        if ticket.arrays is None:
            kept = self.store.load_id(self.key(job)) or ""
            ticket.tag, ticket.job_id = (kept, None) if kept.startswith(TAG) else (None, kept or None)
        if ticket.job_id is not None and self._lookup(job.kind) is None:
            _LOGGER.warning(
                "%s was submitted before as %s, and runs again: give Primitive(job=...) to take such jobs up.",
                job,
                ticket.job_id,
            )
        return ticket

    def _kept(self, job: Job) -> list[np.ndarray] | None:
        arrays = self.store.load(self.key(job)) if self.store is not None else None
        try:
            return None if arrays is None else job.check(arrays)
        except ValueError as error:
            _LOGGER.warning("The kept result of a job is no answer to it (%s); it runs again.", error)
            return None

    def can_resume(self, ticket: Ticket) -> bool:
        """Whether another call, in another process, can take the job up."""
        return self.store is not None and ticket.job_id is not None and self._lookup(ticket.job.kind) is not None

    def open(self, ticket: Ticket) -> None:
        """Take the job up where it was submitted before, submit it otherwise."""
        job, lookup = ticket.job, self._lookup(ticket.job.kind)
        ticket.since = time.monotonic()
        if ticket.job_id is not None and lookup is not None:
            ticket.handle = self._found(lookup, ticket)
            if ticket.handle is not None:
                return
        ticket.handle = self._tagged_before(ticket)
        if ticket.handle is None:
            ticket.handle = self.submit(ticket)
        ticket.job_id = id_of(ticket.handle)
        _LOGGER.info("%s is submitted%s.", job, "" if ticket.job_id is None else f" as {ticket.job_id}")
        self._keep_id(ticket, ticket.job_id)

    def _tagged_before(self, ticket: Ticket) -> Any:
        """The job of an attempt whose answer was lost; if there is none, None and a tag for the next."""
        find = self._lookups(ticket.job.kind)[1]
        if find is None:
            return None
        found = None if ticket.tag is None else find(ticket.tag)
        if found is None:
            ticket.tag = ticket.tag or new_tag()
            self._keep_id(ticket, ticket.tag)
        return found

    def _keep_id(self, ticket: Ticket, text: str | None) -> None:
        if self.store is not None and text is not None:
            self.store.save_id(self.key(ticket.job), text)

    def _found(self, lookup: Callable, ticket: Ticket) -> Any:
        try:
            handle = lookup(str(ticket.job_id))
        except Exception as error:
            if not is_unknown(error):
                raise
            handle = None
        if handle is None:
            _LOGGER.warning("%s, submitted as %s, is not known any more; it runs again.", ticket.job, ticket.job_id)
        else:
            _LOGGER.info("%s is taken up, submitted as %s.", ticket.job, ticket.job_id)
        return handle

    def let_go(self, ticket: Ticket, error: Exception) -> None:
        """After a failure: forget a job that is over, which is then submitted again; any other is asked again."""
        if ticket.handle is None:
            return
        overdue = isinstance(error, Overdue)
        if (overdue and not cancel(ticket.handle)) or (not overdue and has_failed(ticket.handle)):
            self.forget(ticket)
        elif ticket.job_id is not None and self._lookup(ticket.job.kind) is not None:
            ticket.handle = None  # looked up anew

    def forget(self, ticket: Ticket) -> None:
        """Drop a job that is over, or gave no answer."""
        ticket.handle = ticket.job_id = ticket.tag = None
        if self.store is not None:
            self.store.forget_id(self.key(ticket.job))

    def keep(self, ticket: Ticket, arrays: list[np.ndarray]) -> None:
        """Keep the result of a job."""
        ticket.arrays = arrays
        if self.store is not None:
            self.store.save(self.key(ticket.job), arrays)

    def remedy(self, ticket: Ticket) -> str:
        """Where the results are of the jobs before one that failed."""
        if self.store is None:
            return "Results of the jobs before it are lost; with Primitive(folder=...) they would be kept."
        kept = (
            f"Results of the jobs before it are kept in {str(self.store.folder)!r}; run the same again to go on there."
        )
        if not self.can_resume(ticket):
            return kept
        path = str(self.store.path(self.key(ticket.job), "job"))
        return f"{kept} That takes up job {ticket.job_id} again; delete {path!r} to run it anew instead."
