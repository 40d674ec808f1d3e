"""What the job object of a provider says of itself, whoever made it; it need not have more than `result`."""

import contextlib
from typing import Any

from qiskit.primitives import PrimitiveJob

_OVER = {"ERROR", "FAILED", "CANCELLED", "CANCELED"}
_DONE = {"DONE", "COMPLETED"}


def id_of(handle) -> str | None:
    """The id by which it can be looked up in another process, None where there is none."""
    given = None if is_local(handle) else getattr(handle, "job_id", None)
    found = given() if callable(given) else given
    return None if found is None else str(found)


def is_local(handle) -> bool:
    """Whether it is a thread of this process: it ends with it, and shares its cores, memory and generators."""
    return isinstance(handle, PrimitiveJob)


def status_of(handle) -> str | None:
    """Its status in capitals, None where it cannot be asked."""
    found = handle.status() if callable(getattr(handle, "status", None)) else None
    return None if found is None else str(getattr(found, "name", found)).upper()


def has_failed(handle) -> bool:
    """Whether a job whose result could not be had is over without one.

    One that does not answer may still run, or be done and paid for: it has not failed. One that cannot be asked has.
    """
    try:
        status = status_of(handle)
    except Exception:  # of a network, or whatever else a provider raises
        return False
    return status is None or status in _OVER


def cancel(handle) -> bool:
    """Cancel a job, and return whether it was done before."""
    with contextlib.suppress(Exception):  # what cannot be cancelled runs on
        handle.cancel()
    with contextlib.suppress(Exception):
        return status_of(handle) in _DONE
    return False


def progress_of(handle) -> str | None:
    """Its status in words, with its place in the queue; None where it says nothing."""
    with contextlib.suppress(Exception):
        status = status_of(handle)
        waits = _queue(handle) if status == "QUEUED" else None
        return status and status.lower() + (f", {waits}" if waits else "")
    return None


def _queue(handle) -> str | None:
    """Where it stands in the queue, or how long that of the device is."""
    for ask in (lambda: handle.queue_position(), lambda: handle.queue_info().position):
        with contextlib.suppress(Exception):
            if (position := ask()) is not None:
                return f"position {position} in the queue"
    with contextlib.suppress(Exception):
        return f"{handle.backend().status().pending_jobs} jobs wait for the device"
    return None


def service_of(primitive) -> Any:
    """What a primitive sends its jobs to and finds them by their ids in, None where it does not say."""
    for place in ("mode", "backend"):
        holder = getattr(primitive, place, None)
        holder = holder() if callable(holder) else holder
        service = getattr(holder, "service", None)
        if callable(getattr(service, "job", None)):
            return service
    return None


def is_unknown(error: Exception) -> bool:
    """Whether a look-up says that there is no such job: a `LookupError`, or a provider's own error so named."""
    return isinstance(error, LookupError) or "NotFound" in type(error).__name__
