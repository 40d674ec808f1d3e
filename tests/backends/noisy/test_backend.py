"""Noisy as a backend: parameters, copies, estimators, and what it refuses."""

import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, ParameterVector, Reset
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import (
    LocalNoisePass,
    NoiseModel,
    PauliLindbladError,
    ReadoutError,
    amplitude_damping_error,
    depolarizing_error,
)
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV

from skqml import AngleEncoding, FidelityKernel, Noisy, QuantumKernelSVC, VariationalClassifier, all_z
from tests.backends.noisy.oracle import expectations


def model(p=0.05):
    noise = NoiseModel(basis_gates=["rx", "ry", "rz", "h", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(p, 1), ["rx", "ry", "rz"])
    noise.add_all_qubit_quantum_error(depolarizing_error(p, 2), "cx")
    noise.add_all_qubit_readout_error(ReadoutError([[0.95, 0.05], [0.1, 0.9]]))
    return noise


def circuit(n=2):
    x = ParameterVector("x", n)
    qc = QuantumCircuit(n)
    for q in range(n):
        qc.ry(x[q], q)
    for q in range(n - 1):
        qc.cx(q, q + 1)
    return qc


X = np.random.default_rng(5).uniform(-2, 2, (6, 2))


def test_a_clone_and_a_pickle_give_the_same():
    backend = Noisy(model(), threads=1)
    values = backend.compile(circuit(), all_z(2))(X)
    for same in (clone(backend), pickle.loads(pickle.dumps(backend))):
        program = same.compile(circuit(), all_z(2))
        # A copy of Aer's errors is divided by the sum of its probabilities once more, which may be 1 - 1e-16.
        np.testing.assert_allclose(program(X), values, rtol=0, atol=1e-14)
        kept = pickle.loads(pickle.dumps(program))
        assert np.array_equal(kept(X), program(X))
        assert len(pickle.dumps(program)) < 20_000
        assert pickle.dumps(kept.cache_key()) == pickle.dumps(same.compile(circuit(), all_z(2)).cache_key())
    assert clone(backend).set_params(shots=7).shots == 7
    assert backend.shots is None


def test_what_is_exact_and_what_is_random():
    assert Noisy().exact
    assert not Noisy(model()).exact
    assert not Noisy(shots=10).exact
    assert Noisy(model()).generator() is None
    assert isinstance(Noisy(shots=10, random_state=0).generator(), np.random.Generator)


def test_one_seed_gives_one_result():
    first, again, other = (
        Noisy(model(), shots=100, random_state=seed).compile(circuit(), all_z(2))(X) for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    K = Noisy(model(), shots=100, random_state=0).compile_overlaps(circuit())(X)
    assert np.array_equal(K, K.T)
    np.testing.assert_allclose(100 * K, (100 * K).round(), atol=1e-12)


def test_lindblad_errors():
    noise = NoiseModel(basis_gates=["ry", "cx"])
    noise.add_all_qubit_quantum_error(PauliLindbladError(["XI", "ZZ", "YX"], [0.1, 0.2, 0.05]), "cx")
    ops = [SparsePauliOp(label) for label in ("XY", "ZI", "IZ", "YX")]
    found = Noisy(noise).compile(circuit(), ops)(X)
    np.testing.assert_allclose(found, expectations(circuit(), noise, X, [], ops), atol=1e-12)


@pytest.fixture(scope="module")
def flowers():
    data = load_iris()
    rows = np.r_[0:20, 50:70]
    return data.data[rows], data.target[rows]


def test_a_grid_search_over_shots(flowers):
    kernel = FidelityKernel(AngleEncoding(), backend=Noisy(model(0.01), random_state=0))
    search = GridSearchCV(QuantumKernelSVC(kernel), {"kernel__backend__shots": [20, 200, None]}, cv=2).fit(*flowers)
    assert len(search.cv_results_["mean_test_score"]) == 3
    assert search.score(*flowers) > 0.9
    assert kernel.backend.shots is None


def test_a_trained_circuit(flowers):
    backend = Noisy(model(0.005))
    classifier = VariationalClassifier(AngleEncoding(), max_iter=15, tol=None, backend=backend, random_state=0)
    assert classifier.fit(*flowers).score(*flowers) > 0.9
    assert classifier.loss_curve_[-1] < classifier.loss_curve_[0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"noise_model": "ibm"}, "'noise_model' parameter must be None or a NoiseModel.*'ibm'"),
        ({"shots": 0}, "shots must be an integer"),
        ({"shots": 5, "random_state": "x"}, "random_state must be"),
        ({"threads": 0}, "threads must be an integer"),
        ({"max_memory": -1}, "max_memory must be an integer"),
        ({"max_memory": 1000}, "density matrices fit in max_memory=1000 bytes, but 2 qubits need 6144 bytes"),
    ],
)
def test_bad_parameters(parameters, message):
    for make in (lambda b: b.compile(circuit(), all_z(2)), lambda b: b.compile_overlaps(circuit())):
        with pytest.raises(ValueError, match=message):
            make(Noisy(**parameters))


def named(*names, basis=("ry", "cx")):
    noise = NoiseModel(basis_gates=list(basis))
    for name in names:
        noise.add_all_qubit_quantum_error(amplitude_damping_error(0.1), name)
    return noise


def passing():
    noise = named("ry")
    noise._custom_noise_passes.append(LocalNoisePass(lambda op, qubits: None))
    return noise


def correlated():
    noise = named("ry")
    noise.add_readout_error(ReadoutError(np.full((4, 4), 0.25)), [0, 1])
    return noise


@pytest.mark.parametrize(
    ("noise", "message"),
    [
        (named("rx2", "ry"), r"names gates among its basis_gates \['cx', 'ry'\].*\['rx2'\]"),
        (named(basis=["cx"]), "written in the gates"),
        (passing(), "custom noise passes"),
        (correlated(), r"correlates those of qubits \(0, 1\)"),
    ],
)
def test_models_that_cannot_be_honoured(noise, message):
    with pytest.raises(ValueError, match=message):
        Noisy(noise).compile(circuit(), all_z(2))


def test_circuits_that_cannot_be_simulated():
    reset, huge = circuit(), QuantumCircuit(30)
    reset.append(Reset(), [0])
    huge.h(range(30))
    unknown = circuit()
    unknown.append(Gate("oracle", 1, []), [0])
    for qc, message in (
        (reset, "unitary circuit.*'reset'"),
        (unknown, "'oracle' has neither"),
        (huge, r"30 qubits need 55340232221128654848 bytes"),
    ):
        with pytest.raises(ValueError, match=message):
            Noisy(model()).compile(qc, all_z(qc.num_qubits))
    with pytest.raises(TypeError, match="QuantumCircuit"):
        Noisy(model()).compile("qc", [])


def test_delays_of_a_device_are_refused_where_a_pass_would_act():
    qc = circuit()
    qc.delay(100, 0)
    with pytest.raises(ValueError, match="without delays"):
        Noisy(NoiseModel.from_backend(GenericBackendV2(2, seed=0))).compile(qc, all_z(2))


def test_bad_rows_and_weights():
    program = Noisy(model()).compile(circuit(), all_z(2))
    for rows, message in (
        (np.zeros((2, 3)), r"shape \(n_samples, 2\)"),
        (np.full((2, 2), np.nan), "NaN"),
        (np.zeros((2, 2), complex), "Complex"),
    ):
        with pytest.raises(ValueError, match=message):
            program(rows)
    with pytest.raises(ValueError, match="0 weights"):
        program(X, np.zeros(1))
