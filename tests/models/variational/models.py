"""What the tests of variational models share."""

from functools import partial

import numpy as np
from sklearn.datasets import load_iris

from skqml.backends.base import Backend
from skqml.backends.defaults import ShiftProgram
from skqml.backends.exact.backend import Exact
from skqml.circuits import ReuploadingEncoding, ZZEncoding, parity
from skqml.circuits.ansatze import hardware_efficient
from skqml.models.variational import VariationalClassifier
from skqml.training import shot_error

SMALL = {"encoding": ReuploadingEncoding(3, trainable=True), "ansatz": hardware_efficient, "random_state": 0}
IRIS = load_iris(return_X_y=True)
ITERATIONS = "ignore::sklearn.exceptions.ConvergenceWarning"


def blobs(n_classes, n_features=3, n_samples=60, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % n_classes
    return rng.normal(0, 2, (n_classes, n_features))[y] + 0.5 * rng.normal(size=(n_samples, n_features)), y


def central_differences(function, v, step=1e-5):
    return np.array([(function(v + step * e) - function(v - step * e)) / (2 * step) for e in np.eye(len(v))])


class CountingProgram(ShiftProgram):
    """A program that counts its sweeps."""

    def __init__(self, backend, circuit, observables):
        super().__init__(backend, circuit, observables)
        self.inner = Exact().compile(circuit, observables)

    def __call__(self, X, w=None, rng=None):
        return self.inner(X, w, rng)

    def forward(self, X, w=None, rng=None):
        values, pullback = self.inner.forward(X, w, rng)

        def counted(g):
            CountingBackend.sweeps += 1
            return pullback(g)

        return values, counted


class CountingBackend(Backend):
    """Exact simulation with a count of reverse sweeps."""

    sweeps = 0
    exact = True

    def compile(self, circuit, observables):
        return CountingProgram(self, circuit, observables)


def havlicek(n_layers, **options):
    return VariationalClassifier(
        ZZEncoding(),
        partial(hardware_efficient, n_layers=n_layers),
        parity,
        standardize=False,
        trained_readout="bias",
        loss=partial(shot_error, shots=100),
        init=lambda n, rng: rng.uniform(0, 2 * np.pi, n),
        **options,
    )
