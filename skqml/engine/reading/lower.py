"""From a Qiskit circuit to Pauli rotations, fixed gates and angle expressions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import (
    Barrier,
    ControlledGate,
    Delay,
    Gate,
    Instruction,
    Parameter,
    ParameterExpression,
    ParameterVectorElement,
)
from qiskit.circuit.library import GlobalPhaseGate, IGate, PauliEvolutionGate
from qiskit.exceptions import QiskitError

from ..masks import bits_of
from ..preparation import Preparation, split_preparation
from .affine import affine
from .definitions import as_matrix, definition
from .expressions import Atoms, Polynomial
from .unitary_part import opened, standard_name, unitary_part

Parameters = tuple[list[Parameter], list[Parameter]]  # data and weights

DATA = "x"  # the name of the parameter vector whose elements are features

# Gates exp(-i t P / 2) and the Pauli string P, in Qiskit's order (rightmost: first qubit).
PAULI_ROTATIONS = {
    "rx": "X",
    "ry": "Y",
    "rz": "Z",
    "p": "Z",
    "u1": "Z",
    "rxx": "XX",
    "ryy": "YY",
    "rzz": "ZZ",
    "rzx": "XZ",
}
_NATIVE = {*PAULI_ROTATIONS, "u", "u3"}
_IGNORED = (Barrier, GlobalPhaseGate)
_WAITING = (Delay, IGate)  # nothing but time, in which noise may act
_MAX_MATRIX_QUBITS = 3  # fixed gates up to this size are looked at as matrices


class Rotation(NamedTuple):
    """Gate exp(-i t P / 2) of a Pauli string P given by its bit masks; t is a polynomial."""

    x: int
    z: int
    angle: Polynomial

    @property
    def qubits(self) -> tuple[int, ...]:
        """Qubits on which the string is not I, ascending."""
        return bits_of(self.x | self.z)


class Fixed(NamedTuple):
    """Gate without parameters: a unitary matrix on some qubits, the first the least bit."""

    matrix: np.ndarray
    qubits: tuple[int, ...]


@dataclass(frozen=True)
class Lowered:
    """A circuit as gates of two kinds, the reader of its angles, and what is prepared before the gates."""

    n_qubits: int
    gates: list[Rotation | Fixed]
    atoms: Atoms
    preparation: Preparation | None = None


def split_parameters(circuit: QuantumCircuit) -> Parameters:
    """Data parameters (the whole vector ``x``, in order) and weights (all others) of a circuit."""
    if not isinstance(circuit, QuantumCircuit):
        raise TypeError(f"Expected circuit to be a QuantumCircuit, but got {type(circuit).__name__}.")
    own = [p for p in circuit.parameters if isinstance(p, ParameterVectorElement) and p.vector.name == DATA]
    data = list(own[0].vector) if own else []
    members = set(data)
    foreign = [p for p in own if p not in members]
    if foreign:
        raise ValueError(
            f"Expected one parameter vector '{DATA}', but '{foreign[0].name}' belongs to a second one of this "
            "name; draw all features from one vector."
        )
    return data, [p for p in circuit.parameters if p not in members]


def lower(circuit: QuantumCircuit, prepared: bool = False) -> Lowered:
    """Lower a circuit to Pauli rotations and fixed gates.

    Parameters
    ----------
    circuit : QuantumCircuit
        Unitary, save for final measurements, which are left out. Global phases are dropped.
    prepared : bool, default=False
        Whether the caller starts from `Lowered.preparation`; others refuse circuits that prepare data as amplitudes.

    Returns
    -------
    Lowered

    Raises
    ------
    ValueError
        If the circuit resets, measures midway, has classical control, or holds a gate that
        has neither a matrix nor a definition.
    """
    data, weights = split_parameters(circuit)
    atoms, preparation = Atoms(data, weights), None
    if prepared:
        circuit = unitary_part(circuit)
        instruction, rest = split_preparation(circuit)
        if instruction is not None:
            preparation, circuit = Preparation.read(instruction, circuit, data), rest
    found = [gate for gate in flatten(circuit) if not isinstance(gate[0], _WAITING)]
    gates = [gate for operation, qubits in found for gate in _as_gates(operation, qubits, atoms)]
    return Lowered(circuit.num_qubits, gates, atoms, preparation)


def flatten(
    circuit: QuantumCircuit, keep_fixed: bool = False, keep_invertible: bool = False
) -> Iterator[tuple[Gate, tuple[int, ...]]]:
    """Yield (gate, qubits) with all parametrised gates among ``PAULI_ROTATIONS`` and ``u``.

    Gates without free parameters are one-qubit gates or affine permutations with phases; with
    ``keep_fixed`` they stay as they are, and with ``keep_invertible`` so do those of `is_invertible`,
    free or not. Delays stay too.
    """
    yield from _flatten_all(unitary_part(circuit), keep_fixed, keep_invertible)


def _flatten_all(circuit: QuantumCircuit, *keep: bool) -> Iterator:
    index = {qubit: k for k, qubit in enumerate(circuit.qubits)}
    for instruction in circuit.data:
        if not isinstance(instruction.operation, _IGNORED):
            yield from _flatten(instruction.operation, tuple(index[q] for q in instruction.qubits), *keep)


def is_invertible(operation: Instruction) -> bool:
    """Whether a gate is one of Qiskit's own with an inverse to rely on: that of a product formula is none."""
    if operation.base_class is ControlledGate:
        return is_invertible(operation.base_gate)
    own = operation.base_class.__module__.startswith("qiskit.circuit.library.")
    return own and isinstance(operation, Gate) and not isinstance(operation, PauliEvolutionGate)


