"""The gate that prepares numbers as amplitudes: circuits draw it, the engine reads it, files keep it."""

from collections.abc import Iterator, Sequence

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter, ParameterExpression
from scipy.linalg import hadamard

from ._checks import as_tuple, check_number

_NAME = "amplitudes"


class AmplitudePreparation(Gate):
    r"""Prepares numbers as the amplitudes of qubits that are in the state 0...0.

    ``|0...0> -> sum_k a_k |k> / |a|``, where the first qubit is the least bit of k; amplitudes not given are 0.

    With numbers alone the gate is defined by rotations RY, each after the values of the qubits above it, and is unitary
    on any state. With parameters, the data of a row, it is drawn as a whole, before all other gates on its qubits:
    `Exact` starts from the row itself, other backends rotate by angles that are computed from the row.

    Parameters
    ----------
    amplitudes : sequence of Parameter or float
        At most 2**n for n qubits, at least one qubit; not all of them 0. Only parameters themselves are taken, no
        expressions of them.
    label : str, default=None

    Raises
    ------
    TypeError
        If amplitudes are no sequence.
    ValueError
        If one is neither a parameter nor a finite number, or all are 0.

    References
    ----------
    M. Mottonen et al., Transformation of quantum states using uniformly controlled rotations, Quantum Inf. Comput. 5,
    467 (2005).

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.quantum_info import Statevector
    >>> from skqml.circuits import AmplitudePreparation
    >>> qc = QuantumCircuit(2)
    >>> _ = qc.append(AmplitudePreparation([3.0, 0.0, 4.0]), [0, 1])
    >>> Statevector(qc).data.real.round(6)
    array([0.6, 0. , 0.8, 0. ])
    """

    def __init__(self, amplitudes, label=None):
        amplitudes = [_checked(a) for a in as_tuple("amplitudes", amplitudes)]
        if not any(isinstance(a, ParameterExpression) or a for a in amplitudes):
            raise ValueError("amplitudes must be at least one number other than 0, or a parameter.")
        super().__init__(_NAME, n_qubits_for(len(amplitudes)), amplitudes, label=label)

    @property
    def free(self) -> bool:
        """Whether parameters are among the amplitudes, so that there is no definition yet."""
        return any(isinstance(p, ParameterExpression) and p.parameters for p in self.params)

    def _define(self) -> None:
        if not self.free:
            psi = np.zeros((1, 1 << self.num_qubits))
            psi[0, : len(self.params)] = [float(p) for p in self.params]
            self.definition = tree(self.num_qubits, tree_angles(psi)[0])


def _checked(amplitude) -> ParameterExpression | float:
    if isinstance(amplitude, ParameterExpression):
        return amplitude
    return check_number("amplitudes", amplitude, -np.inf, also="parameters or numbers, each ")


def n_qubits_for(n_amplitudes: int) -> int:
    """The number of qubits that so many amplitudes need, one at least."""
    return max(1, (n_amplitudes - 1).bit_length())


def restored(circuit: QuantumCircuit) -> QuantumCircuit:
    """A circuit out of a file, which keeps of a preparation its name and amplitudes alone."""
    for place, instruction in enumerate(circuit.data):
        operation = instruction.operation
        if operation.name == _NAME and operation.base_class is Gate and operation.definition is None:
            circuit.data[place] = instruction.replace(operation=AmplitudePreparation(operation.params, operation.label))
    return circuit


def tree(n_qubits: int, angles: Sequence[Parameter | float]) -> QuantumCircuit:
    """The circuit of uniformly controlled rotations RY, from the highest qubit down, by 2**n_qubits - 1 angles."""
    circuit, rest = QuantumCircuit(n_qubits), iter(angles)
    for target in reversed(range(n_qubits)):
        n_controls = n_qubits - 1 - target
        for k in range(1 << n_controls):
            circuit.ry(next(rest), target)
            if n_controls:  # the bit that changes from the k-th to the next number of the Gray code
                changed = min((~k & (k + 1)).bit_length(), n_controls) - 1
                circuit.cx(target + 1 + changed, target)
    return circuit


def tree_angles(psi: np.ndarray) -> np.ndarray:
    """Angles (n_samples, 2**n_qubits - 1) of `tree` that prepare real states (n_samples, 2**n_qubits)."""
    levels = [_mixed(2.0 * np.arctan2(upper, lower)) for lower, upper in _halves(psi)]
    return np.concatenate(levels[::-1], axis=1)


def _halves(psi: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Amplitudes of 0 and 1 of the first qubit, with their signs, then the norms of what lies below the next ones."""
    while psi.shape[1] > 1:
        lower, upper = psi[:, ::2], psi[:, 1::2]
        yield lower, upper
        psi = np.hypot(lower, upper)


def _mixed(angles: np.ndarray) -> np.ndarray:
    """Angles between the CX gates that turn by the given ones, one for each value of the controls."""
    size = angles.shape[1]
    return (angles @ hadamard(size, dtype=float))[:, _gray(size)] / size


def tree_tangent(psi: np.ndarray, dpsi: np.ndarray) -> np.ndarray:
    """Derivatives of `tree_angles` when states move along dpsi; 0 at nodes of the tree without amplitudes."""
    levels = []
    while psi.shape[1] > 1:
        (lower, upper), (d_lower, d_upper) = ((A[:, ::2], A[:, 1::2]) for A in (psi, dpsi))
        psi, safe = _norms(lower, upper)
        levels.append(_mixed(2.0 * (lower / safe * d_upper - upper / safe * d_lower) / safe))
        dpsi = (lower * d_lower + upper * d_upper) / safe
    return np.concatenate(levels[::-1], axis=1)


def tree_pullback(psi: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Cotangents of states from those g of their angles, by the transpose of `tree_tangent`."""
    back = np.zeros((len(psi), 1))
    for lower, upper in reversed(list(_halves(psi))):
        size, safe = lower.shape[1], _norms(lower, upper)[1]
        turn = 2.0 * _unmixed(g[:, size - 1 : 2 * size - 1]) / safe
        cos, sin = lower / safe, upper / safe
        back = np.stack([back * cos - turn * sin, back * sin + turn * cos], axis=2).reshape(len(psi), -1)
    return back


def without_tangent(psi: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Tell of states (n_samples,) whether an angle of theirs jumps where amplitudes that are free (2**n_qubits,) move.

    That of a node without amplitudes may be any; that of one negative amplitude and a 0 is a full turn or its opposite,
    which only one or two pairs deal out as whole turns of gates.
    """
    found = np.zeros(len(psi), dtype=bool)
    if psi.shape[1] > 4:
        found |= ((psi[:, ::2] < 0.0) & (psi[:, 1::2] == 0.0) & free[1::2]).any(axis=1)
    for lower, upper in _halves(psi):
        free = free[::2] | free[1::2]
        found |= (free & (np.hypot(lower, upper) == 0.0)).any(axis=1)
    return found


def _norms(lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Norms of pairs, and the same with 1 for 0."""
    norms = np.hypot(lower, upper)
    return norms, np.where(norms == 0.0, 1.0, norms)


def _unmixed(angles: np.ndarray) -> np.ndarray:
    """The transpose of `_mixed`."""
    size = angles.shape[1]
    found = np.empty_like(angles)
    found[:, _gray(size)] = angles
    return found @ hadamard(size, dtype=float) / size


def _gray(size: int) -> np.ndarray:
    """Numbers (size,) of the Gray code, in its order."""
    return np.arange(size) ^ np.arange(size) >> 1
