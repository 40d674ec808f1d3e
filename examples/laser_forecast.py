"""One-step and closed-loop forecasts of the Santa Fe laser, beside autoregression and an echo state network.

Train on the first 6,000 steps, test on the rest. The echo state network has as many readout features and the same
readout; its spectral radius and input scale are the best of a small grid on the last 1,000 training steps.
"""

import os
from itertools import product
from pathlib import Path

import numpy as np

from skqml.datasets import make_mackey_glass
from skqml.recurrent import QRNNReservoirRegressor, RidgeReadout

WASHOUT = 100


def load():
    """The series and the number of training steps; a Mackey-Glass series where the folder of data is absent."""
    folder = Path(os.environ.get("SKQML_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if (folder / "timeseries.npz").exists():
        return np.load(folder / "timeseries.npz")["santafe_laser"].astype(float), 6000
    return make_mackey_glass(4000), 3000


def echo_states(x, n_units, radius, input_scale, seed=0):
    """States (n_steps, n_units) of a random tanh network."""
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(n_units, n_units)) * (rng.random((n_units, n_units)) < 10 / n_units)
    W *= radius / np.abs(np.linalg.eigvals(W)).max()
    W_in = input_scale * rng.uniform(-1, 1, (n_units, 2))
    h, out = np.zeros(n_units), np.empty((len(x), n_units))
    for t, value in enumerate(x):
        h = out[t] = np.tanh(W @ h + W_in @ [value, 1.0])
    return out


def lags(x, n_lags):
    """Columns x_t, x_(t - 1), ..."""
    return np.stack([np.concatenate([np.zeros(k), x[: len(x) - k]]) for k in range(n_lags)], axis=1)


def one_step_error(columns, y, n_train):
    """Root mean squared error over the deviation, behind n_train, of a ridge readout of given columns."""
    folds = np.arange(n_train - WASHOUT) * 5 // (n_train - WASHOUT)
    readout = RidgeReadout()
    readout.accumulate(columns[WASHOUT:n_train], y[WASHOUT:n_train], folds)
    return nrmse(readout.solve().predict(columns[n_train:]), y[n_train:])


def nrmse(predicted, y):
    """Root mean squared error over the deviation of y."""
    return np.sqrt(np.mean((predicted - y) ** 2) / np.var(y))


def main():
    """Print the errors."""
    series, n_train = load()
    X, y = series[None, :-1, None], series[None, 1:]
    model = QRNNReservoirRegressor(washout=WASHOUT, random_state=0).fit(X[:, :n_train], y[:, :n_train])
    n_features = model.readout_.n_features_in_
    x = (series[:-1] - series[:n_train].mean()) / series[:n_train].std()
    grid = {
        setting: one_step_error(echo_states(x[:n_train], n_features, *setting), y[0, :n_train], n_train - 1000)
        for setting in product([0.7, 0.9, 1.1], [0.1, 0.3, 1.0])
    }
    echo = one_step_error(echo_states(x, n_features, *min(grid, key=grid.get)), y[0], n_train)
    print(f"Error of one step over the deviation, {len(series) - n_train - 1} test steps")
    print(f"persistence                     {nrmse(x[n_train:], (y[0, n_train:] - series.mean()) / series.std()):.3f}")
    print(f"linear autoregression, 20 lags  {one_step_error(lags(x, 20), y[0], n_train):.3f}")
    print(f"quantum reservoir               {nrmse(model.predict(X)[0, n_train:], y[0, n_train:]):.3f}")
    print(f"echo state network, {n_features} units  {echo:.3f}")
    forecast, lower, upper = model.forecast(20, return_interval=True)
    truth = series[n_train : n_train + 20]
    print("\nClosed loop from the end of the training steps: truth, forecast, 90 % interval")
    for row in zip(truth, forecast[0], lower[0], upper[0], strict=True):
        print("{:8.3g}{:8.3g}  [{:.3g}, {:.3g}]".format(*row))


if __name__ == "__main__":
    main()
