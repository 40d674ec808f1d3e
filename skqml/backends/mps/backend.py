"""States as matrix products."""

from qiskit import QuantumCircuit

from ..._checks import check_count
from ...engine.checks import check_limits
from ...engine.mps.states import check_bonds
from ..base import Backend
from .overlaps import MPSOverlaps
from .program import MPSProgram


class MPS(Backend):
    """States of wide circuits of little entanglement as matrix products, those of all rows side by side.

    A state is a product of one tensor a qubit, ``psi(b) = A_1(b_1) A_2(b_2) ... A_n(b_n)``, with bonds between them. A
    gate on two qubits multiplies the bonds between these by its rank, which is 2 for a rotation, CX or CZ; where they
    become larger than is allowed, the smallest singular values of each bond are dropped. Values and fidelities are
    those of what is left, divided by its norm. Results are exact while no bond is cut; `truncation_error` of a program
    says how much was, and a warning where it is more than 0.001.

    A fidelity kernel takes one state a row and a contraction of each pair, not a circuit a pair. Derivatives of
    expectation values come from one sweep back while no bond is cut, and otherwise from parameter shifts of the
    truncated values; those of fidelities from parameter shifts.

    Parameters
    ----------
    bond_dimension : int, default=64
        Largest bond; ``None`` cuts nothing, and refuses what does not fit in memory.
    threads : int, default=None
        Upper limit of threads; ``None`` means all cores. Inside a joblib worker it is one.
    max_memory : int, default=4 * 2**30
        Bytes that the state of one row may take on its way; rows are run in blocks.

    References
    ----------
    U. Schollwoeck, The density-matrix renormalization group in the age of matrix product states, Ann. Phys. 326, 96
    (2011). Y. Zhou, E. M. Stoudenmire, X. Waintal, What limits the simulation of quantum computers?, Phys. Rev. X 10,
    041038 (2020), for the norm as an estimate of fidelity.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import ParameterVector
    >>> from skqml import MPS
    >>> x, qc = ParameterVector("x", 50), QuantumCircuit(50)
    >>> for q in range(50):
    ...     _ = qc.ry(x[q], q)
    >>> for q in range(49):
    ...     _ = qc.rzz(x[q] * x[q + 1], q, q + 1)
    >>> X = np.random.default_rng(0).normal(size=(3, 50))
    >>> MPS().overlaps(qc, X, X + 0.1).shape
    (3, 3)
    >>> float(MPS().compile(qc, []).truncation_error(X).max()) < 1e-12
    True
    """

    def __init__(self, bond_dimension=64, threads=None, max_memory=4 * 2**30):
        self.bond_dimension = bond_dimension
        self.threads = threads
        self.max_memory = max_memory

    @property
    def exact(self) -> bool:
        """True where no bond is ever cut."""
        return self.bond_dimension is None

    def check_width(self, n_qubits: int) -> None:
        """Raise ValueError if states of so many qubits do not fit in ``max_memory`` with all bonds at their largest."""
        check_limits(self.threads, self.max_memory)
        largest = 1 if self.bond_dimension is None else check_count("bond_dimension", self.bond_dimension)
        check_bonds(n_qubits, largest, self.max_memory)

    def compile(self, circuit: QuantumCircuit, observables) -> MPSProgram:
        """Return a program with one state a row; see `Backend.compile`."""
        return MPSProgram(self, circuit, observables)

    def compile_overlaps(self, circuit: QuantumCircuit) -> MPSOverlaps:
        """Return fidelities from one state a row."""
        return MPSOverlaps(self, circuit)
