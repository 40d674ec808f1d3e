"""What Pauli propagation refuses, and models of widths that no statevector has."""

import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from skqml import (
    Aer,
    AngleEncoding,
    FidelityKernel,
    PauliPropagation,
    ProjectedKernel,
    QuantumKernelSVC,
    Shots,
    VariationalClassifier,
    all_z,
)
from skqml.circuits.ansatze import hardware_efficient
from tests.backends.pauli_propagation.test_values import arguments, layers


def test_more_qubits_than_a_mask_has_bits():
    circuit = QuantumCircuit(129)
    circuit.reset(0)  # not even looked at
    with pytest.raises(ValueError, match=r"at most 128 qubits.* got 129; use fewer qubits"):
        PauliPropagation().compile(circuit, [])


@pytest.mark.parametrize("params", [{}, {"min_coefficient": 1e-9}])
def test_more_strings_than_fit(params):
    circuit = layers(12, 4)
    X, w = arguments(circuit)
    with pytest.raises(ValueError, match=r"max_memory=10000 bytes, but on their way .* use a smaller max_weight"):
        PauliPropagation(max_memory=10_000, **params).compile(circuit, all_z(12))(X, w)


@pytest.mark.parametrize("backend", [PauliPropagation(), Aer(method="matrix_product_state")], ids=["ours", "Aer"])
def test_projectors_that_are_sums_of_too_many_strings(backend):
    """A fidelity is such a projector; it is refused before a sum is begun that would never end."""
    with pytest.raises(ValueError, match=r"projectors on at most 20 qubits.*2\*\*32 Pauli strings"):
        FidelityKernel(AngleEncoding(), group_size=None, backend=backend)(np.ones((2, 32)))


def test_more_outcomes_than_can_be_listed():
    with pytest.raises(ValueError, match=r"at most 26 measured qubits, but got 40"):
        Shots(10, backend=PauliPropagation()).compile(layers(40, 1), all_z(40))


@pytest.mark.parametrize(
    "params", [{"max_weight": 0}, {"max_weight": 2.0}, {"min_coefficient": -1.0}, {"min_coefficient": 1.0}]
)
def test_settings_that_are_none(params):
    with pytest.raises(ValueError, match=next(iter(params))):
        PauliPropagation(**params).compile(QuantumCircuit(1), [SparsePauliOp("Z")])


def test_programs_travel_without_their_strings():
    circuit = layers(30, 3)
    X, w = arguments(circuit)
    program = PauliPropagation(5).compile(circuit, all_z(30))
    expected = program(X, w)
    sent = pickle.dumps(program)
    assert len(sent) < 200_000
    np.testing.assert_array_equal(pickle.loads(sent)(X, w), expected)


def test_models_of_40_qubits():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 40))
    y = (X[:, 0] + X[:, 1] > 0).astype(int)
    backend = PauliPropagation(max_weight=3)
    kernel = ProjectedKernel(AngleEncoding(), group_size=None, backend=backend)
    assert QuantumKernelSVC(kernel).fit(X, y).score(X, y) > 0.9
    model = VariationalClassifier(
        AngleEncoding(), backend=backend, ansatz=hardware_efficient, max_iter=10, tol=None, random_state=0
    ).fit(X, y)
    assert model.score(X, y) > 0.8
    assert model.loss_curve_[-1] < model.loss_curve_[0]
