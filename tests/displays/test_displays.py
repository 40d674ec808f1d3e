"""Plots of kernel matrices, and what a notebook shows of an estimator."""

import sys
import tracemalloc

import matplotlib
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import zz_feature_map
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from skqml import (
    CircuitEncoding,
    FidelityKernel,
    KernelMatrixDisplay,
    LossCurveDisplay,
    QuantumKernelSVC,
    QuantumNystroem,
    VariationalClassifier,
)

matplotlib.use("Agg")
X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])


@pytest.fixture(autouse=True)
def close_figures():
    from matplotlib import pyplot as plt

    yield
    plt.close("all")


def test_rows_are_sorted_by_class():
    order = np.random.default_rng(0).permutation(150)[:40]
    svc = QuantumKernelSVC().fit(X, Y)
    display = KernelMatrixDisplay.from_estimator(svc, X[order], NAMES[Y[order]])
    np.testing.assert_array_equal(display.y, np.sort(NAMES[Y[order]]))
    rows = svc.standardizer_.transform(X[order][np.argsort(Y[order], kind="stable")])
    np.testing.assert_allclose(display.K, svc.kernel_(rows), atol=1e-12)
    np.testing.assert_allclose(display.image_.get_array(), display.K)
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == list(NAMES)
    edges = [line.get_ydata()[0] for line in display.ax_.lines if line.get_ydata()[0] == line.get_ydata()[-1]]
    assert edges == list(np.cumsum(np.bincount(Y[order]))[:-1] - 0.5)


def test_given_axes_title_and_options():
    from matplotlib import pyplot as plt

    figure, ax = plt.subplots()
    svc = QuantumKernelSVC().fit(X, Y)
    display = KernelMatrixDisplay.from_estimator(svc, X[:5], ax=ax, name="five rows", image_kwargs={"cmap": "gray"})
    assert (display.ax_, display.figure_) == (ax, figure)
    assert ax.get_title() == "five rows"
    assert display.image_.get_cmap().name == "gray"
    assert display.image_.get_clim() == (0.0, 1.0)
    again = display.plot(name="again")
    assert again is display
    assert display.ax_ is not ax
    assert display.ax_.get_title() == "again"
    assert KernelMatrixDisplay.from_estimator(svc, X[:5]).ax_.get_title() == "QuantumKernelSVC"


def test_other_estimators_and_matrices():
    nystroem = QuantumNystroem(n_components=5).fit(X)
    assert KernelMatrixDisplay.from_estimator(nystroem, X[:7], Y[:7]).K.shape == (7, 7)
    K = np.array([[2.0, 0.5, 0.1], [0.5, 2.0, 0.2], [0.1, 0.2, 2.0]])
    display = KernelMatrixDisplay.from_matrix(K, [1, 0, 1])
    np.testing.assert_array_equal(display.K, K[np.ix_([1, 0, 2], [1, 0, 2])])
    assert display.image_.get_clim() == (0.0, 2.0)


def test_what_cannot_be_shown():
    with pytest.raises(NotFittedError):
        KernelMatrixDisplay.from_estimator(QuantumKernelSVC(), X)
    with pytest.raises(ValueError, match="without kernel_"):
        KernelMatrixDisplay.from_estimator(QuantumKernelSVC("precomputed").fit(np.eye(4), [0, 1, 0, 1]), np.eye(4))
    svc = QuantumKernelSVC().fit(X, Y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        KernelMatrixDisplay.from_estimator(svc, X[:5], Y[:4])
    with pytest.raises(ValueError, match="features"):
        KernelMatrixDisplay.from_estimator(svc, X[:5, :2], Y[:5])


def large_estimator():
    return QuantumKernelSVC(FidelityKernel(CircuitEncoding(zz_feature_map(20))))


def fitted_large_estimator():
    circuit = zz_feature_map(20, reps=1, entanglement="linear")
    return QuantumKernelSVC(FidelityKernel(CircuitEncoding(circuit))).fit(np.eye(20)[:2], [0, 1])


@pytest.mark.parametrize("make", [large_estimator, fitted_large_estimator])
def test_notebook_display_of_twenty_qubits_is_small(make):
    estimator = make()
    estimator._repr_html_()  # scikit-learn reads its own style sheet once
    tracemalloc.start()
    html = estimator._repr_html_()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "QuantumKernelSVC" in html
    assert "20 qubits" in html
    assert peak < 10 * 2**20  # a dense operator of 20 qubits would be 16 TiB
    assert len(html) < 100_000


def test_text_is_short():
    assert len(repr(large_estimator())) < 300
    assert "\n" not in repr(large_estimator().kernel)
    assert repr(FidelityKernel()) == "FidelityKernel()"
    assert repr(FidelityKernel(weights=np.ones(50))) == "FidelityKernel(weights=<array of 50>)"
    assert repr(0.5 * FidelityKernel(scale=2.0)) == "0.707**2 * FidelityKernel(scale=2.0)"
    assert repr(QuantumKernelSVC(C=2.0)) == "QuantumKernelSVC(C=2.0)"
    assert repr(clone(QuantumKernelSVC(FidelityKernel()))) == "QuantumKernelSVC(kernel=FidelityKernel())"


def test_notebook_display_inside_a_pipeline():
    html = make_pipeline(QuantumNystroem(), large_estimator())._repr_html_()
    assert "QuantumNystroem" in html
    assert "QuantumKernelSVC" in html


def test_large_circuit_draws():
    assert isinstance(fitted_large_estimator().circuit_, QuantumCircuit)
    assert "19: " in str(fitted_large_estimator().draw())


def test_loss_curve_shows_training_and_validation():
    model = VariationalClassifier(max_iter=5, tol=None, early_stopping=True, random_state=0).fit(X, Y)
    display = LossCurveDisplay.from_estimator(model, curve_kwargs={"linewidth": 3})
    drawn = [line.get_ydata() for line in display.lines_]
    np.testing.assert_array_equal(drawn[0], model.loss_curve_)
    np.testing.assert_array_equal(drawn[1], model.validation_loss_curve_)
    assert display.lines_[0].get_linewidth() == 3
    assert display.ax_.get_title() == "VariationalClassifier"


def test_loss_curve_needs_a_training():
    with pytest.raises(ValueError, match="loss curve"):
        LossCurveDisplay.from_estimator(QuantumKernelSVC().fit(X, Y))
    with pytest.raises(NotFittedError):
        LossCurveDisplay.from_estimator(VariationalClassifier())


def test_labels_of_loss_curves_can_be_chosen():
    display = LossCurveDisplay(losses=[3.0, 2.0]).plot(curve_kwargs={"label": "mine"})
    assert display.ax_.get_legend().get_texts()[0].get_text() == "mine"


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"pip install 'skqml\[plot\]'"):
        LossCurveDisplay(losses=[3.0, 2.0]).plot()
