"""Yearly sunspot numbers, eleven years ahead in a closed loop, with prediction intervals.

The reservoir sees windows of 22 years and predicts the next one, beside its classical twin, an echo state network of as
many units, and ridge regression on the same windows.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import RidgeCV

from skqml import ForecastDisplay
from skqml.datasets import load_sunspots, make_windows
from skqml.models.recurrent import QRNNReservoirRegressor

WIDTH, HORIZON = 22, 11
FIGURE = Path("sunspots.png")


def closed_loop(predict, windows):
    """Predictions (n_windows, HORIZON), each fed back."""
    for _ in range(HORIZON):
        windows = np.column_stack([windows, predict(windows[:, -WIDTH:])])
    return windows[:, -HORIZON:]


def main(quick=False):
    """Print errors of one step and of the closed loop."""
    X, y = make_windows(load_sunspots().data, WIDTH)
    n_train = len(X) - 5 * HORIZON
    model = QRNNReservoirRegressor(n_reservoirs=2 if quick else 16, random_state=0)
    models = {
        "ridge on windows": RidgeCV(np.logspace(-3, 6, 19)),
        "classical twin": model.classical_twin(),
        "quantum reservoir": model,
    }
    fitted = {name: m.fit(X[:n_train], y[:n_train]).predict for name, m in models.items()}
    print("Root mean squared error over the deviation")
    for name, predict in ({"persistence": lambda windows: windows[:, -1]} | fitted).items():
        predictions = predict(X[n_train:]), closed_loop(predict, X[n_train::HORIZON]).ravel()
        one, loop = (np.sqrt(np.mean((found - y[n_train:]) ** 2)) / y[n_train:].std() for found in predictions)
        print(f"{name:18} one year {one:.3f}   {HORIZON} years {loop:.3f}")
    forecast, lower, upper = model.forecast(HORIZON, X[-1:], return_interval=True)
    print("\nBehind the last window: forecast, 90 % interval")
    for row in zip(forecast[0], lower[0], upper[0], strict=True):
        print("{:8.1f}  [{:.1f}, {:.1f}]".format(*row))
    display = ForecastDisplay.from_estimator(model, HORIZON, X[-1:], interval=True, history=X[-1])
    display.figure_.savefig(FIGURE, dpi=150)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
