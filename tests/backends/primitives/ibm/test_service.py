"""Jobs of IBM's service, whose client is played by a dictionary."""

from types import SimpleNamespace

import pytest
from qiskit_ibm_runtime import RuntimeJobV2
from qiskit_ibm_runtime.exceptions import RuntimeInvalidStateError, RuntimeJobNotFound
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from skqml.backends.primitives.handles import (
    cancel,
    has_failed,
    id_of,
    is_local,
    is_unknown,
    lookup_of,
    progress_of,
)


class Client:
    """What a job asks the service."""

    def __init__(self, status):
        self.state = status

    def job_get(self, **asked):
        if self.state == "unreachable":
            raise ConnectionError
        return {"state": {"status": self.state}}

    def job_results(self, **asked):
        return ""

    def job_cancel(self, job_id):
        raise RuntimeInvalidStateError("it is over")


def job(status):
    device = SimpleNamespace(status=lambda: SimpleNamespace(pending_jobs=12))
    return RuntimeJobV2(device, Client(status), "d3", "sampler", service=None)


@pytest.mark.parametrize(
    ("status", "failed", "progress"),
    [
        ("Queued", False, "queued, 12 jobs wait for the device"),
        ("Running", False, "running"),
        ("Completed", False, "done"),
        ("Failed", True, "error"),
        ("Cancelled", True, "cancelled"),
        ("unreachable", False, None),
    ],
)
def test_what_a_job_says(status, failed, progress):
    assert has_failed(job(status)) is failed
    assert progress_of(job(status)) == progress
    assert id_of(job(status)) == "d3"
    assert not is_local(job(status))


def test_a_job_that_is_no_more():
    assert is_unknown(RuntimeJobNotFound("d3"))


def test_the_service_of_a_primitive_finds_its_jobs(monkeypatch):
    sampler = Sampler(FakeManilaV2())
    assert lookup_of(sampler) is None
    service = SimpleNamespace(job=lambda job_id: job("Queued"))
    monkeypatch.setattr(Sampler, "backend", lambda self: SimpleNamespace(service=service))
    assert lookup_of(sampler) is service.job
    monkeypatch.setattr(Sampler, "mode", SimpleNamespace(service=SimpleNamespace(job="of a session")))
    assert lookup_of(sampler) is service.job


def test_a_job_that_is_done_when_it_is_cancelled():
    assert not cancel(job("Cancelled"))
    assert cancel(job("Completed"))
