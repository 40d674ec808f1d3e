"""The circuit of a field: amplitudes from angles of a binary tree, and real blocks of rotations."""

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit

from ..base.rotations.rotations import Gate


def block_gates(n_qubits, n_blocks, entangled=True) -> tuple[Gate, ...]:
    """Blocks of RY on each qubit and controlled RY on each pair, and the same gates backwards; all real."""
    half: list[Gate] = [("ry", (q,)) for q in range(n_qubits)]
    if entangled:
        half += [("cry", (a, b)) for a in range(n_qubits) for b in range(a + 1, n_qubits)]
    return tuple(half + half[::-1]) * n_blocks


def identity_angles(n_angles, n_blocks, rng) -> np.ndarray:
    """Random angles of which the second half of each block takes back the first."""
    half = rng.uniform(0.0, 2 * np.pi, (n_blocks, n_angles // n_blocks // 2))
    return np.hstack([half, -half[:, ::-1]]).ravel()


def field_circuit(n_qubits, gates, entangled=True) -> QuantumCircuit:
    """Data are 2^n - 1 angles of a tree of rotations RY, which make any amplitudes that are not negative.

    Where qubits are not ``entangled``, all nodes of a level have one angle, that of a qubit: data are the n of them.
    """
    qc = QuantumCircuit(n_qubits)
    x, w = ParameterVector("x", len(first_nodes(n_qubits, entangled))), ParameterVector("w", len(gates))
    for k in range(n_qubits):
        controls = [n_qubits - j for j in range(k, 0, -1)] if entangled else []
        _multiplexed(
            qc, list(x[2**k - 1 : 2 ** (k + 1) - 1] if entangled else x[k : k + 1]), controls, n_qubits - 1 - k
        )
    for angle, (name, qubits) in zip(w, gates, strict=True):
        getattr(qc, name)(angle, *qubits)
    return qc


def first_nodes(n_qubits, entangled) -> np.ndarray:
    """Nodes of the tree whose angles are data: all, or the first of each level."""
    return np.arange(2**n_qubits - 1) if entangled else 2 ** np.arange(n_qubits) - 1


def basis_circuit(n_qubits, gates) -> QuantumCircuit:
    """Data are angles, pi for a bit of 1 and 0 for one of 0, of the basis state before the gates."""
    qc = QuantumCircuit(n_qubits)
    for q, angle in enumerate(ParameterVector("x", n_qubits)):
        qc.ry(angle, q)
    for angle, (name, qubits) in zip(ParameterVector("w", len(gates)), gates, strict=True):
        getattr(qc, name)(angle, *qubits)
    return qc


def _multiplexed(qc, angles, controls, target) -> None:
    """RY of the target by the angle whose number the controls hold, the last of them being its highest bit."""
    if not controls:
        qc.ry(angles[0], target)
        return
    *rest, top = controls
    half = len(angles) // 2
    pairs = list(zip(angles[:half], angles[half:], strict=True))
    _multiplexed(qc, [(a + b) / 2 for a, b in pairs], rest, target)
    qc.cx(top, target)
    _multiplexed(qc, [(a - b) / 2 for a, b in pairs], rest, target)
    qc.cx(top, target)


def tree_angles(P) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Angles (n_samples, 2^n - 1) of amplitudes ``sqrt(P)``, and sums of probabilities on both sides of each node."""
    angles, sums, n_nodes = [], [], 1
    while n_nodes < P.shape[1]:
        sides = P.reshape(len(P), n_nodes, 2, -1).sum(axis=3)
        sums.append((sides[:, :, 0], sides[:, :, 1]))
        angles.append(2 * np.arctan2(np.sqrt(sides[:, :, 1]), np.sqrt(sides[:, :, 0])))
        n_nodes *= 2
    return np.hstack(angles), sums


def tree_pullback(P, sums, g) -> np.ndarray:
    """Cotangents of log P for those of the angles; ``d angle = sqrt(L R) / (L + R) d log(R / L)``."""
    slopes, start = np.zeros_like(P), 0
    for left, right in sums:
        n_nodes = left.shape[1]
        total = left + right
        slope = g[:, start : start + n_nodes] * np.sqrt(left * right) / np.where(total > 0, total, 1.0)
        for k, (side, sign) in enumerate(((left, -1), (right, 1))):
            part = P.reshape(len(P), n_nodes, 2, -1)[:, :, k] / np.where(side > 0, side, 1.0)[:, :, None]
            slopes.reshape(len(P), n_nodes, 2, -1)[:, :, k] += sign * slope[:, :, None] * part
        start += n_nodes
    return slopes
