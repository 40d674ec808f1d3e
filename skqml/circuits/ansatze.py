"""Trainable circuits: functions that draw weights into a circuit.

An ansatz is any function ``ansatz(qc, weight)``: it changes ``qc`` in place and takes a fresh
parameter from each call ``weight()``. Fix its options with `functools.partial`.
"""

from itertools import combinations
from numbers import Integral

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector


def hardware_efficient(qc, weight, n_layers=1, entanglement="ring"):
    """Rotations RZ, RY of each qubit, then layers of CZ gates between neighbours and rotations again.

    ``W = R (CZ... R)^n_layers`` read from left to right, R being ``RZ`` before ``RY`` so that no
    angle is lost before a measurement of Z; 2 n (n_layers + 1) weights on n qubits.

    Parameters
    ----------
    qc : QuantumCircuit
    weight : callable
    n_layers : int, default=1
        Number of entangling layers; 0 leaves product rotations.
    entanglement : {"ring", "line"}, default="ring"
        Whether the last qubit is a neighbour of the first.

    References
    ----------
    A. Kandala et al., Hardware-efficient variational quantum eigensolver for small molecules and
    quantum magnets, Nature 549, 242 (2017).

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import Parameter
    >>> from skqml.circuits.ansatze import hardware_efficient
    >>> names = iter("abcdefgh")
    >>> qc = QuantumCircuit(2)
    >>> hardware_efficient(qc, lambda: Parameter(next(names)))
    >>> print(qc.draw())
         ┌───────┐┌───────┐   ┌───────┐┌───────┐
    q_0: ┤ Rz(a) ├┤ Ry(b) ├─■─┤ Rz(e) ├┤ Ry(f) ├
         ├───────┤├───────┤ │ ├───────┤├───────┤
    q_1: ┤ Rz(c) ├┤ Ry(d) ├─■─┤ Rz(g) ├┤ Ry(h) ├
         └───────┘└───────┘   └───────┘└───────┘
    """
    pairs = _neighbours(qc.num_qubits, entanglement)
    for layer in range(_check_layers(n_layers) + 1):
        if layer:
            for a, b in pairs:
                qc.cz(a, b)
        for q in range(qc.num_qubits):
            qc.rz(weight(), q)
            qc.ry(weight(), q)


def identity(qc, weight):
    """Draw nothing: for encodings whose own weights are all there is to train."""


def strongly_entangling(qc, weight, n_layers=2):
    """Layers of RZ, RY, RZ on each qubit and of CX gates to the qubit r places on, r = 1, 2, ...

    3 n weights a layer.

    Parameters
    ----------
    qc, weight
        As in `hardware_efficient`.
    n_layers : int, default=2
        Number of layers.

    References
    ----------
    M. Schuld et al., Circuit-centric quantum classifiers, Phys. Rev. A 101, 032308 (2020).
    """
    n = qc.num_qubits
    for layer in range(_check_layers(n_layers)):
        for q in range(n):
            _rotation(qc, weight, q)
        for q in range(n if n > 1 else 0):
            qc.cx(q, (q + 1 + layer % (n - 1)) % n)


def all_to_all(qc, weight, n_layers=1):
    """Layers of RZ, RY on each qubit and RXX on each pair, the native gates of trapped ions.

    2 n + n (n - 1) / 2 weights a layer.

    Parameters
    ----------
    qc, weight
        As in `hardware_efficient`.
    n_layers : int, default=1
        Number of layers.

    References
    ----------
    S. Sim, P. D. Johnson and A. Aspuru-Guzik, Expressibility and entangling capability of
    parameterized quantum circuits, Adv. Quantum Technol. 2, 1900070 (2019).
    """
    for _ in range(_check_layers(n_layers)):
        for q in range(qc.num_qubits):
            qc.rz(weight(), q)
            qc.ry(weight(), q)
        for a, b in combinations(range(qc.num_qubits), 2):
            qc.rxx(weight(), a, b)


def su4(qc, weight, a, b):
    """Draw a general two-qubit gate: rotations, ``exp(-i (u XX + v YY + w ZZ) / 2)``, rotations.

    15 weights.

    References
    ----------
    R. R. Tucci, An introduction to Cartan's KAK decomposition for QC programmers,
    arXiv quant-ph/0507171.
    """
    for q in (a, b):
        _rotation(qc, weight, q)
    qc.rxx(weight(), a, b)
    qc.ryy(weight(), a, b)
    qc.rzz(weight(), a, b)
    for q in (a, b):
        _rotation(qc, weight, q)


