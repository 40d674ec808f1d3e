"""Bad input is refused with a sentence that helps, and leaves a fitted model as it was."""

import tracemalloc

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from skqml import (
    AngleEncoding,
    ChebyshevEncoding,
    CircuitEncoding,
    Exact,
    FidelityKernel,
    KernelAlignmentTrainer,
    ProjectedKernel,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumKernelSVR,
    QuantumNystroem,
    ReuploadingEncoding,
    ZZEncoding,
)
from skqml.backends.shots import Shots

X, Y = load_iris(return_X_y=True)
ESTIMATORS = [
    QuantumKernelSVC(),
    QuantumKernelSVR(),
    QuantumKernelRidge(),
    QuantumNystroem(n_components=10, random_state=0),
    KernelAlignmentTrainer(FidelityKernel(AngleEncoding()), max_iter=1),
]
PRECOMPUTED = [QuantumKernelSVC("precomputed"), QuantumKernelSVR("precomputed"), QuantumKernelRidge("precomputed")]
every = pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
precomputed = pytest.mark.parametrize("estimator", PRECOMPUTED, ids=lambda e: type(e).__name__)


def apply(estimator):
    return estimator.transform if hasattr(estimator, "transform") else estimator.predict


def spoilt(value):
    A = X.copy()
    A[3, 1] = value
    return A


@every
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (spoilt(np.nan), "NaN"),
        (spoilt(np.inf), "infinity"),
        (X[:0], "0 sample"),
        (X[:, :0], r"0 feature\(s\)"),
        (X[:, 0], "Expected 2D array"),
        (X + 1j, "Complex data not supported"),
        ([["a", "b"]] * 150, "could not convert string"),
    ],
    ids=str,
)
def test_rows(estimator, rows, words):
    fitted = clone(estimator).fit(X, Y)
    expected = apply(fitted)(X)
    with pytest.raises(ValueError, match=words):
        clone(estimator).fit(rows, Y[: len(rows)])
    with pytest.raises(ValueError, match=words):
        apply(fitted)(rows)
    with pytest.raises(ValueError, match=words):
        fitted.fit(rows, Y[: len(rows)])
    np.testing.assert_array_equal(apply(fitted)(X), expected)


@every
def test_number_of_features(estimator):
    fitted = clone(estimator).fit(X, Y)
    with pytest.raises(ValueError, match=r"X has 3 features, but .* is expecting 4 features"):
        apply(fitted)(X[:, :3])


@every
def test_unfitted(estimator):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        apply(clone(estimator))(X)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        clone(estimator).draw()


@pytest.mark.parametrize("estimator", ESTIMATORS[:3], ids=lambda e: type(e).__name__)
@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (np.full(150, np.nan), "NaN"),
        (np.zeros(150), "weight.*zero"),
        (-np.ones(150), "[Nn]egative"),
        (np.ones(149), "sample_weight.shape"),
    ],
    ids=["nan", "zero", "negative", "short"],
)
def test_weights_of_rows(estimator, weight, words):
    with pytest.raises(ValueError, match=words):
        clone(estimator).fit(X, Y, sample_weight=weight)


@pytest.mark.parametrize("estimator", [e for e in ESTIMATORS if get_tags(e).target_tags.required], ids=repr)
@pytest.mark.parametrize(
    ("y", "words"), [(Y[:-1], "inconsistent numbers of samples"), (None, "y to be passed|y cannot be None")], ids=str
)
def test_targets(estimator, y, words):
    with pytest.raises(ValueError, match=words):
        clone(estimator).fit(X, y)


def never(*args):
    raise AssertionError("The kernel matrix was begun before the targets were checked.")


