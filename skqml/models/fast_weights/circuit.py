"""The circuit whose angles are fast weights."""

from qiskit.circuit import ParameterVector, QuantumCircuit


def fast_weight_circuit(n_channels, n_qubits, n_layers, entangled=True) -> QuantumCircuit:
    """Return the circuit of data (x_1, ..., x_n_channels, theta_11, theta_12, ...), theta layer by layer.

    H on all qubits, ``RY(x_c)`` on the first; each layer is CX on the pairs (0, 1), (2, 3), ..., then
    on (1, 2), (3, 4), ..., which are left out where qubits are not ``entangled``, and ``RY(theta_lq)`` on all.

    Raises
    ------
    ValueError
        If there are more channels than qubits.
    """
    if n_channels > n_qubits:
        raise ValueError(
            f"Each channel enters at a qubit of its own, got n_channels={n_channels} but "
            f"n_qubits={n_qubits}; set n_qubits to at least {n_channels}."
        )
    qc, data = QuantumCircuit(n_qubits), ParameterVector("x", n_channels + n_layers * n_qubits)
    theta = iter(data[n_channels:])
    qc.h(range(n_qubits))
    for c in range(n_channels):
        qc.ry(data[c], c)
    for _ in range(n_layers):
        for first in (0, 1) if entangled else ():
            for a in range(first, n_qubits - 1, 2):
                qc.cx(a, a + 1)
        for q in range(n_qubits):
            qc.ry(next(theta), q)
    return qc
