"""Expectation values, gradients and probabilities of states on a device."""

import numpy as np
import torch

from ..exact.probabilities import StateProbabilities
from ..exact.program import StatevectorProgram
from .sweeps import TorchSweeps, as_array, squares


class TorchProgram(StatevectorProgram):
    """Exact expectation values, and gradients by undoing the circuit gate by gate.

    Parameters
    ----------
    found : Read
    *options
        Device, bytes and type of `TorchSweeps`.
    """

    engine = TorchSweeps
    row_engine = None

    def cache_key(self) -> tuple:
        """All that results depend on; see `Program.cache_key`."""
        return (*super().cache_key(), "torch", self.sweeps.device)


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
        X, w = self._check(X, w)
        P = np.empty((len(X), len(self.bits)))
        for block in self.sweeps.blocks.large(len(X)):
            P[block] = as_array(squares(self.sweeps.run(X[block], w).states).flatten(1))
        return P