def ry_cz(qc, weight, a, b):
    """Draw a real two-qubit block: RY on both, then CZ, then RY on both; 4 weights."""
    for q in (a, b):
        qc.ry(weight(), q)
    qc.cz(a, b)
    for q in (a, b):
        qc.ry(weight(), q)


def brickwall_su4(qc, weight, n_layers=1):
    """Layers of general two-qubit gates on pairs (0, 1), (2, 3), ... and then (1, 2), (3, 4), ...

    15 (n - 1) weights a layer.

    Parameters
    ----------
    qc, weight
        As in `hardware_efficient`.
    n_layers : int, default=1
        Number of layers.
    """
    for _ in range(_check_layers(n_layers)):
        for first in (0, 1):
            for a in range(first, qc.num_qubits - 1, 2):
                su4(qc, weight, a, a + 1)


def qcnn(qc, weight, block=su4):
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
    qubits = list(range(qc.num_qubits))
    while len(qubits) > 1:
        convolution, pooling = _Shared(weight), _Shared(weight)
        for first in (0, 1):
            for a, b in zip(qubits[first::2], qubits[first + 1 :: 2], strict=False):
                block(qc, convolution.replay(), a, b)
        for a, b in zip(qubits[-2::-2], qubits[::-2], strict=False):
            _pool(qc, pooling.replay(), a, b)
        qubits = qubits[::-2][::-1]


def matrix_product(qc, weight, block=su4, n_layers=1):
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
    for _ in range(_check_layers(n_layers)):
        for a in range(qc.num_qubits - 1):
            block(qc, weight, a, a + 1)


def tree(qc, weight, block=su4):
    """A binary tree of two-qubit blocks towards the last qubit, one qubit of each pair going on.

    Parameters
    ----------
    qc, weight, block
        As in `qcnn`.

    References
    ----------
    E. Grant et al., Hierarchical quantum classifiers, npj Quantum Information 4, 65 (2018).
    """
    qubits = list(range(qc.num_qubits))
    while len(qubits) > 1:
        for a, b in zip(qubits[-2::-2], qubits[::-2], strict=False):
            block(qc, weight, a, b)
        qubits = qubits[::-2][::-1]


def mirrored(qc, weight, ansatz=hardware_efficient):
    """Draw an ansatz and then its inverse, each with weights of its own.

    ``W(w, v) = V(v)^-1 V(w)``, the identity where v = w: there gradients do not vanish with the
    number of qubits, so it is a place to start (``init="identity"``).

    Parameters
    ----------
    qc, weight
        As in `hardware_efficient`.
    ansatz : callable (qc, weight), default=hardware_efficient
        It draws V.

    References
    ----------
    E. Grant et al., An initialization strategy for addressing barren plateaus in parametrized
    quantum circuits, Quantum 3, 214 (2019).
    """
    half = QuantumCircuit(qc.num_qubits)
    angles = ParameterVector("half", 0)

    def angle():
        angles.resize(len(angles) + 1)
        return angles[len(angles) - 1]

    ansatz(half, angle)
    for circuit in (half, half.inverse()):
        fresh = {p: weight() for p in angles}
        used = set(circuit.parameters)
        qc.compose(circuit.assign_parameters({p: w for p, w in fresh.items() if p in used}), inplace=True)


class _Shared:
    """Weights that are drawn once and handed out again in the same order."""

    def __init__(self, weight):
        self._weight = weight
        self._drawn = []

    def replay(self):
        """Return a function like ``weight`` that starts at the first of them."""
        position = 0

        def weight():
            nonlocal position
            if position == len(self._drawn):
                self._drawn.append(self._weight())
            position += 1
            return self._drawn[position - 1]

        return weight


def _pool(qc, weight, a, b):
    """Rotate b in a way that depends on a."""
    qc.crz(weight(), a, b)
    qc.x(a)
    qc.crx(weight(), a, b)
    qc.x(a)


def _rotation(qc, weight, q):
    qc.rz(weight(), q)
    qc.ry(weight(), q)
    qc.rz(weight(), q)


def _neighbours(n_qubits, entanglement):
    if entanglement not in ("ring", "line"):
        raise ValueError(f"entanglement must be 'ring' or 'line', got {entanglement!r}.")
    closed = entanglement == "ring" and n_qubits > 2
    return [(q, (q + 1) % n_qubits) for q in range(n_qubits if closed else n_qubits - 1)]


def _check_layers(n_layers):
    if isinstance(n_layers, bool) or not isinstance(n_layers, Integral) or n_layers < 0:
        raise ValueError(f"n_layers must be a whole number of at least 0, got {n_layers!r}.")
    return int(n_layers)
