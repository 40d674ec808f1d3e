"""The classical cell: random leaky tanh units."""

import numpy as np

from ...._checks import check_count, check_number
from .base import Cell, Pullback, Step


class TanhCell(Cell):
    r"""Echo state network: leaky tanh units with random weights, the classical twin of quantum cells.

    ``h <- (1 - leak) h + leak tanh(hidden_scale W h + V x + b)`` with W of spectral radius 1; features are the units h.
    Entries of V and b are uniform between minus and plus the ``weight_scale`` of the estimator.

    Parameters
    ----------
    n_units : int, default=36
        As many as a `QRNNCell` has features.
    hidden_scale : float, default=0.9
        Spectral radius of the feedback.
    leak : float, default=1.0
        Share of the new h in the next, in (0, 1].

    References
    ----------
    H. Jaeger, The "echo state" approach to analysing and training recurrent neural networks, GMD report 148 (2001).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.recurrent import QRNNReservoirRegressor, TanhCell
    >>> series = np.sin(0.3 * np.arange(300))[None, :, None]
    >>> model = QRNNReservoirRegressor(TanhCell(), washout=20, random_state=0)
    >>> model.fit(series[:, :-1], series[:, 1:, 0]).score(series[:, :-1], series[:, 1:, 0]) > 0.999
    True
    """

    def __init__(self, n_units=36, *, hidden_scale=0.9, leak=1.0):
        self.n_units = n_units
        self.hidden_scale = hidden_scale
        self.leak = leak

    def init_state(self, n_rows) -> np.ndarray:
        """Return zeros (n_rows, n_units)."""
        return np.zeros((n_rows, check_count("n_units", self.n_units, 1)))

    def compile(self, n_channels, backend) -> Step:
        """Return the step for inputs of so many channels; the backend is not used."""
        check_count("n_units", self.n_units, 1)
        check_count("n_channels", n_channels)
        check_number("hidden_scale", self.hidden_scale)
        check_number("leak", self.leak, high=1.0, closed="right")
        return TanhStep(self, n_channels)


class TanhStep(Step):
    """Step of a `TanhCell`; its weights are the rows of ``[W, V, b]``.

    Parameters
    ----------
    cell : TanhCell
    n_channels : int
    """

    def __init__(self, cell, n_channels):
        self.cell = cell
        self.n_outputs = cell.n_units
        self.n_weights = cell.n_units * (cell.n_units + n_channels + 1)

    def draw(self, n_reservoirs, weight_scale, rng) -> np.ndarray:
        """Return random weights, W scaled to spectral radius 1; see `Step.draw`."""
        n = self.n_outputs
        W = rng.uniform(-1, 1, (n_reservoirs, n, self.n_weights // n))
        W[:, :, :n] /= np.abs(np.linalg.eigvals(W[:, :, :n])).max(axis=1)[:, None, None]
        W[:, :, n:] *= weight_scale
        return W.reshape(n_reservoirs, -1)

    def __call__(self, state, x, w, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Return the next state, twice; see `Step.__call__`."""
        return self.forward(state, x, w)[:2]

    def forward(self, state, x, w) -> tuple[np.ndarray, np.ndarray, Pullback]:
        """State, output and pullback; see `Step.forward`."""
        n, scale, leak = self.n_outputs, self.cell.hidden_scale, self.cell.leak
        W, v = w.reshape(len(x), n, -1), np.hstack([scale * state, x, np.ones((len(x), 1))])
        new = np.tanh(np.einsum("rij,rj->ri", W, v))
        state = state + leak * (new - state)

        def pullback(g_state, g_out):
            g = g_state + g_out
            dz = leak * g * (1 - new**2)
            dv, dW = np.einsum("rij,ri->rj", W, dz), dz[:, :, None] * v[:, None]
            return (1 - leak) * g + scale * dv[:, :n], dv[:, n:-1], dW.reshape(len(x), -1)

        return state, state, pullback

    def run(self, X, W, state, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Run all sequences through all reservoirs by one product a step; see `Step.run`."""
        n, W = self.n_outputs, W.reshape(len(W), self.n_outputs, -1)
        feedback = self.cell.hidden_scale * W[:, :, :n].swapaxes(1, 2)
        out = np.tensordot(X, W[:, :, n:-1], axes=(2, 2)) + W[:, :, -1]
        for t in range(X.shape[1]):
            z = out[:, t] + (state.swapaxes(0, 1) @ feedback).swapaxes(0, 1)
            out[:, t] = state = state + self.cell.leak * (np.tanh(z) - state)
        return state, out
