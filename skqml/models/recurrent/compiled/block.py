"""Recurrent cells made ready for the compiled loop over steps."""

from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit

from ....engine.reading.lower import flatten, split_parameters
from ....engine.reading.paulis import read_observables
from ....engine.threads import map_chunks, n_threads, one_blas_thread
from .circuit_loop import ENCODE, MONOMIAL, ROTATE, Block, recur


class Recurrence:
    """A cell of equal circuits whose Z expectation values are fed back, over many steps at once.

    Parameters
    ----------
    circuit : QuantumCircuit
        H, RY(x[2 i]), RZ(x[2 i + 1]) on each qubit; then RY and RZ of weights, CX, and more RY(x[2 i]), RZ(x[2 i + 1])
        in a row. Data are ``x[2 i] = arctan v_i``, ``x[2 i + 1] = arctan v_i^2`` for ``v = [inputs, h]``.
    observables : sequence of Observable
        Pauli strings, Z of each qubit first.
    rule : {QRNN, QLSTM, QGRU}
    n_circuits, n_inputs : int
        Circuits a step, input qubits.
    threads : int or None
        Upper limit; ``None`` for all cores.
    """

    def __init__(
        self,
        circuit: QuantumCircuit,
        observables: Sequence,
        rule: int,
        n_circuits: int,
        n_inputs: int,
        threads: int | None = None,
    ):
        self.rule, self.n_circuits, self.threads = rule, n_circuits, threads
        reader = _Reader(circuit)
        paulis, matrix, _ = read_observables(observables, circuit.num_qubits)
        strings = [(x, z, (x & z).bit_count()) for x, z in (paulis[k] for k in matrix.argmax(axis=1))]
        self._signs, self._rotated = np.array(reader.signs), reader.rotated
        self._block = Block(
            circuit.num_qubits,
            n_inputs,
            np.array(reader.start),
            np.array(reader.ops).reshape(-1, 3),
            np.array(reader.sources),
            np.array(strings),
        )

    def __call__(self, X, W, state, scales, leak: float) -> tuple[np.ndarray, np.ndarray]:
        """Run every sequence through every reservoir.

        Parameters
        ----------
        X : ndarray (n_sequences, n_steps, n_channels)
        W : ndarray (n_reservoirs, n_weights)
            Angles of all circuits of a step, one circuit after another.
        state : ndarray (n_sequences, n_reservoirs, n_state)
        scales : ndarray (n_reservoirs,)
            Factors of h where it is fed in.
        leak : float
            Share of the new h in the next.

        Returns
        -------
        state : ndarray (n_sequences, n_reservoirs, n_state)
        out : ndarray (n_sequences, n_steps, n_reservoirs, n_observables)
        """
        X, W = np.ascontiguousarray(X, dtype=float), W.reshape(len(W), self.n_circuits, -1)
        phases, rotations = self._frozen(W)
        rows = np.array(state, dtype=float).reshape(-1, state.shape[2])
        out = np.empty((len(X), X.shape[1], len(W), len(self._block.strings)))
        step = max(1, -(-len(rows) // 16))

        def chunk(k):
            part = rows[k * step : (k + 1) * step]
            recur(self.rule, self._block, phases, rotations, X, k * step, part, scales, leak, out)

        map_chunks(chunk, -(-len(rows) // step), n_threads(self.threads))
        return rows.reshape(state.shape), out

    def _frozen(self, W) -> tuple[np.ndarray, np.ndarray]:
        """Phases and rotations of each reservoir and circuit."""
        # One product a reservoir: its numbers are the same to the last bit whoever runs beside it.
        with one_blas_thread():
            turns = np.stack([np.tensordot(w, self._signs, axes=(1, 1)) for w in W])
        half = W[:, :, self._rotated] / 2
        # One memory layout, whatever the number of reservoirs: code compiled for another rounds in another way.
        return (
            np.ascontiguousarray(np.stack([np.cos(turns), np.sin(turns)], axis=3)),
            np.ascontiguousarray(np.stack([np.cos(half), np.sin(half)], axis=3)),
        )


class _Reader:
    """Turns a circuit into operations, and joins each run of CX and RZ to one."""

    def __init__(self, circuit: QuantumCircuit):
        data, weights = split_parameters(circuit)
        self._column = {p: k for k, p in enumerate(data)}
        self._weight = {p: k for k, p in enumerate(weights)}
        self._index = np.arange(1 << circuit.num_qubits)
        self.start = [-1] * circuit.num_qubits
        self.ops: list[tuple[int, int, int]] = []
        self.sources: list[np.ndarray] = []
        self.signs: list[np.ndarray] = []
        self.rotated: list[int] = []
        for operation, qubits in flatten(circuit, keep_fixed=True):
            self._read(operation.name, list(operation.params), qubits)

    def _read(self, name: str, params: list, qubits: Sequence[int]) -> None:
        q = qubits[0]
        if name == "cx":
            self._permute(self._index ^ (self._index >> q & 1) << qubits[1])
        elif params and params[0] in self._column:
            if name == "ry":
                self._encode(q, self._column[params[0]] // 2)
        elif name == "rz":
            self._open_monomial()
            self.signs[-1][self._weight[params[0]]] -= 0.5 - (self._index >> q & 1)
        elif name == "ry":
            self.ops.append((ROTATE, q, len(self.rotated)))
            self.rotated.append(self._weight[params[0]])

    def _encode(self, q: int, number: int) -> None:
        if self.start[q] < 0:
            self.start[q] = number
        else:
            self.ops.append((ENCODE, q, number))

    def _open_monomial(self) -> None:
        if not self.ops or self.ops[-1][0] != MONOMIAL:
            self.ops.append((MONOMIAL, 0, len(self.sources)))
            self.sources.append(self._index)
            self.signs.append(np.zeros((len(self._weight), len(self._index))))

    def _permute(self, source: np.ndarray) -> None:
        self._open_monomial()
        self.sources[-1], self.signs[-1] = self.sources[-1][source], self.signs[-1][:, source]
