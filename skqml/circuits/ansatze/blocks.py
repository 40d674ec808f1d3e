"""Two-qubit blocks, and ansätze that are made of them."""

from collections.abc import Callable

from ..._checks import check_callable, check_count
from .steps import drawing, rotation


@drawing
def su4(qc, weight, a, b) -> None:
    """Draw a general two-qubit gate: rotations, ``exp(-i (u XX + v YY + w ZZ) / 2)``, rotations.

    15 weights.

    References
    ----------
    R. R. Tucci, An introduction to Cartan's KAK decomposition for QC programmers,
    arXiv quant-ph/0507171.
    """
    _check_pair(qc, a, b)
    for q in (a, b):
        rotation(qc, weight, q)
    qc.rxx(weight(), a, b)
    qc.ryy(weight(), a, b)
    qc.rzz(weight(), a, b)
    for q in (a, b):
        rotation(qc, weight, q)


@drawing
def ry_cz(qc, weight, a, b) -> None:
    """Draw a real two-qubit block: RY on both, then CZ, then RY on both; 4 weights."""
    _check_pair(qc, a, b)
    for q in (a, b):
        qc.ry(weight(), q)
    qc.cz(a, b)
    for q in (a, b):
        qc.ry(weight(), q)


@drawing
def brickwall_su4(qc, weight, n_layers=1) -> None:
    """Layers of general two-qubit gates on pairs (0, 1), (2, 3), ... and then (1, 2), (3, 4), ...

    15 (n - 1) weights a layer.

    Parameters
    ----------
    qc, weight
        As in `hardware_efficient`.
    n_layers : int, default=1
        Number of layers.
    """
    for _ in range(check_count("n_layers", n_layers, 0)):
        for first in (0, 1):
            for a in range(first, qc.num_qubits - 1, 2):
                su4(qc, weight, a, a + 1)


@drawing
def qcnn(qc, weight, block=su4) -> None:
    """Convolve and pool until one qubit, the last, is left.

    A convolution is one block, with the same weights, on all neighbours of the qubits in play; a
    pooling step controls rotations of every second qubit by its neighbour, and leaves that behind.
    The number of weights grows with log n.

    Parameters
    ----------
    qc, weight
        As in `hardware_efficient`.
    block : callable (qc, weight, a, b), default=su4
        The two-qubit block.

    References
    ----------
    I. Cong, S. Choi and M. D. Lukin, Quantum convolutional neural networks, Nature Physics 15,
    1273 (2019); T. Hur, L. Kim and D. K. Park, Quantum convolutional neural network for classical
    data classification, Quantum Machine Intelligence 4, 3 (2022).
    """
    _check_block(block)
    qubits = list(range(qc.num_qubits))
    while len(qubits) > 1:
        convolution, pooling = _RepeatedWeights(weight), _RepeatedWeights(weight)
        for first in (0, 1):
            for a, b in zip(qubits[first::2], qubits[first + 1 :: 2], strict=False):
                block(qc, convolution.replay(), a, b)
        for a, b in zip(qubits[-2::-2], qubits[::-2], strict=False):
            _pool(qc, pooling.replay(), a, b)
        qubits = qubits[::-2][::-1]


@drawing
def matrix_product(qc, weight, block=su4, n_layers=1) -> None:
    """A staircase of two-qubit blocks: a matrix product state of bond dimension up to 2^n_layers.

    Parameters
    ----------
    qc, weight, block
        As in `qcnn`.
    n_layers : int, default=1
        Number of staircases.

    References
    ----------
    W. Huggins et al., Towards quantum machine learning with tensor networks, Quantum Sci. Technol.
    4, 024001 (2019).
    """
    _check_block(block)
    for _ in range(check_count("n_layers", n_layers, 0)):
        for a in range(qc.num_qubits - 1):
            block(qc, weight, a, a + 1)


@drawing
def tree(qc, weight, block=su4) -> None:
    """A binary tree of two-qubit blocks towards the last qubit, one qubit of each pair going on.

    Parameters
    ----------
    qc, weight, block
        As in `qcnn`.

    References
    ----------
    E. Grant et al., Hierarchical quantum classifiers, npj Quantum Information 4, 65 (2018).
    """
    _check_block(block)
    qubits = list(range(qc.num_qubits))
    while len(qubits) > 1:
        for a, b in zip(qubits[-2::-2], qubits[::-2], strict=False):
            block(qc, weight, a, b)
        qubits = qubits[::-2][::-1]


class _RepeatedWeights:
    """Weights that are drawn once and handed out again in the same order."""

    def __init__(self, weight):
        self._weight = weight
        self._drawn = []

    def replay(self) -> Callable:
        """Return a function like ``weight`` that starts at the first of them."""
        position = 0

        def weight():
            nonlocal position
            if position == len(self._drawn):
                self._drawn.append(self._weight())
            position += 1
            return self._drawn[position - 1]

        return weight


def _pool(qc, weight, a, b) -> None:
    """Rotate b in a way that depends on a."""
    qc.crz(weight(), a, b)
    qc.x(a)
    qc.crx(weight(), a, b)
    qc.x(a)


def _check_pair(qc, a, b) -> None:
    for name, qubit in (("a", a), ("b", b)):
        check_count(name, qubit, 0, qc.num_qubits - 1)
    if a == b:
        raise ValueError(f"a and b must be different qubits, got {a} twice.")


def _check_block(block) -> None:
    check_callable("block", block, "a function (qc, weight, a, b), such as su4")
