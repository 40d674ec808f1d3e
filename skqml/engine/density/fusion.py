"""Merge what acts on the same qubits: a noisy circuit as few passes over a state.

All that happens to one qubit between two larger gates becomes one block, whose matrix is built row
by row; fixed gates and channels become one matrix.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from ..reading.expressions import Polynomial
from .noisy_circuit import Map, Turn
from .transfer import X, Y, Z, compose, cost

# Turning by t about a Pauli matrix takes digits (a, b) to (cos t a - sin t b, sin t a + cos t b).
_PLANES = {Z: (X, Y), X: (Y, Z), Y: (Z, X)}


@dataclass
class TurnElement:
    """A rotation of one qubit in the plane of two digits."""

    plane: tuple[int, int]
    angle: Polynomial


@dataclass
class Block:
    """Turns and fixed matrices of one qubit, in their order."""

    qubit: int
    elements: list[TurnElement | np.ndarray] = field(default_factory=list)

    @property
    def qubits(self) -> tuple[int, ...]:
        """The qubit alone."""
        return (self.qubit,)

    @property
    def fixed(self) -> np.ndarray | None:
        """Its matrix if nothing turns by a free angle; there is one element then."""
        first = self.elements[0]
        return first if len(self.elements) == 1 and isinstance(first, np.ndarray) else None

    def append_matrix(self, T: np.ndarray) -> None:
        """Let a fixed matrix follow."""
        last = self.elements[-1] if self.elements else None
        if isinstance(last, np.ndarray):
            self.elements[-1] = T @ last
        else:
            self.elements.append(T)


Op = Block | Map | Turn


def fuse(steps: Iterable[Turn | Map], n_qubits: int) -> list[Op]:
    """Merge the steps of a circuit; no block that is left is fixed."""
    line = _Line(n_qubits)
    for step in steps:
        if len(step.qubits) == 1:
            line.add_single(step)
        elif isinstance(step, Map):
            line.add_map(step)
        else:
            line.push(step)
    line.settle_fixed_blocks()
    return line.ops()


class _Line:
    """Operations in their order, and those of each qubit."""

    def __init__(self, n_qubits: int):
        self._order: dict[int, Op] = {}  # by number, so that one can be taken out
        self._wires: list[list[int]] = [[] for _ in range(n_qubits)]
        self._next = 0

    def push(self, op: Op) -> None:
        """Let an operation follow."""
        self._order[self._next] = op
        for q in op.qubits:
            self._wires[q].append(self._next)
        self._next += 1

    def ops(self) -> list[Op]:
        """All operations that do something."""
        return [op for op in self._order.values() if not _is_identity(op)]

    def _last(self, q: int) -> Op | None:
        return self._order[self._wires[q][-1]] if self._wires[q] else None

    def add_single(self, step: Turn | Map) -> None:
        """Let a step of one qubit follow, inside a block."""
        (q,) = step.qubits
        block = self._last(q)
        if not isinstance(block, Block):
            block = Block(q)
            self.push(block)
        if isinstance(step, Map):
            block.append_matrix(step.matrix)
        else:
            block.elements.append(TurnElement(_PLANES[step.digits[0]], step.angle))

    def add_map(self, step: Map) -> None:
        """Let a fixed map follow, merged with what is before it on its qubits."""
        places = tuple(sorted(step.qubits))
        T = compose([(step.matrix, step.qubits)], places)
        for q in places:
            T = self._absorb_block(T, places, q)
        before = self._last(places[0])
        if isinstance(before, Map) and all(self._last(q) is before for q in places):
            T = compose([(before.matrix, before.qubits), (T, places)], before.qubits)
            self._order[self._wires[places[0]][-1]] = Map(before.qubits, T)
        else:
            self.push(Map(places, T))

    def _absorb_block(self, T: np.ndarray, places: tuple[int, ...], q: int) -> np.ndarray:
        block = self._last(q)
        single = block.fixed if isinstance(block, Block) else None
        both = None if single is None else _merged((single, (q,)), (T, places), places)
        if both is None:
            return T
        del self._order[self._wires[q].pop()]
        return both

    def settle_fixed_blocks(self) -> None:
        """Merge each fixed block with a map before it, or make it a map of its own."""
        for wire in self._wires:
            for at in range(len(wire) - 1, -1, -1):
                block = self._order[wire[at]]
                if not isinstance(block, Block) or block.fixed is None:
                    continue
                before, both = self._order[wire[at - 1]] if at else None, None
                if isinstance(before, Map):
                    both = _merged((before.matrix, before.qubits), (block.fixed, block.qubits), before.qubits)
                if isinstance(before, Map) and both is not None:
                    self._order[wire[at - 1]] = Map(before.qubits, both)
                    del self._order[wire.pop(at)]
                else:
                    self._order[wire[at]] = Map(block.qubits, block.fixed)


def _merged(first, second, places: tuple[int, ...]) -> np.ndarray | None:
    """Two (matrix, qubits) as one matrix, None if it costs more than both."""
    both = compose([first, second], places)
    return None if cost(both) > cost(first[0]) + cost(second[0]) else both


def _is_identity(op: Op) -> bool:
    return isinstance(op, Map) and np.array_equal(op.matrix, np.eye(len(op.matrix)))
