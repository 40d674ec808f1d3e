"""Reservoirs and trained cells on nearly linear series: windows of 4, the first 67 % to train, 4 qubits.

The paper compares quantum reservoirs with fully trained quantum cells on such series. Linear autoregression of the same
four values is the bar that honesty asks for, and a random tanh network with as many features is the classical twin.

S. Y.-C. Chen et al., Reservoir computing via quantum recurrent neural networks, arXiv 2211.02612.
"""

import time
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skqml.datasets import make_bessel, make_damped_pendulum, make_mackey_glass, make_narma, make_windows
from skqml.recurrent import MemoryCell, QGRUCell, QLSTMCell, QRNNCell, QRNNReservoirRegressor, RidgeReadout

WIDTH = 4


def series():
    """Name and values, scaled to [-1, 1]."""
    yield "pendulum", make_damped_pendulum()
    yield "Bessel", make_bessel()
    for order in (5, 10):
        y = make_narma(240, order, drive="smooth")[1]
        yield f"NARMA{order}", 2 * (y - y.min()) / (y.max() - y.min()) - 1


def random_network(X, n_units, seed=0):
    """Last state (n_rows, n_units) of a random tanh network that reads each window."""
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(n_units, n_units))
    W *= 0.9 / np.abs(np.linalg.eigvals(W)).max()
    w, b, h = rng.uniform(-0.5, 0.5, n_units), rng.uniform(-0.5, 0.5, n_units), np.zeros((len(X), n_units))
    for x in X.T:
        h = np.tanh(h @ W.T + x[:, None] * w + b)
    return h


def ridge_error(columns, y, n_train):
    """Mean squared test error of a ridge readout."""
    model = RidgeReadout().fit(columns[:n_train], y[:n_train])
    return np.mean((model.predict(columns[n_train:]) - y[n_train:]) ** 2)


def cell_error(cell, X, y, n_train, **options):
    """Mean squared test error of one cell and its ridge readout."""
    model = QRNNReservoirRegressor(cell, n_reservoirs=1, input_scale=0.5, random_state=0, **options)
    model.fit(X[:n_train], y[:n_train])
    return np.mean((model.predict(X[n_train:]) - y[n_train:]) ** 2)


def errors(values):
    """Yield the name of each model and its test error."""
    X, y = make_windows(values, WIDTH)
    n_train = int(0.67 * len(X))
    yield "persistence", np.mean((X[n_train:, -1] - y[n_train:]) ** 2)
    yield "AR(4)", ridge_error(X, y, n_train)
    yield "tanh network", ridge_error(np.hstack([X, random_network(X, 10)]), y, n_train)
    default = QRNNReservoirRegressor(random_state=0).fit(X[:n_train], y[:n_train])
    yield "default, 16 reservoirs", np.mean((default.predict(X[n_train:]) - y[n_train:]) ** 2)
    for cls in (QRNNCell, QLSTMCell, QGRUCell):
        cell = cls(n_qubits=4, n_inputs=1, n_layers=2)
        yield f"{cls.__name__[:-4]} reservoir", cell_error(cell, X, y, n_train)
        yield f"{cls.__name__[:-4]} trained", cell_error(cell, X, y, n_train, train_cell=True, max_iter=40)


def driven_narma():
    """Print errors on NARMA10 from its random input alone, where memory counts."""
    u, y = make_narma(4000, 10, random_state=0)
    X, n_train = u[None, :, None], 3000
    u_lags = np.stack([np.roll(u, k) for k in range(20)], axis=1)[20:n_train], y[20:n_train]
    linear = RidgeReadout().fit(*u_lags)
    predicted = linear.predict(np.stack([np.roll(u, k)[n_train:] for k in range(20)], axis=1))
    print(f"20 linear lags            {deviation(predicted, y[n_train:]):.3f}")
    cells = {
        "QRNNCell()": None,
        "MemoryCell()": MemoryCell(),
        "MemoryCell(n_nodes=3)": MemoryCell(n_nodes=3),
    }
    for name, cell in cells.items():
        model = QRNNReservoirRegressor(cell, washout=100, random_state=0).fit(X[:, :n_train], y[None, :n_train])
        print(f"{name:25} {deviation(model.predict(X)[0, n_train:], y[n_train:]):.3f}")


def deviation(predicted, y):
    """Root mean squared error over the deviation of y."""
    return np.sqrt(np.mean((predicted - y) ** 2) / np.var(y))


def main():
    """Print the tables."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    start = time.perf_counter()
    columns = [(name, dict(errors(values))) for name, values in series()]
    print("Mean squared test error, one value ahead\n")
    print(f"{'':24}" + "".join(f"{name:>12}" for name, _ in columns))
    for model in columns[0][1]:
        print(f"{model:24}" + "".join(f"{found[model]:12.1e}" for _, found in columns))
    for name, found in columns:
        if found["AR(4)"] < found["default, 16 reservoirs"]:
            print(f"On {name} linear autoregression beats the default reservoirs.")
    print("\nNARMA10 from its random input: root mean squared error over the deviation")
    driven_narma()
    x = make_mackey_glass(4000)
    model = QRNNReservoirRegressor(washout=100, random_state=0).fit(x[None, :3000, None], x[None, 1:3001])
    print(f"\nMackey-Glass, tau 17: {deviation(model.predict(x[None, :-1, None])[0, 3000:], x[3001:]):.1e}")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
