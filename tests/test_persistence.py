"""Pickle, joblib, clone and deepcopy, before and after `fit`, of everything that is exported."""

import copy
import io
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from sklearn.base import clone

from skqml import (
    AngleEncoding,
    CircuitEncoding,
    Exact,
    FidelityKernel,
    KernelAlignmentTrainer,
    Observable,
    ProjectedKernel,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumKernelSVR,
    QuantumNystroem,
    ReuploadingEncoding,
    ZZEncoding,
)
from skqml.backends.aer import Aer
from skqml.backends.shots import Shots
from tests.circuits.encodings import ENCODINGS

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 2)), np.arange(12) % 2


def through_joblib(value):
    buffer = io.BytesIO()
    joblib.dump(value, buffer)
    buffer.seek(0)
    return joblib.load(buffer)


COPIES = {
    "pickle": lambda v: pickle.loads(pickle.dumps(v)),
    "joblib": through_joblib,
    "deepcopy": copy.deepcopy,
    "clone": clone,
}
copied = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)


def noisy_simulator():
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.02, 2), ["cx"])
    return AerSimulator(noise_model=noise)


CIRCUIT = CircuitEncoding(zz_feature_map(2, reps=1))
KERNELS = [
    FidelityKernel(),
    FidelityKernel(ZZEncoding(), scale=0.5, n_jobs=1),
    FidelityKernel(CIRCUIT),
    FidelityKernel(ReuploadingEncoding(n_qubits=2, trainable=True), weights=np.array([0.1, 0.2, 0.3, 0.4])),
    FidelityKernel(CIRCUIT, backend=Shots(20, random_state=0)),
    FidelityKernel(CIRCUIT, backend=Aer()),
    FidelityKernel(CIRCUIT, backend=Aer(AerSimulator())),
    FidelityKernel(CIRCUIT, backend=Aer(noisy_simulator())),
    FidelityKernel(CIRCUIT, backend=Aer(noisy_simulator(), shots=20, random_state=0)),
    ProjectedKernel(CIRCUIT, gamma=0.5),
    ProjectedKernel(CIRCUIT, backend=Aer(noisy_simulator(), shots=20, random_state=0)),
]


@copied
@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_kernels(kernel, copied):
    fresh = copied(kernel)  # before it has compiled anything
    K = kernel(X[:4])
    np.testing.assert_array_equal(fresh(X[:4]), K)
    again = copied(kernel)
    np.testing.assert_array_equal(again(X[:4]), K)
    assert repr(again) == repr(kernel)
    np.testing.assert_array_equal(again.theta, kernel.theta)


ESTIMATORS = [
    *(QuantumKernelSVC(kernel) for kernel in KERNELS),
    QuantumKernelSVR(KERNELS[2]),
    QuantumKernelRidge(KERNELS[2]),
    QuantumNystroem(KERNELS[2], n_components=4, random_state=0),
    KernelAlignmentTrainer(KERNELS[3], max_iter=1),
    QuantumKernelSVC(0.5 * KERNELS[2] + KERNELS[9]),
]


def output(fitted):
    return next(getattr(fitted, m)(X) for m in ("decision_function", "predict", "transform") if hasattr(fitted, m))


@copied
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: f"{type(e).__name__}-{e.kernel!r}")
def test_estimators(estimator, copied):
    fitted = copied(estimator).fit(X, Y)
    expected = output(fitted)
    if copied is clone:
        assert not hasattr(clone(fitted), "kernel_")
        fitted = clone(fitted).fit(X, Y)
    np.testing.assert_array_equal(output(copied(fitted).fit(X, Y)), expected)
    if copied is not clone:
        np.testing.assert_array_equal(output(copied(fitted)), expected)


@copied
@pytest.mark.parametrize("encoding", ENCODINGS, ids=repr)
def test_encodings(encoding, copied):
    first, second = (e.build(3) for e in (encoding, copied(encoding)))
    assert first.num_parameters == second.num_parameters
    X = RNG.uniform(-1, 1, (3, 3))
    np.testing.assert_array_equal(FidelityKernel(encoding)(X), FidelityKernel(copied(encoding))(X))


@copied
@pytest.mark.parametrize("observable", [Observable("ZI"), Observable(("XX", "01"), (0.5, -1.0))], ids=repr)
def test_observables(observable, copied):
    found = clone(observable, safe=False) if copied is clone else copied(observable)
    assert found == observable
    assert hash(found) == hash(observable)


@pytest.mark.parametrize("backend", [Exact(threads=1), Shots(7, random_state=1), Aer(noisy_simulator())], ids=repr)
def test_clone_of_a_kernel_has_its_own_backend(backend):
    kernel = FidelityKernel(CIRCUIT, backend=backend)
    other = clone(QuantumKernelSVC(kernel)).kernel.backend
    assert other is not backend
    assert other.get_params().keys() == backend.get_params().keys()


def test_compiled_programs_travel():
    circuit = CIRCUIT.build(2)
    for backend in (Exact(), Shots(20, random_state=0), Aer()):
        for program in (backend.compile(circuit, [SparsePauliOp("ZZ")]), backend.compile_overlaps(circuit)):
            np.testing.assert_array_equal(pickle.loads(pickle.dumps(program))(X), program(X))


def test_pickle_is_small():
    kernel = FidelityKernel(ZZEncoding())
    kernel(np.zeros((2, 10)))
    assert len(pickle.dumps(kernel)) < 1000
    svc = QuantumKernelSVC(kernel).fit(X, Y)
    assert len(pickle.dumps(svc)) < 20_000


SCRIPT = """
import pickle, sys
import numpy as np
model, X = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(model.decision_function(X)))
"""


def test_another_process_predicts_the_same():
    svc = QuantumKernelSVC(FidelityKernel(CIRCUIT)).fit(X, Y)
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=pickle.dumps((svc, X)), capture_output=True, check=True
    )
    np.testing.assert_allclose(pickle.loads(answer.stdout), svc.decision_function(X), atol=1e-13)


def test_hashes_of_equal_objects_are_equal_in_any_process():
    code = "import joblib; from skqml import *; print(joblib.hash([FidelityKernel(ZZEncoding()), AngleEncoding()]))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert answer.stdout.strip() == joblib.hash([FidelityKernel(ZZEncoding()), AngleEncoding()])


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: f"{type(e).__name__}-{e.kernel!r}")
def test_predicting_changes_nothing(estimator):
    fitted = clone(estimator).fit(X, Y)
    before = joblib.hash(fitted.get_params()), joblib.hash(fitted.__dict__)
    output(fitted)
    assert (joblib.hash(fitted.get_params()), joblib.hash(fitted.__dict__)) == before