@pytest.mark.parametrize(
    ("y", "weight", "words"),
    [
        (np.zeros(150), None, "one class"),
        (Y, (Y == 1).astype(float), "one class"),
        (X[:, 0] + 0.01 * np.arange(150), None, "continuous"),
        (np.where(Y == 0, np.nan, Y), None, "NaN"),
    ],
)
def test_classes_are_checked_before_any_circuit_runs(y, weight, words, monkeypatch):
    monkeypatch.setattr(FidelityKernel, "symmetric_matrix", never)
    with pytest.raises(ValueError, match=words):
        QuantumKernelSVC().fit(X, y, sample_weight=weight)


NO_DATA = QuantumCircuit(2)
NO_DATA.rx(ParameterVector("angle", 1)[0], 0)


@every
def test_circuit_without_data(estimator):
    with pytest.raises(ValueError, match=r"no data parameter.*\['angle\[0\]'\].*name another vector"):
        clone(estimator).set_params(kernel=FidelityKernel(CircuitEncoding(NO_DATA))).fit(X, Y)


def test_circuit_for_another_number_of_features():
    with pytest.raises(ValueError, match="takes 2 features"):
        FidelityKernel(CircuitEncoding(ZZEncoding().build(2)))(X)


@pytest.mark.parametrize("circuit", [SparsePauliOp("Z"), "circuit", None])
def test_encoding_of_what_is_no_circuit(circuit):
    with pytest.raises(TypeError, match="circuit must be a QuantumCircuit"):
        FidelityKernel(CircuitEncoding(circuit))(X)


@pytest.mark.parametrize("kernel", [FidelityKernel, ProjectedKernel])
@pytest.mark.parametrize("method", ["fit", "call"])
def test_thirty_qubits_are_refused_before_they_are_allocated(kernel, method):
    rows = np.random.default_rng(0).normal(size=(6, 30))
    large = kernel(AngleEncoding())
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"30 qubits.*bytes.*max_memory"):
        QuantumKernelSVC(large).fit(rows, [0, 1] * 3) if method == "fit" else large(rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_more_memory_is_the_remedy():
    rows = np.eye(12)[:3]
    with pytest.raises(ValueError, match="max_memory"):
        FidelityKernel(AngleEncoding(), backend=Exact(max_memory=1000))(rows)
    assert FidelityKernel(AngleEncoding(), backend=Exact(max_memory=2**24))(rows).shape == (3, 3)


@precomputed
def test_precomputed_matrices(estimator):
    K = np.eye(10) + 0.1
    y = np.arange(10) % 2
    skew = K.copy()
    skew[0, 1] += 1e-3
    with pytest.raises(ValueError, match=r"must be symmetric.*symmetrise it"):
        clone(estimator).fit(skew, y)
    with pytest.raises(ValueError, match=r"must be square, got shape \(10, 9\)"):
        clone(estimator).fit(K[:, :9], y)
    fitted = clone(estimator).fit(K, y)
    with pytest.raises(ValueError, match="9 features"):
        fitted.predict(K[:, :9])
    rounding = K + 1e-14 * np.arange(100).reshape(10, 10)
    np.testing.assert_allclose(clone(estimator).fit(rounding, y).predict(K), fitted.predict(K), atol=1e-9)


@pytest.mark.parametrize("estimator", ESTIMATORS[3:], ids=lambda e: type(e).__name__)
def test_transformers_take_no_precomputed_matrix(estimator):
    with pytest.raises(ValueError, match="'kernel' parameter"):
        clone(estimator).set_params(kernel="precomputed").fit(np.eye(10), np.arange(10) % 2)


@pytest.mark.parametrize("shots", [0, -5, 1.5, "many", None, True])
def test_shots(shots):
    for kernel in (FidelityKernel, ProjectedKernel):
        with pytest.raises(ValueError, match="shots must be an integer"):
            QuantumKernelSVC(kernel(backend=Shots(shots))).fit(X, Y)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("C", 0.0),
        ("C", "1"),
        ("tol", -1),
        ("kernel", "rbf"),
        ("kernel", 3),
        ("bandwidth", -1.0),
        ("bandwidth", "wide"),
        ("standardize", "yes"),
        ("class_weight", "even"),
        ("max_iter", 0),
    ],
)
def test_parameters_are_named(parameter, value):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of QuantumKernelSVC must be .* Got {value!r}"):
        QuantumKernelSVC().set_params(**{parameter: value}).fit(X, Y)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        (ZZEncoding(reps=0), "reps"),
        (ZZEncoding(entanglement="everywhere"), "entanglement"),
        (ReuploadingEncoding(n_qubits=-1), "n_qubits"),
        (AngleEncoding("w"), "rotation"),
    ],
)
def test_encodings(encoding, words):
    for make in (QuantumKernelSVC, KernelAlignmentTrainer):
        with pytest.raises(ValueError, match=words):
            make(FidelityKernel(encoding)).fit(X, Y)


