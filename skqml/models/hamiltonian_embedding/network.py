"""The network of data and trainable layers: probabilities of outcomes, and the risk with its gradient."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from scipy.special import log_softmax

from ...engine.threads import map_chunks, n_threads
from ...states import CheckedState, count, instance, nullable, number
from ...training.risk import Pullback, Risk
from .blocks import Layers

_ENTRIES = 2**17  # matrix elements of a chunk of rows: 1 MiB, which stays in cache through all layers


@dataclass(frozen=True)
class Spectra:
    """Rows as eigenvalues and eigenvectors of their Hamiltonians.

    Attributes
    ----------
    values : ndarray (n_samples, D)
    Q : ndarray (n_samples, D, D)
    """

    values: np.ndarray
    Q: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows) -> "Spectra":
        return Spectra(self.values[rows], self.Q[rows])

    def times(self, psi) -> np.ndarray:
        """Return ``Q psi`` for each row."""
        return _apply(self.Q, psi)

    def coefficients(self, psi) -> np.ndarray:
        """Return ``Q^T psi`` for each row."""
        return _apply(self.Q.swapaxes(1, 2), psi)


def _apply(Q, psi):
    # Two real columns: half the work of a complex product.
    pairs = np.ascontiguousarray(psi).view(float).reshape(*psi.shape, 2)
    return np.matmul(Q, pairs).view(complex)[..., 0]


@dataclass(frozen=True)
class EmbeddingNetwork(CheckedState):
    """``s_k = scale p_k`` with ``psi = W_L U_L(x) ... W_1 U_1(x) |+...+>``, ``U_i(x) = exp(-i t_i A(x) / 2)``.

    p_k is the probability of outcome k of the first qubits, as few as have an outcome for each
    class. Parameters are times t, weights of the layers W and, if it is trained, log(scale).

    Attributes
    ----------
    layers : Layers
    n_layers : int
    n_classes : int
    logit_scale : float or None
        None means that it is trained.
    """

    layers: Layers
    n_layers: int
    n_classes: int
    logit_scale: float | None = None

    _contents: ClassVar[dict] = {
        "layers": instance(Layers),
        "n_layers": count(least=1),
        "n_classes": count("n_classes", 1),
        "logit_scale": nullable(number()),
    }

    def _check_whole(self):
        if self.n_classes > 2**self.layers.n_qubits:
            raise ValueError(f"{self.n_classes} classes on {self.layers.n_qubits} qubits")

    @property
    def n_parameters(self) -> int:
        """Number of trained numbers."""
        return self.n_layers * (1 + self.layers.n_weights) + (self.logit_scale is None)

    @cached_property
    def _class_of(self):
        """Outcome (2^n,) of each basis state."""
        n_measured = max(1, (self.n_classes - 1).bit_length())
        return np.arange(2**self.layers.n_qubits) % 2**n_measured

    def unpack(self, v) -> tuple[np.ndarray, np.ndarray, float]:
        """Return times (n_layers,), weights (n_layers, n_weights) and the scale."""
        n = self.n_layers
        theta = v[n : n * (1 + self.layers.n_weights)].reshape(n, -1)
        return v[:n], theta, np.exp(v[-1]) if self.logit_scale is None else self.logit_scale

    def scores(self, rows, v, rng=None) -> np.ndarray:
        """Scores (n_samples, n_classes)."""
        times, theta, scale = self.unpack(v)
        W = self.layers.forward(theta)[0]

        def chunk_scores(chunk):
            return scale * self._probabilities(_Sweep(chunk, times, W).final)

        return np.concatenate(self._map(chunk_scores, rows))

    def cross_entropy(self, rows, Y, share, v) -> tuple[float, np.ndarray]:
        """Mean cross-entropy and its gradient, chunk by chunk so that states stay in cache.

        Parameters
        ----------
        rows : Spectra
        Y : ndarray (n_samples, n_classes)
            Ones at the classes.
        share : ndarray (n_samples,)
            Factors of the rows.
        v : ndarray (n_parameters,)
        """
        times, theta, scale = self.unpack(v)
        W, pullback = self.layers.forward(theta)
        parts = self._map(lambda rows, Y, share: self._of_chunk(rows, Y, share, times, W, scale), rows, Y, share)
        loss, d_times, dW, d_scale = (sum(part) for part in zip(*parts, strict=True))
        tail = [d_scale * scale] if self.logit_scale is None else []
        return loss, np.concatenate([d_times, pullback(dW).ravel(), tail])

    def _of_chunk(self, rows, Y, share, times, W, scale):
        sweep = _Sweep(rows, times, W)
        p = self._probabilities(sweep.final)
        log_q = log_softmax(scale * p, axis=1)
        slopes = share[:, None] * (np.exp(log_q) - Y)
        d_times, dW = sweep.pullback(self._costate(scale * slopes, sweep.final))
        return -share @ np.sum(Y * log_q, axis=1), d_times, dW, np.sum(slopes * p)

    def _probabilities(self, psi):
        p = np.abs(psi) ** 2
        return p.reshape(len(p), -1, self._class_of.max() + 1).sum(axis=1)[:, : self.n_classes]

    def _costate(self, g, psi):
        """Cotangents of states from those (n_samples, n_classes) of the probabilities."""
        of_outcomes = np.zeros((len(g), self._class_of.max() + 1))
        of_outcomes[:, : self.n_classes] = g
        return 2 * of_outcomes[:, self._class_of] * psi

    def input_pullback(self, rows, v) -> tuple[np.ndarray, Pullback]:
        """Scores, and a function from their cotangents to those (n_samples, D, D) of the Hamiltonians."""
        times, theta, scale = self.unpack(v)
        W = self.layers.forward(theta)[0]
        sweeps = self._map(lambda chunk: _Sweep(chunk, times, W), rows)
        ends = np.cumsum([len(sweep.final) for sweep in sweeps])[:-1]

        def of_chunk(pair):
            sweep, g = pair
            return sweep.of_hamiltonians(self._costate(scale * g, sweep.final))

        def pullback(g):
            return np.concatenate(map_chunks(of_chunk, list(zip(sweeps, np.split(g, ends), strict=True)), n_threads()))

        return scale * np.concatenate([self._probabilities(sweep.final) for sweep in sweeps]), pullback

    def _map(self, function, rows, *arrays):
        """Results of a function of chunks of rows, the same chunks for any number of threads."""
        step = max(1, _ENTRIES // 4**self.layers.n_qubits)

        def on_chunk(k):
            chunk = slice(k * step, (k + 1) * step)
            return function(rows[chunk], *(a[chunk] for a in arrays))

        return map_chunks(on_chunk, range(-(-len(rows) // step)), n_threads())


@dataclass(frozen=True)
class ChunkedRisk(Risk):
    """A `Risk` whose loss and gradient the network computes in one go, by `EmbeddingNetwork.cross_entropy`."""

    network: Any

    def __call__(self, v, batch=None) -> tuple[float, np.ndarray]:
        rows, Y, share = self._batch(batch)
        loss, slope = self.network.cross_entropy(rows, Y, share, v)
        penalty, penalty_slope = self.penalty(v)
        return loss + penalty, slope + penalty_slope


class _Sweep:
    """States of some rows through all layers, and back.

    Attributes
    ----------
    final : ndarray (n_samples, 2^n)
        States behind the last layer.
    """

    def __init__(self, rows, times, W):
        self._rows, self._times, self._W = rows, times, W
        self._phases: list[np.ndarray] = []
        self._coefficients: list[np.ndarray] = []
        self._evolved: list[np.ndarray] = []
        psi = np.full(rows.values.shape, rows.values.shape[1] ** -0.5, dtype=complex)
        for t, w in zip(times, W, strict=True):
            angles = -0.5 * t * rows.values
            phases = np.cos(angles) + 1j * np.sin(angles)
            coefficients = phases * rows.coefficients(psi)
            psi = rows.times(coefficients)
            for kept, array in ((self._phases, phases), (self._coefficients, coefficients), (self._evolved, psi)):
                kept.append(array)
            psi = psi @ w.T
        self.final = psi

    def pullback(self, costate) -> tuple[np.ndarray, np.ndarray]:
        """Return derivatives by times and by layers, for a loss of derivative ``Re sum(costate^* psi')``."""
        d_times, dW = np.empty(len(self._times)), np.empty_like(self._W)
        for k in reversed(range(len(self._times))):
            dW[k] = costate.T @ self._evolved[k].conj()
            costate = self._rows.coefficients(costate @ self._W[k].conj())
            # d/dt of a coefficient is -i value / 2 times itself.
            d_times[k] = 0.5 * np.sum(self._rows.values * np.imag(costate.conj() * self._coefficients[k]))
            costate = self._rows.times(self._phases[k].conj() * costate)
        return d_times, dW

    def of_hamiltonians(self, costate) -> np.ndarray:
        """Return derivatives (n_samples, D, D) by the entries of the Hamiltonians.

        Between eigenvectors k and l that of ``exp(-i t A / 2)`` is the divided difference of the phases,
        ``(f_k - f_l) / (a_k - a_l) = -i t / 2 exp(-i t (a_k + a_l) / 4) sinc(t (a_k - a_l) / 4)``.
        """
        values, total = self._rows.values, np.zeros(self._rows.Q.shape)
        gaps = values[:, :, None] - values[:, None]
        for k in reversed(range(len(self._times))):
            t, phases = self._times[k], self._phases[k]
            of_evolved = self._rows.coefficients(costate @ self._W[k].conj())
            half = np.exp(-0.25j * t * values)
            left, right = half * of_evolved.conj(), half * phases.conj() * self._coefficients[k]
            total += np.real(-0.5j * t * left[:, :, None] * right[:, None]) * np.sinc(t * gaps / (4 * np.pi))
            costate = self._rows.times(phases.conj() * of_evolved)
        return self._rows.Q @ total @ self._rows.Q.swapaxes(1, 2)
