"""Jobs of primitives: limits, repetition after failures, answers that are refused."""

import logging
import sys
import threading
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from qiskit.primitives import StatevectorEstimator, StatevectorSampler

from skqml import AngleEncoding, Primitive, VariationalClassifier, all_z, one_qubit_paulis, projectors
from skqml.backends.primitives.jobs import cut
from skqml.circuits.ansatze import hardware_efficient
from skqml.training.minimize import TrainingError
from tests.backends.primitives.spy import Spy, X, estimated, expected, model, sampled

# Limits


@pytest.mark.parametrize("max_rows", [1, 3, 4, 10, 1000])
def test_jobs_stay_below_their_limit(max_rows):
    spy = estimated()
    backend = Primitive(estimator=spy, max_rows=max_rows)
    np.testing.assert_allclose(
        backend.compile(model(), one_qubit_paulis(2))(X), expected(one_qubit_paulis(2)), atol=1e-10
    )
    assert max(spy.rows) <= max_rows
    assert sum(spy.rows) == len(X)
    assert len(spy.rows) == -(-len(X) // max_rows)
    assert all(len(pubs) == 1 for pubs, _ in spy.asked)  # rows are broadcast, not sent one by one


def test_bases_of_a_sampler_share_jobs():
    spy = Spy(sampled())
    values = Primitive(spy, shots=4000, max_rows=12).compile(model(), one_qubit_paulis(2))(X)
    assert np.abs(values - expected(one_qubit_paulis(2))).max() < 5.5 / np.sqrt(4000)
    assert spy.rows == [12, 12, 6]  # three bases
    assert all(options == {"shots": 4000} for _, options in spy.asked)


def test_shots_of_an_estimator_are_a_precision():
    spy = estimated()
    Primitive(estimator=spy, shots=400).compile(model(), all_z(2))(X)
    assert spy.asked[0][1] == {"precision": 0.05}
    Primitive(estimator=spy).compile(model(), all_z(2))(X)
    assert spy.asked[1][1] == {}


def test_nothing_of_ibm_runtime_is_needed():
    assert "qiskit_ibm_runtime" not in sys.modules


def test_pauli_strings_go_to_the_estimator_and_projectors_to_the_sampler():
    sampler, estimator = Spy(sampled()), estimated()
    observables = [*all_z(2), projectors(2)[0]]
    Primitive(sampler, estimator).compile(model(), observables)(X)
    assert sampler.rows == estimator.rows == [10]


def test_cutting_loses_no_row():
    pubs = [SimpleNamespace(kind=kind) for kind in ("sampler", "sampler", "estimator")]
    for n_rows in range(8):
        for max_rows in range(1, 9):
            jobs = cut(pubs, n_rows, max_rows)
            for pub in pubs:
                rows = [k for job in jobs for part in job if part.pub is pub for k in range(n_rows)[part.rows]]
                assert rows == list(range(n_rows))
            for job in jobs:
                assert 0 < sum(part.n_rows for part in job) <= max_rows
                assert len({part.pub.kind for part in job}) == 1


# Failures


def test_every_third_job_fails(caplog):
    spy = estimated(fails=lambda number: number % 3 == 0)
    backend = Primitive(estimator=spy, max_rows=1, wait=0)
    with caplog.at_level(logging.WARNING, logger="skqml"):
        values = backend.compile(model(), all_z(2))(X)
    np.testing.assert_allclose(values, expected(all_z(2)), atol=1e-10)
    assert sum(spy.rows) == len(X)
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == spy.n_runs - len(X) == 4
    assert messages[0] == "Job 3 of 10 on the estimator (rows 2 to 2) failed (run 3 broke); repetition 1 of 3."


def test_waits_are_doubled(monkeypatch):
    waits: list = []
    monkeypatch.setattr("skqml.backends.primitives.runner.time.sleep", waits.append)
    spy = estimated(fails=lambda number: number < 4)
    Primitive(estimator=spy, wait=2).compile(model(), all_z(2))(X)
    assert waits == [2, 4, 8]


def test_a_job_that_keeps_failing_is_named_with_the_way_out():
    backend = Primitive(estimator=estimated(fails=lambda number: number > 2), max_rows=4, retries=2, wait=0)
    with pytest.raises(RuntimeError, match=r"Job 3 of 3 .*rows 8 to 9.* failed 3 times.*run 5 broke.*lost.*folder="):
        backend.compile(model(), all_z(2))(X)


def test_an_interrupt_from_the_keyboard_is_no_failure():
    def interrupt(number):
        raise KeyboardInterrupt

    spy = estimated(fails=interrupt)
    with pytest.raises(KeyboardInterrupt):
        Primitive(estimator=spy).compile(model(), all_z(2))(X)
    assert spy.n_runs == 1


# Answers that are refused


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_is_refused_and_nothing_is_lost(tmp_path, bad):
    def spoil(result):
        if spy.n_answers == 3:
            result[0].data.evs[0, 0] = bad
        return result

    spy = estimated(answer=spoil)
    backend = Primitive(estimator=spy, max_rows=2, folder=tmp_path)
    with pytest.raises(RuntimeError, match=r"Job 3 of 5 .* NaN or infinity.*kept in"):
        backend.compile(model(), all_z(2))(X)
    assert spy.n_runs == 5
    values = backend.compile(model(), all_z(2))(X)
    np.testing.assert_allclose(values, expected(all_z(2)), atol=1e-10)
    assert spy.n_runs == 6


def test_nan_in_a_training_costs_one_iteration():
    def spoil(result):
        if spy.n_runs == 8:
            result[0].data.evs[0, 0] = np.nan
        return result

    spy = estimated(answer=spoil)
    model = VariationalClassifier(
        AngleEncoding(), partial(hardware_efficient, n_layers=1), all_z, backend=Primitive(estimator=spy), max_iter=9
    )
    with pytest.raises(TrainingError, match=r"what was reached before is kept: Job 1 of 1 .* NaN"):
        model.fit(X, np.arange(10) % 2)
    assert 1 <= model.n_iter_ < 9
    assert model.predict(X).shape == (10,)


@pytest.mark.parametrize(
    "answer",
    [
        lambda result: [],
        lambda result: [SimpleNamespace(data=SimpleNamespace())],
        lambda result: [SimpleNamespace(data=SimpleNamespace(evs=np.zeros(3), stds=np.zeros(3)))],
        lambda result: None,
    ],
    ids=["no PUB", "no data", "wrong shape", "nothing"],
)
def test_answers_of_another_form_are_refused(answer):
    with pytest.raises(RuntimeError, match="cannot be used"):
        Primitive(estimator=estimated(answer=answer)).compile(model(), all_z(2))(X)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: data.evs.__setitem__((0, 0), 1e6), "1e\\+06, where 1 is possible"),
        (lambda data: data.stds.__setitem__((0, 0), -0.1), "negative standard errors"),
        (lambda data: data.stds.__setitem__((0, 0), np.nan), "NaN"),
    ],
)
def test_values_that_cannot_be_are_refused(spoil, words):
    def answer(result):
        spoil(result[0].data)
        return result

    with pytest.raises(RuntimeError, match=f"cannot be used: .*{words}"):
        Primitive(estimator=estimated(answer=answer)).compile(model(), all_z(2))(X)


