"""Where to cut a circuit so that its parts are small."""

from heapq import nsmallest
from itertools import chain, combinations
from typing import NamedTuple

from qiskit import QuantumCircuit

from .._checks import check_count, check_kind
from .wires import CutPlace, gates_of

_BEAM = 400  # states that are looked at after each gate


class _Part(NamedTuple):
    """A part as far as it has grown: its wires, and how many of them come from cuts and end in cuts."""

    n_wires: int = 0
    n_entering: int = 0
    n_leaving: int = 0

    def __add__(self, other) -> "_Part":
        return _Part(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def n_circuits(self) -> int:
        return 4**self.n_entering * 3**self.n_leaving


class _State(NamedTuple):
    """Cuts up to some gate, the part of each qubit's wire (None before its first gate), and all parts."""

    cuts: tuple[CutPlace, ...]
    owner: tuple[int | None, ...]
    parts: dict[int, _Part]

    def cost(self) -> tuple[int, int, int]:
        """What is to be small: the overhead, the circuits, and parts of unequal size."""
        parts = self.parts.values()
        return len(self.cuts), sum(p.n_circuits for p in parts), sum(p.n_wires**2 for p in parts)

    def key(self) -> tuple:
        """What the future depends on: which wires are in one part, and the sizes of these parts."""
        order = {part: k for k, part in enumerate(dict.fromkeys(self.owner))}
        sizes = tuple(0 if part is None else self.parts[part].n_wires for part in order)
        return tuple(order[part] for part in self.owner), self.owner.index(None) if None in order else -1, sizes

    def after(self, qubits: tuple[int, ...], cut: tuple[int, ...], places: list[int]) -> "_State":
        """The state behind a gate, when some of its wires are cut in front of it."""
        owner, parts = list(self.owner), dict(self.parts)
        for q in cut:
            parts[owner[q]] += _Part(n_leaving=1)  # type: ignore[index]  # only wires of a part are cut
            owner[q] = None
        n_fresh = sum(owner[q] is None for q in qubits)
        merged = {part for q in qubits if (part := owner[q]) is not None}
        new = max(parts, default=-1) + 1
        parts[new] = sum((parts.pop(p) for p in merged), _Part(n_fresh, len(cut)))
        owner = [new if q in qubits or part in merged else part for q, part in enumerate(owner)]
        return _State(self.cuts + tuple((q, places[q]) for q in cut), tuple(owner), parts)


def find_cuts(circuit: QuantumCircuit, max_qubits: int) -> list[CutPlace]:
    """Places where to cut wires so that no part has more than some qubits.

    Gates are taken one after another; wires are cut in front of a gate or not, and those states are kept
    that have the fewest cuts, then circuits, then parts of equal size: the best choice for small circuits, and a good
    one for large ones.

    Parameters
    ----------
    circuit : QuantumCircuit
    max_qubits : int
        At least 2. Gates on more qubits are decomposed.

    Returns
    -------
    list of (int, int)
        A qubit, and how many of its gates lie before the cut, as `Cut` takes them.

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from skqml.cutting import find_cuts
    >>> ladder = QuantumCircuit(8)
    >>> for q in range(7):
    ...     _ = ladder.cx(q, q + 1)
    >>> find_cuts(ladder, 5)
    [(3, 1)]
    """
    check_kind("circuit", circuit, QuantumCircuit, "a QuantumCircuit")
    most, n_qubits = check_count("max_qubits", max_qubits), circuit.num_qubits
    states = [_State((), (None,) * n_qubits, {})]
    places = [0] * n_qubits
    for _, qubits in gates_of(circuit, most):
        if len(qubits) > 1:
            states = _best(_grown(states, qubits, places, most))
        for q in qubits:
            places[q] += 1
    return sorted(min(states, key=_State.cost).cuts)


def _grown(states: list[_State], qubits: tuple[int, ...], places: list[int], most: int) -> list[_State]:
    """All states behind a gate whose parts fit."""
    grown = []
    for state in states:
        wires = [q for q in qubits if state.owner[q] is not None]
        for cut in chain.from_iterable(combinations(wires, k) for k in range(len(wires) + 1)):
            after = state.after(qubits, cut, places)
            if after.parts[max(after.parts)].n_wires <= most:
                grown.append(after)
    return grown


def _best(states: list[_State]) -> list[_State]:
    """The cheapest states, one of each kind."""
    kinds: dict[tuple, tuple[tuple, _State]] = {}
    for state in states:
        key, cost = state.key(), state.cost()
        if key not in kinds or cost < kinds[key][0]:
            kinds[key] = cost, state
    return [state for _, state in nsmallest(_BEAM, kinds.values(), key=lambda kind: kind[0])]
