"""Jobs of primitives: limits, repetition after failures, results kept on disk, answers that are refused."""

import logging
import sys
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.primitives import StatevectorEstimator, StatevectorSampler
from sklearn.base import clone

from skqml import AngleEncoding, Exact, Primitive, VariationalClassifier, all_paulis, all_z, projectors
from skqml.circuits.ansatze import hardware_efficient
from skqml.engine.primitives.jobs import cut
from skqml.training.minimize import TrainingError

X = np.random.default_rng(0).normal(size=(10, 2))


def model():
    x = ParameterVector("x", 2)
    circuit = QuantumCircuit(2)
    circuit.ry(x[0], 0)
    circuit.crx(x[1], 0, 1)
    return circuit


def expected(observables):
    return Exact().compile(model(), observables)(X)


class Spy:
    """A primitive as IBM Runtime's looks: `run` takes PUBs and returns a job; everything is written down."""

    def __init__(self, primitive, fails=lambda number: False, answer=lambda result: result):
        self.primitive, self.fails, self.answer = primitive, fails, answer
        self.asked: list = []
        self.n_runs = 0

    def run(self, pubs, **options):
        self.n_runs += 1
        if self.fails(self.n_runs):
            raise ConnectionError(f"run {self.n_runs} broke")
        self.asked.append((pubs, options))
        return SimpleNamespace(result=lambda: self.answer(self.primitive.run(pubs, **options).result()))

    @property
    def rows(self):
        """Rows of PUBs in each job that ran."""
        return [sum(len(pub[-1]) for pub in pubs) for pubs, _ in self.asked]


def sampled(seed=0):
    return StatevectorSampler(seed=np.random.default_rng(seed))


def estimated(**how):
    return Spy(StatevectorEstimator(), **how)


# Limits


