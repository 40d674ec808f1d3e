"""Reservoirs and trained cells on nearly linear series: windows of 4, the first 67 % to train, 4 qubits.

The paper compares quantum reservoirs with fully trained quantum cells on such series. Linear autoregression of the same
four values is the bar that honesty asks for; the twin of a reservoir is an echo state network of as many units.

S. Y.-C. Chen et al., Reservoir computing via quantum recurrent neural networks, arXiv 2211.02612.
"""

import sys
import warnings

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from skqml.datasets import make_bessel, make_damped_pendulum, make_mackey_glass, make_narma, make_windows
from skqml.models.recurrent import MemoryCell, QGRUCell, QLSTMCell, QRNNCell, QRNNReservoirRegressor, RidgeReadout

N_TRAIN = 3000  # of the long series
QUICK = {"n_reservoirs": 1, "max_iter": 2}


def short_series():
    """Name and values, scaled to [-1, 1]."""
    yield "pendulum", make_damped_pendulum()
    yield "Bessel", make_bessel()
    for order in (5, 10):
        y = make_narma(240, order, drive="smooth")[1]
        yield f"NARMA{order}", 2 * (y - y.min()) / (y.max() - y.min()) - 1


def models(quick):
    """Name and regressor of windows."""
    yield "AR(4)", RidgeReadout()
    default = QRNNReservoirRegressor(random_state=0, **(QUICK if quick else {}))
    yield from [("default, 16 reservoirs", default), ("its twin", default.classical_twin())]
    for cls in (QRNNCell, QLSTMCell, QGRUCell):
        cell = cls(n_qubits=4, n_inputs=1, n_layers=2)
        one = QRNNReservoirRegressor(cell, n_reservoirs=1, input_scale=0.5, max_iter=2 if quick else 40, random_state=0)
        yield f"{cls.__name__[:-4]} reservoir", one
        yield f"{cls.__name__[:-4]} trained", clone(one).set_params(train_cell=True)
    twin = one.classical_twin()
    yield from [("twin of these", twin), ("twin, trained", clone(one).set_params(train_cell=True).classical_twin())]


def short_errors(values, quick):
    """Mean squared test error of each model."""
    X, y = make_windows(values, 4)
    n_train = int(0.67 * len(X))
    found = {"persistence": np.mean((X[n_train:, -1] - y[n_train:]) ** 2)}
    for name, model in models(quick):
        found[name] = np.mean((model.fit(X[:n_train], y[:n_train]).predict(X[n_train:]) - y[n_train:]) ** 2)
    return found


def long_errors(cell, x, y, n_train):
    """Root mean squared test errors over the deviation: reservoir, its twin, 20 linear lags."""
    model = QRNNReservoirRegressor(cell, washout=100, n_reservoirs=16 if n_train == N_TRAIN else 1, random_state=0)
    for reservoir in (model, model.classical_twin()):
        reservoir.fit(x[None, :n_train, None], y[None, :n_train])
        yield nrmse(reservoir.predict(x[None, :, None])[0, n_train:], y[n_train:])
    lags = make_windows(np.pad(x, (19, 1)), 20)[0]
    yield nrmse(RidgeReadout().fit(lags[100:n_train], y[100:n_train]).predict(lags[n_train:]), y[n_train:])


def nrmse(predicted, y):
    """Root mean squared error over the deviation of y."""
    return np.sqrt(np.mean((predicted - y) ** 2) / np.var(y))


def main(quick=False):
    """Print the tables."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    columns = {name: short_errors(values, quick) for name, values in short_series()}
    print(f"{'Mean squared error':24}" + "".join(f"{name:>12}" for name in columns))
    for model in columns["pendulum"]:
        print(f"{model:24}" + "".join(f"{found[model]:12.1e}" for found in columns.values()))
    for name, found in columns.items():
        better = [model for model in ("AR(4)", "its twin") if found[model] < found["default, 16 reservoirs"]]
        print(f"On {name} the default reservoirs are beaten by: {', '.join(better) or 'neither AR(4) nor their twin'}.")
    print("\nError over the deviation: NARMA10 from its random input, and Mackey-Glass one step ahead")
    n_steps, n_train = (400, 300) if quick else (4000, N_TRAIN)
    narma, x = make_narma(n_steps, 10, random_state=0), make_mackey_glass(n_steps + 1)
    tasks = [("NARMA10", cell, *narma) for cell in (QRNNCell(), MemoryCell(), MemoryCell(n_nodes=3))]
    for name, cell, *data in [*tasks, ("Mackey-Glass", QRNNCell(), x[:-1], x[1:])]:
        errors = long_errors(cell, *data, n_train)
        print("{:32}{:.1e}   twin {:.1e}   20 linear lags {:.1e}".format(f"{name}, {cell}", *errors))


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
