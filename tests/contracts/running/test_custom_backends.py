"""A backend of a user gets nothing but what is public, from every kernel, estimator and backend around it."""

import inspect
import warnings

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from sklearn.base import is_regressor
from sklearn.datasets import load_iris

from skqml import ZNE, Backend, Exact, FidelityKernel, Observable, ProjectedKernel, QuantumKernelSVC, ZZEncoding
from tests.rooms import classes

X, Y = (a[::10] for a in load_iris(return_X_y=True))
QUICK = {
    "max_iter": 1,
    "n_components": 4,
    "n_reservoirs": 1,
    "n_thresholds": 1,
    "n_restarts": 1,
    "random_state": 0,
    "n_qubits": 4,
    "train_cell": True,
}


class Public(Backend):
    """Exact simulation of what CONTRIBUTING.md says that `compile` is given."""

    def compile(self, circuit, observables):
        assert isinstance(circuit, QuantumCircuit)
        for observable in observables:
            assert isinstance(observable, (SparsePauliOp, Observable))
        return Exact().compile(circuit, observables)


def with_backend():
    """Everything in the package that can be built without arguments and holds a backend, at any depth."""
    for cls in classes(object, "get_params"):
        if any(p.default is p.empty for p in inspect.signature(cls).parameters.values()):
            continue
        model = cls()
        if any(key.rpartition("__")[2] == "backend" for key in model.get_params()):
            yield model


@pytest.mark.parametrize("model", list(with_backend()), ids=lambda model: type(model).__name__)
def test_only_public_observables_arrive(model):
    params = model.get_params()
    names = [key for key in params if key.rpartition("__")[2] == "backend"]
    quick = {key: QUICK[key] for key in QUICK.keys() & params.keys()}
    model.set_params(**quick | dict.fromkeys(names, Public()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about trainings this short
        if isinstance(model, Backend):
            kernels = [kind(ZZEncoding(), backend=model) for kind in (FidelityKernel, ProjectedKernel)]
            assert all(np.isfinite(kernel(X[:3, :2])).all() for kernel in kernels)
            assert np.isfinite(model.compile_probabilities(ZZEncoding().build(2), [0, 1])(X[:2, :2])).all()
        elif hasattr(model, "fit"):
            model.fit(X, X[:, 0] if is_regressor(model) else Y)
            (model.transform if hasattr(model, "transform") else model.predict)(X)
        else:
            assert np.isfinite(model(X)).all()


def test_many_are_found():
    assert len(list(with_backend())) >= 20


def test_a_fidelity_kernel_by_pairs():
    kernels = [FidelityKernel(ZZEncoding(), backend=b, scale=0.3) for b in (Public(), None, ZNE(Public()))]
    K, expected, extrapolated = (kernel(X[:6, :2]) for kernel in kernels)
    np.testing.assert_allclose(K, expected, atol=1e-12)
    np.testing.assert_allclose(extrapolated, expected, atol=1e-9)
    assert QuantumKernelSVC(kernels[0]).fit(X[:, :2], Y).score(X[:, :2], Y) > 0.5
