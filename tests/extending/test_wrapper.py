"""A backend around a backend of a user's own, the mean of several runs: under a kernel, a training and ZNE."""

import numpy as np

from skqml import FidelityKernel, QuantumKernelSVC, ShiftProgram, Shots, VariationalClassifier, Wrapper, ZZEncoding
from skqml.mitigation import ZNE

X = np.random.default_rng(0).normal(size=(30, 2))
Y = X[:, 0] > 0


class Repeated(Wrapper):
    def __init__(self, backend=None, n_runs=25):
        self.backend = backend
        self.n_runs = n_runs

    def compile(self, circuit, observables):
        return RepeatedProgram(self, circuit, observables)


class RepeatedProgram(ShiftProgram):
    def __call__(self, X, w=None, rng=None):
        rng = self.backend.generator() if rng is None else rng
        program = self.backend.inner.compile(self.circuit, self.observables)
        return np.mean([program(X, w, rng) for _ in range(self.backend.n_runs)], axis=0)


def test_wrapper():
    backend = Repeated(Shots(40, random_state=0))
    assert (backend.shots, backend.random, ZNE(Repeated()).random) == (40, True, False)
    ours, exact = (FidelityKernel(ZZEncoding(), backend=b) for b in (backend, None))
    K, upper = exact(X), np.triu_indices(30, 1)
    assert 0.7 < np.std((ours(X) - K)[upper]) / np.sqrt(np.mean((K * (1 - K))[upper]) / 1000) < 1.3
    assert QuantumKernelSVC(ours).fit(X, Y).score(X, Y) > 0.8
    model = VariationalClassifier(ZZEncoding(), backend=ZNE(Repeated(n_runs=1)), max_iter=1, tol=None)
    assert model.fit(X[::3], Y[::3]).predict(X).shape == Y.shape
