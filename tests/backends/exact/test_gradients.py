"""Gradients: the adjoint sweep against finite differences and against parameter shifts."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp

from skqml import Exact, all_z
from skqml.backends.base import Backend
from skqml.backends.defaults import PairOverlaps, ShiftProgram
from tests.engine.strategies import drawn_circuits, numbers, observables


class Shifted(ShiftProgram):
    """A program that knows values only."""

    def __call__(self, X, w=None, rng=None):
        return Exact().compile(self.circuit, self.observables)(X, w)


class ByShifts(Backend):
    def compile(self, circuit, observables):
        return Shifted(self, circuit, observables)


def slope(function, step=1e-4):
    """Derivative at 0 by a central difference of fourth order."""
    far, near = function(2 * step) - function(-2 * step), function(step) - function(-step)
    return (8 * near - far) / (12 * step)


def directions(drawn):
    """A direction for rows and weights, of the length of a unit vector at most."""
    dX, dw = np.cos(np.arange(drawn.X.size)).reshape(drawn.X.shape), np.sin(1 + np.arange(len(drawn.w)))
    return dX / (1 + drawn.X.size), dw / (1 + len(drawn.w))


@settings(max_examples=50)
@given(st.data())
def test_adjoint_is_the_slope_of_the_values(data):
    drawn = data.draw(drawn_circuits(max_qubits=5, max_gates=6))
    program = Exact().compile(drawn.circuit, data.draw(observables(drawn.circuit.num_qubits)))
    values, pullback = program.forward(drawn.X, drawn.w)
    g = np.cos(np.arange(values.size)).reshape(values.shape)
    (dX, dw), (aX, aw) = directions(drawn), pullback(g)
    slopes = slope(lambda t: np.sum(g * program(drawn.X + t * dX, drawn.w + t * dw)))
    total = np.sum(aX * dX) + aw @ dw
    finer = slope(lambda t: np.sum(g * program(drawn.X + t * dX, drawn.w + t * dw)), 1e-5)
    assume(abs(finer - slopes) < 1e-7 * (1 + abs(slopes)))  # too steep for finite differences
    np.testing.assert_allclose(total, slopes, atol=1e-6, rtol=1e-6)


@settings(max_examples=40)
@given(st.data())
def test_adjoint_is_the_parameter_shift(data):
    drawn = data.draw(drawn_circuits(max_qubits=4, max_gates=5))
    ops = data.draw(observables(drawn.circuit.num_qubits))
    values, pullback = Exact().compile(drawn.circuit, ops).forward(drawn.X, drawn.w)
    others, shifted = ByShifts().compile(drawn.circuit, ops).forward(drawn.X, drawn.w)
    np.testing.assert_allclose(values, others, atol=1e-10)
    g = np.cos(np.arange(values.size)).reshape(values.shape)
    for a, b in zip(pullback(g), shifted(g), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-9, rtol=1e-9)


@settings(max_examples=30)
@given(drawn_circuits(max_qubits=4, max_gates=5, n_rows=3))
def test_derivatives_of_fidelities_are_those_of_pairs_and_of_differences(drawn):
    X, w = drawn.X, drawn.w
    quick, slow = Exact().compile_overlaps(drawn.circuit), PairOverlaps(Exact(), drawn.circuit)
    np.testing.assert_allclose(quick(X, None, w), slow(X, None, w), atol=1e-10)
    np.testing.assert_allclose(quick(X, X[:2], w), slow(X, X[:2], w), atol=1e-10)
    dX, dw = directions(drawn)
    tangent = quick.tangent(X, w, dX, dw)
    np.testing.assert_allclose(tangent, slow.tangent(X, w, dX, dw), atol=1e-9, rtol=1e-9)
    A = np.arange(9.0).reshape(3, 3) - 3.7
    for a, b in zip(quick.pullback(X, w, A), slow.pullback(X, w, A), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-8, rtol=1e-9)
    aX, aw = quick.pullback(X, w, A)
    np.testing.assert_allclose(np.sum(aX * dX) + aw @ dw, np.sum(A * tangent), atol=1e-8, rtol=1e-9)
    coarse, fine = (slope(lambda t: quick(X + t * dX, None, w + t * dw), h) for h in (1e-4, 1e-5))
    assume(np.abs(coarse - fine).max() < 1e-7)
    np.testing.assert_allclose(tangent, coarse, atol=1e-6)


@given(numbers, numbers)
def test_a_weight_in_several_gates_and_a_product_with_data(a, b):
    """d/dw of cos(w x0 + w): each occurrence counts."""
    x, w = ParameterVector("x", 1), ParameterVector("w", 1)
    circuit = QuantumCircuit(1)
    circuit.ry(x[0] * w[0], 0)
    circuit.ry(w[0], 0)
    dX, dw = Exact().compile(circuit, all_z(1)).pullback(np.array([[a], [b]]), np.array([0.8]), np.ones((2, 1)))
    sines = -np.sin(0.8 * np.array([a, b]) + 0.8)
    np.testing.assert_allclose(dX[:, 0], 0.8 * sines, atol=1e-12)
    np.testing.assert_allclose(dw, [np.sum(sines * (np.array([a, b]) + 1))], atol=1e-12)


def test_a_kernel_of_a_gate_whose_definition_keeps_its_parameters():
    """Once it is looked at: Qiskit renames its parameters one by one, and a name would be there twice for a moment."""
    x = ParameterVector("x", 2)
    circuit = QuantumCircuit(1)
    circuit.rx(x[1], 0)
    circuit.append(PauliEvolutionGate(SparsePauliOp("I"), time=x[0] * x[1] + x[1]), [0])
    X = np.array([[0.3, 0.4], [0.5, -0.6]])
    exact, pairs = Exact().compile_overlaps(circuit), PairOverlaps(Exact(), circuit)
    np.testing.assert_allclose(pairs(X, X), exact(X, X), atol=1e-12)
