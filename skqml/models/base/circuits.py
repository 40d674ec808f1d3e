"""Circuits of an encoding and an ansatz behind it."""

from qiskit.circuit import ParameterVector, QuantumCircuit

from ...circuits.weights import fresh_weights
from ...engine.reading.bandwidth import natural_bandwidth
from ...engine.reading.lower import split_parameters


def draw_model(encoding, ansatz, n_features: int) -> tuple[QuantumCircuit, int]:
    """Encoding and ansatz as one circuit of data x and weights w, and how many weights the first has."""
    qc = QuantumCircuit(encoding.width(n_features))
    weight = fresh_weights()[1]
    encoding.draw(qc, ParameterVector("x", n_features), weight)
    n_encoding = len(split_parameters(qc)[1])
    ansatz(qc, weight)
    return qc, n_encoding


def encoding_bandwidth(encoding, n_features: int) -> float:
    """Bandwidth for so many standardised features that suits the encoding."""
    return natural_bandwidth([encoding.build(n_features)])
