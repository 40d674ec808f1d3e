"""A cell of circuits, run over whole sequences by the compiled loop over steps."""

from collections.abc import Sequence

import numpy as np

from ..formula import Formula
from .circuit_loop import MONOMIAL, Block, Steps, recur, turn
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
        n_qubits, size = len(reader.start), 1 << len(reader.start)
        self._strings = Strings(observables, n_qubits)
        ops, sources, signs = reader.ops, reader.sources, reader.signs
        # Phases behind all else are not seen by products of Z.
        if ops and ops[-1][0] == MONOMIAL and self._strings.of_z and np.array_equal(sources[-1], np.arange(size)):
            ops, sources, signs = ops[:-1], sources[:-1], signs[:-1]
        self._n_monomials, self._n_rotations = len(sources), len(reader.turns)
        self._terms = np.array([(m, k) for m, factors in enumerate(signs) for k in factors], dtype=int).reshape(-1, 2)
        self._factors = np.array([f for factors in signs for f in factors.values()], dtype=float).reshape(-1, size)
        self._turns = np.array(reader.turns, dtype=float).reshape(self._n_rotations, -1) / 2
        self.threads, self._n_circuits = threads, formula.n_circuits
        self._block = Block(
            n_qubits,
            np.array(reader.start),
            np.array(ops, dtype=int).reshape(-1, 4),
            np.array(sources, dtype=np.uintp).reshape(-1, size),
            self._strings.table,
        )
        self._steps = Steps(
            formula.operations,
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
        X = np.ascontiguousarray(X, dtype=float)
        phases, rotations = self._frozen(W)
        rows = np.array(state, dtype=float).reshape(-1, state.shape[2])
        out = np.empty((len(X), X.shape[1], len(W), len(self._strings)))

        def run(first, part):
            recur(self._steps, self._block, phases, rotations, X, first, part, scales, out)

        in_chunks(run, rows, self.threads)
        return rows.reshape(state.shape), self._strings.observed(out)

    def _frozen(self, W) -> tuple[np.ndarray, np.ndarray]:
        """Phases and rotations of each reservoir and circuit."""
        shape = len(W), self._n_circuits
        w = np.ones((*shape, W.shape[1] // self._n_circuits + 1))  # behind the weights the factor of what is constant
        w[:, :, :-1] = W.reshape(*shape, -1)
        angles = np.zeros((*shape, self._n_monomials, self._factors.shape[1]))
        half = np.zeros((*shape, self._n_rotations))
        turn(w, self._terms, self._factors, self._turns, angles, half)
        phases, rotations = np.empty((*angles.shape[:3], 2, angles.shape[3])), np.empty((*half.shape, 2))
        for k, function in enumerate((np.cos, np.sin)):
            function(angles, out=phases[:, :, :, k])
            function(half, out=rotations[:, :, :, k])
        return phases, rotations
