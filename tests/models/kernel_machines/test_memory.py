"""Encodings that are not defined for every feature, and matrices that are not defined, or do not fit."""

import tracemalloc

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel

import skqml.models.kernel_machines.memory
from skqml import (
    ChebyshevEncoding,
    DepolarizingMitigatedKernel,
    FidelityKernel,
    KernelAlignmentTrainer,
    ProjectedKernel,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumKernelSVR,
    QuantumNystroem,
    Shots,
    VariationalClassifier,
    VariationalRegressor,
)

X, Y = (a[::5] for a in load_iris(return_X_y=True))
WILD = np.vstack([X, X[0] + 1e5, X[0] - 1e5])
LABELS = np.append(Y, [0, 1])
CHEBYSHEV = ChebyshevEncoding(n_qubits=4)
SETTINGS = {"max_iter": 3, "tol": 1e-3, "random_state": 0}


def kernels():
    own = FidelityKernel(CHEBYSHEV, scale=7.0)
    return [
        FidelityKernel(CHEBYSHEV),
        own,
        ProjectedKernel(CHEBYSHEV),
        DepolarizingMitigatedKernel(own),
        2.0 * own + own,
    ]


TRAINING = {"max_iter": 5, "check_kernel": False}  # from too narrow a kernel five iterations do not come far
MODELS = [
    *(QuantumKernelSVC(kernel) for kernel in kernels()),
    *(kind(FidelityKernel(CHEBYSHEV)) for kind in (QuantumKernelRidge, QuantumKernelSVR)),
    QuantumNystroem(FidelityKernel(CHEBYSHEV), n_components=8, random_state=0),
    *(KernelAlignmentTrainer(FidelityKernel(CHEBYSHEV, scale=s), **TRAINING) for s in (0.1, 1.0, 7.0)),
    *(kind(CHEBYSHEV, **SETTINGS) for kind in (VariationalClassifier, VariationalRegressor)),
]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("bandwidth", ["auto", 0.3, 5.0])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_every_row_is_taken_after_standardising(model, bandwidth):
    """In training and after it, and rows beyond the limit are as those at the limit."""
    for train, labels in ((X, Y), (WILD, LABELS)):
        fitted = model.set_params(bandwidth=bandwidth).fit(train, labels)
        found = (fitted.transform if hasattr(fitted, "transform") else fitted.predict)(WILD * [[1], *[[3]] * 31])
        assert np.isfinite(found.astype(float)).all()
    assert np.abs(fitted.standardizer_.transform(WILD)).max() <= fitted.standardizer_.limit


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_gradients_by_features_are_zero_where_they_are_clipped():
    model = VariationalClassifier(CHEBYSHEV, bandwidth=0.7, **SETTINGS).fit(X, Y)
    rows, step = X[:6], 1e-5

    def losses(A):
        P = model.predict_proba(A)
        return -np.log(P[np.arange(len(A)), Y[: len(A)]])

    slopes = [(losses(rows + step * e) - losses(rows - step * e)) / (2 * step) for e in np.eye(4)]
    found = model.input_gradient(rows, Y[:6])
    np.testing.assert_allclose(found, np.transpose(slopes), atol=1e-4)
    assert (found == 0).any() and (found != 0).any()


def test_rows_that_are_not_standardised_are_refused():
    for fit in (QuantumKernelSVC(FidelityKernel(CHEBYSHEV), standardize=False).fit, lambda X, y: kernels()[0](X)):
        with pytest.raises(ValueError, match=r"NaN|finite|domain"):
            fit(X, Y)


SHOTS = FidelityKernel(backend=Shots(30, random_state=0))


@pytest.mark.parametrize("optimizer", ["fmin_l_bfgs_b", None])
@pytest.mark.parametrize("kernel", [SHOTS, ConstantKernel(2.0) * SHOTS], ids=["alone", "scaled"])
def test_a_gaussian_process_on_shots_says_what_to_add(kernel, optimizer):
    """And what it says is enough."""
    rows, y = X / X.std(axis=0), X[:, 0]
    for process in (GaussianProcessRegressor, GaussianProcessClassifier):
        with pytest.raises(ValueError, match=r"alpha=[\d.]+ .* WhiteKernel\([\d.]+, 'fixed'\)") as caught:
            process(kernel, optimizer=optimizer).fit(rows, Y)
    amount = float(str(caught.value).split("alpha=")[1].split(" ")[0])
    for model in (
        GaussianProcessRegressor(SHOTS, alpha=amount, optimizer=None),
        GaussianProcessRegressor(SHOTS + WhiteKernel(amount, "fixed"), optimizer=None),
    ):
        assert np.isfinite(model.fit(rows, y).predict(rows)).all()


def test_other_callers_get_the_matrix_as_it_was_measured():
    assert np.linalg.eigvalsh(SHOTS(X)).min() < 0
    assert QuantumKernelSVC(SHOTS).fit(X, Y).score(X, Y) > 0.5


@pytest.mark.parametrize(
    "model",
    [
        QuantumKernelSVC(),
        QuantumKernelSVR(),
        QuantumKernelRidge(),
        KernelAlignmentTrainer(),
        QuantumNystroem(n_components=8000),
        QuantumKernelSVC(SHOTS),
    ],
    ids=lambda model: type(model).__name__,
)
def test_matrices_that_do_not_fit_are_refused_before_they_are_made(model, monkeypatch):
    rows = np.linspace(-1, 1, 8000)[:, None]
    monkeypatch.setattr(skqml.models.kernel_machines.memory, "free_bytes", lambda: 2**29)
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"0\.5 GB of memory that are free.*8,000 rows takes .* GB; use fewer rows"):
        model.fit(rows, np.arange(8000) % 2)
    assert tracemalloc.get_traced_memory()[1] < 2**25
    tracemalloc.stop()


def test_free_memory():
    free = skqml.models.kernel_machines.memory.free_bytes()
    assert free is None or free > 0
