"""What holds for every estimator with a circuit and its twin without entanglement: the same model in product states."""

from functools import cache

import numpy as np
import pytest
from qiskit.quantum_info import Statevector, partial_trace
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.utils.validation import check_is_fitted

import skqml
from skqml import FidelityKernel, MemoryCell, QRNNFeatures, QuantumKernelSVC, ReadoutQNNClassifier, TanhCell
from skqml.attacks import AdversarialTrainingClassifier
from tests.contracts.estimators import estimator_classes, fitted, quick, rows, scores

INSIDE = AdversarialTrainingClassifier  # has the twin of the estimator inside
CLASSES = [cls for cls in estimator_classes("product_twin") if cls is not INSIDE]
CIRCUITS = {"kernel", "encoding", "ansatz", "cell", "gates", "entangled"}  # parameters that draw circuits


@cache
def twin(cls):
    model = quick(cls)
    return fitted(model.product_twin(), *rows(model))


def circuit(model):
    """A circuit of a fitted model; of a row where only rows have one."""
    if hasattr(model, "cell_"):
        return model.cell_.circuit()
    return model.circuit(rows(model)[0][0]) if hasattr(model, "circuit") else model.circuit_


def least_purity(circuit, bits=False):
    """Of the qubits, in the state that a circuit with random parameters makes of 0...0; of whole numbers where bits."""
    rng = np.random.default_rng(0)
    values = {p: rng.integers(2) if bits and p.name[0] == "x" else rng.uniform(0, 6) for p in circuit.parameters}
    state, qubits = Statevector(circuit.assign_parameters(values)), range(circuit.num_qubits)
    return min(partial_trace(state, [q for q in qubits if q != kept]).purity().real for kept in qubits)


def test_every_estimator_with_a_classical_twin_has_one():
    """Save tensor networks, whose gates between qubits are the network: without them no token meets another."""
    assert set(estimator_classes("classical_twin")) - {INSIDE, *CLASSES} == {skqml.QuantumTensorNetworkClassifier}


@pytest.mark.parametrize("cls", CLASSES)
def test_its_states_are_products(cls):
    bits = cls is ReadoutQNNClassifier  # which prepares basis states
    assert least_purity(circuit(twin(cls)), bits) == pytest.approx(1.0, abs=1e-10)
    assert least_purity(circuit(fitted(quick(cls), *rows(cls()))), bits) < 0.99


@pytest.mark.parametrize("cls", CLASSES)
def test_it_is_the_model_in_all_else(cls):
    model, unfitted = quick(cls), quick(cls).product_twin()
    with pytest.raises(NotFittedError):
        check_is_fitted(unfitted)
    assert type(unfitted) is cls
    params = [{k: v for k, v in m.get_params(deep=False).items() if k not in CIRCUITS} for m in (model, unfitted)]
    assert params[0] == params[1]
    whole = fitted(model, *rows(model))
    assert circuit(twin(cls)).num_qubits == circuit(whole).num_qubits
    X = rows(model)[0]
    assert scores(twin(cls))(X[:5]).shape == scores(whole)(X[:5]).shape
    again = fitted(clone(unfitted), *rows(model))
    np.testing.assert_allclose(scores(again)(X[:5]), scores(twin(cls))(X[:5]), atol=1e-10)


@pytest.mark.parametrize("cls", CLASSES)
def test_it_comes_back_from_a_file(cls, tmp_path):
    skqml.save(twin(cls), tmp_path / "twin.skops")
    X = rows(cls())[0][:5]
    np.testing.assert_array_equal(scores(skqml.load(tmp_path / "twin.skops"))(X), scores(twin(cls))(X))


def test_cells_that_remember_forget():
    """Without entanglers no input reaches the qubits that remember."""
    model = QRNNFeatures(MemoryCell(n_memory=1), n_reservoirs=1, random_state=0).product_twin()
    X = np.random.default_rng(0).normal(size=(4, 6))
    before = X.copy()
    before[:, :-1] += 1.0
    A, B = (model.fit(X).transform(rows) for rows in (X, before))
    np.testing.assert_allclose(A, B, atol=1e-12)
    assert least_purity(model.cell_.circuit()) == pytest.approx(1.0)


def test_sums_of_kernels_keep_what_is_classical():
    kernel = FidelityKernel() * RBF(2.0) + WhiteKernel(0.1)
    found = QuantumKernelSVC(kernel).product_twin().kernel
    assert found.k2 == WhiteKernel(0.1)
    assert found.k1.k2 == RBF(2.0)
    assert least_purity(found.k1.k1.circuit(3)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (QuantumKernelSVC("precomputed"), "kernel with a circuit"),
        (QuantumKernelSVC(RBF()), "kernel with a circuit"),
        (QuantumKernelSVC().classical_twin(), "GaussianKernel"),
        (QRNNFeatures(TanhCell()), "cell with a circuit"),
        (ReadoutQNNClassifier(inputs="state"), "inputs='bits'"),
    ],
)
def test_what_has_no_circuit_says_so(model, message):
    with pytest.raises(ValueError, match=message):
        model.product_twin()
