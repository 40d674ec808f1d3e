"""Circuits read as the operations that the compiled loop over steps knows."""

from collections.abc import Iterable, Sequence

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import HGate
from qiskit.synthesis import OneQubitEulerDecomposer

from .....engine.masks import bits_of
from .....engine.reading.affine import EXACT, Affine, affine
from .....engine.reading.expressions import Atoms
from .....engine.reading.lower import Fixed, Rotation, lower
from .circuit_loop import ARCTAN, ARCTAN_OF_SQUARE, ITSELF, MONOMIAL, ROTATE, TURN_Y, TURN_Z

_QUARTER = np.pi / 2  # about Z, turns X into Y
_HADAMARD = HGate().to_matrix()
_POWERS = {1: ARCTAN, 2: ARCTAN_OF_SQUARE}  # of a value, the arctan of which turns a qubit
_EULER = OneQubitEulerDecomposer("ZYZ")


class Reader:
    """Turns a circuit into operations, and joins each run of diagonal gates and permutations to one.

    Parameters
    ----------
    circuit : QuantumCircuit
    values, weights : sequence of Parameter
        What a cell feeds in, and angles; it has no others.

    Attributes
    ----------
    start : list of int
        For each qubit the value that ``H, RY(arctan v), RZ(arctan v^2)`` encode before anything else, or -1.
    ops : list of (kind, qubit, number, function)
    sources : list of ndarray (2**n_qubits,)
        Permutations of the monomial operations.
    signs : list of dict of ndarray (2**n_qubits,)
        Their phases: the factors of weights, by number; that of ``n_weights`` is a constant.
    turns : list of dict of float
        Angles of the rotations RY, likewise.

    Raises
    ------
    NotImplementedError
        If it holds a rotation about more than one qubit other than about a product of Z, or an angle that is neither a
        function of one value nor linear in weights.
    """

    def __init__(self, circuit: QuantumCircuit, values: Sequence[Parameter], weights: Sequence[Parameter]):
        lowered = lower(circuit)
        numbers = lowered.atoms.numbers
        self._weights = {numbers[w]: k for k, w in enumerate(weights) if w in numbers}
        self._columns = _columns(lowered.atoms, {numbers[v]: k for k, v in enumerate(values) if v in numbers})
        self._constant = len(weights)
        self._index = np.arange(1 << circuit.num_qubits)
        self._permutations: dict[tuple, np.ndarray] = {}
        self.start = [-1] * circuit.num_qubits
        self.ops: list[tuple[int, int, int, int]] = []
        self.sources: list[np.ndarray] = []
        self.signs: list[dict[int, np.ndarray]] = []
        self.turns: list[dict[int, float]] = []
        for gate in self._without_start(lowered.gates):
            self._read(gate)
        # Till now they were in the order of the amplitudes before the permutation.
        for source, signs in zip(self.sources, self.signs, strict=True):
            signs |= {k: factors[source] for k, factors in signs.items()}

    def _without_start(self, gates: list) -> list:
        """The gates without those of `start`, which are noted there."""
        first: list[list[int]] = [[] for _ in self.start]  # the numbers of the first three gates on each qubit
        for k, gate in enumerate(gates):
            for q in gate.qubits:
                first[q].append(k)
        left_out: set[int] = set()
        for q, numbers in enumerate(first):
            value = self._encoded([gates[k] for k in numbers[:3]], q)
            if value >= 0:
                self.start[q] = value
                left_out |= set(numbers[:3])
        return [gate for k, gate in enumerate(gates) if k not in left_out]

    def _encoded(self, gates: list, q: int) -> int:
        """The value that three gates encode on a qubit as in `start`, or -1."""
        if len(gates) < 3 or not isinstance(gates[0], Fixed) or any(isinstance(g, Fixed) for g in gates[1:]):
            return -1
        _, y, z = gates
        first, second = self._column(y), self._column(z)
        if gates[0].qubits != (q,) or np.abs(gates[0].matrix - _HADAMARD).max() > EXACT:
            return -1
        if (y.x, y.z, z.x, z.z) != (1 << q, 1 << q, 0, 1 << q) or first is None or second is None:
            return -1
        (f, value), (g, other) = first, second
        return value if (f, g) == (ARCTAN, ARCTAN_OF_SQUARE) and value == other else -1

    def _column(self, gate: Rotation) -> tuple[int, int] | None:
        """Function and value of a gate that turns by one."""
        ((atoms, factor),) = gate.angle.items() if len(gate.angle) == 1 else [((), 0.0)]
        return self._columns.get(atoms[0]) if len(atoms) == 1 and factor == 1 else None

    def _read(self, gate: Fixed | Rotation) -> None:
        if isinstance(gate, Fixed):
            self._read_fixed(gate)
        elif gate.x == 0:
            column = self._column(gate)
            if column and gate.z.bit_count() == 1:
                self.ops.append((TURN_Z, gate.z.bit_length() - 1, column[1], column[0]))
            else:
                self._shift(gate.z, self._linear(gate))
        elif gate.x.bit_count() == 1 and gate.z in (0, gate.x):
            self._about_y(gate, _QUARTER if gate.z == 0 else 0.0)
        else:
            raise NotImplementedError("a rotation about X or Y on several qubits")

    def _about_y(self, gate: Rotation, quarter: float) -> None:
        """A rotation about Y, or about X between two turns about Z."""
        column, q = self._column(gate), gate.x.bit_length() - 1
        self._shift(gate.x, {self._constant: quarter})
        if column:
            self.ops.append((TURN_Y, q, column[1], column[0]))
        else:
            self._rotate(q, self._linear(gate))
        self._shift(gate.x, {self._constant: -quarter})

    def _rotate(self, q: int, turn: dict[int, float]) -> None:
        self.ops.append((ROTATE, q, len(self.turns), 0))
        self.turns.append(turn)

    def _read_fixed(self, gate: Fixed) -> None:
        found = affine(gate.matrix)
        if found is not None:
            self._permute(gate.qubits, found)
            return
        theta, phi, lam = ({self._constant: angle} for angle in _EULER.angles(gate.matrix))
        self._shift(1 << gate.qubits[0], lam)
        self._rotate(gate.qubits[0], theta)
        self._shift(1 << gate.qubits[0], phi)

    def _linear(self, gate: Rotation) -> dict[int, float]:
        """The angle as factors of the weights, and a constant."""
        turn: dict[int, float] = {}
        for atoms, factor in gate.angle.items():
            if len(atoms) > 1 or (atoms and atoms[0] not in self._weights):
                raise NotImplementedError("an angle that is not linear in weights")
            turn[self._weights[atoms[0]] if atoms else self._constant] = factor
        return turn

    def _open_monomial(self) -> None:
        if not self.ops or self.ops[-1][0] != MONOMIAL:
            self.ops.append((MONOMIAL, 0, len(self.sources), 0))
            self.sources.append(self._index)
            self.signs.append({})

    def _shift(self, z: int, turn: dict[int, float]) -> None:
        """A rotation about the product of Z on some qubits."""
        for k, factor in turn.items():
            if factor:
                self._open_monomial()
                signs = self.signs[-1].setdefault(k, np.zeros(len(self._index)))
                signs[self.sources[-1]] += factor * ((np.bitwise_count(self._index & z) & 1) - 0.5)

    def _permute(self, qubits: tuple[int, ...], gate: Affine) -> None:
        """A gate that takes each basis state to one of another number, with a phase."""
        self._open_monomial()
        for z, angle in gate.rotations:
            self._shift(_mask(qubits, bits_of(z)), {self._constant: angle})
        key = qubits, gate.x_from, gate.shift
        if key not in self._permutations:  # a circuit asks for the same CX again and again
            self._permutations[key] = self._before(*key)
        self.sources[-1] = self.sources[-1][self._permutations[key]]

    def _before(self, qubits: tuple[int, ...], x_from: tuple[tuple[int, ...], ...], shift: int) -> np.ndarray:
        """Where each amplitude comes from in a permutation."""
        moved = self._index ^ _mask(qubits, bits_of(shift))
        before = self._index & ~_mask(qubits, range(len(qubits)))
        for q, bits in zip(qubits, x_from, strict=True):
            before ^= (moved >> q & 1) * _mask(qubits, bits)
        return before


def _columns(atoms: Atoms, values: dict[int, int]) -> dict[int, tuple[int, int]]:
    """Function and value of each atom that the loop computes from a value."""
    columns = {atom: (ITSELF, k) for atom, k in values.items()}
    powers = {(atom,) * power: (function, k) for atom, k in values.items() for power, function in _POWERS.items()}
    for atom, (function, _, argument) in enumerate(atoms.functions, len(atoms.numbers)):
        (*_, monomial), (*_, factor) = argument.keys(), argument.values()
        if function is np.arctan and len(argument) == 1 and factor == 1 and monomial in powers:
            columns[atom] = powers[monomial]
    return columns


def _mask(qubits: tuple[int, ...], bits: Iterable[int]) -> int:
    """The bits of a gate's own numbers as bits of the circuit."""
    return sum(1 << qubits[k] for k in bits)
