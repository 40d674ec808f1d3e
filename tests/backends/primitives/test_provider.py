"""Whatever a provider does, every job is paid for once and results are those of the undisturbed run."""

import logging
import shutil
from collections import Counter
from functools import partial

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from skqml import Primitive, one_qubit_paulis
from skqml.backends.primitives import waiting
from tests.backends.primitives.provider import Service
from tests.backends.primitives.spy import X, model

FAULTS = ["refused", "failed", "forgotten", "silent", "late", "double", "closing", "unanswered"]
N_JOBS = 10  # three bases of ten rows, by three


def backend(service, **params):
    defaults = {"shots": 20, "max_rows": 3, "wait": 0, "random_state": 0}
    return Primitive(service.sampler, **defaults | params)


def values(service, **params):
    return backend(service, **params).compile(model(), one_qubit_paulis(2))(X)


UNDISTURBED = values(Service())


def check(service, found):
    np.testing.assert_array_equal(found, UNDISTURBED)
    assert set(service.paid.values()) == {1}
    assert len(service.paid) == N_JOBS


@pytest.mark.parametrize("max_jobs", [1, 2, 4, 100])
def test_jobs_are_submitted_before_the_first_is_waited_for(max_jobs):
    service = Service()
    check(service, values(service, max_jobs=max_jobs))
    assert service.most_waiting == min(max_jobs, N_JOBS)


def test_a_provider_that_takes_few_jobs_gets_no_more():
    service = Service(most=3)
    check(service, values(service))
    assert service.most_waiting == 3
    assert service.n_submitted == N_JOBS + 1  # one is refused, and tells how many it takes


@settings(max_examples=20, deadline=None)
@example({5: "double", 4: "failed"}, 3, False, 2)  # two jobs that nobody asks for fill the queue
@given(
    st.dictionaries(st.integers(1, 25), st.sampled_from(FAULTS), max_size=12),
    st.sampled_from([1, 3, 100]),
    st.booleans(),
    st.sampled_from([None, 2]),
)
def test_nothing_is_lost_and_nothing_paid_twice(faults, max_jobs, in_sessions, most):
    service = Service(faults, most)
    session = service.open if in_sessions else None
    check(service, values(service, max_jobs=max_jobs, retries=20, session=session))


@settings(max_examples=8, deadline=None)
@given(st.dictionaries(st.integers(1, 25), st.sampled_from([*FAULTS, "crash", "crash"]), max_size=8))
def test_a_crashed_call_goes_on_from_ids(tmp_path_factory, faults):
    """Each time another process, between two of which the provider works on."""
    service, folder = Service(faults), tmp_path_factory.mktemp("kept")
    for _ in range(len(faults) + 1):
        try:
            found = values(service, folder=folder, retries=20)
            break
        except KeyboardInterrupt:
            for _ in range(30):
                service.step()
    check(service, found)
    assert not list(folder.glob("*.job"))


@pytest.mark.parametrize("tags", [True, False])
def test_a_submission_without_an_answer_is_found_by_its_tag(tags, caplog):
    """Where jobs take no tags, nobody can know of it."""
    service = Service({2: "unanswered", 5: "unanswered"}, tags=tags)
    live = Primitive(service.sampler(1), shots=20, max_rows=3, wait=0).compile(model(), one_qubit_paulis(2))
    live(X)
    assert sum(service.paid.values()) == (N_JOBS if tags else N_JOBS + 2)
    assert all(("mine" in job.tags and len(job.tags) == 2) == tags for job in service.jobs.values())


def dies_while_waiting(service, folder, snapshot=None):
    """A call that is interrupted once all its jobs are with the provider; the folder as a kill would have left it."""
    step = service.step

    def interrupt():
        service.step = step
        if snapshot is not None:
            shutil.copytree(folder, snapshot)
        raise KeyboardInterrupt

    service.step = interrupt
    with pytest.raises(KeyboardInterrupt):
        values(service, folder=folder)


def test_an_interrupted_process_pays_nothing_twice(tmp_path):
    service = Service()
    dies_while_waiting(service, tmp_path)
    assert len(list(tmp_path.glob("*.job"))) == service.n_submitted == N_JOBS
    check(service, values(service, folder=tmp_path))
    assert service.n_submitted == N_JOBS
    assert not list(tmp_path.glob("*.job"))


