"""Where to cut a circuit so that its parts are small."""

from heapq import nsmallest
from itertools import combinations
from math import log
from typing import NamedTuple

from qiskit import QuantumCircuit

from .._checks import check_count, check_kind
from .cut_gates import is_cuttable
from .directions import Ahead, ahead_of
from .wires import CutPlace, gates_of, wire_overhead

_BEAM = 400  # states that are looked at after each gate


class _PartSize(NamedTuple):
    """A part as far as it has grown: its qubits, wires that come from cuts and end in cuts, and gates that are cut."""

    n_qubits: int = 0
    n_entering: int = 0
    n_leaving: int = 0
    n_gates: int = 0

    def __add__(self, other) -> "_PartSize":
        return _PartSize(*(a + b for a, b in zip(self, other, strict=True)))

    def n_circuits(self, communication: bool) -> int:
        return (6 if communication else 4) ** self.n_entering * 3**self.n_leaving * 5**self.n_gates


class _State(NamedTuple):
    """Cuts up to some gate, and parts.

    Each qubit's wire is in one (None before its first gate); of those that no wire is in any more there are only sums
    of circuits and of squares of sizes. Where outcomes are sent, ``ahead`` are pairs of parts, the first of which has
    to be measured before the second.
    """

    cuts: tuple[CutPlace, ...]
    owner: tuple[int | None, ...]
    parts: dict[int, _PartSize]
    n_circuits: int = 0
    squares: int = 0
    ahead: Ahead | None = None

    @property
    def communication(self) -> bool:
        return self.ahead is not None

    def cost(self) -> tuple[float, int, int]:
        """What is to be small: the overhead, the circuits, and parts of unequal size."""
        parts = self.parts.values()
        n_gates = sum(isinstance(cut, int) for cut in self.cuts)
        overhead = n_gates * log(9) + (len(self.cuts) - n_gates) * log(wire_overhead(self.communication))
        n_circuits = self.n_circuits + sum(p.n_circuits(self.communication) for p in parts)
        return overhead, n_circuits, self.squares + sum(p.n_qubits**2 for p in parts)

    def key(self) -> tuple:
        """What the future depends on: which wires are in one part, the sizes of these parts, and their order."""
        order = {part: k for k, part in enumerate(dict.fromkeys(self.owner))}
        sizes = tuple(0 if part is None else self.parts[part].n_qubits for part in order)
        ahead = frozenset((order[first], order[then]) for first, then in self.ahead or ())
        return tuple(order[part] for part in self.owner), self.owner.index(None) if None in order else -1, sizes, ahead

    def divides(self, qubits: tuple[int, ...]) -> bool:
        """Whether two wires are not yet in one part."""
        first, second = (self.owner[q] for q in qubits)
        return first is None or first != second

    def after(self, qubits: tuple[int, ...], cut: tuple[int, ...], places: list[int]) -> "_State | None":
        """The state behind a gate, when some of its wires are cut in front of it; None if outcomes go in a circle."""
        owner, parts, ahead = list(self.owner), dict(self.parts), self.ahead
        for q in cut:
            parts[owner[q]] += _PartSize(n_leaving=1)  # type: ignore[index]  # only wires of a part are cut
            owner[q] = None
        n_fresh = sum(owner[q] is None for q in qubits)
        merged = {part for q in qubits if (part := owner[q]) is not None}
        new = max(parts, default=-1) + 1
        if ahead is not None:
            cut_from = {part for q in cut if (part := self.owner[q]) is not None}
            if (ahead := ahead_of(ahead, cut_from, merged, new)) is None:
                return None
        parts[new] = sum((parts.pop(p) for p in merged), _PartSize(n_fresh, len(cut)))
        owner = [new if q in qubits or part in merged else part for q, part in enumerate(owner)]
        done = [parts.pop(p) for p in [*parts] if p not in owner]
        n_circuits = self.n_circuits + sum(p.n_circuits(self.communication) for p in done)
        squares = self.squares + sum(p.n_qubits**2 for p in done)
        cuts = self.cuts + tuple((q, places[q]) for q in cut)
        ahead = None if ahead is None else frozenset(pair for pair in ahead if {*pair} <= {*parts})
        return _State(cuts, tuple(owner), parts, n_circuits, squares, ahead)

    def apart(self, qubits: tuple[int, ...], number: int) -> "_State":
        """The state behind a gate that is cut; each side has a qubit more."""
        owner, parts = list(self.owner), dict(self.parts)
        for q in qubits:
            part = owner[q]
            owner[q] = part = max(parts, default=-1) + 1 if part is None else part
            parts[part] = parts.get(part, _PartSize(1)) + _PartSize(1, n_gates=1)
        return self._replace(cuts=(*self.cuts, number), owner=tuple(owner), parts=parts)


