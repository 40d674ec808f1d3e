"""Exact simulation by compiled statevector sweeps."""

import numpy as np

from ..._checks import check_option
from ...engine.checks import check_limits
from ...engine.statevector.row_blocks import check_sweeps
from ..base import Backend
from ..program import Overlaps, Probabilities, Program
from .fixed_rows import DataFirstProgram, cut_behind_data
from .overlaps import StateOverlaps
from .probabilities import StateProbabilities
from .program import read
from .reached import program_of

PRECISIONS = {"double": np.float64, "single": np.float32}


class Exact(Backend):
    """Exact expectation values and fidelities by compiled statevector sweeps.

    Parameters
    ----------
    threads : int, default=None
        Upper limit of threads; ``None`` means all cores. Inside a joblib worker it is one.
    max_memory : int, default=4 * 2**30
        Bytes that amplitudes may take at one time; work is cut to fit, and circuits that cannot
        fit are refused.
    precision : {"double", "single"}, default="double"
        Single precision is about twice as fast, with errors of about 1e-6.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import ParameterVector
    >>> from skqml import Exact, all_z
    >>> x = ParameterVector("x", 1)
    >>> qc = QuantumCircuit(1)
    >>> _ = qc.ry(x[0], 0)
    >>> Exact().compile(qc, all_z(1))(np.array([[0.0], [np.pi / 3]])).round(6)
    array([[1. ],
           [0.5]])
    """

    starts_from_rows = True
    statevector = True
    exact = True  # the only error is rounding

    def __init__(self, threads=None, max_memory=4 * 2**30, precision="double"):
        self.threads = threads
        self.max_memory = max_memory
        self.precision = precision

    def _options(self) -> tuple:
        check_limits(self.threads, self.max_memory)
        return self.threads, self.max_memory, PRECISIONS[check_option("precision", self.precision, PRECISIONS)]

    def check_width(self, n_qubits) -> None:
        """Raise ValueError if states of so many qubits do not fit in ``max_memory``."""
        check_sweeps(n_qubits, *self._options()[1:])

    def compile(self, circuit, observables) -> Program:
        """Return a statevector program; see `Backend.compile`."""
        options = self._options()
        cut = cut_behind_data(circuit)
        if cut is None:
            return program_of(read(circuit, observables), *options)
        return DataFirstProgram(circuit, cut, observables, *options)

    def compile_overlaps(self, circuit) -> Overlaps:
        """Return fidelities from one state a row and one matrix product."""
        return StateOverlaps(circuit, *self._options())

    def compile_probabilities(self, circuit, qubits) -> Probabilities:
        """Return the probabilities of outcomes from one state a row."""
        return StateProbabilities(circuit, qubits, *self._options())
