"""The parts of a circuit that is cut, each a circuit of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from qiskit.circuit import Instruction, Parameter, ParameterVector, QuantumCircuit

from ..engine.reading.lower import DATA, split_parameters
from ..engine.reading.occurrences import substituted
from .cut_gates import turn_of
from .ends import End, begins, halves, leaves, receives, sends
from .wires import CutPlace, Gates, Pieces


@dataclass(frozen=True)
class CutPart:
    """A circuit whose wires begin at |0> or at a cut, and end in a measurement or at a cut.

    Attributes
    ----------
    circuit : QuantumCircuit
        Its data are the angles of all its ends, and then columns of X.
    columns, weights : list of int
        Which columns of X, and which weights, those of the whole circuit.
    ends : list of End
        Where cuts meet it.
    measured : dict
        The qubit here of each qubit whose last wire is here.
    """

    circuit: QuantumCircuit
    columns: list[int]
    weights: list[int]
    ends: list[End]
    measured: dict[int, int]

    @property
    def n_circuits(self) -> int:
        """Settings times bases of all its ends."""
        return prod(end.n_circuits for end in self.ends)


@dataclass(frozen=True)
class CutCircuit:
    """A circuit in parts, and the gates that were cut between them.

    Attributes
    ----------
    parts : list of CutPart
    gates : list of (Instruction, (int, int))
        With the axes of both halves.
    wires : list of (int, int)
        For each wire that is cut the numbers of the parts before and behind the cut.
    communication : bool
        Whether outcomes are sent over the cuts.
    """

    parts: list[CutPart]
    gates: list[tuple[Instruction, tuple[int, int]]]
    wires: list[tuple[int, int]]
    communication: bool = False

    @property
    def n_axes(self) -> int:
        """One for each wire that is cut, two for each gate."""
        return len(self.wires) + 2 * len(self.gates)


def whole(circuit: QuantumCircuit) -> CutCircuit:
    """A circuit as its only part."""
    data, weights = split_parameters(circuit)
    measured = {q: q for q in range(circuit.num_qubits)}
    return CutCircuit([CutPart(circuit, [*range(len(data))], [*range(len(weights))], [], measured)], [], [])


def divided(circuit: QuantumCircuit, gates: Gates, places: Sequence[CutPlace], communication: bool) -> CutCircuit:
    """A circuit in the parts into which cuts at some places divide it; where they divide nothing there is no cut."""
    n_qubits, (data, weights) = circuit.num_qubits, split_parameters(circuit)
    pieces = Pieces(gates, Pieces(gates, places, n_qubits).dividing(), n_qubits)
    together = pieces.together()
    parts = [_PartDrawing(pieces, own, communication).part(data, weights) for own in together]
    cut = [(gates[number][0], axes) for number, axes in pieces.axes.items()]
    part_of = {piece: k for k, own in enumerate(together) for piece in own}
    wires = [(part_of[before], part_of[behind]) for before, behind in pieces.cuts.values()]
    return CutCircuit(parts, cut, wires, communication)


class _PartDrawing:
    """The circuit of a part while it is drawn, with a parameter for each angle of an end."""

    def __init__(self, pieces: Pieces, own: list[int], communication: bool):
        self._communication = communication
        self._pieces, self._here = pieces, {piece: k for k, piece in enumerate(own)}
        n_taken_up = sum(on[side] in self._here for on in pieces.cut_gates.values() for side in (0, 1))
        self._circuit = QuantumCircuit(len(own) + n_taken_up)
        self._free = len(own)  # the next qubit that takes up the Z of a wire
        self._ends: list[End] = []
        self._angles: list[Parameter] = []

    def part(self, data: list[Parameter], weights: list[Parameter]) -> CutPart:
        """The part, with data and weights of the whole circuit."""
        for axis, (_, behind) in enumerate(self._pieces.cuts.values()):
            if behind in self._here:
                self._begin(axis, self._here[behind])
        for number, (operation, on) in enumerate(self._pieces.gates):
            if number in self._pieces.cut_gates:
                for side in (0, 1):
                    if on[side] in self._here:
                        self._half(operation, self._pieces.axes[number][side], self._here[on[side]], side)
            elif on[0] in self._here:
                self._circuit.append(operation, [self._here[piece] for piece in on])
        for axis, (before, _) in enumerate(self._pieces.cuts.values()):
            if before in self._here:
                self._end(axis, self._here[before])
        measured = {q: self._here[piece] for q, piece in enumerate(self._pieces.last) if piece in self._here}
        return self._as_part(data, weights, measured)

    def _as_part(self, data: list[Parameter], weights: list[Parameter], measured: dict[int, int]) -> CutPart:
        used = set(self._circuit.parameters)
        columns = [k for k, p in enumerate(data) if p in used]
        old = self._angles + [data[k] for k in columns]
        new = dict(zip(old, ParameterVector(DATA, len(old)), strict=True))
        circuit, order = substituted(self._circuit, new), {p: k for k, p in enumerate(weights)}
        own = [order[p] for p in split_parameters(circuit)[1]]
        return CutPart(circuit, columns, own, self._ends, measured)

    def _angle(self) -> Parameter:
        self._angles.append(Parameter(f"angle {len(self._angles)} of an end"))
        return self._angles[-1]

    def _begin(self, axis: int, qubit: int) -> None:
        self._circuit.ry(self._angle(), qubit)
        self._circuit.rz(self._angle(), qubit)
        self._ends.append((receives if self._communication else begins)(axis))

    def _end(self, axis: int, qubit: int) -> None:
        if self._communication:
            self._circuit.rz(self._angle(), qubit)
            self._circuit.ry(self._angle(), qubit)
        self._ends.append((sends if self._communication else leaves)(axis, qubit))

    def _half(self, operation: Instruction, axis: int, qubit: int, side: int) -> None:
        turned = operation.name == "cx" and side == 1
        if turned:
            self._circuit.h(qubit)
        self._circuit.rz(self._angle(), qubit)
        self._circuit.ry(self._angle(), self._free)
        self._circuit.cx(qubit, self._free)
        if turned:
            self._circuit.h(qubit)
        self._ends.append(halves(axis, self._free, turn_of(operation)))
        self._free += 1
