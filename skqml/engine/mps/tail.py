"""Gates behind all that matters: they act on what is measured, or cancel, and no state is made with them."""

from collections.abc import Callable

from ..propagation.gates import clifford
from ..reading.lower import Fixed, Lowered, Rotation

Gates = list[Rotation | Fixed]


def cut_tail(gates: Gates, is_tail: Callable[[Rotation | Fixed], bool]) -> tuple[Gates, Gates]:
    """Split gates in two lists: the tail has those that `is_tail` accepts and after which no gate of the front acts."""
    front: Gates = []
    tail: Gates = []
    blocked = 0
    for gate in reversed(gates):
        mask = sum(1 << q for q in gate.qubits)
        if mask & blocked or not is_tail(gate):
            front.append(gate)
            blocked |= mask
        else:
            tail.append(gate)
    return front[::-1], tail[::-1]


def is_clifford(gate: Rotation | Fixed) -> bool:
    """Whether a gate is a Clifford gate without an angle."""
    return isinstance(gate, Fixed) and clifford(gate.matrix) is not None


def without_data(lowered: Lowered) -> Callable[[Rotation | Fixed], bool]:
    """Whether a gate is the same for all rows."""
    return lambda gate: isinstance(gate, Fixed) or not lowered.atoms.is_of_rows(gate.angle)


def image_in_front(x: int, z: int, tail: Gates) -> tuple[int, int, int]:
    """Masks and sign of a Pauli string measured behind Clifford gates, as one measured in front of them."""
    sign = 1
    for gate in reversed(tail):
        assert isinstance(gate, Fixed)  # a Clifford gate
        table = clifford(gate.matrix)
        assert table is not None
        images, signs = table
        places = list(enumerate(gate.qubits))
        local = sum(((x >> q & 1) | (z >> q & 1) << 1) << 2 * k for k, q in places)
        if local:
            change = local ^ int(images[local])
            sign *= int(signs[local])
            for k, q in places:
                x ^= (change >> 2 * k & 1) << q
                z ^= (change >> (2 * k + 1) & 1) << q
    return x, z, sign
