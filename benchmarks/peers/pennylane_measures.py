"""Measures of a circuit that uploads its data again in each layer, by PennyLane; see `benchmarks.accuracy.measures`."""

import numpy as np
import pennylane as qml


def _node(n_qubits: int):
    """The circuit, its data marked."""

    @qml.qnode(qml.device("default.qubit", wires=n_qubits))
    def value(w, x):
        for layer in w.reshape(-1, n_qubits, 2):
            for q in range(n_qubits):
                qml.fourier.mark(qml.RX(x[q], q), f"x{q}")
            for q in range(n_qubits):
                qml.RY(layer[q, 0], q)
                qml.RZ(layer[q, 1], q)
            for q in range(n_qubits - 1):
                qml.CNOT([q, q + 1])
        return qml.expval(qml.Z(0))

    return value


def quantum_fisher(X, W) -> np.ndarray:
    """Quantum Fisher matrices (n_draws, n_weights, n_weights): four times the metric tensor, averaged over rows."""
    tensor = qml.adjoint_metric_tensor(_node(X.shape[1]))
    rows = [qml.numpy.array(x, requires_grad=False) for x in X]
    return np.array([np.mean([4 * tensor(qml.numpy.array(w), x) for x in rows], axis=0) for w in W])


def frequencies(X, W) -> np.ndarray:
    """Frequencies of all features, one after another, from 0 on."""
    found = qml.fourier.circuit_spectrum(_node(X.shape[1]))(W[0], X[0])
    return np.array([each for own in found.values() for each in own if each >= 0], dtype=float)
