"""Derivatives of fidelities by parameter shifts, where only their values have a quicker way."""

from functools import cached_property

from qiskit import QuantumCircuit

from .backend import Backend, Overlaps
from .overlaps import PairOverlaps


class ShiftedOverlaps(Overlaps):
    """Fidelities whose derivatives are those of `PairOverlaps` on the same backend.

    A subclass writes `__call__`.

    Parameters
    ----------
    backend : Backend
    circuit : QuantumCircuit
    """

    def __init__(self, backend: Backend, circuit: QuantumCircuit):
        self.backend, self.circuit = backend, circuit

    @cached_property
    def _pairs(self) -> PairOverlaps:
        # Compiled when first asked for: few models need derivatives.
        return PairOverlaps(self.backend, self.circuit)

    def tangent(self, X, w, dX, dw, rng=None):
        """Derivative of the fidelities in one direction; see `Overlaps.tangent`."""
        return self._pairs.tangent(X, w, dX, dw, rng)

    def pullback(self, X, w, A, rng=None):
        """Gradient of a weighted sum of the fidelities; see `Overlaps.pullback`."""
        return self._pairs.pullback(X, w, A, rng)
