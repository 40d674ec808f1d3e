"""Exact simulation as batched operations of PyTorch."""

import numpy as np

from ..._checks import check_count, check_option
from ..base import Backend
from ..exact.backend import PRECISIONS
from ..exact.program import read
from ..program import Overlaps, Probabilities, Program
from .device import check_states, find_device
from .overlaps import TorchOverlaps
from .program import TorchProbabilities, TorchProgram


class Torch(Backend):
    """Exact expectation values, fidelities and gradients by PyTorch, on a GPU or a processor.

    Rows are run side by side, each gate as a few operations on the amplitudes of all of them. Gradients come from one
    sweep back, which undoes gate after gate on states and cotangents (the adjoint method): memory is a few states a
    row, however long the circuit. A fidelity kernel is one state a row and one matrix product. Results and
    derivatives are those of `Exact`, which is faster on a processor; this one is for GPUs.

    Parameters
    ----------
    device : {"cpu", "cuda"}, default="cpu"
        Where states are; ``"cuda"`` is PyTorch's current GPU.
    precision : {"double", "single"}, default="double"
        Single precision has errors of about 1e-6, and is faster where the device is.
    max_memory : int, default=4 * 2**30
        Bytes that states and what they are computed with may take at one time, on the device; rows are run in blocks
        that fit, and circuits of which one row does not fit are refused.

    References
    ----------
    T. Jones and J. Gacon, Efficient calculation of gradients in classical simulations of variational quantum
    algorithms, arXiv 2009.02823.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import ParameterVector
    >>> from skqml import Torch, all_z
    >>> x = ParameterVector("x", 1)
    >>> qc = QuantumCircuit(1)
    >>> _ = qc.ry(x[0], 0)
    >>> Torch(device="cpu").compile(qc, all_z(1))(np.array([[0.0], [np.pi / 3]])).round(6)
    array([[1. ],
           [0.5]])
    """

    starts_from_rows = True
    exact = True  # the only error is rounding

    def __init__(self, device="cpu", precision="double", max_memory=4 * 2**30):
        self.device = device
        self.precision = precision
        self.max_memory = max_memory

    def _options(self) -> tuple:
        find_device(self.device)
        check_count("max_memory", self.max_memory, most=np.inf)
        return self.device, self.max_memory, PRECISIONS[check_option("precision", self.precision, PRECISIONS)]

    def check_width(self, n_qubits) -> None:
        """Raise ValueError if states of so many qubits do not fit in ``max_memory``."""
        check_states(n_qubits, *self._options()[1:])

    def compile(self, circuit, observables) -> Program:
        """Return a program of states on the device; see `Backend.compile`."""
        return TorchProgram(read(circuit, observables), *self._options())

    def compile_overlaps(self, circuit) -> Overlaps:
        """Return fidelities from one state a row and one matrix product on the device."""
        return TorchOverlaps(circuit, *self._options())

    def compile_probabilities(self, circuit, qubits) -> Probabilities:
        """Return the probabilities of outcomes from one state a row."""
        return TorchProbabilities(circuit, qubits, *self._options())
