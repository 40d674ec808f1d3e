"""The circuit of a variational model, and what is measured on it."""

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from ...circuits import all_z, all_zz
from ...circuits.weights import fresh_weights
from ...engine.reading.bandwidth import natural_bandwidth
from ...engine.reading.lower import split_parameters
from ...engine.reading.paulis import as_observables, is_observable


def draw_model(encoding, ansatz, n_features: int):
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


def resolve_observables(observables, n_qubits: int) -> tuple:
    """The observables of a model: those given, or Z of each qubit and Z Z of each pair."""
    if observables is None:
        return all_z(n_qubits) + (all_zz(n_qubits) if n_qubits > 1 else ())
    by_size = callable(observables) and not is_observable(observables)  # Qiskit's can be called, with qubits
    found = as_observables(observables(n_qubits) if by_size else observables)
    if not found:
        raise ValueError("observables must hold at least one observable, got none.")
    return found
