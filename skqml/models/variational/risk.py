"""The mean loss of a network on weighted rows, with its gradient."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .network import Network, NetworkRows


@dataclass(frozen=True)
class Risk:
    """``R(v) = (sum_i weight_i loss(s(x_i), y_i) + alpha |A|^2 / 2) / sum_i weight_i``.

    On some of the rows the first sum is scaled to all of them.

    Attributes
    ----------
    network : Network
    loss : callable (S, Y) -> (losses, slopes)
    X : ndarray (n_samples, n_features)
        Standardised rows.
    Y : ndarray (n_samples, n_outputs)
    weight : ndarray (n_samples,)
    alpha : float
        Ridge penalty of a trained matrix A.
    rng : numpy.random.Generator or None
        Source of shots.
    """

    network: Network
    loss: Callable
    X: np.ndarray
    Y: np.ndarray
    weight: np.ndarray
    alpha: float = 0.0
    rng: np.random.Generator | None = None

    def __call__(self, v, rows=None):
        """Risk and gradient; one forward and one reverse sweep however many outputs there are."""
        fixed, Y, share = self._chosen(rows)
        scores, pullback = fixed.forward(v, self.rng)
        losses, slopes = self.loss(scores, Y)
        penalty, shrinkage = self._penalty(v)
        return share @ losses + penalty, pullback(share[:, None] * slopes) + shrinkage

    def value(self, v, rows=None) -> float:
        """Risk alone."""
        fixed, Y, share = self._chosen(rows)
        return share @ self.loss(fixed(v, self.rng), Y)[0] + self._penalty(v)[0]

    @cached_property
    def _fixed(self) -> NetworkRows:
        return self.network.fix_rows(self.X)

    def _chosen(self, rows):
        share = self.weight / self.weight.sum()
        if rows is None:
            return self._fixed, self.Y, share
        return self._fixed[rows], self.Y[rows], share[rows] * (len(share) / len(rows))

    def _penalty(self, v):
        w, A, b = self.network.unpack(v)
        strength = self.alpha / self.weight.sum() if self.network.readout == "affine" else 0.0
        shrinkage = self.network.pack(np.zeros_like(w), strength * A, np.zeros_like(b))
        return 0.5 * strength * np.sum(A**2), shrinkage