def find_cuts(
    circuit: QuantumCircuit, max_qubits: int, gates: bool = False, communication: bool = False
) -> list[CutPlace]:
    """Places where to cut a circuit so that no part has more than some qubits.

    Gates are taken one after another; wires are cut in front of a gate or not, or the gate is, and those states are
    kept that have the least overhead of shots, then the fewest circuits, then parts of equal size: the best choice for
    small circuits, and a good one for large ones.

    Parameters
    ----------
    circuit : QuantumCircuit
    max_qubits : int
        At least 2. Gates on more qubits are decomposed.
    gates : bool, default=False
        Whether CX, CZ and RZZ may be cut too, which takes fewer shots and more circuits.
    communication : bool, default=False
        Whether outcomes are to be sent over the cuts, as by ``Cut(communication=True)``: then they go one way.

    Returns
    -------
    list of (int, int) or int
        As `Cut` takes them: a qubit, and how many of its gates lie before the cut, or the number of a gate.

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from skqml.cutting import find_cuts
    >>> ladder = QuantumCircuit(8)
    >>> for q in range(7):
    ...     _ = ladder.cx(q, q + 1)
    >>> find_cuts(ladder, 5)
    [(3, 1)]
    >>> find_cuts(ladder, 5, gates=True)
    [3]
    """
    check_kind("circuit", circuit, QuantumCircuit, "a QuantumCircuit")
    check_kind("gates", gates, bool, "True or False")
    check_kind("communication", communication, bool, "True or False")
    if gates and communication:
        raise ValueError("gates must be False where outcomes are sent over cuts, got True; or set communication=False.")
    most, n_qubits = check_count("max_qubits", max_qubits), circuit.num_qubits
    states = [_State((), (None,) * n_qubits, {}, ahead=frozenset() if communication else None)]
    places = [0] * n_qubits
    for number, (operation, qubits) in enumerate(gates_of(circuit, most)):
        if len(qubits) > 1:
            grown = _grown(states, qubits, places)
            if gates and is_cuttable(operation):
                grown += [state.apart(qubits, number) for state in states if state.divides(qubits)]
            states = _best([state for state in grown if max(p.n_qubits for p in state.parts.values()) <= most])
        for q in qubits:
            places[q] += 1
    return sorted(min(states, key=_State.cost).cuts, key=lambda cut: (0, *cut) if isinstance(cut, tuple) else (1, cut))


def _grown(states: list[_State], qubits: tuple[int, ...], places: list[int]) -> list[_State]:
    """All states behind a gate in front of which some of its wires are cut, or none."""
    return [
        after
        for state in states
        for n_cuts in range(len(qubits) + 1)
        for cut in combinations([q for q in qubits if state.owner[q] is not None], n_cuts)
        if (after := state.after(qubits, cut, places)) is not None
    ]


def _best(states: list[_State]) -> list[_State]:
    """The cheapest states, one of each kind."""
    kinds: dict[tuple, tuple[tuple, _State]] = {}
    for state in states:
        key, cost = state.key(), state.cost()
        if key not in kinds or cost < kinds[key][0]:
            kinds[key] = cost, state
    return [state for _, state in nsmallest(_BEAM, kinds.values(), key=lambda kind: kind[0])]
