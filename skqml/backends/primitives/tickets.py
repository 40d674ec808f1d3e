"""A job on its way: submitted or taken up, failed or done."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .handles import progress_of
from .jobs import Job

_LOGGER = logging.getLogger("skqml")


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
