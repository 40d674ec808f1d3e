"""Plots of forecasts and of memory capacities."""

import matplotlib
import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression

from skqml.displays import ForecastDisplay, MemoryCapacityDisplay
from skqml.inspection.capacity import memory_capacity

matplotlib.use("Agg")
HISTORY, TRUTH, FORECAST = np.arange(6.0), np.array([6.0, 7.0]), np.array([6.1, 7.2, 8.3])


class Line(BaseEstimator):
    """A forecast of 0, 1, 2, ... for one sequence, or what follows X."""

    def fit(self, X=None, y=None):
        self.fitted_ = True
        return self

    def forecast(self, n_steps, X=None, *, return_interval=False):
        y = np.arange(float(n_steps))[None] + (0 if X is None else X[-1] + 1)
        return (y, y - 1, y + 2) if return_interval else y


@pytest.fixture(autouse=True)
def close_figures():
    from matplotlib import pyplot as plt

    yield
    plt.close("all")


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_forecast_stands_behind_the_history():
    interval = np.stack([FORECAST - 1, FORECAST + 2], axis=1)
    display = ForecastDisplay.from_predictions(TRUTH, FORECAST, interval=interval, history=HISTORY, washout=2)
    np.testing.assert_array_equal(display.true_line_.get_ydata(), [0, 1, 2, 3, 4, 5, 6, 7])
    np.testing.assert_array_equal(display.line_.get_xdata(), [6, 7, 8])
    np.testing.assert_array_equal(display.line_.get_ydata(), FORECAST)
    band = display.band_.get_paths()[0].vertices
    assert (band[:, 0].min(), band[:, 0].max()) == (6, 8)
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((5.1, 10.3))
    assert legend(display) == ["truth", "forecast", "interval", "horizon", "washout"]
    horizon = next(line for line in display.ax_.lines if line.get_label() == "horizon")
    assert list(horizon.get_xdata()) == [5.5, 5.5]
    shaded = next(patch for patch in display.ax_.patches if patch.get_label() == "washout")
    assert (shaded.get_x(), shaded.get_width()) == (-0.5, 2.0)


def test_forecast_alone():
    display = ForecastDisplay.from_predictions(None, FORECAST[:, None])
    np.testing.assert_array_equal(display.line_.get_xdata(), [0, 1, 2])
    assert display.true_line_ is None
    assert display.band_ is None
    assert legend(display) == ["forecast"]


def test_forecast_of_an_estimator_on_given_axes():
    from matplotlib import pyplot as plt

    figure, ax = plt.subplots()
    display = ForecastDisplay.from_estimator(Line().fit(), 4, y_true=TRUTH, ax=ax, line_kwargs={"linewidth": 3})
    assert (display.ax_, display.figure_) == (ax, figure)
    assert ax.get_title() == "Line"
    assert display.line_.get_linewidth() == 3
    np.testing.assert_array_equal(display.line_.get_ydata(), [0, 1, 2, 3])
    np.testing.assert_array_equal(display.true_line_.get_ydata(), TRUTH)
    assert display.plot(name="again").ax_.get_title() == "again"


def test_interval_and_start_come_from_the_estimator():
    display = ForecastDisplay.from_estimator(Line().fit(), 3, HISTORY, interval=True, history=HISTORY)
    np.testing.assert_array_equal(display.y_pred, [6, 7, 8])
    np.testing.assert_array_equal(display.interval, [[5, 8], [6, 9], [7, 10]])


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"interval": np.zeros((2, 3))}, r"\(3, 2\)"),
        ({"washout": 1}, "washout"),
        ({"history": HISTORY, "washout": 7}, "washout"),
        ({"history": np.zeros((4, 2))}, "history must be one series"),
        ({"history": [np.nan]}, "NaN"),
    ],
)
def test_bad_predictions_are_named(arguments, match):
    with pytest.raises(ValueError, match=match):
        ForecastDisplay.from_predictions(TRUTH, FORECAST, **arguments)


def test_a_forecast_needs_an_estimator_that_makes_one():
    with pytest.raises(NotFittedError):
        ForecastDisplay.from_estimator(Line(), 3)
    with pytest.raises(ValueError, match="LinearRegression without"):
        ForecastDisplay.from_estimator(LinearRegression().fit(HISTORY[:, None], HISTORY), 3)


def test_memory_capacities_of_two_reservoirs():
    def delay_line(length):
        return memory_capacity(
            lambda u: np.stack([np.roll(u, k + 1) for k in range(length)], axis=1), 9, n_steps=300, random_state=0
        )

    first = MemoryCapacityDisplay.from_result(delay_line(2), name="two")
    second = MemoryCapacityDisplay.from_result(delay_line(5), ax=first.ax_, line_kwargs={"marker": "x"})
    np.testing.assert_array_equal(first.line_.get_xdata(), np.arange(1, 10))
    np.testing.assert_allclose(first.line_.get_ydata(), [1, 1, 0, 0, 0, 0, 0, 0, 0], atol=1e-9)
    assert second.line_.get_marker() == "x"
    assert legend(second) == ["two: 2.0", "capacity: 5.0"]
    assert second.figure_ is first.figure_
