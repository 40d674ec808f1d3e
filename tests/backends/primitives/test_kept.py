"""Results of primitives kept on disk: taken up again for the same question alone, and never unchecked."""

import logging

import numpy as np
import pytest
from qiskit.primitives import BackendSamplerV2, StatevectorEstimator
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_aer.primitives import SamplerV2
from sklearn.base import clone

from skqml import Primitive, all_z, one_qubit_paulis
from skqml.backends.primitives.store import Store
from tests.backends.primitives.spy import Spy, X, estimated, expected, model, sampled


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
        program.pullback(X, None, np.ones((10, 2)))
    assert first.n_runs > 2
    assert second.n_runs == 0


@pytest.mark.parametrize("change", ["rows", "circuit", "constant", "observables", "shots", "primitive"])
def test_results_are_kept_for_the_same_question_alone(tmp_path, change):
    Primitive(Spy(sampled()), shots=10, folder=tmp_path).compile(model(), all_z(2))(X)
    circuit, observables, rows, shots, spy = model(), all_z(2), X, 10, Spy(sampled())
    if change == "rows":
        rows = np.nextafter(X, 9)
    elif change == "circuit":
        circuit.cx(0, 1)
    elif change == "constant":
        circuit.rx(1e-14, 0)
    elif change == "observables":
        observables = one_qubit_paulis(2)
    elif change == "shots":
        shots = 11
    elif change == "primitive":
        spy = type("Other", (Spy,), {})(sampled())
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
    Primitive(Spy(sampled()), folder=tmp_path).compile(model(), all_z(2))(X)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:50])
    spy = Spy(sampled())
    with caplog.at_level(logging.WARNING, logger="skqml"):
        Primitive(spy, folder=tmp_path).compile(model(), all_z(2))(X)
    assert "cannot be read" in caplog.text
    assert spy.n_runs == 1
    again = Spy(sampled())
    Primitive(again, folder=tmp_path).compile(model(), all_z(2))(X)
    assert again.n_runs == 0


def test_a_full_disk_costs_no_result(tmp_path, monkeypatch, caplog):
    def full(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr("skqml.backends.primitives.store.os.replace", full)
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


def noisy(rate):
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(rate, 1), ["ry", "u", "rz", "h", "sx", "x"])
    return AerSimulator(noise_model=noise)


PAIRS = {
    "noise of a backend": (BackendSamplerV2(backend=noisy(0.1)), BackendSamplerV2(backend=noisy(0.2))),
    "noise of a sampler": tuple(SamplerV2.from_backend(noisy(rate)) for rate in (0.1, 0.2)),
    "noise in a callable": tuple(lambda seed, rate=rate: SamplerV2.from_backend(noisy(rate)) for rate in (0.1, 0.2)),
    "options": (SamplerV2(), SamplerV2(options={"backend_options": {"method": "density_matrix"}})),
    "default shots": (SamplerV2(), SamplerV2(default_shots=2000)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_another_primitive_gets_results_of_its_own(tmp_path, name):
    first, second = (Primitive(sampler, folder=tmp_path).compile(model(), all_z(2)) for sampler in PAIRS[name])
    values, n_kept = first(X), len(list(tmp_path.iterdir()))
    second(X)
    assert len(list(tmp_path.iterdir())) == 2 * n_kept
    np.testing.assert_array_equal(first(X), values)


def test_a_callable_without_a_seed_goes_on_where_it_was(tmp_path):
    values = [Primitive(sampled, shots=100, folder=tmp_path).compile(model(), all_z(2))(X) for _ in range(2)]
    np.testing.assert_array_equal(*values)
    assert len(list(tmp_path.iterdir())) == 1


def test_any_flipped_byte_is_noticed(tmp_path):
    store, arrays = Store(tmp_path), [np.arange(6.0).reshape(3, 2), np.ones((3, 2))]
    store.save("question", arrays)
    (path,) = tmp_path.iterdir()
    data = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in range(len(data)):
        spoilt = bytearray(data)
        spoilt[place] ^= int(rng.integers(1, 256))
        path.write_bytes(bytes(spoilt))
        assert store.load("question") is None
    path.write_bytes(data)
    for found, saved in zip(store.load("question"), arrays, strict=True):
        np.testing.assert_array_equal(found, saved)


@pytest.mark.parametrize(
    "arrays",
    [
        [np.zeros((10, 2))],
        [np.zeros((9, 2)), np.ones((9, 2))],
        [np.full((10, 2), np.nan), np.ones((10, 2))],
        [np.full((10, 2), 1e6), np.ones((10, 2))],
        [np.zeros((10, 2)), np.full((10, 2), -1.0)],
        [np.zeros((10, 2), dtype="U3"), np.ones((10, 2))],
    ],
    ids=["one", "rows", "NaN", "large", "negative", "text"],
)
def test_a_kept_result_that_is_no_answer_is_measured_again(tmp_path, arrays, monkeypatch, caplog):
    monkeypatch.setattr(Store, "load", lambda store, key: arrays)
    spy = estimated()
    with caplog.at_level(logging.WARNING, logger="skqml"):
        values = Primitive(estimator=spy, folder=tmp_path).compile(model(), all_z(2))(X)
    np.testing.assert_allclose(values, expected(all_z(2)), atol=1e-10)
    assert spy.n_runs == 1
    assert "is no answer to it" in caplog.text
