"""Circuits of known properties, that tests of inspection share."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from skqml.circuits.ansatze import hardware_efficient
from skqml.circuits.weights import fresh_weights


def layered(n_qubits, n_layers):
    """The hardware-efficient ansatz."""
    circuit = QuantumCircuit(n_qubits)
    hardware_efficient(circuit, fresh_weights()[1], n_layers=n_layers)
    return circuit


def product(n_qubits):
    """One RY a qubit, each with its own weight."""
    circuit = QuantumCircuit(n_qubits)
    for q, w in enumerate(ParameterVector("w", n_qubits)):
        circuit.ry(w, q)
    return circuit


def mixed():
    """Two qubits, two features, three weights, one of them in two gates."""
    x, w = ParameterVector("x", 2), ParameterVector("w", 3)
    circuit = QuantumCircuit(2)
    circuit.ry(x[0] + w[0], 0)
    circuit.rx(w[1], 1)
    circuit.crx(x[1], 0, 1)
    circuit.rz(w[0], 0)
    circuit.ryy(w[2], 0, 1)
    return circuit


def random_states(n_qubits, n_samples, rng):
    """Haar random states: normalised complex normal vectors."""
    shape = n_samples, 1 << n_qubits
    S = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    return S / np.linalg.norm(S, axis=1, keepdims=True)
