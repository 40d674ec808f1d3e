"""Yearly sunspot numbers, eleven years ahead in a closed loop, with prediction intervals.

The reservoir sees windows of 22 years and predicts the next one; the twin is ridge regression on the same windows.
"""

import os
from pathlib import Path

import numpy as np
from sklearn.linear_model import RidgeCV

from skqml.datasets import make_mackey_glass, make_windows
from skqml.recurrent import QRNNReservoirRegressor

WIDTH, HORIZON = 22, 11


def load():
    """The series; a Mackey-Glass series where the folder of data is absent."""
    folder = Path(os.environ.get("SKQML_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if (folder / "timeseries.npz").exists():
        return np.load(folder / "timeseries.npz")["sunspots_yearly"]
    return make_mackey_glass(309)


def roll(model, window, n_steps):
    """Closed loop of any regressor of windows."""
    window = list(window)
    for _ in range(n_steps):
        window.append(model.predict([window[-WIDTH:]])[0])
    return np.array(window[-n_steps:])


def main():
    """Print errors of one step and of the closed loop."""
    series = load()
    X, y = make_windows(series, WIDTH)
    n_train = len(X) - 5 * HORIZON
    model = QRNNReservoirRegressor(random_state=0).fit(X[:n_train], y[:n_train])
    twin = RidgeCV(np.logspace(-3, 6, 19)).fit(X[:n_train], y[:n_train])
    deviation = y[n_train:].std()
    print("Root mean squared error over the deviation")
    for name, predictor in (("quantum reservoir", model), ("ridge on windows", twin)):
        one = np.sqrt(np.mean((predictor.predict(X[n_train:]) - y[n_train:]) ** 2)) / deviation
        starts = range(n_train, len(X) - HORIZON + 1, HORIZON)
        loops = [roll(predictor, X[k], HORIZON) - y[k : k + HORIZON] for k in starts]
        print(f"{name:18} one year {one:.3f}   {HORIZON} years {np.sqrt(np.mean(np.square(loops))) / deviation:.3f}")
    forecast, lower, upper = model.forecast(HORIZON, X[-1:], return_interval=True)
    print("\nBehind the last window: forecast, 90 % interval")
    for row in zip(forecast[0], lower[0], upper[0], strict=True):
        print("{:8.1f}  [{:.1f}, {:.1f}]".format(*row))


if __name__ == "__main__":
    main()
