"""A circuit that prepares rows as amplitudes, and its states by Qiskit."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp, Statevector

from skqml.circuits import AmplitudePreparation

N_FEATURES, N_WEIGHTS = 5, 4
OBSERVABLES = [SparsePauliOp(label) for label in ("ZII", "IXY", "YZI", "XXZ")]
OBSERVABLES_OF_4 = [SparsePauliOp(label) for label in ("ZIII", "IXYI", "YZIX", "XXZZ", "IIIZ")]


def circuit(qubits=(2, 0, 1), n_qubits=3, n_layers=1, *, real=False):
    """Four features and a constant as amplitudes of some qubits, gates by features and weights behind them."""
    x, w = ParameterVector("x", N_FEATURES), ParameterVector("w", N_WEIGHTS)
    qc = QuantumCircuit(n_qubits)
    for q in set(range(n_qubits)) - set(qubits):
        qc.h(q)
    qc.append(AmplitudePreparation([*x[:3], 0.7, x[4]]), qubits)
    qc.ry(x[3] + x[0], qubits[0])
    for layer in range(n_layers):
        for q in range(n_qubits):
            qc.ry(w[(q + layer) % N_WEIGHTS], q)
            if not real:
                qc.rz(w[(q + 1) % N_WEIGHTS], q)
        for q in range(n_qubits):
            qc.cz(q, (q + 1) % n_qubits)
    qc.ry(w[3], 0)
    return qc


def rows(n_samples=11):
    """Rows and weights: in some rows neighbouring amplitudes are 0, in one all but two."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, N_FEATURES))
    X[0, :2] = 0.0
    X[1, [0, 1, 4]] = 0.0
    X[1, 2] = -2.0
    X[2, :3] = X[2, 4] = 0.0
    return X, rng.normal(size=N_WEIGHTS)


def states(qc, X, w):
    """States (n_samples, 2**n_qubits), one circuit after another."""
    values = [dict.fromkeys(qc.parameters) for _ in X]
    for x, bound in zip(X, values, strict=True):
        for p in bound:
            bound[p] = (x if p.vector.name == "x" else w)[p.index]
    return np.array([Statevector(qc.assign_parameters(bound)).data for bound in values])


def slopes(function, X, w, step=1e-6):
    """Derivatives of a function of X and w, with the axes of its values first, by differences."""
    dX, dw = [], []
    for k in np.ndindex(X.shape):
        e = np.zeros_like(X)
        e[k] = step
        dX.append((function(X + e, w) - function(X - e, w)) / (2 * step))
    for e in step * np.eye(len(w)):
        dw.append((function(X, w + e) - function(X, w - e)) / (2 * step))
    return np.moveaxis(np.array(dX), 0, -1).reshape(*dX[0].shape, *X.shape), np.moveaxis(np.array(dw), 0, -1)
