"""How many shots each circuit of each part gets."""

from collections.abc import Sequence
from math import prod

import numpy as np

from ..ends import End
from ..parts import CutCircuit
from .tensor import contract


class Allotment:
    """Shots of each circuit of each part, which are together as many as if each had those of the backend.

    Those of a circuit are in proportion to the coefficients that its values can have. With communication a part has as
    many in a state as outcomes of the parts before sent it there.

    Parameters
    ----------
    found : CutCircuit
    shots : int
        Of the backend.
    heard : ndarray (n_parts,)
        Root of the summed squares of the coefficients of all terms that a part matters to.
    """

    def __init__(self, found: CutCircuit, shots: int, heard: np.ndarray):
        self._ends = [part.ends for part in found.parts]
        self._communication = found.communication
        self._n_shots = shots * sum(part.n_circuits for part in found.parts)
        self._shares = [size * _products(ends) for ends, size in zip(self._ends, heard, strict=True)]
        weight = sum(
            prod(end.n_bases for end in ends) * s.sum() for ends, s in zip(self._ends, self._shares, strict=True)
        )
        self._unit = self._n_shots / weight if weight else 0.0

    def of(self, k: int, tensors: Sequence[np.ndarray | None], n_samples: int) -> np.ndarray:
        """Shots (1 or n_samples, n_settings) of part k: at least one each.

        With communication the parts before have their tensors, whose first term measures nothing.
        """
        if not self._communication:
            shots = self._unit * self._shares[k][None]
        else:
            shots = self._n_shots / len(self._ends) * self._sent(k, tensors, n_samples)
        return np.maximum(1, np.rint(shots)).astype(int)

    def _sent(self, k: int, tensors: Sequence[np.ndarray | None], n_samples: int) -> np.ndarray:
        """Shares (n_samples, n_settings) of the runs of part k, which all parts before were part of."""
        operands = [
            (np.abs(tensor[:, :1]), [0, 1, *(2 + end.axis for end in ends)])  # signs belong to the states that are sent
            for ends, tensor in zip(self._ends, tensors, strict=True)
            if tensor is not None
        ]
        own = self._ends[k]
        incoming = [2 + end.axis for end in own if end.qubit is None]
        found = contract(np.ones((n_samples, 1)), operands, [0, *incoming]).reshape(n_samples, -1)
        # Each basis is measured as often; where errors are mitigated, probabilities need not add up to 1.
        found /= np.maximum(found.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        n_bases = 3 ** (len(own) - len(incoming))
        return np.repeat(found, n_bases, axis=1) / n_bases


def _products(ends: Sequence[End]) -> np.ndarray:
    """Shares (n_settings,) of all settings of some ends."""
    shares = np.ones(1)
    for end in ends:
        shares = np.outer(shares, end.shares).ravel()
    return shares