@pytest.mark.parametrize("max_rows", [1, 3, 4, 10, 1000])
def test_jobs_stay_below_their_limit(max_rows):
    spy = estimated()
    backend = Primitive(estimator=spy, max_rows=max_rows)
    np.testing.assert_allclose(backend.compile(model(), all_paulis(2))(X), expected(all_paulis(2)), atol=1e-10)
    assert max(spy.rows) <= max_rows
    assert sum(spy.rows) == len(X)
    assert len(spy.rows) == -(-len(X) // max_rows)
    assert all(len(pubs) == 1 for pubs, _ in spy.asked)  # rows are broadcast, not sent one by one


def test_bases_of_a_sampler_share_jobs():
    spy = Spy(sampled())
    values = Primitive(spy, shots=4000, max_rows=12).compile(model(), all_paulis(2))(X)
    assert np.abs(values - expected(all_paulis(2))).max() < 5.5 / np.sqrt(4000)
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
    monkeypatch.setattr("skqml.engine.primitives.jobs.time.sleep", waits.append)
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


# Kept results


@pytest.mark.parametrize("kind", ["sampler", "estimator"])
def test_a_run_that_breaks_off_goes_on_where_it_was(tmp_path, kind):
    """Five jobs: three before the interruption, two after; a second process compiles everything anew."""
    make = {"sampler": sampled, "estimator": StatevectorEstimator}[kind]
    dying = Spy(make(), fails=lambda number: number > 3)
    with pytest.raises(RuntimeError, match=rf"Job 4 of 5.*kept in '{tmp_path}'"):
        Primitive(**{kind: dying}, max_rows=2, retries=0, folder=tmp_path).compile(model(), all_z(2))(X)
    again = Spy(make())
    program = Primitive(**{kind: again}, max_rows=2, folder=tmp_path).compile(model(), all_z(2))
    values, errors = program.estimate(X)
    assert (dying.n_runs, again.n_runs) == (4, 2)
    assert np.abs(values - expected(all_z(2))).max() < 5.5 / np.sqrt(1024)
    same = program.estimate(X)
    assert again.n_runs == 2
    assert np.array_equal(same[0], values) and np.array_equal(same[1], errors)


def test_a_killed_training_costs_no_result_twice(tmp_path):
    """Values and gradients: all their jobs are kept too."""
    first, second = estimated(), estimated()
    for spy in (first, second):
        program = Primitive(estimator=spy, max_rows=5, folder=tmp_path).compile(model(), all_z(2))
        program.vjp(X, None, np.ones((10, 2)))
    assert first.n_runs > 2
    assert second.n_runs == 0


@pytest.mark.parametrize("change", ["rows", "circuit", "constant", "observables", "shots", "primitive"])
def test_results_are_kept_for_the_same_question_alone(tmp_path, change):
    Primitive(sampled(), shots=10, folder=tmp_path).compile(model(), all_z(2))(X)
    circuit, observables, rows, shots, spy = model(), all_z(2), X, 10, Spy(sampled())
    if change == "rows":
        rows = np.nextafter(X, 9)
    elif change == "circuit":
        circuit.cx(0, 1)
    elif change == "constant":
        circuit.rx(1e-14, 0)
    elif change == "observables":
        observables = all_paulis(2)
    elif change == "shots":
        shots = 11
    Primitive(spy, shots=shots, folder=tmp_path).compile(circuit, observables)(rows)
    assert spy.n_runs == 1


def test_equal_jobs_of_one_call_are_two_measurements(tmp_path):
    rows = np.tile(X[:2], (2, 1))
    spy = Spy(sampled())
    values = Primitive(spy, shots=1000, max_rows=2, folder=tmp_path).compile(model(), all_z(2))(rows)
    assert spy.n_runs == 2
    assert not np.array_equal(values[:2], values[2:])


def test_callables_keep_their_seeds_apart(tmp_path):
    backend = Primitive(sampled, shots=100, folder=tmp_path)
    values = [clone(backend).set_params(random_state=s).compile(model(), all_z(2))(X) for s in (0, 1, 0)]
    assert np.array_equal(values[0], values[2])
    assert not np.array_equal(values[0], values[1])


def test_a_broken_file_is_measured_again(tmp_path, caplog):
    Primitive(sampled(), folder=tmp_path).compile(model(), all_z(2))(X)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:50])
    spy = sampled()
    with caplog.at_level(logging.WARNING, logger="skqml"):
        Primitive(spy, folder=tmp_path).compile(model(), all_z(2))(X)
    assert "cannot be read" in caplog.text
    with np.load(file, allow_pickle=False) as arrays:
        assert len(arrays.files) == 2


def test_a_full_disk_costs_no_result(tmp_path, monkeypatch, caplog):
    def full(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr("skqml.engine.primitives.store.np.savez", full)
    with caplog.at_level(logging.WARNING, logger="skqml"):
        values = Primitive(estimator=StatevectorEstimator(), folder=tmp_path).compile(model(), all_z(2))(X)
    np.testing.assert_allclose(values, expected(all_z(2)), atol=1e-10)
    assert "No space left" in caplog.text
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    program = Primitive(sampled(), folder=tmp_path / "file" / "below").compile(model(), all_z(2))
    with pytest.raises(ValueError, match="'folder' parameter"):
        program(X)


# Answers that are refused


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_is_refused_and_nothing_is_lost(tmp_path, bad):
    def spoil(result):
        if spy.n_runs == 3:
            result[0].data.evs[0, 0] = bad
        return result

    spy = estimated(answer=spoil)
    backend = Primitive(estimator=spy, max_rows=2, folder=tmp_path)
    with pytest.raises(RuntimeError, match=r"Job 3 of 5 .* NaN or infinity.*kept in"):
        backend.compile(model(), all_z(2))(X)
    assert spy.n_runs == 3
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
    with pytest.raises(RuntimeError, match="cannot be read"):
        Primitive(estimator=estimated(answer=answer)).compile(model(), all_z(2))(X)
