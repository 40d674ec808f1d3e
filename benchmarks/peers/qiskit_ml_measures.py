"""Fisher matrices and effective dimensions of a circuit by qiskit-machine-learning, without shots."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit_machine_learning.neural_networks import EffectiveDimension, SamplerQNN
from qiskit_machine_learning.primitives import QMLSampler


def _measured(circuit: QuantumCircuit, X, W) -> EffectiveDimension:
    data, weights = ([p for p in circuit.parameters if p.name.startswith(letter)] for letter in "xw")
    network = SamplerQNN(circuit=circuit, sampler=QMLSampler(), input_params=data, weight_params=weights)
    return EffectiveDimension(network, W, X)


def fisher(circuit, X, W) -> np.ndarray:
    """Fisher matrices (n_draws, n_weights, n_weights), averaged over rows."""
    measured = _measured(circuit, X, W)
    found = measured.get_fisher_information(*measured.run_monte_carlo())
    return found.reshape(len(W), len(X), *found.shape[1:]).mean(axis=1)


def dimensions(circuit, X, W, n_samples) -> np.ndarray:
    """Effective dimensions for several numbers of rows."""
    return _measured(circuit, X, W).get_effective_dimension(n_samples)
