"""A cell of circuits, run over whole sequences by the compiled loop over steps."""

from collections.abc import Sequence

import numpy as np

from ..formula import Formula
from .circuit_loop import MONOMIAL, TURN_Y, TURN_Z, Block, Steps, add_up, recur
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
        self._phases, self._rotations = _LinearAngles(signs, size), _LinearAngles(reader.turns, 1, 0.5)
        self.threads, self._n_circuits = threads, formula.n_circuits
        self._block = Block(
            n_qubits,
            np.array(reader.start),
            np.array(ops, dtype=int).reshape(-1, 4),
            np.array(sources, dtype=np.uintp).reshape(-1, size),
            self._strings.table,
        )
        self._turns = True if any(op[0] in (TURN_Y, TURN_Z) for op in ops) else None
        self._mixed = None if self._strings.of_z else self._strings.table
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
        w = self._with_constant(W)
        phases, rotations = self._phases(w), self._rotations(w)
        rows = np.array(state, dtype=float).reshape(-1, state.shape[2])
        out = np.empty((len(X), X.shape[1], len(W), len(self._strings)))

        def run(first, part):
            steps = self._steps._replace(memory=self._steps.memory.copy())
            recur(steps, self._block, self._turns, self._mixed, phases, rotations, X, first, part, scales, out)

        in_chunks(run, rows, self.threads)
        return rows.reshape(state.shape), self._strings.observed(out)

    def _with_constant(self, W) -> np.ndarray:
        """Weights (n_reservoirs, n_circuits, n_weights + 1) of each circuit, the factor of constants behind them."""
        weights = W.reshape(len(W), self._n_circuits, -1)
        w = np.ones((*weights.shape[:2], weights.shape[2] + 1))
        w[:, :, :-1] = weights
        return w


class _LinearAngles:
    """Angles that are linear in weights, by `size` each, times a number.

    Parameters
    ----------
    turns : sequence of dict of ndarray (size,) or float
        The factors of weights, by number.
    size : int
    share : float, default=1.0
    """

    def __init__(self, turns: Sequence, size: int, share: float = 1.0):
        self._n = len(turns)
        terms = [(m, k) for m, factors in enumerate(turns) for k in factors]
        self._terms = np.array(terms, dtype=int).reshape(-1, 2)
        self._factors = share * np.array([f for factors in turns for f in factors.values()], dtype=float)
        self._factors = self._factors.reshape(-1, size)

    def __call__(self, w) -> np.ndarray:
        """Cosines and sines (n_reservoirs, n_circuits, n_turns, 2, size) for weights, the factor of constants last."""
        angles = np.zeros((*w.shape[:2], self._n, self._factors.shape[1]))
        add_up(w.reshape(-1, w.shape[2]), self._terms, self._factors, angles.reshape(-1, *angles.shape[2:]))
        out = np.empty((*angles.shape[:3], 2, angles.shape[3]))
        np.cos(angles, out=out[:, :, :, 0])
        np.sin(angles, out=out[:, :, :, 1])
        return out
