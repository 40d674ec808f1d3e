"""The circuit of a split QCNN, and where it is cut."""

from collections.abc import Callable
from itertools import pairwise

from qiskit import QuantumCircuit

from ...cutting.wires import gates_of


def draw_ladders(qc: QuantumCircuit, weight: Callable, block: Callable, n_layers: int, pooling: bool) -> list[int]:
    """Draw blocks down a ladder of qubits, layer behind layer, and return the qubits that are read.

    Pooling leaves every second qubit behind after each layer; the last one stays.
    """
    qubits = list(range(qc.num_qubits))
    for _ in range(n_layers):
        for a, b in pairwise(qubits):
            block(qc, weight, a, b)
        if pooling:
            qubits = qubits[1::2] or qubits
    return qubits


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
