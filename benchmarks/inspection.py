"""What it takes to look at a kernel matrix and at circuits."""

from collections.abc import Iterator

import numpy as np
from qiskit import QuantumCircuit

from benchmarks.frame.contest import Contender, Group
from skqml import Ansatz, FidelityKernel
from skqml.circuits.ansatze import hardware_efficient
from skqml.inspection import alignment, concentration, effective_rank, expressibility, gradient_variance, nearest_rbf


def cases(quick: bool) -> Iterator[Group]:
    """Yield measures of a kernel matrix, beside its bare eigenvalues, and measures of circuits."""
    n_samples, n_qubits, n_pairs, widest = (50, 3, 200, 4) if quick else (1000, 8, 5000, 14)
    yield Group(f"Measures of a matrix of {n_samples} rows", list(_of_matrix(n_samples)), reference="bare eigenvalues")
    for n_layers in (2, 8):
        circuit = _ansatz(n_qubits, n_layers)
        call = Contender("skqml", lambda c=circuit: expressibility(c, n_pairs=n_pairs, random_state=0).shares)
        yield Group(f"Expressibility, {n_qubits} qubits, {n_layers} layers, {n_pairs} pairs", [call], reference="skqml")
    for name, depth in (("4 layers", lambda n: 4), ("as many layers as qubits", lambda n: n)):
        circuits = [_ansatz(n, depth(n)) for n in range(2, widest + 1)]
        call = Contender("skqml", lambda c=circuits: gradient_variance(c, random_state=0).mean)
        yield Group(f"Gradient variance, 2 to {widest} qubits, {name}, 200 draws", [call], reference="skqml", rounds=3)


def _of_matrix(n_samples: int) -> Iterator[Contender]:
    X = np.random.default_rng(0).normal(size=(n_samples, 10))
    K, y = FidelityKernel(scale=0.5)(X), X[:, 0] > 0

    def measures():
        return effective_rank(K), concentration(K), alignment(K, y=y), nearest_rbf(K, X)

    note = "concentration, rank, alignment and nearest RBF kernel"
    yield Contender("bare eigenvalues", lambda: np.linalg.eigvalsh(K)[::-1])
    yield Contender("skqml", measures, read=lambda found: found[0].eigenvalues, note=note)


def _ansatz(n_qubits: int, n_layers: int) -> QuantumCircuit:
    return Ansatz(hardware_efficient, n_layers=n_layers).build(n_qubits)
