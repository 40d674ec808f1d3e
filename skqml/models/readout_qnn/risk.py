"""The mean loss of superpositions of rows."""

import numpy as np

from ...training.risk import Risk
from .bits import superposition


class SuperposedRisk(Risk):
    """A `Risk` of one state a class: the superposition of all its rows, with random phases."""

    def _batch(self, batch):
        rows, Y, share = super()._batch(batch)
        classes = Y.argmax(axis=1) if Y.shape[1] > 1 else (Y[:, 0] > 0).astype(int)
        present, first = np.unique(classes, return_index=True)
        shares = np.array([share[classes == k].sum() for k in present])
        states = np.stack([superposition(rows, share * (classes == k), self.rng) for k in present])
        return states, Y[first], shares
