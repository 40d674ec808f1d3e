"""sQUlearn's FidelityKernel on its qulacs executor, the fastest of its exact ones (qulacs, pennylane, qiskit)."""

import numpy as np
from qiskit.circuit.library import zz_feature_map
from squlearn import Executor
from squlearn.encoding_circuit import QiskitEncodingCircuit
from squlearn.kernel.lowlevel_kernel import FidelityKernel

_compiled: dict[int, FidelityKernel] = {}


def gram(X: np.ndarray) -> np.ndarray:
    """Return K of shape (n_samples, n_samples)."""
    n_qubits = X.shape[1]
    if n_qubits not in _compiled:
        circuit = zz_feature_map(n_qubits, reps=2, entanglement="full")
        _compiled[n_qubits] = FidelityKernel(QiskitEncodingCircuit(circuit, mode="x"), Executor("qulacs"))
    return _compiled[n_qubits].evaluate(X)


def forget() -> None:
    """Drop the states of earlier rows, which a kernel keeps for ever and has no public way to drop."""
    for kernel in _compiled.values():
        kernel._quantum_kernel._cached_execution.cache_clear()
