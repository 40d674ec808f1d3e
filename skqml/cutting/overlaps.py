"""Fidelities of circuits that run in parts."""

import numpy as np

from ..backends.defaults import PairOverlaps


class ClippedOverlaps(PairOverlaps):
    """Fidelities by pairs of rows, clipped to [0, 1]: shots of parts may add up to a little more or less."""

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m)."""
        return np.clip(super().__call__(X, Y, w, rng), 0.0, 1.0)

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        """Fidelities (n,) of the state of each row of X with that of the same row of Y."""
        return np.clip(super().paired(X, Y, w, rng), 0.0, 1.0)
