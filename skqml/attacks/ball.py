"""What an attacker may do to rows: move each by so much, and within the range of the features."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._checks import as_tuple, check_kind, check_number, check_numbers, check_option, shown

MOST = 1e100  # distance; squares of larger ones are no numbers


@dataclass(frozen=True)
class Ball:
    """Points within a distance of each row, and within the range of the features.

    Attributes
    ----------
    X : ndarray (n_samples, n_features)
    epsilon : float
        Largest distance.
    norm : {"inf", 2}
        What distance is: the largest change of a feature, or the Euclidean norm.
    low, high : ndarray (n_features,)
        Range of the features.
    """

    X: np.ndarray
    epsilon: float
    norm: Any
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def checked(cls, X, epsilon, norm, clip) -> "Ball":
        """Balls around checked rows; refuse rows outside the range ``clip``, a pair of numbers or rows, or None."""
        epsilon = check_number("epsilon", epsilon, high=MOST, closed="both")
        check_option("norm", norm, ("inf", 2))
        low, high = _range(clip, X.shape[1])
        if (low > X).any() or (high < X).any():
            raise ValueError(f"X must lie within clip={clip!r} before it is attacked; clip it first.")
        return cls(X, epsilon, norm, low, high)

    def __getitem__(self, rows) -> "Ball":
        return Ball(self.X[rows], self.epsilon, self.norm, self.low, self.high)

    def project(self, Z) -> np.ndarray:
        """The nearest points of the balls, then of the range: still within the distance, as X lies in the range."""
        step = Z - self.X
        if self.norm == 2:
            length = np.linalg.norm(step, axis=1, keepdims=True)
            step = step * (self.epsilon / np.maximum(length, max(self.epsilon, np.finfo(float).tiny)))
        return np.clip(self.X + np.clip(step, -self.epsilon, self.epsilon), self.low, self.high)

    def ascent(self, G) -> np.ndarray:
        """Steps of norm 1 along which losses of gradients G (n_samples, n_features) rise most."""
        if self.norm == "inf":
            return np.sign(G)
        G = G / np.maximum(np.abs(G).max(axis=1, keepdims=True), np.finfo(float).tiny)  # squares that do not vanish
        return G / np.maximum(np.linalg.norm(G, axis=1, keepdims=True), np.finfo(float).tiny)

    def random(self, rng) -> np.ndarray:
        """Points drawn uniformly from the balls, then moved into the range."""
        if self.norm == "inf":
            return self.project(self.X + rng.uniform(-self.epsilon, self.epsilon, self.X.shape))
        radius = self.epsilon * rng.uniform(size=(len(self.X), 1)) ** (1 / self.X.shape[1])
        return self.project(self.X + radius * self.ascent(rng.normal(size=self.X.shape)))

    def taken(self, Z, attack) -> np.ndarray:
        """Points that an attack has found; refuse others than arrays of points in the balls and the range."""
        check_kind("attack", Z, np.ndarray, "a function that returns an array X_adv")
        if Z.shape != self.X.shape or Z.dtype.kind not in "iuf" or not self._holds(Z):
            raise ValueError(f"attack must return rows within epsilon and clip, but those of {shown(attack)} are not.")
        return Z

    def _holds(self, Z) -> bool:
        """Whether points lie in the balls and the range, up to rounding."""
        step, order = Z - self.X, np.inf if self.norm == "inf" else 2
        slack = 1e-9 * (self.epsilon + np.abs(self.X).max(initial=0.0))
        near = np.linalg.norm(step, order, axis=1) <= self.epsilon + slack
        return bool(near.all() and (Z >= self.low).all() and (Z <= self.high).all())


def _range(clip, n_features) -> tuple[np.ndarray, np.ndarray]:
    if clip is None:
        return np.full(n_features, -np.inf), np.full(n_features, np.inf)
    ends = as_tuple("clip", clip)
    if len(ends) != 2:
        raise ValueError(f"clip must be None or a pair (low, high), got {len(ends)} values.")
    low, high = (check_numbers("clip", end, (0, 1)) for end in ends)
    if any(end.ndim and end.shape != (n_features,) for end in (low, high)) or (low > high).any():
        raise ValueError(f"clip must be a pair (low, high) of numbers or of {n_features} numbers each, got {clip!r}.")
    return np.broadcast_to(low, n_features), np.broadcast_to(high, n_features)
