"""qiskit-machine-learning's two fidelity kernels, both exact (no shots)."""

import numpy as np
from qiskit.circuit.library import zz_feature_map
from qiskit_machine_learning.kernels import FidelityQuantumKernel, FidelityStatevectorKernel


def _circuit(X: np.ndarray):
    return zz_feature_map(X.shape[1], reps=2, entanglement="full")


def gram(X: np.ndarray) -> np.ndarray:
    """Return K of shape (n_samples, n_samples) from one state a row."""
    return FidelityStatevectorKernel(feature_map=_circuit(X)).evaluate(X)


def gram_by_pairs(X: np.ndarray) -> np.ndarray:
    """Return K of shape (n_samples, n_samples) from one circuit U(x)^-1 U(y) a pair of rows."""
    return FidelityQuantumKernel(feature_map=_circuit(X), enforce_psd=False).evaluate(X)
