"""Circuits whose meaning is easily lost on the way into the engine."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector, Qubit
from qiskit.circuit.library import PauliEvolutionGate, PermutationGate, StatePreparation
from qiskit.quantum_info import SparsePauliOp, Statevector, random_clifford
from qiskit_aer.noise import NoiseModel

from skqml import Aer, Exact, Noisy, all_z, one_qubit_paulis
from skqml.backends.defaults import PairOverlaps
from skqml.engine.reading.occurrences import Occurrences

SUM = SparsePauliOp(["X", "Z"])
NO_ROWS = np.zeros((1, 0))


def test_an_evolution_means_the_same_with_a_number_and_with_a_parameter():
    """Both the product formula that is the gate's definition, not the exponential of the sum."""
    t = Parameter("t")
    free, fixed = QuantumCircuit(1), QuantumCircuit(1)
    free.append(PauliEvolutionGate(SUM, time=t), [0])
    fixed.append(PauliEvolutionGate(SUM, time=0.7), [0])
    a = Exact().compile(free, one_qubit_paulis(1))(NO_ROWS, np.array([0.7]))
    np.testing.assert_allclose(Exact().compile(fixed, one_qubit_paulis(1))(NO_ROWS), a, atol=1e-12)


def test_the_inverse_of_an_evolution_undoes_it():
    """Qiskit's own inverse of the gate undoes the exponential, not the product formula."""
    circuit = QuantumCircuit(2)
    circuit.append(PauliEvolutionGate(SUM, time=ParameterVector("x", 1)[0]), [1])
    inner = QuantumCircuit(1, name="inner")
    inner.append(PauliEvolutionGate(SUM, time=0.9), [0])
    circuit.append(inner.to_gate(), [0])
    X = np.array([[0.4], [1.7]])
    K = Exact().compile_overlaps(circuit)(X)
    np.testing.assert_allclose(PairOverlaps(Exact(), circuit)(X), K, atol=1e-12)


@pytest.mark.parametrize("n", [2, 5, 12])
def test_permutations_of_any_width(n):
    circuit = QuantumCircuit(n)
    for q in range(n):
        circuit.ry(0.1 + 0.2 * q, q)
    pattern = np.roll(np.arange(n), 1)
    circuit.append(PermutationGate(pattern), range(n))
    values = Exact().compile(circuit, all_z(n))(NO_ROWS)[0]
    np.testing.assert_allclose(values, np.cos(0.1 + 0.2 * pattern), atol=1e-12)


def test_preparation_of_one_qubit():
    psi = np.array([0.6, 0.8j])
    circuit = QuantumCircuit(1)
    circuit.append(StatePreparation(psi), [0])
    values = Exact().compile(circuit, one_qubit_paulis(1))(NO_ROWS)[0]
    expected = [Statevector(psi).expectation_value(o.to_operator()).real for o in one_qubit_paulis(1)]
    np.testing.assert_allclose(values, expected, atol=1e-12)


def test_qubits_in_no_register():
    circuit = QuantumCircuit([Qubit(), Qubit()])
    circuit.rx(ParameterVector("x", 1)[0], 1)
    assert Occurrences(circuit).circuit.num_qubits == 2
    np.testing.assert_allclose(PairOverlaps(Exact(), circuit)(np.array([[0.0], [np.pi]])), np.eye(2), atol=1e-12)


def test_columns_follow_the_data_vector_even_where_elements_are_unused():
    x = ParameterVector("x", 12)
    circuit = QuantumCircuit(2)
    circuit.rx(x[10], 0)
    circuit.rx(x[2], 1)
    X = np.arange(12.0)[None]
    np.testing.assert_allclose(Exact().compile(circuit, all_z(2))(X), np.cos([[10.0, 2.0]]), atol=1e-12)
    assert Exact().compile(circuit, all_z(2)).pullback(X, None, np.ones((1, 2)))[0].shape == (1, 12)


@pytest.mark.parametrize("backend", [Exact(), Noisy(NoiseModel()), Aer()], ids=lambda b: type(b).__name__)
def test_clifford_operators_and_waiting(backend):
    circuit = QuantumCircuit(2)
    circuit.ry(0.3, 0)
    circuit.append(random_clifford(2, seed=1), [1, 0])
    circuit.id(0)
    circuit.delay(100, 1, "ns")
    circuit.rx(0.7, 1)
    psi = Statevector.from_label("00").evolve(circuit)
    expected = [psi.expectation_value(o.to_operator()).real for o in one_qubit_paulis(2)]
    np.testing.assert_allclose(backend.compile(circuit, one_qubit_paulis(2))(NO_ROWS)[0], expected, atol=1e-12)


def test_weights_follow_the_order_of_the_circuit():
    circuit = QuantumCircuit(3)
    for q, name in enumerate(["w10", "lambda", "w2"]):
        circuit.ry(Parameter(name), q)
    w = np.array([0.1, 0.2, 0.3])
    values = Exact().compile(circuit, all_z(3))(NO_ROWS, w)[0]
    bound = Statevector(circuit.assign_parameters(dict(zip(circuit.parameters, w, strict=True))))
    np.testing.assert_allclose(values, [bound.expectation_value(o.to_operator()).real for o in all_z(3)], atol=1e-12)


def test_observables_that_are_constant():
    circuit = QuantumCircuit(1)
    circuit.rx(ParameterVector("x", 1)[0], 0)
    values, pullback = Exact().compile(circuit, [SparsePauliOp("I", 1.5)]).forward(np.ones((3, 1)))
    assert np.array_equal(values, np.full((3, 1), 1.5))
    assert np.array_equal(pullback(values)[0], np.zeros((3, 1)))


def test_parameters_of_a_global_phase_alone():
    circuit = QuantumCircuit(1, global_phase=ParameterVector("x", 2)[1] * Parameter("w"))
    X, w = np.ones((2, 2)), np.ones(1)
    for overlaps in (Exact().compile_overlaps(circuit), PairOverlaps(Exact(), circuit)):
        np.testing.assert_allclose(overlaps(X, None, w), np.ones((2, 2)), atol=1e-12)
        dX, dw = overlaps.pullback(X, w, np.ones((2, 2)))
        np.testing.assert_allclose([*dX.ravel(), *dw], 0.0, atol=1e-12)