@pytest.mark.parametrize("what", ["encoding", "backend"])
@pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
def test_parts_of_a_wrong_kind(kind, what):
    for value in (ZZEncoding().build(4), "zz", 3):
        with pytest.raises(TypeError, match=f"'{what}' parameter of {kind.__name__} must be"):
            kind(**{what: value})(X)
        with pytest.raises(TypeError, match=f"'{what}' parameter of {kind.__name__} must be"):
            QuantumKernelSVC(kind(**{what: value})).fit(X, Y)


@pytest.mark.parametrize("scale", [np.nan, np.inf, 0.0, -1.0, "auto", None, True])
def test_scale_of_a_kernel(scale):
    with pytest.raises(ValueError, match="scale"):
        FidelityKernel(AngleEncoding(), scale=scale)(X)


@pytest.mark.parametrize("weights", [[1.0], [np.nan] * 4, [np.inf] * 4])
def test_weights_of_a_kernel(weights):
    kernel = FidelityKernel(ReuploadingEncoding(n_qubits=2, trainable=True), weights=weights)
    with pytest.raises(ValueError, match="weights"):
        kernel(X)


@pytest.mark.parametrize("kernel", [FidelityKernel(AngleEncoding()), ProjectedKernel()], ids=repr)
def test_rows_of_a_kernel(kernel):
    for rows, words in ((spoilt(np.nan), "NaN"), (X[:0], "0 sample"), (X[0], "2D array"), (X + 1j, "Complex")):
        for call in (kernel, kernel.diag, lambda A: kernel(X, A)):
            with pytest.raises(ValueError, match=words):
                call(rows)
    with pytest.raises(ValueError, match="as many features in Y as in X, 4, got 3"):
        kernel(X, X[:, :3])
    with pytest.raises(ValueError, match="Gradient"):
        kernel(X, X, eval_gradient=True)


def test_features_outside_the_domain_of_an_encoding():
    kernel = FidelityKernel(ChebyshevEncoding())
    with pytest.raises(ValueError, match="finite gate angles"):
        kernel(X)
    with pytest.raises(ValueError, match="finite gate angles"):
        QuantumKernelSVC(kernel, standardize=False, bandwidth=1.0).fit(X, Y)
    assert QuantumKernelSVC(kernel, bandwidth=3.0).fit(X, Y).score(X, Y) > 0.5  # what is standardised is clipped


def test_failed_fit_leaves_the_model_as_it_was():
    svc = QuantumKernelSVC(FidelityKernel(CircuitEncoding(ZZEncoding().build(4)))).fit(X, Y)
    expected = svc.decision_function(X)
    with pytest.raises(ValueError, match="takes 4 features"):
        svc.fit(X[:, :3], Y)
    np.testing.assert_array_equal(svc.decision_function(X), expected)
    svc.set_params(kernel__backend=Exact(max_memory=10))
    with pytest.raises(ValueError, match="max_memory"):
        svc.fit(2 * X + 1, Y)
    np.testing.assert_array_equal(svc.decision_function(X), expected)
