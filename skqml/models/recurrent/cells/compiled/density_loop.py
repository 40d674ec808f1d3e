"""Qubits that remember: a density matrix driven by input qubits that are reset at every step, in compiled code.

With the input qubits in the pure state phi a unitary U acts on the memory as ``rho -> sum_j A_j rho A_j^dagger`` with
``A_j = sum_i phi_i <j|U|i>``: d x d matrices for a memory of dimension d, where a sweep over the density matrix of all
qubits would be as much larger as the inputs have states, squared.
"""

from collections.abc import Sequence

import numpy as np

from .....engine.lanes import odd
from .circuit_loop import product_state
from .strings import Strings, in_chunks
from .vectors import jit


@jit
def _kraus(A, blocks, phi):
    """A[j] = sum_i phi[i] blocks[j, i], real and imaginary parts apart."""
    A[:] = 0.0
    for j in range(blocks.shape[0]):
        for i in range(blocks.shape[1]):
            fr, fi = phi[0, i], phi[1, i]
            for a in range(A.shape[2]):
                for b in range(A.shape[3]):
                    A[j, 0, a, b] += fr * blocks[j, i, 0, a, b] - fi * blocks[j, i, 1, a, b]
                    A[j, 1, a, b] += fr * blocks[j, i, 1, a, b] + fi * blocks[j, i, 0, a, b]


@jit
def _times(T, A, rho):
    """T[j] = A[j] rho."""
    T[:] = 0.0
    for j in range(A.shape[0]):
        for a in range(A.shape[2]):
            for c in range(A.shape[3]):
                fr, fi = A[j, 0, a, c], A[j, 1, a, c]
                for b in range(A.shape[3]):
                    T[j, 0, a, b] += fr * rho[0, c, b] - fi * rho[1, c, b]
                    T[j, 1, a, b] += fr * rho[1, c, b] + fi * rho[0, c, b]


@jit
def _entry(T, A, row, column):
    """Entry of the density matrix of all qubits; the memory's number is in the low bits."""
    d = A.shape[2]
    j, a, k, b = row // d, row % d, column // d, column % d
    re = im = 0.0
    for c in range(d):
        re += T[j, 0, a, c] * A[k, 0, b, c] + T[j, 1, a, c] * A[k, 1, b, c]
        im += T[j, 1, a, c] * A[k, 0, b, c] - T[j, 0, a, c] * A[k, 1, b, c]
    return re, im


@jit
def _read(T, A, strings, weight, out):
    """Expectation values of Pauli strings (x, z, number of Y)."""
    for i in range(weight.shape[0]):
        weight[i] = _entry(T, A, i, i)[0]
    for k in range(strings.shape[0]):
        x, z, n_y, total = strings[k, 0], strings[k, 1], strings[k, 2], 0.0
        for i in range(weight.shape[0]):
            value = weight[i]
            if x:
                re, im = _entry(T, A, i, i ^ x)
                value = -im if n_y & 1 else re
            total += (1 - 2 * odd(i & z)) * value
        out[k] = -total if n_y & 2 else total


@jit
def _forget_inputs(rho, T, A):
    """rho = sum_j T[j] A[j]^dagger."""
    rho[:] = 0.0
    for j in range(A.shape[0]):
        for a in range(rho.shape[1]):
            for b in range(rho.shape[2]):
                re = im = 0.0
                for c in range(rho.shape[2]):
                    re += T[j, 0, a, c] * A[j, 0, b, c] + T[j, 1, a, c] * A[j, 1, b, c]
                    im += T[j, 1, a, c] * A[j, 0, b, c] - T[j, 0, a, c] * A[j, 1, b, c]
                rho[0, a, b] += re
                rho[1, a, b] += im


@jit
def remember(unitaries, X, first, state, strings, out) -> None:
    """Run rows first, first + 1, ... over all steps; row number is sequence * n_reservoirs + reservoir.

    Parameters
    ----------
    unitaries : float (n_reservoirs, n_blocks, n_nodes, 2**n_inputs, 2**n_inputs, 2, d, d)
        ``<j|U|i>`` from the beginning of a block up to each node, real and imaginary parts.
    X : float (n_sequences, n_steps, n_blocks * n_inputs)
    state : float (n_rows, 2, d, d), overwritten
    strings : int64 (n_strings, 3)
    out : float (n_sequences, n_steps, n_reservoirs, n_nodes * n_strings), overwritten
        Of the last block.
    """
    n_blocks, n_nodes, size, d = unitaries.shape[1], unitaries.shape[2], unitaries.shape[3], unitaries.shape[6]
    n_inputs, n_strings = X.shape[2] // n_blocks, strings.shape[0]
    phi, A, T = np.empty((2, size)), np.empty((size, 2, d, d)), np.empty((size, 2, d, d))
    weight, start = np.empty(size * d), np.arange(n_inputs)
    for row in range(state.shape[0]):
        s, r = (first + row) // unitaries.shape[0], (first + row) % unitaries.shape[0]
        for t in range(X.shape[1]):
            for block in range(n_blocks):
                product_state(phi, start, X[s, t, block * n_inputs : (block + 1) * n_inputs])
                for node in range(n_nodes):
                    if block < n_blocks - 1 and node < n_nodes - 1:
                        continue
                    _kraus(A, unitaries[r, block, node], phi)
                    _times(T, A, state[row])
                    if block == n_blocks - 1:
                        _read(T, A, strings, weight, out[s, t, r, node * n_strings : (node + 1) * n_strings])
                _forget_inputs(state[row], T, A)


class Memory:
    """Memory qubits of several reservoirs, run over sequences.

    Parameters
    ----------
    observables : sequence of Observable or SparsePauliOp
        On all qubits, the memory's first.
    n_inputs, n_memory : int
        Numbers of qubits.
    threads : int or None
    """

    def __init__(self, observables: Sequence, n_inputs: int, n_memory: int, threads: int | None = None):
        self._strings = Strings(observables, n_inputs + n_memory)
        self._sizes, self.threads = (1 << n_inputs, 1 << n_memory), threads

    def __call__(self, unitaries, X, state) -> tuple[np.ndarray, np.ndarray]:
        """Run every sequence through every reservoir.

        Parameters
        ----------
        unitaries : ndarray of complex (n_reservoirs, n_blocks, n_nodes, 2**n_qubits, 2**n_qubits)
            From the beginning of a block up to each node.
        X : ndarray (n_sequences, n_steps, n_blocks * n_inputs)
        state : ndarray (n_sequences, n_reservoirs, 2 * 4**n_memory)

        Returns
        -------
        state : ndarray
        out : ndarray (n_sequences, n_steps, n_reservoirs, n_nodes * n_observables)
        """
        (size, d), shape = self._sizes, unitaries.shape[:3]
        parts = np.stack([unitaries.real, unitaries.imag], axis=-1).reshape(*shape, size, d, size, d, 2)
        parts = np.ascontiguousarray(parts.transpose(0, 1, 2, 3, 5, 7, 4, 6))
        X, rows = np.ascontiguousarray(X, dtype=float), np.array(state, dtype=float).reshape(-1, 2, d, d)
        out = np.empty((len(X), X.shape[1], shape[0], shape[2] * len(self._strings)))

        def run(first, part):
            remember(parts, X, first, part, self._strings.table, out)

        in_chunks(run, rows, self.threads)
        values = self._strings.observed(out.reshape(*out.shape[:3], shape[2], -1))
        return rows.reshape(state.shape), values.reshape(*out.shape[:3], -1)
