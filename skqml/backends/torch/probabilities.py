"""Probabilities of outcomes from states on a device."""

import numpy as np
import torch

from ...engine.checks import as_rows, as_weights
from ..exact.probabilities import StateProbabilities
from .sweeps import TorchSweeps, as_array, squares


class TorchProbabilities(StateProbabilities):
    """Probabilities from amplitudes, block by block.

    Parameters
    ----------
    circuit : QuantumCircuit
    qubits : sequence of int
    *options
        Device, bytes and type of `TorchSweeps`.
    """

    engine = TorchSweeps

    @torch.no_grad()
    def __call__(self, X, w=None) -> np.ndarray:
        """Probabilities (n_samples, n_outcomes)."""
        sweeps, tapes = self.sweeps, self.sweeps.tables.tapes
        X, w = as_rows(X, tapes.n_features), as_weights(w, tapes.n_weights)
        P = np.empty((len(X), len(self.bits)))
        for block in sweeps.blocks(len(X)):
            P[block] = as_array(squares(sweeps.run(X[block], w).states).flatten(1))
        return P
