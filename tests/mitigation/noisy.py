"""Noise models and circuits that tests of mitigation share."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from skqml.backends.aer import Aer

N = 3
X = np.random.default_rng(0).normal(size=(4, N))
W = np.random.default_rng(1).normal(size=2 * N)
NO_DATA = np.zeros((1, 0))


def model():
    """An encoding and two layers of RY, RZ walls and CX chains."""
    x, w = ParameterVector("x", N), ParameterVector("w", 2 * N)
    circuit = QuantumCircuit(N)
    for q in range(N):
        circuit.ry(x[q], q)
        circuit.rz(w[q] * x[q], q)
    for q in range(N - 1):
        circuit.cx(q, q + 1)
    for q in range(N):
        circuit.ry(w[N + q], q)
    for q in range(N - 1):
        circuit.cx(q, q + 1)
    return circuit


def depolarizing(p=0.001, p2=0.01, gates=("rx", "ry", "rz")):
    """Depolarizing noise after each gate."""
    noise = NoiseModel(basis_gates=[*gates, "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(p, 1), list(gates))
    noise.add_all_qubit_quantum_error(depolarizing_error(p2, 2), ["cx"])
    return noise


def aer(noise, **options):
    """Aer with density matrices, exact unless shots are given."""
    return Aer(AerSimulator(method="density_matrix", noise_model=noise), **options)