def flat(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit in the gates of `flatten`, each of which has an inverse that Qiskit knows.

    The inverse of a product formula (``PauliEvolutionGate``) as Qiskit gives it is none.
    """
    result = QuantumCircuit(circuit.num_qubits)
    for operation, qubits in flatten(circuit):
        result.append(operation, qubits)
    return result


def _flatten(operation, qubits: tuple[int, ...], keep_fixed: bool, keep_invertible: bool) -> Iterator:
    if not hasattr(operation, "params"):  # a Clifford operator, as circuits take it
        operation = operation.to_instruction()
    native = standard_name(operation) in _NATIVE
    native = native or (keep_invertible and is_invertible(operation))
    kept = keep_fixed and isinstance(operation, Gate)  # other instructions may hold what is not unitary
    whole = kept or isinstance(operation, _WAITING)
    if native or (not any(map(is_free, operation.params)) and (whole or _has_small_matrix(operation))):
        yield operation, qubits
        return
    for inner, places in _flatten_all(opened(definition(operation)), keep_fixed, keep_invertible):
        yield inner, tuple(qubits[k] for k in places)


def is_free(angle) -> bool:
    """Whether a parameter of a gate is an angle that is not fixed."""
    return isinstance(angle, ParameterExpression) and bool(angle.parameters)


def _has_small_matrix(operation: Instruction) -> bool:
    if operation.num_qubits > _MAX_MATRIX_QUBITS or not hasattr(operation, "to_matrix"):
        return False
    # Its matrix is not that of its definition, which alone can have free parameters: a product formula.
    if isinstance(operation, PauliEvolutionGate):
        return False
    try:
        matrix = as_matrix(operation)
    except QiskitError:  # a gate with a definition alone, such as StatePreparation
        return False
    return operation.num_qubits == 1 or affine(matrix) is not None


def _as_gates(operation: Instruction, qubits: tuple[int, ...], atoms: Atoms) -> list[Rotation | Fixed]:
    if operation.num_qubits == 1 and not any(map(is_free, operation.params)):
        return [Fixed(as_matrix(operation), qubits)]
    name = standard_name(operation)
    if name in PAULI_ROTATIONS:
        pauli = PAULI_ROTATIONS[name]
        return [_rotation(pauli, qubits, atoms.read(operation.params[0]))]
    if name in ("u", "u3"):
        theta, phi, lam = (atoms.read(p) for p in operation.params)
        return [_rotation(p, qubits, a) for p, a in (("Z", lam), ("Y", theta), ("Z", phi))]
    return [Fixed(as_matrix(operation), qubits)]


def _rotation(pauli: str, qubits: tuple[int, ...], angle: Polynomial) -> Rotation:
    x = sum(1 << q for p, q in zip(reversed(pauli), qubits, strict=True) if p in "XY")
    z = sum(1 << q for p, q in zip(reversed(pauli), qubits, strict=True) if p in "YZ")
    return Rotation(x, z, angle)
