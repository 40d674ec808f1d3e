"""What gates are made of."""

from functools import lru_cache

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ControlledGate, Instruction
from qiskit.circuit.library import PauliEvolutionGate, PermutationGate, UnitaryGate
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Operator, pauli_basis
from qiskit.synthesis import synth_permutation_basic

from ..preparation import is_preparation
from .affine import EXACT

_ROUNDING = 1e-14  # of a matrix that was multiplied out
# Of Qiskit's decompositions. What they leave out on purpose is larger, and each gate more would carry noise of its own.
_THEIR_ROUNDING = 1e-12
_MAX_REPAIRS = 3  # each squares the error, which is 3e-5 at first


def definition(operation: Instruction) -> QuantumCircuit:
    """The circuit that an operation stands for.

    Raises
    ------
    ValueError
        If it has neither a definition nor a matrix.
    """
    if is_preparation(operation):
        raise ValueError(
            "Expected gates that can be run one by one, but this circuit prepares the data of rows as amplitudes; give "
            "them numbers, or compile the circuit as it stands, without a sub-circuit around the preparation."
        )
    circuit = getattr(operation, "definition", None)
    if circuit is None and isinstance(operation, PermutationGate):
        return synth_permutation_basic(operation.pattern)
    if circuit is None and hasattr(operation, "to_matrix"):
        try:
            gate = UnitaryGate(as_matrix(operation))
        except (QiskitError, TypeError, ValueError) as error:
            raise ValueError(_no_meaning(operation)) from error
        circuit = QuantumCircuit(operation.num_qubits)
        circuit.append(gate, range(operation.num_qubits))
    if circuit is None:
        raise ValueError(_no_meaning(operation))
    return circuit


def as_matrix(operation: Instruction) -> np.ndarray:
    """Unitary matrix of an operation, the first qubit the least bit."""
    return np.asarray(operation.to_matrix(), dtype=complex)


def with_small_angles(operation: Instruction) -> QuantumCircuit | None:
    """A two-qubit matrix as rotations where Qiskit's own definition leaves out the smallest, else None.

    Qiskit leaves out angles below 3e-5, which add up where a gate comes hundreds of times.
    """
    kind = getattr(operation, "base_class", None)
    if operation.num_qubits != 2 or kind not in (UnitaryGate, ControlledGate):
        return None
    try:
        matrix = as_matrix(operation) if kind is UnitaryGate else _controlled(operation)
    except (QiskitError, TypeError):  # free angles, or a definition alone
        return None
    return _repaired(matrix.tobytes())


def _controlled(operation: ControlledGate) -> np.ndarray:
    matrix = np.eye(4, dtype=complex)
    rows = np.arange(4)[operation.ctrl_state :: 2]  # the control is the first qubit
    matrix[np.ix_(rows, rows)] = as_matrix(operation.base_gate)
    return matrix


@lru_cache(maxsize=256)  # a circuit has the same gate again and again
def _repaired(entries: bytes) -> QuantumCircuit | None:
    U = np.frombuffer(entries, dtype=complex).reshape(4, 4)
    circuit = UnitaryGate(U, check_input=False).definition
    rest = _without_phase(U @ Operator(circuit).data.conj().T)
    if np.abs(rest - np.eye(4)).max() < _THEIR_ROUNDING:
        return None
    for _ in range(_MAX_REPAIRS):
        for P in pauli_basis(2)[1:]:
            t = -np.trace(P.to_matrix() @ rest).imag / 4
            if abs(t) > _ROUNDING / 4:
                circuit.compose(PauliEvolutionGate(P, time=t).definition, [0, 1], inplace=True)
                rest = rest @ (np.cos(t) * np.eye(4) + 1j * np.sin(t) * P.to_matrix())
        rest = _without_phase(rest)
        if np.abs(rest - np.eye(4)).max() < _ROUNDING:
            break
    return circuit


def _without_phase(U: np.ndarray) -> np.ndarray:
    return U * np.exp(-1j * np.angle(np.trace(U)))


@lru_cache(maxsize=256)  # a circuit asks for the same H again and again
def euler(entries: bytes) -> tuple[float, float, float]:
    """Angles (lam, theta, phi) with u = RZ(phi) RY(theta) RZ(lam), up to a global phase, of a matrix's bytes."""
    u = np.frombuffer(entries, dtype=complex).reshape(2, 2)
    if abs(u[1, 0]) < EXACT:
        return float(np.angle(u[1, 1] / u[0, 0])), 0.0, 0.0
    if abs(u[0, 0]) < EXACT:
        return float(np.angle(-u[0, 1] / u[1, 0])), np.pi, 0.0
    theta, phi = 2.0 * np.arctan2(abs(u[1, 0]), abs(u[0, 0])), np.angle(u[1, 0] / u[0, 0])
    # Of phi alone small entries know little; what counts beside it comes from the larger ones.
    if abs(u[1, 0]) < abs(u[0, 0]):
        lam = np.angle(u[1, 1] / u[0, 0]) - phi
    else:
        lam = phi - np.angle(-u[1, 0] / u[0, 1])
    return float(lam), float(theta), float(phi)


def _no_meaning(operation: Instruction) -> str:
    return (
        f"Expected gates with a matrix or a definition, but '{operation.name}' has neither; "
        "give it a definition, or decompose it."
    )
