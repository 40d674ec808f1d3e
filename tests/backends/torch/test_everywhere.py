"""Where any backend stands: under estimators and kernels, in copies and files, inside other backends."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.base import clone

import skqml
from skqml import (
    ZNE,
    AngleEncoding,
    Cut,
    Exact,
    FidelityKernel,
    ProjectedKernel,
    QuantumKernelSVC,
    Shots,
    Torch,
    VariationalClassifier,
    all_z,
    clear_cache,
)
from tests.backends.torch.test_values import layers
from tests.contracts.estimators import estimator_classes, fitted, quick, rows, scores

CLASSES = [cls for cls in estimator_classes("fit") if any(k.split("__")[-1] == "backend" for k in cls().get_params())]
RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(6, 4)), RNG.normal(size=8)
CLASSES = [cls for cls in CLASSES if cls is not skqml.ZNEVQE]  # learns from no rows


def on(model, backend):
    """A model all of whose circuits run on a backend."""
    names = [name for name in model.get_params() if name.split("__")[-1] == "backend"]
    return clone(model).set_params(**{name: clone(backend) for name in names if name.count("__") < 2})


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_estimators(cls):
    """They learn the same as on compiled sweeps, up to rounding, which a few steps do not make large."""
    found = []
    for backend in (Exact(), Torch()):
        clear_cache()
        model = on(quick(cls, max_iter=2, n_thresholds=1), backend)
        A, y = rows(model)
        found.append(scores(fitted(model, A[::3], y[::3]))(A[:5]))
    np.testing.assert_allclose(*found, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("kernel", [FidelityKernel, ProjectedKernel])
def test_kernels_have_the_same_slopes(kernel):
    found, expected = (kernel(AngleEncoding(), backend=b)(X, eval_gradient=True) for b in (Torch(), Exact()))
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-9)


@pytest.mark.parametrize("way", [clone, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)), "file"])
def test_copies_and_files(way, tmp_path):
    for model in (
        QuantumKernelSVC(FidelityKernel(backend=Torch(precision="single"))),
        VariationalClassifier(max_iter=2, tol=None, backend=Torch(max_memory=2**22), random_state=0),
    ):
        model = fitted(model, X, [0, 1, 0, 1, 0, 1])
        if way == "file":
            skqml.save(model, tmp_path / "model.skops")
            again = skqml.load(tmp_path / "model.skops")
        else:
            again = way(model) if way is not clone else fitted(clone(model), X, [0, 1, 0, 1, 0, 1])
        clear_cache()
        np.testing.assert_array_equal(again.decision_function(X), model.decision_function(X))


@pytest.mark.parametrize(
    "around",
    [
        lambda b: Shots(200, random_state=0, backend=b),
        lambda b: ZNE(b, scales=(1, 3)),
        lambda b: Cut(b, max_qubits=3),
    ],
    ids=["Shots", "ZNE", "Cut"],
)
def test_inside_other_backends(around):
    """The same values, the same counts from the same seed."""
    circuit = skqml.ReuploadingEncoding(n_qubits=4).build(4)
    found, expected = (around(b).compile(circuit, all_z(4))(X, np.zeros(0)) for b in (Torch(), Exact()))
    np.testing.assert_allclose(found, expected, atol=1e-9)
    found, expected = (around(b).compile_overlaps(circuit)(X[:2], None, np.zeros(0)) for b in (Torch(), Exact()))
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_the_layer_of_a_network():
    import torch

    from skqml.nn import QuantumLayer

    x = torch.tensor(X, requires_grad=True)
    found = []
    for backend in (Torch(), Exact()):
        layer = QuantumLayer(layers(4), weights=W, backend=backend).double()
        values = layer(x)
        found.append([values, *torch.autograd.grad(values.square().sum(), [x, layer.weights])])
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, atol=1e-9, rtol=1e-7)
