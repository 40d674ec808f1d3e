"""Costs that are foretold, against what really runs."""

import tracemalloc
from functools import partial
from types import SimpleNamespace

import joblib
import numpy as np
import pytest
from qiskit.primitives import StatevectorSampler
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import NoiseModel, depolarizing_error
from sklearn.base import clone
from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skqml import (
    ZNEVQE,
    AngleEncoding,
    DepolarizingMitigatedKernel,
    Exact,
    FidelityKernel,
    KernelAlignmentTrainer,
    Noisy,
    Primitive,
    ProjectedKernel,
    QRNNFeatures,
    QRNNReservoirClassifier,
    QRNNReservoirRegressor,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumNystroem,
    Shots,
    VariationalClassifier,
    VariationalRegressor,
    ZZEncoding,
    all_z,
    one_qubit_paulis,
)
from skqml.backends.aer import Aer
from skqml.circuits.ansatze import hardware_efficient
from skqml.cost.estimate import Cost, estimate_cost
from skqml.mitigation import ZNE

X = np.random.default_rng(0).normal(size=(8, 2))
Y = np.arange(8) % 2


class Counting:
    """A sampler that counts the circuits and shots it really runs."""

    def __init__(self):
        self.circuits = self.shots = self.jobs = 0
        self.sampler = StatevectorSampler(seed=np.random.default_rng(0))

    def run(self, pubs, shots):
        self.circuits += sum(len(pub[1]) for pub in pubs)
        self.shots += sum(len(pub[1]) for pub in pubs) * shots
        self.jobs += 1
        return SimpleNamespace(result=self.sampler.run(pubs, shots=shots).result)


def kernel_machine(backend):
    return QuantumKernelSVC(FidelityKernel(AngleEncoding(), backend=backend))


def projected(backend):
    return QuantumKernelRidge(ProjectedKernel(AngleEncoding(), backend=backend))


def landmarks(backend):
    return QuantumNystroem(FidelityKernel(AngleEncoding(), backend=backend), n_components=3, random_state=0)


def mitigated(backend):
    """Whose predictions ask for the fidelities of rows with themselves, at each noise scale."""
    kernel = FidelityKernel(AngleEncoding(), backend=ZNE(backend, (1, 3)))
    return QuantumKernelRidge(DepolarizingMitigatedKernel(kernel))


def variational(backend, **params):
    params = {"observables": all_z, "max_iter": 3, "tol": None, "random_state": 0} | params
    return VariationalClassifier(AngleEncoding(), partial(hardware_efficient, n_layers=1), backend=backend, **params)


@pytest.mark.parametrize(
    "build",
    [
        kernel_machine,
        projected,
        landmarks,
        mitigated,
        variational,
        partial(variational, observables=one_qubit_paulis),
        partial(variational, batch_size=3),
        partial(variational, n_restarts=2),
        partial(variational, early_stopping=True, validation_fraction=0.25),
    ],
)
def test_what_is_foretold_is_what_runs(build):
    """A fit and a prediction on a primitive that counts."""
    counting = Counting()
    model = build(Primitive(counting, shots=16, max_rows=20))
    cost = estimate_cost(model, X, Y)
    assert counting.circuits == 0
    fitted = clone(model).fit(X, Y)
    assert (cost.circuits, cost.shots, cost.jobs) == (counting.circuits, counting.shots, counting.jobs)
    (fitted.predict if hasattr(fitted, "predict") else fitted.transform)(X)
    assert cost.circuits + cost.predict_circuits == counting.circuits
    assert cost.shots + cost.predict_shots == counting.shots
    assert cost.jobs + cost.predict_jobs == counting.jobs


def test_jobs_take_time_besides_their_shots():
    model = kernel_machine(Primitive(Counting(), shots=16, max_rows=20))
    plain, slow = (estimate_cost(model, X, Y, shot_rate=100, job_seconds=seconds) for seconds in (0, 5))
    assert plain.seconds == pytest.approx(plain.shots / 100)
    assert slow.seconds == pytest.approx(plain.seconds + 5 * plain.jobs)
    assert slow.predict_seconds == pytest.approx(plain.predict_shots / 100 + 5 * plain.predict_jobs)
    assert f"{plain.shots:,} shots, {plain.jobs} jobs, " in repr(plain)


