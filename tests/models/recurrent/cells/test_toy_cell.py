"""A cell defined here, with a step in plain NumPy, runs in every estimator; what a step is belongs to nobody else."""

import numpy as np
import pytest

from skqml.models.recurrent import Cell, QRNNFeatures, QRNNReservoirClassifier, QRNNReservoirRegressor, Step


class EchoCell(Cell):
    """A random tanh network of the size of its state."""

    def __init__(self, n_units=4, leak=1.0):
        self.n_units = n_units
        self.leak = leak

    def init_state(self, n_rows):
        return np.zeros((n_rows, self.n_units))

    def compile(self, n_channels, backend):
        return EchoStep(self, n_channels)


class EchoStep(Step):
    def __init__(self, cell, n_channels):
        self.cell, self.n_outputs = cell, cell.n_units
        self.n_weights = cell.n_units * (cell.n_units + n_channels)

    def __call__(self, state, x, w, rng=None):
        W = w.reshape(len(x), self.n_outputs, -1)
        new = np.tanh(np.einsum("nij,nj->ni", W, np.hstack([state, x])))
        state = state + self.cell.leak * (new - state)
        return state, state


def test_runs_in_every_estimator():
    X = np.random.default_rng(0).uniform(-1, 1, (3, 80, 2))
    y = X[:, :, 0] - np.roll(X[:, :, 1], 1, axis=1)
    options = {"cell": EchoCell(6), "weight_scale": 0.4, "n_reservoirs": 3, "random_state": 0, "input_scale": 1.0}
    model = QRNNReservoirRegressor(**options, leak=0.9, washout=5).fit(X, y)
    assert model.score(X, y) > 0.95
    assert QRNNFeatures(**options).fit_transform(X).shape == (3, 80, 18)
    assert QRNNReservoirClassifier(**options).fit(X, [0, 1, 2]).predict(X).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="hidden_scale"):
        QRNNReservoirRegressor(**options, hidden_scale=0.5).fit(X, y)
    with pytest.raises(TypeError, match="train_cell=True"):
        QRNNReservoirRegressor(**options, train_cell=True).fit(X, y)
