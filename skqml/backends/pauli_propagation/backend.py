"""Wide circuits by observables that move, not states."""

from qiskit import QuantumCircuit

from ..._checks import check_count, check_number
from ...engine.checks import check_limits
from ...engine.propagation.gates import MAX_QUBITS
from ...engine.propagation.strings import Truncation
from ..base import Backend
from .program import PropagationProgram


class PauliPropagation(Backend):
    """Expectation values of up to 128 qubits by carrying observables backwards through the circuit.

    An observable is a sum of Pauli strings, ``O = sum_P c_P P``. A Clifford gate turns each string into another; a
    rotation ``exp(-i t G / 2)`` leaves those that commute with G and splits the others,

    ``P -> cos(t) P + sin(t) i G P``.

    At the start of the circuit each string is taken in the product state that stands in front of the first gate on two
    qubits. Cost grows with the number of strings, not of qubits: it is small for shallow circuits, or where strings of
    many letters, or of small coefficients, may be dropped. Without that results are exact, with it `estimate` and
    `dropped` of the program tell how much was dropped. Derivatives are exact, those of the truncated values.

    Parameters
    ----------
    max_weight : int, default=None
        Strings with more letters than this are dropped, after each rotation and each run of Clifford gates. ``None``
        keeps all.
    min_coefficient : float, default=0.0
        Strings whose coefficients have become smaller than this are dropped, for each row by itself: each row then
        has strings of its own, which takes longer.
    threads : int, default=None
        Upper limit of threads; ``None`` means all cores. Inside a joblib worker it is one.
    max_memory : int, default=4 * 2**30
        Bytes that strings may take; observables that grow beyond it are refused.

    References
    ----------
    T. Begusic, J. Gray, G. K.-L. Chan, Fast and converged classical simulations of evidence for the utility of quantum
    computing before fault tolerance, Sci. Adv. 10, eadk4321 (2024). A. Angrisani et al., Classically estimating
    observables of noiseless quantum circuits, arXiv 2409.01706.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from skqml import PauliPropagation, all_z
    >>> qc = QuantumCircuit(100)
    >>> _ = qc.ry(np.pi / 3, 0)
    >>> for q in range(99):
    ...     _ = qc.cx(q, q + 1)
    >>> program = PauliPropagation().compile(qc, all_z(100))
    >>> program(np.zeros((1, 0)))[0, [0, 50, 99]].round(6)
    array([0.5, 0.5, 0.5])
    >>> float(program.dropped(np.zeros((1, 0))).bound.max())
    0.0
    """

    def __init__(self, max_weight=None, min_coefficient=0.0, threads=None, max_memory=4 * 2**30):
        self.max_weight = max_weight
        self.min_coefficient = min_coefficient
        self.threads = threads
        self.max_memory = max_memory

    def _truncation(self) -> Truncation:
        check_limits(self.threads, self.max_memory)
        max_weight = MAX_QUBITS if self.max_weight is None else check_count("max_weight", self.max_weight)
        smallest = check_number("min_coefficient", self.min_coefficient, 0, 1, "left")
        return Truncation(max_weight, smallest, self.max_memory)

    @property
    def exact(self) -> bool:
        """True where nothing is dropped."""
        return self.max_weight is None and self.min_coefficient == 0

    def check_width(self, n_qubits: int) -> None:
        """Raise ValueError for more than 128 qubits."""
        self._truncation()
        if n_qubits > MAX_QUBITS:
            raise ValueError(
                f"Expected a circuit of at most {MAX_QUBITS} qubits, those of a Pauli string's masks, but got "
                f"{n_qubits}; use fewer qubits (such as ReuploadingEncoding, whose number of qubits is fixed) or "
                "MPS(bond_dimension=...)."
            )

    def compile(self, circuit: QuantumCircuit, observables) -> PropagationProgram:
        """Return a program that carries observables back; see `Backend.compile`."""
        return PropagationProgram(circuit, observables, self._truncation(), self.threads)