def test_pairs_where_there_are_shots_and_states_where_there_are_none():
    costs = [estimate_cost(kernel_machine(b), X, Y) for b in (Exact(), Aer(), Shots(100), Aer(shots=100))]
    assert [cost.circuits for cost in costs] == [8, 8, 36, 36]
    assert [cost.predict_circuits for cost in costs] == [16, 16, 64, 64]
    assert [cost.shots for cost in costs] == [0, 0, 3600, 3600]


def test_a_loss_and_its_gradient():
    """Two shifts for each of 8 angles, none for 2 of data alone; by one adjoint sweep on the exact backend."""
    assert estimate_cost(variational(Shots(10)), X, Y).loss_evaluation_circuits == 8 * (1 + 2 * 8)
    assert estimate_cost(variational(Exact()), X, Y).loss_evaluation_circuits == 8
    assert estimate_cost(kernel_machine(Shots(10)), X, Y).loss_evaluation_circuits == 0


def test_cost_grows_with_iterations():
    costs = [estimate_cost(variational(Shots(10), max_iter=k), X, Y).circuits for k in (1, 2, 11, 101)]
    assert costs[1] > costs[0]
    assert costs[3] - costs[2] == 90 * (costs[1] - costs[0])


@pytest.mark.parametrize(
    "model",
    [
        KernelAlignmentTrainer(FidelityKernel(AngleEncoding(), backend=Shots(10))),
        ZNEVQE(backend=Noisy(), random_state=0),
    ],
    ids=lambda e: type(e).__name__,
)
def test_methods_that_stop_at_a_flat_loss_are_not_stopped_by_made_up_ones(model):
    few, many = (estimate_cost(clone(model).set_params(max_iter=k), X, Y).circuits for k in (2, 30))
    assert many > 10 * few


def test_operators_are_counted_and_not_made_dense():
    """A loss with its gradient: two bases for the energy, and for both shifts of 96 angles."""
    big = SparsePauliOp(["Z" * 12, "X" * 12])
    tracemalloc.start()
    cost = estimate_cost(ZNEVQE(backend=Shots(10), max_iter=1, n_restarts=1), [big])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert cost.n_qubits == 12 and cost.loss_evaluation_circuits == 2 * (1 + 2 * 96)
    assert peak < 50e6
    single = estimate_cost(ZNEVQE(backend=Shots(10), max_iter=1, n_restarts=1), big)
    assert single.circuits == cost.circuits


@pytest.mark.parametrize("estimator", [QRNNReservoirClassifier, QRNNReservoirRegressor, QRNNFeatures])
def test_sequences_of_several_channels(estimator):
    sequences = np.random.default_rng(0).normal(size=(3, 4, 2))
    sequences[1, 2:] = np.nan
    long, short = (estimate_cost(estimator(backend=Shots(10)), s) for s in (sequences, sequences[:, :2]))
    assert long.predict_circuits == 2 * short.predict_circuits > 0
    assert long.n_qubits > 0 and long.depth > 0 and long.bytes > 0
    with pytest.raises(ValueError, match="simulated in another way"):
        estimate_cost(estimator(), sequences)


def test_mitigation_multiplies():
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.01, 1), ["ry"])
    plain, mitigated = (
        estimate_cost(variational(b), X, Y) for b in (Noisy(noise, 10), ZNE(Noisy(noise, 10), scales=(1, 3, 5)))
    )
    assert mitigated.predict_circuits == 3 * plain.predict_circuits
    assert mitigated.depth > 2 * plain.depth


