"""Probabilities of the outcomes when qubits are measured."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from qiskit import QuantumCircuit

from ...engine.reading.lower import lower
from ...engine.statevector.sweeps import Sweeps
from ...engine.statevector.tables import tabulate
from ..probabilities import measured
from ..program import Probabilities


class StateProbabilities(Probabilities):
    """Probabilities from amplitudes; qubits on which the measured ones do not depend are not run.

    Parameters
    ----------
    circuit : QuantumCircuit
    qubits : sequence of int
    *options
        Threads, bytes and type of `Sweeps`.
    """

    engine: ClassVar[type] = Sweeps  # what runs the tables

    def __init__(self, circuit: QuantumCircuit, qubits: Sequence[int], *options):
        qubits = measured(circuit, qubits)
        tables, strings = tabulate(lower(circuit, prepared=True), [(0, 1 << q) for q in qubits])
        self.sweeps = self.engine(tables, *options)
        self.n_features, self.n_weights = tables.tapes.n_features, tables.tapes.n_weights
        masks, signs = np.array([(z, sign) for _, z, sign in strings]).T
        # CX, X and SWAP gates are not run: they only rename the outcomes.
        outcomes = np.arange(1 << tables.n_qubits)[:, None]
        self.bits = np.bitwise_count(outcomes & masks) & 1 ^ (signs < 0)

    def __call__(self, X, w=None) -> np.ndarray:
        X, w = self._check(X, w)
        S = self.sweeps.for_rows(len(X)).amplitudes(X, w)
        return np.einsum("npb,npb->nb", S, S, dtype=float)
