"""The result of a call that may take long, or an end to the waiting."""

import contextvars
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

_PAUSE = 5.0  # seconds between two looks


class Overdue(TimeoutError):
    """What was waited for took too long."""


def result_within(seconds: float | None, call: Callable, *, since: float, look: Callable | None = None) -> Any:
    """Result of ``call()``.

    Parameters
    ----------
    seconds : float or None
        How long it may take; ``None`` for any time.
    call : callable () -> result
    since : float
        When the seconds began, as `time.monotonic` tells it.
    look : callable () -> None, default=None
        Called now and then while the result is waited for.

    Raises
    ------
    Overdue
        If it takes longer; the call goes on in a thread.
    """
    if seconds is None and look is None:
        return call()
    ends: queue.SimpleQueue = queue.SimpleQueue()
    context = contextvars.copy_context()  # a session may be open there

    def work() -> None:
        try:
            ends.put((context.run(call), None))
        except BaseException as error:  # it is raised where the result is waited for
            ends.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    result, error = _first(ends, seconds, since, look)
    if error is not None:
        raise error
    return result


def _first(ends: queue.SimpleQueue, seconds: float | None, since: float, look: Callable | None) -> tuple:
    while True:
        left = None if seconds is None else max(0.0, since + seconds - time.monotonic())
        pause = left if look is None else _PAUSE if left is None else min(left, _PAUSE)
        try:
            return ends.get(timeout=pause)
        except queue.Empty:
            if seconds is not None and time.monotonic() >= since + seconds:
                raise Overdue(f"no result within {seconds:g} seconds") from None
        if look is not None:
            look()
