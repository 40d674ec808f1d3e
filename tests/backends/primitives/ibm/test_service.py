"""Jobs of IBM's service, whose client is played by a dictionary."""

import warnings
from types import SimpleNamespace

import pytest
from qiskit_ibm_runtime import EstimatorV2, RuntimeJobV2, SamplerV2
from qiskit_ibm_runtime.exceptions import RuntimeInvalidStateError, RuntimeJobNotFound
from qiskit_ibm_runtime.executor_estimator import Estimator
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from skqml.backends.primitives.copies import finder_of, tagged
from skqml.backends.primitives.job_handles import (
    cancel,
    has_failed,
    id_of,
    is_local,
    is_unknown,
    progress_of,
    service_of,
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
    assert service_of(sampler) is None
    assert finder_of(sampler) is None
    service = SimpleNamespace(job=lambda job_id: job("Queued"), jobs=lambda job_tags, limit: job_tags)
    monkeypatch.setattr(Sampler, "backend", lambda self: SimpleNamespace(service=service))
    assert service_of(sampler) is service
    assert finder_of(sampler)("mine") == "mine"
    session = SimpleNamespace(job=service.job)
    monkeypatch.setattr(Sampler, "mode", SimpleNamespace(service=session))
    assert service_of(sampler) is session


@pytest.mark.parametrize("kind", [Sampler, SamplerV2, Estimator, EstimatorV2])
def test_tags_are_added_to_those_of_a_primitive(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        plain, own = (kind(FakeManilaV2(), options={"environment": {"job_tags": tags}}) for tags in ([], ["mine"]))
    assert tagged(plain, "new").options.environment.job_tags == ["new"]
    assert tagged(own, "new").options.environment.job_tags == ["mine", "new"]
    assert own.options.environment.job_tags == ["mine"]


def test_a_job_that_is_done_when_it_is_cancelled():
    assert not cancel(job("Cancelled"))
    assert cancel(job("Completed"))
