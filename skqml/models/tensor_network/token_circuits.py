"""Gates of tokens and boxes."""

from ..base.rotations.rotations import Gate


def token_gates(n_qubits) -> tuple[Gate, ...]:
    """RX, RZ, RX on each qubit: any state of one qubit, and any measurement of it."""
    return tuple((name, (q,)) for name in ("rx", "rz", "rx") for q in range(n_qubits))


def box_gates(n_qubits, n_layers) -> tuple[Gate, ...]:
    """Layers of RY, a ring of controlled RX, RY, and the ring the other way round; 4 angles a qubit and layer.

    References
    ----------
    S. Sim, P. D. Johnson and A. Aspuru-Guzik, arXiv 1905.10876, circuit 14.
    """
    walls: list[Gate] = [("ry", (q,)) for q in range(n_qubits)]
    rings: list[list[Gate]] = [
        [("crx", (q, (q + step) % n_qubits)) for q in range(n_qubits)[::step]] for step in (-1, 1)
    ]
    return tuple(walls + rings[0] + walls + rings[1]) * n_layers
