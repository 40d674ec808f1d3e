"""The parts of a circuit whose wires are cut, each a circuit of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from scipy.cluster.hierarchy import DisjointSet

from ..engine.reading.lower import DATA, split_parameters
from ..engine.reading.occurrences import substituted
from .wires import CutPlace, Gates


@dataclass(frozen=True)
class Part:
    """A circuit whose wires begin at |0> or at a cut, and end in a measurement or at a cut.

    Attributes
    ----------
    circuit : QuantumCircuit
        Its data are two angles for each cut where a wire begins, ``RZ(b) RY(a) |0>``, and then columns of X.
    columns, weights : list of int
        Which columns of X, and which weights, those of the whole circuit.
    entering : list of int
        Cuts where a wire begins.
    leaving : dict
        The qubit of each cut where a wire ends.
    measured : dict
        The qubit here of each qubit whose last wire is here.
    """

    circuit: QuantumCircuit
    columns: list[int]
    weights: list[int]
    entering: list[int]
    leaving: dict[int, int]
    measured: dict[int, int]

    @property
    def n_circuits(self) -> int:
        """States to begin with times bases to end in."""
        return 4 ** len(self.entering) * 3 ** len(self.leaving)


@dataclass
class _Wires:
    """Pieces of wires: those that each gate is on, the piece on both sides of each cut, the last of each qubit."""

    gates: Gates
    cuts: dict[CutPlace, tuple[int, int]]
    last: list[int]

    @classmethod
    def of(cls, gates: Gates, places: Sequence[CutPlace], n_qubits: int) -> "_Wires":
        last, before = list(range(n_qubits)), [0] * n_qubits
        cuts: dict[CutPlace, tuple[int, int]] = {}
        on_pieces = []
        for operation, qubits in gates:
            for q in qubits:
                if (q, before[q]) in places:
                    cuts[q, before[q]] = last[q], n_qubits + len(cuts)
                    last[q] = n_qubits + len(cuts) - 1
                before[q] += 1
            on_pieces.append((operation, tuple(last[q] for q in qubits)))
        return cls(on_pieces, cuts, last)

    def together(self) -> list[list[int]]:
        """Pieces in one part, in order."""
        return sorted(sorted(pieces) for pieces in self._sets().subsets())

    def dividing(self) -> list[CutPlace]:
        """Cuts with different parts on both sides; others would cost, and divide nothing."""
        sets = self._sets()
        return [place for place, (before, behind) in self.cuts.items() if not sets.connected(before, behind)]

    def _sets(self) -> DisjointSet:
        sets = DisjointSet([*range(len(self.last) + len(self.cuts))])
        for _, pieces in self.gates:
            for piece in pieces:
                sets.merge(pieces[0], piece)
        return sets


def parts_of(circuit: QuantumCircuit, gates: Gates, places: Sequence[CutPlace]) -> list[Part]:
    """The parts into which cuts at some places divide a circuit; where they divide nothing there is no cut."""
    n_qubits, parameters = circuit.num_qubits, split_parameters(circuit)
    wires = _Wires.of(gates, _Wires.of(gates, places, n_qubits).dividing(), n_qubits)
    return [_part(wires, pieces, *parameters) for pieces in wires.together()]


def _part(wires: _Wires, pieces: list[int], data: list, weights: list) -> Part:
    here = {piece: k for k, piece in enumerate(pieces)}
    body = QuantumCircuit(len(pieces))
    for operation, on in wires.gates:
        if on[0] in here:
            body.append(operation, [here[piece] for piece in on])
    used = set(body.parameters)
    columns = [k for k, p in enumerate(data) if p in used]
    cuts = list(wires.cuts.values())
    entering = [c for c, (_, piece) in enumerate(cuts) if piece in here]
    x = ParameterVector(DATA, 2 * len(entering) + len(columns))
    begun = QuantumCircuit(len(pieces))
    for k, c in enumerate(entering):
        begun.ry(x[2 * k], here[cuts[c][1]])
        begun.rz(x[2 * k + 1], here[cuts[c][1]])
    body = substituted(body, {data[c]: x[2 * len(entering) + k] for k, c in enumerate(columns)})
    order = {p: k for k, p in enumerate(weights)}
    begun.compose(body, inplace=True)
    return Part(
        begun,
        columns,
        [order[p] for p in split_parameters(begun)[1]],
        entering,
        {c: here[piece] for c, (piece, _) in enumerate(cuts) if piece in here},
        {q: here[piece] for q, piece in enumerate(wires.last) if piece in here},
    )


def whole(circuit: QuantumCircuit) -> Part:
    """A circuit as its only part."""
    data, weights = split_parameters(circuit)
    qubits = range(circuit.num_qubits)
    return Part(circuit, [*range(len(data))], [*range(len(weights))], [], {}, dict(zip(qubits, qubits, strict=True)))
