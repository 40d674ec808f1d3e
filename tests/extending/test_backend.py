"""A backend of a user's own with values alone: kernels, gradients, support vectors and Gaussian processes follow."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, Statevector
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import WhiteKernel

from skqml import Backend, FidelityKernel, ProjectedKernel, QuantumKernelSVC, ReuploadingEncoding, ShiftProgram

X = np.random.default_rng(0).normal(size=(6, 2))


class Dense(Backend):
    def compile(self, circuit, observables):
        return DenseProgram(self, circuit, observables)


class DenseProgram(ShiftProgram):
    def __call__(self, X, w=None, rng=None):
        operators = [o if isinstance(o, SparsePauliOp) else o.to_operator() for o in self.observables]
        data = [p for p in self.circuit.parameters if p.name.startswith("x[")]
        weights = dict(zip([p for p in self.circuit.parameters if p not in data], () if w is None else w, strict=True))
        states = [Statevector(self.circuit.assign_parameters({p: x[p.index] for p in data} | weights)) for x in X]
        return np.array([[state.expectation_value(o).real for o in operators] for state in states])


@pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
def test_backend(kind):
    encoding, weights = ReuploadingEncoding(n_qubits=2, trainable=True), np.linspace(0, 1, 4)
    dense, exact = (kind(encoding, backend=backend, weights=weights) for backend in (Dense(), None))
    np.testing.assert_allclose(dense(X, X[:2]), exact(X, X[:2]), atol=1e-12)
    for ours, expected in zip(*(kernel(X[:2], eval_gradient=True) for kernel in (dense, exact)), strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-9)
    svc, expected = (QuantumKernelSVC(kernel).fit(X, [0, 0, 0, 1, 1, 1]) for kernel in (dense, exact))
    np.testing.assert_allclose(svc.decision_function(X), expected.decision_function(X), atol=1e-3)
    processes = [GaussianProcessRegressor(k + WhiteKernel(0.1, "fixed"), optimizer=None) for k in (dense, exact)]
    np.testing.assert_allclose(*(gp.fit(X, X[:, 0]).predict(X) for gp in processes), atol=1e-9)
