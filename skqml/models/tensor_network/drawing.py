"""The circuit of one sequence: all tokens side by side, of which a box keeps the first."""

from collections.abc import Callable

from qiskit import QuantumCircuit

from .network import TensorNetwork


def sequence_circuit(network: TensorNetwork, v, n_tokens: int, put_token: Callable, readout=0) -> QuantumCircuit:
    """Return the circuit of a sequence, with the qubits of token t from t times those of a token on.

    Parameters
    ----------
    network : TensorNetwork
    v : ndarray (n_parameters,)
    n_tokens : int
    put_token : callable (qc, qubits, t)
        Prepares token t.
    readout : int, default=0
        Which of several.
    """
    angles, q = network.unpack(v), network.contraction.n_qubits
    qc = QuantumCircuit(max(1, n_tokens) * q)
    places = [list(range(t * q, (t + 1) * q)) for t in range(max(1, n_tokens))]
    for t in range(n_tokens):
        put_token(qc, places[t], t)
    for kind, number, first, second in network.boxes_of(n_tokens):
        network.box.draw(qc, places[first] + places[second], getattr(angles, kind)[number])
    network.token.draw(qc, places[0], angles.readouts[readout])
    return qc
