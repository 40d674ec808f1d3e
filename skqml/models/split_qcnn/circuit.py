"""The circuit of a split QCNN, and where it is cut."""

from collections.abc import Callable
from itertools import pairwise

from qiskit import QuantumCircuit

from ...circuits.encoding import Encoding
from ...circuits.product import without_entanglers
from ...cutting.wires import gates_of
from ..base.circuits import draw_model


def qubits_of_layers(n_qubits: int, n_layers: int, pooling: bool) -> list[list[int]]:
    """Qubits of each layer, and those that are read.

    Pooling leaves every second qubit behind after each layer; the last one stays.
    """
    qubits = [list(range(n_qubits))]
    for _ in range(n_layers):
        qubits.append((pooling and qubits[-1][1::2]) or qubits[-1])
    return qubits


def ladder_circuit(
    encoding: Encoding, block: Callable, n_layers: int, pooling: bool, entangled: bool, n_features: int
) -> QuantumCircuit:
    """An encoding, and blocks down a ladder of qubits, layer behind layer."""

    def ladders(qc, weight) -> None:
        for qubits in qubits_of_layers(qc.num_qubits, n_layers, pooling)[:-1]:
            for a, b in pairwise(qubits):
                block(qc, weight, a, b)

    circuit = draw_model(encoding, ladders, n_features)
    return circuit if entangled else without_entanglers(circuit)


def cuts_behind(circuit: QuantumCircuit, last: int) -> list[tuple[int, int]]:
    """Cuts of wires between the qubits up to ``last`` and those behind it.

    A wire that meets one of the other part is cut in front of the gate, and belongs there from then on: one cut for
    each ladder that goes down the qubits.

    Returns
    -------
    list of (int, int)
        As `Cut` takes them.
    """
    before, behind = [0] * circuit.num_qubits, [q > last for q in range(circuit.num_qubits)]
    cuts = []
    for _, qubits in gates_of(circuit):
        met = any(behind[q] for q in qubits)
        for q in qubits:
            if met and not behind[q]:
                cuts.append((q, before[q]))
            before[q], behind[q] = before[q] + 1, met
    return cuts
