"""Circuits as gates on wires, places where wires are cut, and the pieces that are left of them."""

from collections.abc import Iterator, Sequence
from numbers import Integral

from qiskit.circuit import Barrier, Instruction, QuantumCircuit
from scipy.cluster.hierarchy import DisjointSet

from .._checks import as_tuple, check_count
from ..engine.reading.definitions import definition
from ..engine.reading.unitary_part import opened, unitary_part
from .cut_gates import is_cuttable

Gates = list[tuple[Instruction, tuple[int, ...]]]
CutPlace = tuple[int, int] | int  # a qubit, and how many of its gates lie before; or the number of a gate


def wire_overhead(communication: bool) -> float:
    """How many times as many shots a wire that is cut takes at most."""
    return 9.0 if communication else 16.0


def gates_of(circuit: QuantumCircuit, max_qubits: int | None = None) -> Gates:
    """Gates and their qubits, sub-circuits written out, and so are gates on more than some qubits."""
    return list(_narrow(unitary_part(circuit), circuit.num_qubits if max_qubits is None else max_qubits))


def _narrow(circuit: QuantumCircuit, widest: int) -> Iterator[tuple[Instruction, tuple[int, ...]]]:
    index = {qubit: k for k, qubit in enumerate(circuit.qubits)}
    for instruction in circuit.data:
        operation, qubits = instruction.operation, tuple(index[q] for q in instruction.qubits)
        if isinstance(operation, Barrier) or not qubits:  # nothing, or a global phase
            continue
        if len(qubits) <= widest:
            yield operation, qubits
            continue
        if widest < 2:
            raise ValueError(
                f"Expected parts that hold each gate, but '{operation.name}' is on {len(qubits)} qubits; "
                "set max_qubits to 2 or more."
            )
        whole = operation if hasattr(operation, "params") else operation.to_instruction()
        for inner, places in _narrow(opened(definition(whole)), widest):
            yield inner, tuple(qubits[k] for k in places)


def check_cuts(cuts: Sequence, gates: Gates, n_qubits: int) -> list[CutPlace]:
    """Places that are there: between two gates of a wire, or at a gate that can be cut."""
    places = [
        _gate(cut, gates) if isinstance(cut, Integral) else _wire(cut, gates, n_qubits)
        for cut in as_tuple("cuts", cuts)
    ]
    if len(set(places)) < len(places):
        raise ValueError(f"Expected cuts at different places, got {places}.")
    return places


def _gate(cut, gates: Gates) -> int:
    number = check_count("cuts", cut, 0, len(gates) - 1)
    if not is_cuttable(gates[number][0]):
        raise ValueError(f"Expected cuts of gates CX, CZ or RZZ, but gate {number} is '{gates[number][0].name}'.")
    return number


def _wire(cut, gates: Gates, n_qubits: int) -> tuple[int, int]:
    pair = as_tuple("cuts", cut)
    if len(pair) != 2:
        raise ValueError(
            f"Expected cuts to be pairs (qubit, number of its gates before the cut), or numbers of gates, got {cut!r}."
        )
    qubit = check_count("cuts", pair[0], 0, n_qubits - 1)
    n_gates = sum(qubit in qubits for _, qubits in gates)
    if n_gates < 2:
        raise ValueError(f"Expected cuts between two gates, but qubit {qubit} has {n_gates} in all.")
    return qubit, check_count("cuts", pair[1], 1, n_gates - 1)


class Pieces:
    """Pieces of the wires of a circuit, numbered, the first of each qubit by the qubit's number.

    Parameters
    ----------
    gates : list of (Instruction, tuple of int)
        On qubits.
    places : sequence
        Of cuts: of a wire (qubit, number of its gates before), of a gate its number.
    n_qubits : int

    Attributes
    ----------
    gates : list of (Instruction, tuple of int)
        On pieces.
    cuts : dict
        The pieces before and behind each cut of a wire.
    cut_gates : dict
        The pieces that each cut gate is on.
    axes : dict
        Numbers of the two axes of each cut gate; those of wires come first.
    last : list of int
        The last piece of each qubit.
    """

    def __init__(self, gates: Gates, places: Sequence[CutPlace], n_qubits: int):
        self.last, before = list(range(n_qubits)), [0] * n_qubits
        self.gates: Gates = []
        self.cuts: dict[CutPlace, tuple[int, int]] = {}
        for operation, qubits in gates:
            for q in qubits:
                if (q, before[q]) in places:
                    behind = n_qubits + len(self.cuts)
                    self.cuts[q, before[q]], self.last[q] = (self.last[q], behind), behind
                before[q] += 1
            self.gates.append((operation, tuple(self.last[q] for q in qubits)))
        self.cut_gates = {k: on for k, (_, on) in enumerate(self.gates) if k in places}
        self.axes = {
            number: (len(self.cuts) + 2 * k, len(self.cuts) + 2 * k + 1) for k, number in enumerate(self.cut_gates)
        }

    def together(self) -> list[list[int]]:
        """Pieces in one part, in order."""
        return sorted(sorted(pieces) for pieces in self._sets().subsets())

    def dividing(self) -> list[CutPlace]:
        """Cuts with different parts on both sides; others would cost, and divide nothing."""
        sets, sides = self._sets(), [*self.cuts.items(), *self.cut_gates.items()]
        return [place for place, pair in sides if not sets.connected(*pair)]

    def _sets(self) -> DisjointSet:
        sets = DisjointSet([*range(len(self.last) + len(self.cuts))])
        for number, (_, pieces) in enumerate(self.gates):
            for piece in () if number in self.cut_gates else pieces:
                sets.merge(pieces[0], piece)
        return sets
