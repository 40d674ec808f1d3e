"""Circuits in parts have the values and gradients of whole ones."""

from functools import partial

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import NoiseModel, depolarizing_error
from sklearn.datasets import load_breast_cancer, load_iris

from skqml import (
    ZNE,
    Aer,
    CircuitEncoding,
    Exact,
    FidelityKernel,
    Noisy,
    ProjectedKernel,
    QuantumKernelSVC,
    Shots,
    VariationalClassifier,
    all_z,
)
from skqml.circuits.ansatze import identity
from skqml.cutting import Cut, CutCost, cut_cost, find_cuts
from skqml.cutting.running import program
from tests.cutting.circuits import WORST, difference, ladder, random_circuit, random_cuts, random_observables, results


@pytest.mark.parametrize("seed", range(100))
def test_values_and_gradients_of_a_random_circuit(seed):
    """Wherever up to three cuts are, also where they divide nothing and a wire comes back to its part."""
    rng = np.random.default_rng(seed)
    circuit = random_circuit(rng, int(rng.integers(2, 5)), int(rng.integers(3, 6)))
    n_features = 3 if any(p.name.startswith("x") for p in circuit.parameters) else 0
    n_weights = sum(p.name.startswith("w") for p in circuit.parameters)
    observables = random_observables(rng, circuit.num_qubits)
    args = rng.normal(size=(3, n_features)), rng.normal(size=n_weights), rng.normal(size=(3, len(observables)))
    cut = Cut(cuts=random_cuts(rng, circuit, seed % 3 + 1))
    whole = results(Exact(), circuit, observables, *args)
    assert difference(results(cut, circuit, observables, *args), whole) < WORST
    np.testing.assert_allclose(cut.compile(circuit, observables)(*args[:2]), whole[0], atol=WORST)


@pytest.mark.parametrize("gate", ["cx", "cz", "rzz", "free rzz"])
@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("backend", [Exact(), Aer()], ids=lambda b: type(b).__name__)
def test_a_gate_that_is_cut(gate, first, backend):
    """All that two qubits can be asked, with the gate either way round."""
    x, w = ParameterVector("x", 2), ParameterVector("w", 2)
    circuit, rng = QuantumCircuit(2), np.random.default_rng(0)
    for q in (0, 1):
        circuit.rx(x[q], q)
        circuit.ry(w[q], q)
    angles = {"rzz": [0.3], "free rzz": [x[0] * w[1] + 0.3]}.get(gate, [])
    getattr(circuit, gate.split()[-1])(*angles, first, 1 - first)
    circuit.rx(w[0], 0)
    observables = [SparsePauliOp(a + b) for a in "IXYZ" for b in "IXYZ"]
    args = rng.normal(size=(2, 2)), rng.normal(size=2), rng.normal(size=(2, 16))
    whole, cut = (results(b, circuit, observables, *args) for b in (Exact(), Cut(backend, cuts=[4])))
    assert difference(cut, whole) < WORST
    assert cut_cost(circuit, cuts=[4]) == CutCost(10, 9.0, (2, 2))


@pytest.mark.parametrize("backend", [Exact(), Noisy(), Aer()], ids=lambda b: type(b).__name__)
@pytest.mark.parametrize("n_qubits", [4, 6])
def test_cuts_are_found(backend, n_qubits):
    circuit, rng = ladder(n_qubits), np.random.default_rng(0)
    args = rng.normal(size=(2, n_qubits)), rng.normal(size=4 * (n_qubits - 1)), rng.normal(size=(2, n_qubits))
    found, whole = (results(b, circuit, all_z(n_qubits), *args) for b in (Cut(backend, 3), Exact()))
    assert difference(found, whole) < WORST
    assert max(cut_cost(circuit, 3).qubits) <= 3


def test_a_circuit_that_no_backend_holds():
    """40 qubits in parts of five: the values of a chain of Clifford gates are known."""
    circuit = QuantumCircuit(40)
    circuit.x(0)
    for q in range(39):
        circuit.cx(q, q + 1)
    values = Cut(max_qubits=5).compile(circuit, all_z(40))(np.zeros((1, 0)))
    np.testing.assert_allclose(values, -1.0, atol=WORST)


@pytest.mark.parametrize("seed", range(3))
def test_kernels_and_their_gradients(seed):
    circuit, rng = ladder(4), np.random.default_rng(seed)
    X, w, A = rng.normal(size=(3, 4)), rng.normal(size=12), rng.normal(size=(3, 3))
    whole, cut = (b.compile_overlaps(circuit) for b in (Exact(), Cut(max_qubits=3)))
    np.testing.assert_allclose(cut(X, None, w), whole(X, None, w), atol=WORST)
    np.testing.assert_allclose(cut(X, X[:2], w), whole(X, X[:2], w), atol=WORST)
    assert difference(cut.pullback(X, w, A), whole.pullback(X, w, A)) < WORST


