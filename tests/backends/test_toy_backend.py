"""A backend that writes one method, with values alone, gives gradients and fidelities too."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp, Statevector

from skqml import Exact, Observable, one_qubit_paulis
from skqml.backends.base import Backend
from skqml.backends.defaults import ShiftProgram
from skqml.backends.shots import Shots
from tests.engine.strategies import bind


def as_operator(o):
    return o if isinstance(o, SparsePauliOp) else Observable(o.labels, o.coeffs).to_operator()


class ToyProgram(ShiftProgram):
    def __call__(self, X, w=None, rng=None):
        states = [Statevector(bind(self.circuit, x, [] if w is None else w)) for x in X]
        return np.array([[s.expectation_value(as_operator(o)).real for o in self.observables] for s in states])


class Toy(Backend):
    def compile(self, circuit, observables):
        return ToyProgram(self, circuit, observables)


def model():
    x, w = ParameterVector("x", 2), ParameterVector("w", 2)
    circuit = QuantumCircuit(2)
    circuit.ry(x[0] * w[0], 0)
    circuit.crx(x[1], 0, 1)
    circuit.rz(w[1] + x[0], 1)
    circuit.h(1)
    return circuit


X = np.array([[0.3, -0.4], [1.2, 0.9]])
W = np.array([0.8, -0.2])


def test_values_and_gradients():
    toy, exact = (b.compile(model(), one_qubit_paulis(2)).forward(X, W) for b in (Toy(), Exact()))
    np.testing.assert_allclose(toy[0], exact[0], atol=1e-12)
    for a, b in zip(toy[1](np.cos(toy[0])), exact[1](np.cos(toy[0])), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10)


def test_fidelities_and_their_derivatives():
    toy, exact = (b.compile_overlaps(model()) for b in (Toy(), Exact()))
    np.testing.assert_allclose(toy(X, None, W), exact(X, None, W), atol=1e-12)
    np.testing.assert_allclose(toy(X, X[:1], W), exact(X, X[:1], W), atol=1e-12)
    np.testing.assert_allclose(toy.diagonal(X, W), [1, 1], atol=1e-12)
    np.testing.assert_allclose(toy.tangent(X, W, X, W), exact.tangent(X, W, X, W), atol=1e-10)
    A = np.array([[1.0, 2.0], [-3.0, 0.5]])
    for a, b in zip(toy.pullback(X, W, A), exact.pullback(X, W, A), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10)


def test_shots_from_it_are_shots_from_the_exact_model():
    ops = one_qubit_paulis(2)
    noisy = Shots(200_000, 0, backend=Toy()).compile(model(), ops)(X, W)
    np.testing.assert_allclose(noisy, Exact().compile(model(), ops)(X, W), atol=5.5 / np.sqrt(200_000))
