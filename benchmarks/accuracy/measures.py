"""Fisher matrices, effective dimensions and frequencies of a circuit, beside those of other packages."""

from collections.abc import Iterator
from importlib import import_module

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from benchmarks.frame.contest import Contender, Group
from skqml.inspection import effective_dimension, fisher_information, fourier_spectrum, quantum_fisher_information

N_SAMPLES = [1_000, 100_000]


def cases(quick: bool) -> Iterator[Group]:
    """Yield a group a measure, of a circuit of 3 qubits and 2 layers, or a small one."""
    n_qubits, n_layers, n_draws = (2, 2, 2) if quick else (3, 2, 4)
    circuit, rng = uploading_circuit(n_qubits, n_layers), np.random.default_rng(0)
    X, W = rng.uniform(-1, 1, (3, n_qubits)), rng.uniform(0, 2 * np.pi, (n_draws, 2 * n_qubits * n_layers))
    size = f"{n_qubits} qubits, {n_layers} layers, 3 rows, {n_draws} draws of weights"
    machine_learning = "qiskit-machine-learning", "qiskit_ml_measures"

    def dimensions():
        F = fisher_information(circuit, X, w=W)
        return np.array([effective_dimension(F, n) for n in N_SAMPLES])

    yield _group(
        f"Quantum Fisher information, {size}",
        lambda: quantum_fisher_information(circuit, X, w=W),
        _peer("PennyLane", "pennylane_measures", "quantum_fisher", X, W),
    )
    yield _group(
        f"Fisher information, {size}",
        lambda: fisher_information(circuit, X, w=W),
        _peer(*machine_learning, "fisher", circuit, X, W),
    )
    yield _group(
        f"Effective dimension, {size}", dimensions, _peer(*machine_learning, "dimensions", circuit, X, W, N_SAMPLES)
    )
    yield _group(
        f"Frequencies of all features, {size}",
        lambda: np.concatenate(fourier_spectrum(circuit).frequencies),
        _peer("PennyLane", "pennylane_measures", "frequencies", X, W),
    )


def _group(name: str, ours, peer: Contender) -> Group:
    return Group(name, [Contender("skqml", ours), peer], reference="skqml", rounds=3)


def _peer(label: str, module: str, function: str, *arguments) -> Contender:
    try:
        compute = getattr(import_module(f"benchmarks.peers.{module}"), function)
    except ModuleNotFoundError as error:
        return Contender(label, None, note=f"no module {error.name}")
    return Contender(label, lambda: compute(*arguments))


def uploading_circuit(n_qubits: int, n_layers: int) -> QuantumCircuit:
    """RX of the data, RY and RZ of weights and a chain of CX, in each layer."""
    x, w = ParameterVector("x", n_qubits), iter(ParameterVector("w", 2 * n_qubits * n_layers))
    circuit = QuantumCircuit(n_qubits)
    for _ in range(n_layers):
        for q in range(n_qubits):
            circuit.rx(x[q], q)
        for q in range(n_qubits):
            circuit.ry(next(w), q)
            circuit.rz(next(w), q)
        for q in range(n_qubits - 1):
            circuit.cx(q, q + 1)
    return circuit
