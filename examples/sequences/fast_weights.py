"""Quantum fast weights, blind to the order of the past, beside a perceptron, linear models and persistence."""

import sys
import time
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, minmax_scale

from skqml.datasets import make_bessel, make_damped_pendulum, make_narma, make_windows
from skqml.displays import ForecastDisplay
from skqml.models.fast_weights import FastWeightRegressor

FIGURE = Path("fast_weights.png")
SERIES = {
    "pendulum": make_damped_pendulum(),
    "Bessel J2": make_bessel(),
    "NARMA5": minmax_scale(make_narma(240, 5, drive="smooth")[1], (-1, 1)),
    "NARMA10": minmax_scale(make_narma(240, 10, drive="smooth")[1], (-1, 1)),
}


def seen(X):
    """What fast weights can know of a window: the last step, the sum, and the sum of squares."""
    return np.column_stack([X[:, -1], X.sum(axis=1), (X**2).sum(axis=1)])


def errors(X, y, max_iter):
    """Fitted model, its seconds, and mean squared errors on the last third of the windows."""
    n, start = int(0.67 * len(X)), time.perf_counter()
    model = FastWeightRegressor(max_iter=max_iter, random_state=0).fit(X[:n], y[:n])
    seconds = time.perf_counter() - start
    unordered = make_pipeline(FunctionTransformer(seen), LinearRegression())
    others = [other.fit(X[:n], y[:n]) for other in (model.classical_twin(), unordered, LinearRegression())]
    forecasts = [m.predict(X[n:]) for m in (model, *others)] + [X[n:, -1]]
    return model, seconds, [np.mean((forecast - y[n:]) ** 2) for forecast in forecasts]


def main(quick=False):
    """Print the table, and draw a forecast in closed loop."""
    warnings.simplefilter("ignore", ConvergenceWarning)  # the twin is not always done after as many iterations
    columns = ("fast weights", "perceptron", "unordered linear", "AR(4)", "persistence", "seconds")
    print(f"{'test error':11}" + "".join(f"{column:>18}" for column in columns))
    for name, series in SERIES.items():
        model, seconds, row = errors(*make_windows(series, width=4), 5 if quick else 1000)
        print(f"{name:11}" + "".join(f"{number:18.1e}" for number in row) + f"{seconds:18.2f}")
        if name == "pendulum":
            future, past = series[162:192], series[102:162]  # 158 windows of 4 were trained on
            ForecastDisplay.from_estimator(model, 30, y_true=future, history=past).figure_.savefig(FIGURE, dpi=150)
    print("\nThe first and the third see no order in the past; perceptron and AR do, and win on all four series.")
    print(f"A forecast in closed loop: {FIGURE}")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
