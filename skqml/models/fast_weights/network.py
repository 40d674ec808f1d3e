"""Slow programmer, fast weights, circuit and readout as one function of one vector of parameters."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np

from ...backends.kept import KeptProgram
from ...states import CheckedState, count, instance
from ...training.risk import Pullback


class Parameters(NamedTuple):
    """Affine maps of the model, each a matrix whose last column is the offset."""

    latent: np.ndarray  # (n_latent, n_channels + 1)
    layers: np.ndarray  # (n_layers, n_latent + 1)
    qubits: np.ndarray  # (n_qubits, n_latent + 1)
    readout: np.ndarray  # (n_outputs, n_measured + 1)


@dataclass(frozen=True)
class FastWeightNetwork(CheckedState):
    r"""Scores of windows: ``R <Z>(x_T, theta_T)``, with ``theta_T = sum_t a(x_t) b(x_t)^T``.

    As a and b are affine, ``a(x) = alpha (x, 1)`` and ``b(x) = beta (x, 1)``, the sum is
    ``theta_T = alpha M beta^T`` with the moments ``M = sum_t (x_t, 1) (x_t, 1)^T`` of a window. They
    do not change in a training, whose cost is therefore the same for all window lengths.

    Attributes
    ----------
    program : KeptProgram
        Gives <Z> of rows (x_T, theta_T).
    n_channels, n_layers, n_qubits, n_latent, n_measured, n_outputs : int
    """

    program: KeptProgram
    n_channels: int
    n_layers: int
    n_qubits: int
    n_latent: int
    n_measured: int
    n_outputs: int

    _contents: ClassVar[dict] = {
        "program": instance(KeptProgram),
        "n_channels": count("n_channels", 1),
        "n_layers": count(least=1),
        "n_qubits": count(least=1),
        "n_latent": count(least=1),
        "n_measured": count(least=1),
        "n_outputs": count(least=1),
    }

    def _check_whole(self):
        found = self.program.n_features, self.program.n_observables
        if found != (self.n_channels + self.n_layers * self.n_qubits, self.n_measured):
            raise ValueError(f"a program of {found[0]} features and {found[1]} observables")

    @cached_property
    def shapes(self) -> list[tuple[int, int]]:
        """Shapes of the matrices, in the order of `Parameters`."""
        n_columns = self.n_latent + 1
        return [
            (self.n_latent, self.n_channels + 1),
            (self.n_layers, n_columns),
            (self.n_qubits, n_columns),
            (self.n_outputs, self.n_measured + 1),
        ]

    @property
    def n_parameters(self) -> int:
        """Length of the vector v of all parameters."""
        return sum(rows * columns for rows, columns in self.shapes)

    def unpack(self, v) -> Parameters:
        """Matrices that share the memory of v."""
        ends = np.cumsum([rows * columns for rows, columns in self.shapes])
        return Parameters(*(v[end - r * c : end].reshape(r, c) for end, (r, c) in zip(ends, self.shapes, strict=True)))

    def rows(self, windows) -> np.ndarray:
        """All that scores depend on: the last step of each window and its moments.

        Parameters
        ----------
        windows : ndarray (n_samples, n_steps, n_channels)

        Returns
        -------
        rows : ndarray (n_samples, n_channels + (n_channels + 1)^2)
        """
        steps = with_ones(windows)
        moments = np.swapaxes(steps, 1, 2) @ steps
        return np.hstack([windows[:, -1], moments.reshape(len(windows), -1)])

    def fast_weights(self, windows, v) -> np.ndarray:
        """Angles theta_t (n_samples, n_steps, n_layers, n_qubits) after each step of windows."""
        p = self.unpack(v)
        steps = with_ones(windows)
        a, b = steps @ _compose(p.layers, p.latent).T, steps @ _compose(p.qubits, p.latent).T
        return np.cumsum(a[:, :, :, None] * b[:, :, None, :], axis=1)

    def scores(self, rows, v, rng=None) -> np.ndarray:
        """Scores (n_samples, n_outputs) of `rows`."""
        p = self.unpack(v)
        _, _, theta = self._last_theta(rows, p)
        return _affine(p.readout, self.program(self._data(rows, theta), None, rng))

    def forward(self, rows, v, rng=None) -> tuple[np.ndarray, Pullback]:
        """Scores of `rows`, and a function from their cotangents to that of v."""
        p = self.unpack(v)
        beta, programmed, theta = self._last_theta(rows, p)
        values, of_program = self.program.forward(self._data(rows, theta), None, rng)

        def pullback(g):
            d_theta = of_program(g @ p.readout[:, :-1])[0][:, self.n_channels :].reshape(theta.shape)
            d_alpha = np.einsum("nlj,nij->li", d_theta @ beta, self._moments(rows))
            d_beta = np.einsum("nlq,nlj->qj", d_theta, programmed)
            d_layers, d_latent = _decompose(d_alpha, p.layers, p.latent)
            d_qubits, d_latent_too = _decompose(d_beta, p.qubits, p.latent)
            d_readout = np.hstack([g.T @ values, g.sum(axis=0)[:, None]])
            return np.concatenate([d.ravel() for d in (d_latent + d_latent_too, d_layers, d_qubits, d_readout)])

        return _affine(p.readout, values), pullback

    def input_pullback(self, windows, v) -> tuple[np.ndarray, Pullback]:
        """Scores of windows, and a function from their cotangents to those of the windows."""
        p, rows = self.unpack(v), self.rows(windows)
        beta, _, theta = self._last_theta(rows, p)
        values, of_program = self.program.forward(self._data(rows, theta), None)
        alpha, steps = _compose(p.layers, p.latent), with_ones(windows)

        def pullback(g):
            of_data = of_program(g @ p.readout[:, :-1])[0]
            d_theta = of_data[:, self.n_channels :].reshape(theta.shape)
            d_moments = alpha.T @ d_theta @ beta
            d_windows = (steps @ (d_moments + d_moments.swapaxes(1, 2)))[:, :, :-1]
            d_windows[:, -1] += of_data[:, : self.n_channels]
            return d_windows

        return _affine(p.readout, values), pullback

    def _last_theta(self, rows, p):
        """Beta, ``alpha M`` and ``theta_T = alpha M beta^T``."""
        alpha, beta = _compose(p.layers, p.latent), _compose(p.qubits, p.latent)
        programmed = alpha @ self._moments(rows)
        return beta, programmed, programmed @ beta.T

    def _moments(self, rows):
        return rows[:, self.n_channels :].reshape(len(rows), self.n_channels + 1, self.n_channels + 1)

    def _data(self, rows, theta):
        return np.hstack([rows[:, : self.n_channels], theta.reshape(len(rows), -1)])


def with_ones(windows) -> np.ndarray:
    """Windows with one more channel (n_samples, n_steps, n_channels + 1) of ones, which offsets multiply."""
    return np.concatenate([windows, np.ones((*windows.shape[:2], 1))], axis=2)


def windows_of(X, n_channels) -> np.ndarray:
    """Rows (n_samples, n_features) as windows (n_samples, n_steps, n_channels)."""
    if X.shape[1] % n_channels:
        raise ValueError(
            f"Expected rows of whole steps of n_channels={n_channels} channels, got {X.shape[1]} "
            "features, which it does not divide."
        )
    return X.reshape(len(X), -1, n_channels)


def _affine(matrix, values):
    return values @ matrix[:, :-1].T + matrix[:, -1]


def _compose(outer, inner):
    """Matrix of the affine map ``outer(inner(x))``."""
    composed = outer[:, :-1] @ inner
    composed[:, -1] += outer[:, -1]
    return composed


def _decompose(g, outer, inner):
    """Cotangents of both maps for that of their composition."""
    return np.hstack([g @ inner.T, g[:, -1:]]), outer[:, :-1].T @ g
