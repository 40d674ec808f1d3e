"""A backend around a backend of a user's own, the mean of several runs: under a kernel, a training and ZNE."""

import numpy as np

from skqml import (
    FidelityKernel,
    Noisy,
    QuantumKernelSVC,
    ReuploadingEncoding,
    ShiftProgram,
    Shots,
    VariationalClassifier,
    Wrapper,
    all_z,
)
from skqml.mitigation import ZNE

X = np.random.default_rng(0).normal(size=(10, 2))
Y = X[:, 0] > 0


class Repeated(Wrapper):
    def __init__(self, backend=None, n_runs=25):
        self.backend = backend
        self.n_runs = n_runs

    def compile(self, circuit, observables):
        return RepeatedProgram(self, circuit, observables)


class RepeatedProgram(ShiftProgram):
    def __init__(self, backend, circuit, observables):
        super().__init__(backend, circuit, observables)
        self.program = backend.inner.compile(circuit, self.observables)

    def __call__(self, X, w=None, rng=None):
        rng = self.backend.generator() if rng is None else rng
        return np.mean([self.program(X, w, rng) for _ in range(self.backend.n_runs)], axis=0)


def test_wrapper():
    backend, encoding = Repeated(Shots(40, random_state=0)), ReuploadingEncoding(n_qubits=2)
    assert (backend.shots, backend.random, ZNE(Repeated(Noisy())).random) == (40, True, False)
    circuit = encoding.build(2)
    values, exact = (b.compile(circuit, all_z(2))(np.tile(X, (50, 1))) for b in (backend, Noisy()))
    assert 0.7 < (values - exact).std() / np.sqrt(np.mean(1 - exact**2) / 1000) < 1.3
    kernels = (FidelityKernel(encoding, backend=b) for b in (backend, None))
    ours, expected = (QuantumKernelSVC(kernel).fit(X, Y).decision_function(X) for kernel in kernels)
    assert np.abs(ours - expected).max() < 0.5
    model = VariationalClassifier(encoding, backend=ZNE(backend), max_iter=2, tol=None, random_state=0)
    assert model.fit(X, Y).predict(X).shape == Y.shape