def test_mitigated_values_may_pass_what_is_possible_by_some():
    def answer(result):
        result[0].data.evs[0, 0] = 1.2
        return result

    assert Primitive(estimator=estimated(answer=answer)).compile(model(), all_z(2))(X)[0, 0] == 1.2


def test_fewer_shots_than_were_asked_for_are_refused():
    class Thrifty(StatevectorSampler):
        def run(self, pubs, *, shots=None):
            return super().run(pubs, shots=shots - 1)

    with pytest.raises(RuntimeError, match="expected 100 shots a row, got 99"):
        Primitive(Thrifty(), shots=100).compile(model(), all_z(2))(X)


# Waiting


class Stalling(Spy):
    """Its jobs give no result until they are cancelled."""

    def __init__(self, n_stalled):
        super().__init__(StatevectorEstimator())
        self.n_stalled, self.n_cancelled = n_stalled, 0

    def run(self, pubs, **options):
        job = super().run(pubs, **options)
        if self.n_runs <= self.n_stalled:
            cancelled = threading.Event()
            job.result = cancelled.wait
            job.cancel = lambda: (cancelled.set(), setattr(self, "n_cancelled", self.n_cancelled + 1))
        return job


def test_a_job_that_takes_too_long_is_cancelled_and_repeated():
    stalling = Stalling(2)
    values = Primitive(estimator=stalling, timeout=0.5, wait=0).compile(model(), all_z(2))(X)
    np.testing.assert_allclose(values, expected(all_z(2)), atol=1e-10)
    assert (stalling.n_runs, stalling.n_cancelled) == (3, 2)


def test_a_job_that_always_takes_too_long_is_named():
    program = Primitive(estimator=Stalling(9), timeout=0.05, retries=1, wait=0).compile(model(), all_z(2))
    with pytest.raises(RuntimeError, match=r"Job 1 of 1 .* failed 2 times.*no result within 0.05 seconds"):
        program(X)


def test_errors_and_interrupts_pass_while_a_result_is_waited_for():
    for error in (KeyboardInterrupt, ValueError):

        def fail(number, error=error):
            raise error("stop")

        with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else RuntimeError, match="stop"):
            Primitive(estimator=estimated(fails=fail), timeout=10, retries=0).compile(model(), all_z(2))(X)
