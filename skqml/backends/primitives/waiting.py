"""The result of a job, or an end to the waiting."""

import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any


def result_within(seconds: float | None, submit: Callable) -> Any:
    """Result of the job that ``submit()`` returns.

    Parameters
    ----------
    seconds : float or None
        How long it may take from its submission to its result; ``None`` for any time.
    submit : callable () -> job

    Raises
    ------
    TimeoutError
        If it takes longer; the job is then cancelled, if it can be.
    """
    if seconds is None:
        return submit().result()
    ends: queue.SimpleQueue = queue.SimpleQueue()
    jobs: list = []

    def work() -> None:
        try:
            jobs.append(submit())
            ends.put((jobs[0].result(), None))
        except BaseException as error:  # it is raised where the result is waited for
            ends.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    try:
        result, error = ends.get(timeout=seconds)
    except queue.Empty:
        for job in jobs:
            with contextlib.suppress(Exception):  # what cannot be cancelled runs on
                job.cancel()
        raise TimeoutError(f"no result within {seconds:g} seconds") from None
    if error is not None:
        raise error
    return result
