"""Displays look into pipelines and searches, and show what the model inside shows by itself."""

import matplotlib
import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skqml import (
    ZNEVQE,
    FastWeightRegressor,
    ForecastDisplay,
    KernelAlignmentTrainer,
    KernelMatrixDisplay,
    LossCurveDisplay,
    QuantumKernelSVC,
    VariationalClassifier,
    ZNEDisplay,
    make_windows,
)

matplotlib.use("Agg")
X, Y = (a[::6] for a in load_iris(return_X_y=True))
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(autouse=True)
def close_figures():
    from matplotlib import pyplot as plt

    yield
    plt.close("all")


def search(model, **grid):
    return GridSearchCV(model, grid or {"random_state": [0]}, cv=2)


def scaled(model):
    return make_pipeline(StandardScaler(), model)


WRAPS = [
    scaled,
    lambda model: scaled(scaled(model)),
    lambda model: search(model, standardize=[True]),
    lambda model: search(scaled(model), standardscaler__with_std=[True]),
    lambda model: scaled(search(model, standardize=[True])),
]


@pytest.mark.parametrize("wrap", WRAPS)
def test_kernel_matrices(wrap):
    """Rows that are standardised before are the same standardised rows."""
    inside, alone = (
        KernelMatrixDisplay.from_estimator(m.fit(X, Y), X, Y) for m in (wrap(QuantumKernelSVC()), QuantumKernelSVC())
    )
    np.testing.assert_allclose(inside.K, alone.K, atol=1e-9)
    assert inside.ax_.get_title() == "QuantumKernelSVC"


def test_a_kernel_that_is_not_in_the_last_step():
    pipeline = make_pipeline(StandardScaler(), KernelAlignmentTrainer(max_iter=1), SVC(kernel="precomputed")).fit(X, Y)
    display = KernelMatrixDisplay.from_estimator(pipeline, X)
    np.testing.assert_allclose(display.K, pipeline[:2].transform(X), atol=1e-9)


@pytest.mark.parametrize("wrap", WRAPS)
def test_loss_curves(wrap):
    model = VariationalClassifier(max_iter=3, random_state=0)
    inside, alone = (LossCurveDisplay.from_estimator(m.fit(X, Y)) for m in (wrap(model), model))
    np.testing.assert_allclose(inside.losses, alone.losses, rtol=1e-6)


def test_forecasts():
    windows, targets = make_windows(np.sin(np.arange(40) / 3), width=4)
    model = search(FastWeightRegressor(max_iter=3, random_state=0), n_layers=[1]).fit(windows, targets)
    expected = model.best_estimator_.forecast(5)
    np.testing.assert_array_equal(ForecastDisplay.from_estimator(model, 5).y_pred, expected)


def test_energies():
    model = search(ZNEVQE(n_restarts=1, max_iter=3, random_state=0), n_restarts=[1]).fit(np.linspace(0, 1, 4)[:, None])
    display = ZNEDisplay.from_estimator(model)
    np.testing.assert_array_equal(display.values, model.best_estimator_.scale_energies_[0])


@pytest.mark.parametrize("wrap", [lambda model: model, *WRAPS])
def test_what_is_not_fitted_or_lacks_what_is_shown(wrap):
    with pytest.raises(NotFittedError):
        KernelMatrixDisplay.from_estimator(wrap(QuantumKernelSVC()), X)
    with pytest.raises(ValueError, match="loss curve, got"):
        LossCurveDisplay.from_estimator(wrap(QuantumKernelSVC()).fit(X, Y))
