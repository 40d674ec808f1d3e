"""Plots of zero-noise extrapolation."""

from functools import partial

import matplotlib
import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import NoiseModel, depolarizing_error
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression

from skqml import ZNEVQE, Exact, Noisy, Shots, all_z
from skqml.circuits.ansatze.chemistry import ry_rz
from skqml.displays import ZNEDisplay
from skqml.mitigation import ZNE, exponential, linear, polynomial, richardson, scale_noise
from tests.mitigation.noisy import W, X, aer, depolarizing, model

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def close_figures():
    from matplotlib import pyplot as plt

    yield
    plt.close("all")


class Fitted(BaseEstimator):
    """What a fitted estimator shows of two rows."""

    def __init__(self, scales=(1, 3, 5), extrapolate=None):
        self.scales = scales
        self.extrapolate = extrapolate

    def fit(self):
        self.scales_, self.scale_errors_ = np.array(self.scales), np.zeros((2, 3))
        self.scale_energies_ = np.array([[0.9, 0.7, 0.5], [-0.9, -0.8, -0.6]])
        self.energies_, self.errors_ = np.array([1.0, -0.92]), np.array([0.1, 0.2])
        return self


@pytest.mark.parametrize(
    ("extrapolate", "curve"),
    [
        (linear, lambda s: 1 - 0.1 * s),
        (polynomial, lambda s: 1 - 0.1 * s**2),
        (richardson, lambda s: 1 - 0.1 * s**2),
        (exponential, lambda s: 0.2 + 0.8 * np.exp(-0.4 * s)),
    ],
)
def test_the_fit_is_the_curve_through_the_points(extrapolate, curve):
    scales = np.array([1.0, 2.0, 4.0])
    display = ZNEDisplay(scales=scales, values=curve(scales), extrapolate=extrapolate).plot()
    grid, fit = display.line_.get_data()
    assert (grid[0], grid[-1], len(grid)) == (0, 4, 50)
    np.testing.assert_allclose(fit, curve(grid), atol=1e-8)
    np.testing.assert_allclose(display.limit_.lines[0].get_ydata(), curve(0.0), atol=1e-8)
    np.testing.assert_array_equal(display.points_.lines[0].get_xdata(), scales)
    assert {t.get_text() for t in display.ax_.get_legend().get_texts()} == {"fit", "measured", "no noise"}


def test_from_a_backend():
    backend = ZNE(Shots(1000, 0, backend=aer(depolarizing())), (1, 2, 3), scale_noise, linear)
    display = ZNEDisplay.from_backend(backend, model(), all_z(3)[0], X[0], W, name="Z0")
    program = backend.compile(model(), all_z(3)[:1])
    values, errors = program.scaled_estimates(X[:1], W)
    np.testing.assert_array_equal(display.values, values[:, 0, 0])
    np.testing.assert_array_equal(display.errors, errors[:, 0, 0])
    (bar,) = display.limit_.lines[2]
    low, high = bar.get_segments()[0][:, 1]
    value, error = program.estimate(X[:1], W)
    np.testing.assert_allclose([low, high], [value[0, 0] - error[0, 0], value[0, 0] + error[0, 0]], atol=1e-12)
    assert display.ax_.get_title() == "Z0"
    with pytest.raises(TypeError, match="ZNE backend"):
        ZNEDisplay.from_backend(Exact(), model(), SparsePauliOp("ZII"), X[0], W)


def test_from_an_estimator():
    from matplotlib import pyplot as plt

    figure, ax = plt.subplots()
    display = ZNEDisplay.from_estimator(Fitted().fit(), row=1, ax=ax, line_kwargs={"linewidth": 3})
    assert (display.ax_, display.figure_) == (ax, figure)
    np.testing.assert_array_equal(display.points_.lines[0].get_ydata(), [-0.9, -0.8, -0.6])
    np.testing.assert_array_equal(display.limit_.lines[0].get_ydata(), [-0.92])
    low, high = display.limit_.lines[2][0].get_segments()[0][:, 1]
    np.testing.assert_allclose([low, high], [-1.12, -0.72])
    assert display.line_.get_linewidth() == 3
    assert ax.get_title() == "Fitted"
    again = ZNEDisplay.from_estimator(Fitted(extrapolate=LinearRegression()).fit())
    np.testing.assert_allclose(again.line_.get_ydata()[0], 1.0)
    assert display.plot(name="again").ax_.get_title() == "again"


@pytest.mark.filterwarnings("ignore:Training stopped at max_iter")
@pytest.mark.parametrize("shots", [None, 500])
def test_the_fit_goes_by_the_scales_that_were_realised(shots):
    """Fourteen gates know no scale of 1.5; with shots a line weights its points."""
    backend = Noisy(model_of_noise(), shots, random_state=0)
    estimator = ZNEVQE(
        ansatz=partial(ry_rz, n_layers=1),
        backend=backend,
        scales=(1, 1.5, 4),
        extrapolate=linear,
        n_restarts=1,
        max_iter=2,
        random_state=0,
    ).fit([[0.5]])
    display = ZNEDisplay.from_estimator(estimator)
    assert estimator.scales_[1] != 1.5
    np.testing.assert_allclose(display.line_.get_ydata()[0], estimator.energies_[0], atol=1e-12)
    np.testing.assert_array_equal(display.points_.lines[0].get_xdata(), estimator.scales_)
    assert (display.errors is None) == (shots is None)


def model_of_noise():
    noise = NoiseModel(["ry", "rz", "h", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.02, 2), "cx")
    noise.add_all_qubit_quantum_error(depolarizing_error(0.005, 1), "ry")
    return noise


def test_what_cannot_be_shown():
    with pytest.raises(NotFittedError):
        ZNEDisplay.from_estimator(Fitted())
    with pytest.raises(ValueError, match="without scale_energies_"):
        ZNEDisplay.from_estimator(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]))
