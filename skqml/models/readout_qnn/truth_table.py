"""Circuits that compute a Boolean function without error."""

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit
from qiskit.circuit.library import RXGate


def truth_table_circuit(table) -> QuantumCircuit:
    """Return a circuit whose readout is ``f = <Y> = 2 b(z) - 1`` for a Boolean function b.

    With b as an exclusive or of products of bits (its Reed-Muller form), the circuit is
    ``exp(-i pi X_r / 4) prod_S (i X_r)^(z_j z_k ...)``: one rotation by pi a product, controlled by
    its bits. The parity needs controls of one bit only, most functions need 2^(n-1) products.

    Parameters
    ----------
    table : array-like of 0 and 1 (2^n,)
        ``table[k]`` is the value for the bits of k, the least bit being feature 0.

    Returns
    -------
    QuantumCircuit
        Of data x, the last qubit being the readout.

    Raises
    ------
    ValueError
        If the length is no power of two above 1, or a value is neither 0 nor 1.
    """
    table = np.asarray(table)
    n_bits = table.size.bit_length() - 1
    if table.ndim != 1 or table.size != 2**n_bits or n_bits < 1 or not np.isin(table, (0, 1)).all():
        raise ValueError(f"table must be 2^n values 0 or 1 for n >= 1 bits, got {table.tolist()!r}.")
    qc, x = QuantumCircuit(n_bits + 1), ParameterVector("x", n_bits)
    for j in range(n_bits):
        qc.rx(np.pi * x[j], j)
    qc.rx(np.pi / 2, n_bits)
    for monomial in np.flatnonzero(_reed_muller(table.astype(int), n_bits)):
        controls = [j for j in range(n_bits) if monomial >> j & 1]
        gate = RXGate(-np.pi)
        qc.append(gate.control(len(controls), annotated=False) if controls else gate, [*controls, n_bits])
    return qc


def _reed_muller(table, n_bits):
    """Coefficients (2^n,) of the products of bits, whose exclusive or is the function."""
    coefficients = table.copy()
    for j in range(n_bits):
        pairs = coefficients.reshape(-1, 2, 2**j)
        pairs[:, 1] ^= pairs[:, 0]
    return coefficients
