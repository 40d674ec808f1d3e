"""A recurrent cell of a user's own: one step, then a reservoir is trained and goes on by itself."""

import numpy as np

from skqml import Cell, QRNNReservoirRegressor
from skqml.models.recurrent import Step


class Delay(Cell):
    """A delay line: its state is the last inputs, and so are its features."""

    def __init__(self, length=3):
        self.length = length

    def compile(self, n_channels, backend):
        return DelayStep(self.length)

    def init_state(self, n_rows):
        return np.zeros((n_rows, self.length))


class DelayStep(Step):
    n_weights = 0

    def __init__(self, length):
        self.n_outputs = length

    def __call__(self, state, x, w, rng=None):
        state = np.hstack([x[:, :1], state[:, :-1]])
        return state, state


def test_cell():
    """Autoregression by hand: a sine follows from its last two values."""
    series = np.sin(0.4 * np.arange(80))
    model = QRNNReservoirRegressor(Delay(), n_reservoirs=1, washout=3).fit(series[None, :-1, None], series[None, 1:])
    assert model.score(series[None, :-1, None], series[None, 1:]) > 0.9999
    np.testing.assert_allclose(model.forecast(5)[0], np.sin(0.4 * np.arange(80, 85)), atol=1e-2)
