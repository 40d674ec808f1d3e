"""Circuits to cut, places, observables, and what a backend makes of them."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp

from skqml import Observable, all_z

WORST = 1e-10


def ladder(n_qubits, n_layers=1):
    """The convolution of specification 7: H and RY(x) on all qubits, then blocks down a ladder."""
    x, w = ParameterVector("x", n_qubits), iter(ParameterVector("w", 4 * (n_qubits - 1) * n_layers))
    circuit = QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        circuit.h(q)
        circuit.ry(x[q], q)
    for a in list(range(n_qubits - 1)) * n_layers:
        circuit.ry(next(w), a)
        circuit.ry(next(w), a + 1)
        circuit.cx(a, a + 1)
        circuit.ry(next(w), a)
        circuit.ry(next(w), a + 1)
    return circuit


def random_circuit(rng, n_qubits, n_gates):
    """Rotations of data, weights and both, and gates on two neighbours or any two qubits."""
    x, w = ParameterVector("x", 3), ParameterVector("w", 4)
    circuit = QuantumCircuit(n_qubits)
    for _ in range(n_gates):
        a, b = rng.choice(n_qubits, 2, replace=False).tolist()
        for q in (a, b):
            angle = [x[rng.integers(3)], 2 * w[rng.integers(4)] - 0.3, x[rng.integers(3)] * w[rng.integers(4)]]
            getattr(circuit, rng.choice(["rx", "ry", "rz"]))(angle[rng.integers(3)], q)
        getattr(circuit, rng.choice(["cx", "cz", "ecr"]))(a, b)
        circuit.crx(w[0] + x[1], a, b) if rng.random() < 0.5 else circuit.rzz(x[0] * w[1], b, a)
    return circuit


def random_cuts(rng, circuit, n_cuts):
    """Different places between two gates of a wire, and gates, wherever they are."""
    n_gates = [sum(circuit.qubits[q] in i.qubits for i in circuit.data) for q in range(circuit.num_qubits)]
    places = [(q, k) for q, n in enumerate(n_gates) for k in range(1, n)]
    places += 2 * [k for k, i in enumerate(circuit.data) if i.operation.name in ("cx", "cz", "rzz")]
    return list({places[k] for k in rng.choice(len(places), n_cuts, replace=False)})


def random_observables(rng, n_qubits):
    labels = ["".join(rng.choice(list("IXYZ"), n_qubits)) for _ in range(3)]
    projector = Observable("".join(rng.choice(list("IZ01"), n_qubits)), 0.7)
    return [SparsePauliOp(labels, rng.normal(size=3)), projector, *all_z(n_qubits)[:2]]


def results(backend, circuit, observables, X, w, g):
    values, pullback = backend.compile(circuit, observables).forward(X, w)
    return values, *pullback(g)


def difference(first, second):
    return max(np.abs(a - b).max(initial=0.0) for a, b in zip(first, second, strict=True))
