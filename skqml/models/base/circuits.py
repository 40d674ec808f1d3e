"""What draws the circuits of models: an encoding, an ansatz behind it, fixed weights in it."""

from qiskit.circuit import ParameterVector, QuantumCircuit

from ...backends.redrawn import Drawing
from ...circuits.weights import fresh_weights
from ...engine.reading.bandwidth import natural_bandwidth
from ...engine.reading.lower import split_parameters


def draw_model(encoding, ansatz, n_features: int) -> QuantumCircuit:
    """Encoding and ansatz as one circuit of data x and weights w; its metadata tell how much of it is the encoding."""
    qc = QuantumCircuit(encoding.width(n_features))
    weight = fresh_weights()[1]
    encoding.draw(qc, ParameterVector("x", n_features), weight)
    qc.metadata = {"n_encoding": len(split_parameters(qc)[1]), "n_gates_of_encoding": len(qc.data)}
    ansatz(qc, weight)
    return qc


def drawn_encoding(circuit: QuantumCircuit) -> QuantumCircuit:
    """The encoding in a circuit that `draw_model` has drawn."""
    part = circuit.copy_empty_like()
    for instruction in circuit.data[: circuit.metadata["n_gates_of_encoding"]]:
        part.append(instruction)
    return part


def draw_fixed(drawing: Drawing, weights) -> QuantumCircuit:
    """A circuit with numbers for its weights."""
    free = split_parameters(drawing.circuit)[1]
    return drawing.circuit.assign_parameters(dict(zip(free, weights, strict=True)))


def encoding_bandwidth(encoding, n_features: int) -> float:
    """Bandwidth for so many standardised features that suits the encoding."""
    return natural_bandwidth([encoding.build(n_features)])
