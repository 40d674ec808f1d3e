"""Features and weights as the angles of the same rotations."""

from itertools import cycle

from qiskit import QuantumCircuit

from .._checks import as_tuple, check_count
from .encoding import Encoding

_WALLS = 6  # of a block that is not given
_FEWEST = 3  # blocks
_MOST_WALLS = 1000


class BlockEncoding(Encoding):
    r"""Walls of rotations by a feature plus a weight, in blocks with CNOT gates behind them.

    A wall is one rotation a qubit, RX in the first wall of a block, RZ in the second, and so on in turn; rotation k of
    all turns by ``x_k + w_k``, drawn as a gate by x_k and one by w_k. Behind each block stand CNOT gates on the qubits
    (0, 1), (2, 3), ..., then on (1, 2), (3, 4), ....

    Parameters
    ----------
    n_qubits : int, default=4
    blocks : sequence of int, default=None
        Number of walls of each block. ``None`` means three blocks of six walls, or as many as hold the features twice.
        The row of features is drawn, as a whole, as often as it fits; rotations that are left turn by a weight alone.

    References
    ----------
    W. Ren et al., Experimental quantum adversarial learning with programmable superconducting qubits, Nat. Comput. Sci.
    2, 711 (2022), on 10 qubits with the blocks (8, 6, 6, 6), for images of 256 pixels.

    Examples
    --------
    >>> from skqml.circuits import BlockEncoding
    >>> print(BlockEncoding(n_qubits=2, blocks=[1]).build(2).draw())
         ┌──────────┐┌──────────┐
    q_0: ┤ Rx(x[0]) ├┤ Rx(w[0]) ├──■──
         ├──────────┤├──────────┤┌─┴─┐
    q_1: ┤ Rx(x[1]) ├┤ Rx(w[1]) ├┤ X ├
         └──────────┘└──────────┘└───┘
    >>> BlockEncoding(10, (8, 6, 6, 6)).build(256).count_ops()["rx"]
    260
    """

    def __init__(self, n_qubits=4, blocks=None):
        self.n_qubits = n_qubits
        self.blocks = blocks

    def width(self, n_features) -> int:
        """Return the number of qubits."""
        return check_count("n_qubits", self.n_qubits)

    def draw(self, qc, x, weight) -> None:
        blocks = self._walls(len(x))
        n_angles = sum(blocks) * qc.num_qubits
        if n_angles < len(x):
            raise ValueError(
                f"blocks must have a rotation for each feature, at least {len(x)}, got {n_angles} on {qc.num_qubits} "
                "qubits; add walls or qubits."
            )
        features, n_filled = cycle(x), n_angles // len(x) * len(x)
        slot = 0
        for n_walls in blocks:
            for wall in range(n_walls):
                for qubit in range(qc.num_qubits):
                    rotate = qc.rz if wall % 2 else qc.rx
                    if slot < n_filled:
                        rotate(next(features), qubit)
                    rotate(weight(), qubit)
                    slot += 1
            _entangle(qc)

    def _walls(self, n_features: int) -> tuple[int, ...]:
        if self.blocks is not None:
            blocks = tuple(
                check_count("blocks", n_walls, most=_MOST_WALLS) for n_walls in as_tuple("blocks", self.blocks)
            )
            if not blocks:
                raise ValueError("blocks must name the walls of at least one block, got none.")
            return blocks
        return (_WALLS,) * max(_FEWEST, -(-2 * n_features // (_WALLS * self.width(n_features))))


def _entangle(qc: QuantumCircuit) -> None:
    """Draw CNOT gates between neighbours, every second pair first."""
    for first in (0, 1):
        for qubit in range(first, qc.num_qubits - 1, 2):
            qc.cx(qubit, qubit + 1)
