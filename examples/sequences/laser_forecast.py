"""One-step and closed-loop forecasts of the Santa Fe laser, beside autoregression and the classical twin.

Train on the first 6,000 steps, test on the rest. The twin is an echo state network of as many units and reservoirs with
the same readout. Both are shown with default arguments, and tuned on the last third of the training steps.
"""

import sys
from itertools import product
from pathlib import Path

import numpy as np
from sklearn.base import clone

from skqml import ForecastDisplay
from skqml.datasets import load_laser, make_windows
from skqml.models.recurrent import QRNNReservoirRegressor, RidgeReadout

FIGURE = Path("laser.png")
SETTINGS = [
    {"hidden_scale": radius, "leak": leak, "input_scale": scale}
    for radius, leak, scale in product([0.6, 0.9, 1.1], [0.7, 1.0], [0.1, 0.3, 1.0])
]


def nrmse(predicted, y):
    """Root mean squared error over the deviation of y."""
    return np.sqrt(np.mean((predicted - y) ** 2) / np.var(y))


def one_step_error(model, series, n_train):
    """Fit to the first steps, and return the error on the others, each from the true steps before it."""
    X, y = series[None, :-1, None], series[None, 1:]
    model.fit(X[:, :n_train], y[:, :n_train])
    return nrmse(model.predict(X)[0, n_train:], y[0, n_train:])


def tuned(model, series, n_train, settings):
    """The model with the setting that is best on the last third of the training steps."""
    models = [clone(model).set_params(**setting) for setting in settings]
    return min(models, key=lambda m: one_step_error(m, series[: n_train + 1], n_train - n_train // 3))


def autoregression(series, n_train, n_lags=20):
    """Error of a linear model of the last steps."""
    X, y = make_windows(series, n_lags)
    n_fit = n_train + 1 - n_lags
    return nrmse(RidgeReadout().fit(X[:n_fit], y[:n_fit]).predict(X[n_fit:]), y[n_fit:])


def main(quick=False):
    """Print the errors."""
    series, n_train = (load_laser()[:600], 450) if quick else (load_laser(), 6000)
    settings = SETTINGS[:2] if quick else SETTINGS
    model = QRNNReservoirRegressor(n_reservoirs=1 if quick else 16, washout=100, random_state=0)
    twin = model.classical_twin()
    print(f"Error of one step over the deviation, {len(series) - n_train - 1} test steps")
    print(f"persistence                     {nrmse(series[n_train:-1], series[n_train + 1 :]):.3f}")
    print(f"linear autoregression, 20 lags  {autoregression(series, n_train):.3f}")
    for name, candidate in (("quantum reservoir", model), ("classical twin", twin)):
        print(f"{name:31} {one_step_error(candidate, series, n_train):.3f}", end="")
        print(f", tuned {one_step_error(tuned(candidate, series, n_train, settings), series, n_train):.3f}")
    forecast, lower, upper = model.forecast(20, return_interval=True)
    print("\nClosed loop from the end of the training steps: truth, forecast, 90 % interval")
    for row in zip(series[n_train + 1 :], forecast[0], lower[0], upper[0], strict=False):
        print("{:8.3g}{:8.3g}  [{:.3g}, {:.3g}]".format(*row))
    future, past = series[n_train + 1 : n_train + 21], series[n_train - 59 : n_train + 1]
    display = ForecastDisplay.from_estimator(model, 20, interval=True, y_true=future, history=past)
    display.figure_.savefig(FIGURE, dpi=150)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