def test_a_look_up_that_is_given_goes_before_that_of_the_primitive(tmp_path):
    service, asked = Service(), []
    dies_while_waiting(service, tmp_path)
    check(service, values(service, folder=tmp_path, job=lambda job_id: asked.append(job_id) or service.jobs[job_id]))
    assert sorted(asked) == sorted(service.jobs)
    assert service.n_submitted == N_JOBS


def test_a_look_up_that_does_not_answer_is_no_reason_to_pay_again(tmp_path):
    service = Service()
    dies_while_waiting(service, tmp_path)

    def broken(job_id):
        raise ConnectionError("no network")

    with pytest.raises(
        RuntimeError, match=r"Job 1 of 10 .* no network.*takes up job job-1 again; delete .*\.job' to run"
    ):
        values(service, folder=tmp_path, job=broken)
    check(service, values(service, folder=tmp_path))
    assert service.n_submitted == N_JOBS


def test_an_id_that_nobody_can_look_up_is_said_to_run_again(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("tests.backends.primitives.provider.Sampler.backend", lambda self: None)
    service = Service()
    dies_while_waiting(service, tmp_path / "before", snapshot=tmp_path / "killed")
    assert not list((tmp_path / "before").iterdir())  # there was time to cancel them
    with caplog.at_level(logging.WARNING, logger="skqml"):
        check(service, values(service, folder=tmp_path / "killed"))
    assert "Job 1 of 10 on the sampler (rows 0 to 2) was submitted before as job-1, and runs again" in caplog.text
    assert "Primitive(job=...)" in caplog.text


def test_jobs_that_nobody_can_take_up_are_cancelled():
    service = Service()
    dies_while_waiting(service, None)
    assert Counter(job.state for job in service.jobs.values()) == {"CANCELLED": N_JOBS}
    assert not service.paid


def test_a_closed_session_is_not_used_again():
    service = Service({3: "closing"})
    check(service, values(service, session=service.open))
    assert service.n_sessions == 2


def test_one_session_is_enough_where_nothing_fails():
    service = Service()
    check(service, values(service, session=service.open))
    assert service.n_sessions == 1
    assert service.session is None


def test_a_job_that_is_late_is_done_once(monkeypatch):
    """It is overdue but was done when it is cancelled."""
    service = Service()
    original = Service.submit

    def slow(self, *args):
        job = original(self, *args)
        result, calls = job.result, []

        def once_too_slow():
            answer = result()
            if not calls:
                calls.append(1)
                waiting.time.sleep(0.3)
            return answer

        job.result = once_too_slow
        return job

    monkeypatch.setattr(Service, "submit", slow)
    check(service, values(service, timeout=0.1, retries=3))


def test_progress_is_told_with_the_place_in_the_queue(monkeypatch, caplog):
    service = Service({1: "late"})
    monkeypatch.setattr(waiting, "_PAUSE", 0.0)
    original = Service.step

    def slowly(self):
        waiting.time.sleep(0.01)
        original(self)

    monkeypatch.setattr(Service, "step", slowly)
    with caplog.at_level(logging.INFO, logger="skqml"):
        values(service)
    first = [message for message in caplog.messages if message.startswith("Job 1 of 10 on the sampler (rows 0 to 2)")]
    assert first[0].endswith("is submitted as job-1.")
    assert any("is queued, position 1 in the queue." in message for message in first)


@pytest.mark.parametrize(
    ("params", "error", "words"),
    [
        ({"max_jobs": 0}, ValueError, "max_jobs"),
        ({"job": "abc"}, TypeError, "'job' parameter.*service.job"),
        ({"session": 3}, TypeError, "'session' parameter.*partial"),
        ({"session": print, "sampler": Service().sampler(0)}, ValueError, "'session' parameter.*made inside"),
    ],
)
def test_parameters_are_checked(params, error, words):
    with pytest.raises(error, match=words):
        Primitive(**{"sampler": partial(Service.sampler, Service())} | params).compile(model(), one_qubit_paulis(2))
