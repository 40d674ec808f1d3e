"""Ansätze of rotations on all qubits and a fixed pattern of entangling gates."""

from itertools import combinations

from ..._checks import check_count, check_option
from .steps import drawing, rotation


@drawing
def hardware_efficient(qc, weight, n_layers=1, entanglement="ring") -> None:
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
    for layer in range(check_count("n_layers", n_layers, 0) + 1):
        if layer:
            for a, b in pairs:
                qc.cz(a, b)
        for q in range(qc.num_qubits):
            qc.rz(weight(), q)
            qc.ry(weight(), q)


@drawing
def identity(qc, weight) -> None:
    """Draw nothing: for encodings whose own weights are all there is to train."""


@drawing
def strongly_entangling(qc, weight, n_layers=2) -> None:
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
    for layer in range(check_count("n_layers", n_layers, 0)):
        for q in range(n):
            rotation(qc, weight, q)
        for q in range(n if n > 1 else 0):
            qc.cx(q, (q + 1 + layer % (n - 1)) % n)


@drawing
def basic_entangler(qc, weight, n_layers=1) -> None:
    """Layers of RX on each qubit and CX gates around the ring; n weights a layer.

    Parameters
    ----------
    qc, weight
        As in `hardware_efficient`.
    n_layers : int, default=1
        Number of layers.
    """
    for _ in range(check_count("n_layers", n_layers, 0)):
        for q in range(qc.num_qubits):
            qc.rx(weight(), q)
        for a, b in _neighbours(qc.num_qubits, "ring"):
            qc.cx(a, b)


@drawing
def all_to_all(qc, weight, n_layers=1) -> None:
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
    for _ in range(check_count("n_layers", n_layers, 0)):
        for q in range(qc.num_qubits):
            qc.rz(weight(), q)
            qc.ry(weight(), q)
        for a, b in combinations(range(qc.num_qubits), 2):
            qc.rxx(weight(), a, b)


def _neighbours(n_qubits, entanglement):
    check_option("entanglement", entanglement, ("ring", "line"))
    closed = entanglement == "ring" and n_qubits > 2
    return [(q, (q + 1) % n_qubits) for q in range(n_qubits if closed else n_qubits - 1)]
