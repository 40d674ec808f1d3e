"""Expectation values and gradients of states on a device."""

from ..exact.program import StatevectorProgram
from .sweeps import TorchSweeps


class TorchProgram(StatevectorProgram):
    """Exact expectation values, and gradients by undoing the circuit gate by gate.

    Parameters
    ----------
    found : Read
    *options
        Device, bytes and type of `TorchSweeps`.
    """

    engine = TorchSweeps

    def cache_key(self) -> tuple:
        """All that results depend on; see `Program.cache_key`."""
        return (*super().cache_key(), "torch", self.sweeps.device)
