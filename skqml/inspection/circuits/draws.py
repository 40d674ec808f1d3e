"""Circuits at random angles."""

import numpy as np
from qiskit import QuantumCircuit

from ..._checks import check_kind
from ...backends import Backend, Exact
from ...circuits import CircuitEncoding
from ...engine.reading.lower import split_parameters
from ...models.base.inside import model_with


def as_circuit(circuit, name="circuit") -> QuantumCircuit:
    """A circuit, or that of a fitted estimator."""
    if hasattr(circuit, "fit") and not isinstance(circuit, type):
        circuit = model_with("circuit_", "a circuit", circuit)[0].circuit_
    return check_kind(name, circuit, QuantumCircuit, "a QuantumCircuit or a fitted estimator with circuit_")


def as_backend(backend) -> Backend:
    """The backend given, or `Exact`."""
    return check_kind("backend", Exact() if backend is None else backend, Backend, "None or a Backend")


def angles_as_data(circuit) -> tuple[QuantumCircuit, int, int]:
    """A circuit all of whose parameters are data, and the numbers of its features, which come first, and its weights.

    So each row of X holds its own weights, and one call runs all draws. Features without weights count as weights.
    """
    data, weights = split_parameters(circuit)
    if not data and not weights:
        raise ValueError("circuit must have parameters, whose angles are drawn, got one without.")
    circuit = CircuitEncoding(circuit, [*data, *weights]).build(len(data) + len(weights))
    return circuit, len(data) if weights else 0, len(weights or data)


def uniform_angles(n_draws, n_parameters, rng) -> np.ndarray:
    """Angles (n_draws, n_parameters), uniform in [0, 2 pi)."""
    return rng.uniform(0.0, 2 * np.pi, (n_draws, n_parameters))
