"""Rows of X run through a plan, block by block: states, values and derivatives."""

from collections.abc import Callable
from functools import reduce

import numpy as np

from ..checks import check_memory
from ..threads import map_chunks, n_threads, one_blas_thread
from .bond_plan import planned
from .means import Means
from .operators import Operators
from .steps import Sites, zeros

_BLOCK_BYTES = 2**23  # of the states of rows that are run together: few calls, and they stay in the cache
_ARRAYS = 8  # as large as a state: these, those in front of a step, cotangents, and work


class ChainStates:
    """The states of a circuit for rows of X.

    Parameters
    ----------
    operators : Operators
    bond_dimension : int or None
    threads : int or None
    max_memory : int

    Raises
    ------
    ValueError
        If the state of one row does not fit in the memory allowed.
    """

    def __init__(self, operators: Operators, bond_dimension: int | None, threads: int | None, max_memory: int):
        self.n_qubits, self.tapes, self.threads = operators.n_qubits, operators.tapes, threads
        self.plan = planned(operators.n_qubits, operators.steps, bond_dimension)
        self.row_bytes = check_bonds(self.n_qubits, self.plan.largest, max_memory)

    def run(self, X: np.ndarray, w: np.ndarray) -> Sites:
        """States of all rows."""
        return self._run(self.tapes.angles(X, w)[1])

    def _run(self, angles: np.ndarray) -> Sites:
        return reduce(lambda sites, step: step(sites, angles), self.plan.steps, zeros(len(angles), self.n_qubits))

    def by_blocks(self, function: Callable[[slice], None], n_samples: int) -> None:
        """Call a function on slices of rows."""
        step = max(1, _BLOCK_BYTES // self.row_bytes)
        with one_blas_thread():
            blocks = [slice(a, min(a + step, n_samples)) for a in range(0, n_samples, step)]
            map_chunks(function, blocks, n_threads(self.threads))

    def means(self, X: np.ndarray, w: np.ndarray, means: Means) -> tuple[np.ndarray, np.ndarray]:
        """Means (n_samples, n_products) of products, and what is left of the states' norms, squared (n_samples,)."""
        values, left = np.empty((len(X), len(means.labels))), np.empty(len(X))
        angles = self.tapes.angles(X, w)[1]

        def run(rows: slice) -> None:
            values[rows], left[rows] = means(self._run(angles[rows]))

        self.by_blocks(run, len(X))
        return values, left

    def pullback(self, X: np.ndarray, w: np.ndarray, means: Means, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) for those of the means, where there are no cuts."""
        U, angles = self.tapes.angles(X, w)
        slopes, operators = np.zeros(angles.shape), self.plan.operators

        def run(rows: slice) -> None:
            at, sites = angles[rows], zeros(len(angles[rows]), self.n_qubits)
            before = []
            for step in operators:
                before.append(sites)
                sites = step(sites, at)
            C = means.pullback(sites, h[rows])
            for step in reversed(operators):
                C = step.pullback(before.pop(), C, at, slopes[rows])

        self.by_blocks(run, len(X))
        return self.tapes.pullback_angles(U, w, slopes)


def check_bonds(n_qubits: int, largest: int, max_memory: int) -> int:
    """Bytes of the state of one row with such bonds; refuse what does not fit."""
    state = sum(32 * min(largest, 1 << min(k, n_qubits - k)) ** 2 for k in range(n_qubits))
    remedy = "use a smaller bond_dimension, fewer entangling gates, or a larger max_memory."
    check_memory(n_qubits, _ARRAYS * state, max_memory, "matrix product states fit", remedy)
    return state