def test_the_circuit_is_that_of_the_device():
    edges = [[a, b] for a in range(5) for b in range(5) if abs(a - b) == 1]
    device = GenericBackendV2(5, seed=0, coupling_map=edges)
    model = QuantumKernelSVC(FidelityKernel(ZZEncoding(), backend=Primitive(Counting(), shots=10, target=device)))
    cost = estimate_cost(model, X, Y)
    ideal = estimate_cost(clone(model).set_params(kernel__backend__target=None), X, Y)
    assert (cost.n_qubits, cost.two_qubit_gates) == (2, 8)  # two repetitions of two CX, there and back
    assert cost.depth > ideal.depth


def test_bytes_and_minutes():
    noise = NoiseModel()
    cost = estimate_cost(kernel_machine(Shots(1000)), X, shot_rate=600)
    assert cost.bytes == 16 * 2**2 + 8 * 8 * 8
    assert cost.minutes == 1.0 and cost.shots == 36_000
    assert estimate_cost(kernel_machine(Noisy(noise)), X).bytes == 16 * 4**2 + 8 * 8 * 8


@pytest.mark.parametrize(
    "estimator",
    [
        QuantumKernelSVC(),
        QuantumKernelRidge(ConstantKernel() * FidelityKernel(AngleEncoding()) + WhiteKernel()),
        VariationalClassifier(),
        VariationalRegressor(max_iter=3),
        FidelityKernel(AngleEncoding()),
    ],
    ids=lambda e: type(e).__name__,
)
def test_defaults_kernels_and_sums_of_kernels(estimator):
    before = joblib.hash(estimator.get_params())
    cost = estimate_cost(estimator, X)
    assert isinstance(cost, Cost)
    assert cost.circuits >= 8 and cost.shots == 0 and cost.minutes == 0
    assert joblib.hash(estimator.get_params()) == before


def test_the_text_says_what_counts():
    text = repr(estimate_cost(kernel_machine(Shots(1_000_000)), X))
    assert "36 circuits, 36,000,000 shots, 600.0 minutes" in text
    assert "2 qubits, depth 2, 0 two-qubit gates" in text


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: make_pipeline(StandardScaler(), model),
        lambda model: GridSearchCV(model, {"bandwidth": [1.0]}),
        lambda model: GridSearchCV(make_pipeline(StandardScaler(), model), {"standardscaler__with_std": [True]}),
    ],
)
@pytest.mark.parametrize("kind", [lambda: kernel_machine(Shots(10)), lambda: variational(Shots(10), max_iter=7)])
def test_pipelines_and_searches_cost_what_is_inside(wrap, kind):
    """Standardised twice is standardised once: what runs is the same. Of a search one fit is counted."""
    found, expected = estimate_cost(wrap(kind()), X), estimate_cost(kind(), X)
    assert found == expected


def test_a_fitted_search_costs_its_best_estimator():
    search = GridSearchCV(QuantumKernelSVC(), {"kernel__encoding__n_qubits": [3]}, cv=2).fit(X, np.arange(len(X)) % 2)
    assert estimate_cost(search, X).n_qubits == 3


def test_circuits_of_a_step_that_is_not_the_last():
    features = QuantumNystroem(FidelityKernel(AngleEncoding(), backend=Shots(10)), n_components=5, random_state=0)
    pipeline = make_pipeline(features, LogisticRegression(max_iter=1000))
    alone, inside = estimate_cost(features, X), estimate_cost(pipeline, X)
    assert inside.circuits >= alone.circuits and inside.predict_circuits == alone.predict_circuits


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((make_pipeline(StandardScaler(), SVC()), X), "with a backend"),
        ((StandardScaler(), X), "with one inside, got StandardScaler"),
        ((QuantumKernelSVC(), X[:, 0]), "2D array"),
        ((QuantumKernelRidge(), X[:, 0]), "2D array"),
        ((variational("Exact"), X), "'backend' parameter of VariationalClassifier"),
        ((kernel_machine(Aer(GenericBackendV2(2, seed=0))), np.c_[X, X]), "of 2 qubits, but it has 4"),
    ],
)
def test_bad_input(arguments, words):
    with pytest.raises(ValueError, match=words):
        estimate_cost(*arguments)
    with pytest.raises(ValueError, match="shot_rate"):
        estimate_cost(kernel_machine(None), X, shot_rate=0)
