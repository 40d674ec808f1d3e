"""Wires in pieces: what is left of them between cuts."""

from collections.abc import Sequence

from scipy.cluster.hierarchy import DisjointSet

from .wires import CutPlace, Gates


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
