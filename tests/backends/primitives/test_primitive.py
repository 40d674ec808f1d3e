"""Primitives: values, standard errors, projectors, noise, copies, bad input."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.primitives import (
    BackendEstimatorV2,
    BackendSamplerV2,
    StatevectorEstimator,
    StatevectorSampler,
)
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.primitives import EstimatorV2, SamplerV2
from scipy.stats import binom
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skqml import (
    Exact,
    FidelityKernel,
    Observable,
    Primitive,
    QuantumKernelSVC,
    ReuploadingEncoding,
    all_z,
    one_qubit_paulis,
    projectors,
)
from tests.engine.strategies import drawn_circuits, observables

X = np.random.default_rng(0).normal(size=(6, 2))
W = np.array([0.7, -1.3])
MIXED = [
    *one_qubit_paulis(2),
    *projectors(2),
    Observable(("0X", "1Y", "II"), (0.5, -0.5, 2.0)),
    SparsePauliOp("II", 3.0),
]


def model():
    x, w = ParameterVector("x", 2), ParameterVector("w", 2)
    circuit = QuantumCircuit(2)
    circuit.ry(x[0] * w[0], 0)
    circuit.crx(x[1], 0, 1)
    circuit.rx(x[1] + w[1], 1)
    circuit.cx(1, 0)
    circuit.global_phase = x[0]
    return circuit


def seeded_sampler(seed):
    return StatevectorSampler(seed=np.random.default_rng(seed))


def seeded_estimator(seed):
    return StatevectorEstimator(seed=np.random.default_rng(seed))


def aer_sampler(seed):
    return SamplerV2(seed=seed, options={"run_options": {"runtime_parameter_bind_enable": True}})


@settings(max_examples=5)
@given(st.data())
def test_an_exact_estimator_gives_the_values_of_the_exact_engine(data):
    drawn = data.draw(drawn_circuits(max_qubits=3, max_gates=3, n_rows=1))
    ops = data.draw(observables(drawn.circuit.num_qubits, "IXYZ"))
    backends = Primitive(estimator=StatevectorEstimator()), Exact()
    values, expected = (b.compile(drawn.circuit, ops)(drawn.X, drawn.w) for b in backends)
    np.testing.assert_allclose(values, expected, atol=1e-10)


@pytest.mark.parametrize("estimator", [StatevectorEstimator(), EstimatorV2()], ids=["Qiskit", "Aer"])
def test_estimators_take_projectors_and_constants(estimator):
    values, errors = Primitive(estimator=estimator).compile(model(), MIXED).estimate(X, W)
    np.testing.assert_allclose(values, Exact().compile(model(), MIXED)(X, W), atol=1e-10)
    assert not errors.any()


def test_a_projector_that_is_too_wide_for_an_estimator_is_refused():
    circuit = QuantumCircuit(13)
    with pytest.raises(ValueError, match=r"projector on 13 qubits.*sampler="):
        Primitive(estimator=StatevectorEstimator()).compile(circuit, [Observable(("0" * 13,))])


@pytest.mark.parametrize(
    "backend",
    [
        Primitive(seeded_sampler, shots=4000, random_state=0),
        Primitive(aer_sampler, shots=4000, random_state=0),
        Primitive(BackendSamplerV2(backend=AerSimulator()), shots=4000),
        Primitive(None, BackendEstimatorV2(backend=AerSimulator()), shots=4000),
        Primitive(None, seeded_estimator, shots=4000, random_state=0),
        Primitive(seeded_sampler, seeded_estimator, shots=4000, random_state=0),
    ],
    ids=["sampler", "Aer's sampler", "backend sampler", "backend estimator", "estimator", "both"],
)
def test_values_scatter_by_their_standard_errors(backend):
    """Deviations stay within 5.5 of the largest error possible, and are of the size that is said."""
    values, errors = backend.compile(model(), MIXED).estimate(X, W)
    deviations = values - Exact().compile(model(), MIXED)(X, W)
    assert 0 < np.abs(deviations).max() < 5.5 / np.sqrt(4000)
    assert 0.6 < np.sqrt((deviations**2).sum() / (errors**2).sum()) < 1.5
    assert not errors[:, -1].any()
    np.testing.assert_array_equal(values[:, -1], 3.0)


def test_fidelities_come_from_frequencies_of_zeros():
    exact = Exact().compile_overlaps(model())(X, None, W)
    K = Primitive(seeded_sampler, shots=1000, random_state=1).compile_overlaps(model())(X, None, W)
    np.testing.assert_array_equal(K, K.T)
    np.testing.assert_allclose(1000 * K, (1000 * K).round(), atol=1e-9)
    np.testing.assert_array_equal(np.diag(K), 1.0)
    assert 0 < np.abs(K - exact).max() < 5.5 * 0.5 / np.sqrt(1000)
    by_estimator = Primitive(estimator=StatevectorEstimator()).compile_overlaps(model())(X, None, W)
    np.testing.assert_allclose(by_estimator, exact, atol=1e-10)


def test_gradients_by_parameter_shift():
    g = np.cos(np.arange(4.0)).reshape(2, 2)
    backend, exact = Primitive(estimator=StatevectorEstimator()), Exact()
    for found, expected in zip(
        *(b.compile(model(), all_z(2)).pullback(X[:2], W, g) for b in (backend, exact)), strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize("n_rows", [1, 4])
@pytest.mark.parametrize(
    "backend",
    [Primitive(estimator=StatevectorEstimator()), Primitive(estimator=EstimatorV2()), Primitive(seeded_sampler)],
    ids=["estimator", "Aer's estimator", "sampler"],
)
def test_a_circuit_without_parameters(backend, n_rows):
    circuit = QuantumCircuit(2)
    circuit.x(0)
    values = backend.compile(circuit, all_z(2))(np.zeros((n_rows, 0)))
    np.testing.assert_allclose(values, np.tile([-1.0, 1.0], (n_rows, 1)), atol=1e-12)


def test_no_rows_and_no_observables_need_no_job():
    def never(seed):
        raise AssertionError("a job was run")

    assert Primitive(never).compile(model(), all_z(2))(X[:0], W).shape == (0, 2)
    assert Primitive(never).compile(model(), [])(X, W).shape == (6, 0)
    np.testing.assert_array_equal(Primitive(never).compile(model(), [SparsePauliOp("II", 2.0)])(X, W), 2.0)


# Noise


@pytest.mark.parametrize(("sampler", "max_rows"), [(seeded_sampler, 1000), (aer_sampler, 50), (aer_sampler, 1000)])
def test_equal_rows_get_independent_noise(sampler, max_rows):
    """Rows of one job, and rows of different jobs; a correlation of 150 independent pairs above 0.3 has p < 3e-4."""
    circuit = QuantumCircuit(1)
    circuit.ry(ParameterVector("x", 1)[0], 0)
    program = Primitive(sampler, shots=100, max_rows=max_rows, random_state=3).compile(circuit, all_z(1))
    noise = program(np.full((300, 1), np.pi / 2))[:, 0]
    assert 0.07 < noise.std() < 0.13  # 1 / sqrt(100), to four deviations of a deviation
    assert abs(np.corrcoef(noise[:150], noise[150:])[0, 1]) < 0.3
    assert abs(np.corrcoef(noise[:-1], noise[1:])[0, 1]) < 0.3


@pytest.mark.parametrize("backend", [Primitive(seeded_sampler, shots=50), Primitive(None, seeded_estimator, shots=50)])
def test_seeds_repeat_and_generators_go_on(backend):
    seeded = clone(backend).set_params(random_state=5).compile(model(), all_z(2))
    assert np.array_equal(seeded(X, W), seeded(X, W))
    free = backend.compile(model(), all_z(2))
    assert not np.array_equal(free(X, W), free(X, W))
    rng = np.random.default_rng(1)
    first = seeded(X, W, rng)
    assert not np.array_equal(first, seeded(X, W, rng))
    assert np.array_equal(first, seeded(X, W, np.random.default_rng(1)))


SEEDED = {
    "Qiskit's sampler": {"sampler": StatevectorSampler(seed=7)},
    "Qiskit's estimator": {"estimator": StatevectorEstimator(seed=7)},
    "Aer's sampler": {"sampler": SamplerV2(seed=7)},
    "Aer's sampler, by its options": {"sampler": SamplerV2(options={"run_options": {"seed_simulator": 7}})},
    "Aer's estimator": {"estimator": EstimatorV2(options={"run_options": {"seed_simulator": 7}})},
    "backend sampler": {"sampler": BackendSamplerV2(backend=AerSimulator(), options={"seed_simulator": 7})},
    "backend estimator": {"estimator": BackendEstimatorV2(backend=AerSimulator(), options={"seed_simulator": 7})},
    "simulator with a seed": {"sampler": BackendSamplerV2(backend=AerSimulator(seed_simulator=7))},
    "made from a seed": {"sampler": lambda seed: StatevectorSampler(seed=seed)},
    "made with one seed": {"sampler": lambda seed: StatevectorSampler(seed=7)},
    "estimator from a seed": {"estimator": lambda seed: StatevectorEstimator(seed=seed)},
}


@pytest.mark.parametrize("max_rows", [50, 1000])
@pytest.mark.parametrize("name", SEEDED)
def test_one_seed_gives_every_row_noise_of_its_own(name, max_rows):
    """Rows of one job, and of different jobs; 150 independent pairs correlate by more than 0.3 with p < 3e-4."""
    circuit = QuantumCircuit(1)
    circuit.ry(ParameterVector("x", 1)[0], 0)
    backend = Primitive(**SEEDED[name], shots=100, max_rows=max_rows)
    rows = np.full((300, 1), np.pi / 2)
    noise = backend.compile(circuit, all_z(1))(rows, None, np.random.default_rng(1))[:, 0]
    assert 0.07 < noise.std() < 0.13  # 1 / sqrt(100), to four deviations of a deviation
    for shift in (1, 50, 150):
        assert abs(np.corrcoef(noise[:-shift], noise[shift:])[0, 1]) < 0.3
    again = backend.compile(circuit, all_z(1))(rows, None, np.random.default_rng(1))[:, 0]
    np.testing.assert_array_equal(again, noise)


@pytest.mark.parametrize("name", [name for name in SEEDED if "made" not in name and "from a seed" not in name])
def test_the_seed_of_a_primitive_repeats_its_calls(name):
    values = [Primitive(**SEEDED[name], shots=50).compile(model(), all_z(2))(X, W) for _ in range(2)]
    np.testing.assert_array_equal(*values)
    other = Primitive(**SEEDED[name], shots=50, random_state=1).compile(model(), all_z(2))(X, W)
    assert not np.array_equal(other, values[0])


# Copies and searches


def test_copies_give_the_same():
    backend = Primitive(seeded_sampler, shots=100, random_state=0)
    expected = backend.compile(model(), all_z(2))(X, W)
    for way in (clone, copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))):
        assert np.array_equal(way(backend).compile(model(), all_z(2))(X, W), expected)
    program = pickle.loads(pickle.dumps(backend.compile(model(), all_z(2))))
    assert np.array_equal(program(X, W), expected)


def test_clones_share_the_primitive_alone():
    device = GenericBackendV2(2, seed=1)
    backend = Primitive(StatevectorSampler(), shots=10, target=device, random_state=np.random.RandomState(0))
    same = clone(backend)
    assert same.sampler is backend.sampler and same.target is backend.target
    assert same.random_state is not backend.random_state
    same.set_params(shots=20)
    assert backend.shots == 10


def test_a_search_over_shots_in_two_processes():
    rng = np.random.default_rng(0)
    rows, labels = rng.normal(size=(12, 2)), np.repeat([0, 1], 6)
    backend = Primitive(partial(seeded_sampler), random_state=0)
    model = QuantumKernelSVC(FidelityKernel(ReuploadingEncoding(2, 1), backend=backend))
    grid = {"kernel__backend__shots": [20, 40]}
    found = [GridSearchCV(model, grid, cv=2, n_jobs=n).fit(rows, labels).cv_results_ for n in (None, 2)]
    assert np.array_equal(found[0]["mean_test_score"], found[1]["mean_test_score"])
    assert backend.shots is None


# Bad input


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({}, "neither"),
        ({"sampler": 3}, "'sampler' parameter"),
        ({"estimator": "aer"}, "'estimator' parameter"),
        ({"sampler": seeded_sampler, "shots": 0}, "shots must be an integer"),
        ({"sampler": seeded_sampler, "max_rows": 0}, "max_rows must be"),
        ({"sampler": seeded_sampler, "retries": -1}, "retries must be"),
        ({"sampler": seeded_sampler, "wait": np.inf}, "wait must be"),
        ({"sampler": seeded_sampler, "timeout": 0}, "timeout must be"),
        ({"sampler": seeded_sampler, "timeout": "1 h"}, "timeout must be"),
        ({"sampler": seeded_sampler, "target": "ibm_kingston"}, "'target' parameter"),
        ({"sampler": seeded_sampler, "random_state": "one"}, "random_state must be"),
    ],
)
def test_parameters_are_checked_at_use(parameters, words):
    backend = Primitive(**parameters)
    with pytest.raises(ValueError, match=words):
        backend.compile(model(), all_z(2))


@pytest.mark.parametrize(("rows", "words"), [(np.full((2, 2), np.nan), "NaN"), (np.zeros((2, 3)), r"\(n_samples, 2\)")])
def test_rows_are_checked(rows, words):
    with pytest.raises(ValueError, match=words):
        Primitive(seeded_sampler).compile(model(), all_z(2))(rows, W)


def test_a_probability_is_a_binomial_frequency():
    """Zeros of a row out of 200 shots; below 1e-6 in each tail for a correct program."""
    exact = Exact().compile(model(), projectors(2)[:1])(X, W)[:, 0]
    found = Primitive(seeded_sampler, shots=200, random_state=2).compile(model(), projectors(2)[:1])(X, W)[:, 0]
    low, high = binom.ppf([1e-6, 1 - 1e-6], 200, exact[:, None]).T
    assert ((low <= 200 * found) & (200 * found <= high)).all()
