"""Every quantum kernel as an object: it equals its copies, differs where a parameter does, and is shown."""

import copy
import pickle

import numpy as np
import pytest
from qiskit.circuit.library import zz_feature_map
from qiskit.primitives import StatevectorSampler
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from sklearn.base import clone
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.model_selection import GridSearchCV

from skqml import (
    ZNE,
    Aer,
    CircuitEncoding,
    DepolarizingMitigatedKernel,
    FidelityKernel,
    Noisy,
    Primitive,
    ProjectedKernel,
    QuantumKernel,
    QuantumKernelSVC,
    ReuploadingEncoding,
    Shots,
    ZZEncoding,
)
from skqml.kernels import FourierKernel, GaussianKernel
from tests.rooms import classes

X = np.random.default_rng(0).normal(size=(12, 2))


class Bare(QuantumKernel):
    """Nothing but a matrix."""

    def matrix(self, X, Y):
        return np.exp(-np.square(X[:, None] - Y[None]).sum(axis=2))


CIRCUIT = zz_feature_map(2)
BACKENDS = [
    None,
    Shots(10, random_state=np.random.default_rng(0)),
    Noisy(NoiseModel()),
    ZNE(Noisy(NoiseModel())),
    Aer(AerSimulator(seed_simulator=3), shots=5),
    Aer(GenericBackendV2(2, seed=0)),
    Primitive(StatevectorSampler()),
]
ENCODINGS = [
    None,
    ZZEncoding(entanglement=[(0, 1)]),
    CircuitEncoding(CIRCUIT),
    CircuitEncoding(CIRCUIT, data=list(CIRCUIT.parameters)),
]
ENCODED = [
    *({"backend": backend} for backend in BACKENDS),
    *({"encoding": encoding} for encoding in ENCODINGS),
    {"weights": np.array([1.0, 2.0])},
    {"weights": [1.0, 2.0]},
    {"scale": 0.5},
    {"scale_bounds": "fixed"},
]
KERNELS = [
    *(kind(**params) for kind in (FidelityKernel, ProjectedKernel) for params in ENCODED),
    ProjectedKernel(gamma=1.0),
    DepolarizingMitigatedKernel(FidelityKernel()),
    DepolarizingMitigatedKernel(FidelityKernel(), "mean"),
    GaussianKernel(),
    FourierKernel(FidelityKernel(), 5),
    Bare(),
]


def test_every_kernel_is_here():
    assert set(classes(QuantumKernel)) <= {type(kernel) for kernel in KERNELS}


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: type(kernel).__name__)
@pytest.mark.parametrize("way", [clone, copy.deepcopy, lambda kernel: pickle.loads(pickle.dumps(kernel))])
def test_a_kernel_equals_its_copies(kernel, way):
    if way is not clone and isinstance(getattr(kernel, "backend", None), Primitive):
        return  # a live handle is shared by clones, and another one in a copy
    again = way(kernel)
    assert again is not kernel and again == kernel and not again != kernel
    assert kernel + WhiteKernel(0.1) == again + WhiteKernel(0.1)
    assert kernel * RBF() != again


def test_kernels_of_different_parameters_differ():
    """All pairs, save those that are the default by two names."""
    for k, one in enumerate(KERNELS):
        same = [j for j, other in enumerate(KERNELS) if one == other]
        assert k in same and all(repr(KERNELS[j]) == repr(one) for j in same)


def test_what_is_nested_counts():
    assert FidelityKernel(ReuploadingEncoding(4)) != FidelityKernel(ReuploadingEncoding(5))
    assert FidelityKernel(weights=np.array([1.0])) != FidelityKernel(weights=np.array([2.0]))
    assert FidelityKernel(CircuitEncoding(zz_feature_map(2, reps=1))) != FidelityKernel(CircuitEncoding(CIRCUIT))
    assert FidelityKernel() != ProjectedKernel() and FidelityKernel() != "FidelityKernel()"
    assert FidelityKernel(backend=Aer(AerSimulator())) != FidelityKernel(backend=Aer(AerSimulator(seed_simulator=3)))


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: type(kernel).__name__)
def test_kernels_are_shown_in_one_line_and_do_not_hash(kernel):
    """As scikit-learn's kernels, which compare by parameters too."""
    assert repr(kernel).startswith(type(kernel).__name__ + "(") and "\n" not in repr(kernel)
    for unhashable in (kernel, RBF()):
        with pytest.raises(TypeError, match="unhashable"):
            hash(unhashable)


def test_a_kernel_with_nothing_but_a_matrix():
    kernel = Bare()
    assert repr(kernel) == "Bare()" and kernel.get_params() == {} and kernel.theta.size == 0
    y = (X[:, 0] > 0).astype(int)
    assert GridSearchCV(QuantumKernelSVC(kernel), {"C": [1.0, 10.0]}, cv=2).fit(X, y).best_score_ > 0.5
    assert "Bare()" in repr(QuantumKernelSVC(kernel)) and QuantumKernelSVC(kernel)._repr_html_()