def test_under_extrapolation_and_noise():
    """Where gates on two qubits alone are noisy, cuts leave the noise as it is."""
    noise = NoiseModel(["rz", "ry", "h", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.05, 2), "cx")
    circuit, rng = ladder(4), np.random.default_rng(0)
    args = rng.normal(size=(2, 4)), rng.normal(size=12), rng.normal(size=(2, 4))
    backends = [(Noisy(noise), Cut(Noisy(noise), 3)), (ZNE(Noisy(noise)), ZNE(Cut(Noisy(noise), 3)))]
    for pair in backends:
        whole, cut = (results(b, circuit, all_z(4), *args) for b in pair)
        assert difference(whole, cut) < WORST


@pytest.mark.parametrize("kernel", [FidelityKernel, ProjectedKernel])
def test_estimators_predict_the_same(kernel):
    X, y = (a[::5] for a in load_iris(return_X_y=True))
    circuit = ladder(4)
    circuit = circuit.assign_parameters(dict.fromkeys(circuit.parameters[:12], 0.3))
    encoding = CircuitEncoding(circuit)
    models = [QuantumKernelSVC(kernel(encoding, backend=b)).fit(X, y) for b in (None, Cut(max_qubits=3))]
    np.testing.assert_array_equal(models[0].predict(X), models[1].predict(X))


@pytest.mark.filterwarnings("ignore:Training stopped")
def test_training_is_the_same():
    X, y = (a[::5] for a in load_iris(return_X_y=True))
    models = [
        VariationalClassifier(CircuitEncoding(ladder(4)), identity, backend=b, max_iter=3, random_state=0).fit(X, y)
        for b in (None, Cut(max_qubits=3))
    ]
    np.testing.assert_allclose(*(model.predict_proba(X) for model in models), atol=1e-8)


@pytest.mark.filterwarnings("ignore:Training stopped")
def test_a_model_that_no_backend_holds():
    """36 qubits, one for each of 30 features and zeros, in parts of five."""
    X, y = (a[::20] for a in load_breast_cancer(return_X_y=True))
    X = np.pad(X, ((0, 0), (0, 6)))
    backend = Cut(max_qubits=5, cuts=[(q, 5) for q in range(4, 35, 4)])
    model = VariationalClassifier(CircuitEncoding(ladder(36)), identity, backend=backend, max_iter=2, random_state=0)
    assert model.fit(X, y).score(X, y) > 0.8


def test_blocks_of_rows(monkeypatch):
    monkeypatch.setattr(program, "_BLOCK_BYTES", 5000)
    circuit, rng = ladder(4), np.random.default_rng(0)
    args = rng.normal(size=(30, 4)), rng.normal(size=12), rng.normal(size=(30, 4))
    whole, cut = (results(b, circuit, all_z(4), *args) for b in (Exact(), Cut(max_qubits=3)))
    assert difference(cut, whole) < WORST


def test_rows_alike_have_shots_of_their_own():
    """Also in a part without data."""
    circuit = QuantumCircuit(3)
    circuit.rx(ParameterVector("x", 1)[0], 0)
    circuit.cx(0, 1)
    circuit.h(1)
    circuit.cx(1, 2)
    values = Cut(Shots(50, random_state=0), cuts=[(1, 2)]).compile(circuit, all_z(3))(np.zeros((50, 1)))
    assert len(np.unique(values[:, 2])) > 5


@pytest.mark.parametrize("cuts", [None, partial(find_cuts, max_qubits=3, gates=True)], ids=["wire", "gate"])
def test_shots_have_no_bias_and_errors_that_are_true(cuts):
    """Over 400 rows alike: the mean within five of its errors, the scatter within a fifth of what is said."""
    circuit, rng = ladder(4), np.random.default_rng(0)
    X, w = np.tile(rng.normal(size=4), (400, 1)), rng.normal(size=12)
    cut = Cut(Shots(200, random_state=0), 3, cuts).compile(circuit, all_z(4))
    true = Exact().compile(circuit, all_z(4))(X[:1], w)
    values, errors = cut.estimate(X, w)
    scatter = values.std(axis=0, ddof=1)
    assert (np.abs(values.mean(axis=0) - true) < 5 * scatter / 20).all()
    np.testing.assert_allclose(np.sqrt((errors**2).mean(axis=0)), scatter, rtol=0.2)
