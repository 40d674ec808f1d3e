"""Expectation values and gradients of states on a device."""

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from ..exact.program import StatevectorProgram
from .layout import Functions, signs
from .sweeps import TorchSweeps, as_array
from .turns import Turn, real_product


class TorchProgram(StatevectorProgram):
    """Exact expectation values, and gradients by undoing the circuit gate by gate.

    Parameters
    ----------
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    *options
        Device, bytes and type of `TorchSweeps`.
    """

    engine = TorchSweeps

    def __getstate__(self) -> dict:
        return {name: value for name, value in vars(self).items() if name != "_measured"}

    def cache_key(self) -> tuple:
        """All that results depend on; see `Program.cache_key`."""
        return (*super().cache_key(), "torch", self.sweeps.device)

    @cached_property
    def _measured(self) -> tuple[Functions, list[Turn | None]]:
        """Strings of Z, and the others; None for those whose mean is 0, as the states are real."""
        layout, strings = self.sweeps.layout, self._strings.tolist()
        real = self.sweeps.tables.parts == 1
        turns = [
            None if real and n_y % 2 else Turn(layout, x, z, (1 - (n_y & 2)) * (-1j if n_y % 2 else 1))
            for x, z, n_y in strings[self._n_diagonal :]
        ]
        return signs(layout, [z for _, z, _ in strings[: self._n_diagonal]]), turns

    @torch.no_grad()
    def values(self, states: Tensor, n_samples: int) -> np.ndarray:
        """Expectation values (n_samples, n_observables) of states."""
        diagonal, turns = self._measured
        means = [diagonal.sums(real_product(states, states))]
        for turn in turns:
            found = states.real.new_zeros(len(states)) if turn is None else turn.inner(states, turn.flipped(states))
            means.append(found[:, None])
        return as_array(torch.cat(means, dim=1)) @ self._matrix.T + self._constant

    @torch.no_grad()
    def cotangents(self, states: Tensor, g) -> Tensor:
        """Cotangents of states from those (n_samples, n_observables) of the values."""
        diagonal, turns = self._measured
        h = self.sweeps.layout.tensor(2.0 * (g @ self._matrix))
        cotangents = diagonal.combined(h[:, : self._n_diagonal]) * states
        for turn, column in zip(turns, h[:, self._n_diagonal :].T, strict=True):
            if turn is not None:
                cotangents += column[:, None, None] * turn(states)
        return cotangents
