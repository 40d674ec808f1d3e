"""A cell of circuits, run over whole sequences by the compiled loop over steps."""

from collections.abc import Sequence

import numpy as np

from .....engine.threads import one_blas_thread
from ..formula import Formula
from .circuit_loop import Block, Steps, recur
from .reading import Reader
from .strings import Strings, in_chunks


class Recurrence:
    """A cell of equal circuits on exact simulation, over many steps at once.

    Parameters
    ----------
    reader : Reader
        Of the circuit.
    observables : sequence of Observable or SparsePauliOp
    formula : Formula
    threads : int or None
        Upper limit; ``None`` for all cores.
    """

    def __init__(self, reader: Reader, observables: Sequence, formula: Formula, threads: int | None = None):
        n_qubits = len(reader.start)
        self._strings = Strings(observables, n_qubits)
        signs, turns = np.array(reader.signs), np.array(reader.turns).T
        # Linear in the weights, and the constants of fixed gates.
        self._signs, self._fixed_phases = np.ascontiguousarray(signs[:, :-1]), signs[:, -1].copy()
        self._turns, self._fixed_turns = turns[:-1].copy(), turns[-1].copy()
        self.threads, self._n_circuits = threads, formula.n_circuits
        self._block = Block(
            n_qubits,
            np.array(reader.start),
            np.array(reader.ops).reshape(-1, 4),
            np.array(reader.sources).reshape(-1, 1 << n_qubits),
            self._strings.table,
        )
        self._steps = Steps(
            np.array(formula.operations),
            formula.memory,
            np.concatenate([np.arange(part.start, part.stop) for part in formula.results]),
            formula.n_inputs,
            formula.n_hidden,
        )

    def __call__(self, X, W, state, scales) -> tuple[np.ndarray, np.ndarray]:
        """Run every sequence through every reservoir.

        Parameters
        ----------
        X : ndarray (n_sequences, n_steps, n_inputs)
        W : ndarray (n_reservoirs, n_weights)
            Angles of all circuits of a step, one circuit after another.
        state : ndarray (n_sequences, n_reservoirs, n_state)
        scales : ndarray (n_reservoirs,)
            Factors of h where it is fed in.

        Returns
        -------
        state : ndarray (n_sequences, n_reservoirs, n_state)
        out : ndarray (n_sequences, n_steps, n_reservoirs, n_observables)
        """
        X, W = np.ascontiguousarray(X, dtype=float), W.reshape(len(W), self._n_circuits, -1)
        phases, rotations = self._frozen(W)
        rows = np.array(state, dtype=float).reshape(-1, state.shape[2])
        out = np.empty((len(X), X.shape[1], len(W), len(self._strings)))

        def run(first, part):
            recur(self._steps, self._block, phases, rotations, X, first, part, scales, out)

        in_chunks(run, rows, self.threads)
        return rows.reshape(state.shape), self._strings.observed(out)

    def _frozen(self, W) -> tuple[np.ndarray, np.ndarray]:
        """Phases and rotations of each reservoir and circuit."""
        # One product a reservoir: its numbers are the same to the last bit whoever runs beside it.
        with one_blas_thread():
            phases = np.stack([np.tensordot(w, self._signs, axes=(1, 1)) for w in W]) + self._fixed_phases
            half = (np.stack([w @ self._turns for w in W]) + self._fixed_turns) / 2
        # One memory layout, whatever the number of reservoirs: code compiled for another rounds in another way.
        return (
            np.ascontiguousarray(np.stack([np.cos(phases), np.sin(phases)], axis=3)),
            np.ascontiguousarray(np.stack([np.cos(half), np.sin(half)], axis=3)),
        )
