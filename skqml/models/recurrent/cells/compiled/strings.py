"""What compiled loops measure, and how they share the rows among threads."""

from collections.abc import Callable, Sequence

import numpy as np

from .....engine.reading.paulis import read_observables
from .....engine.threads import map_chunks, n_threads, one_blas_thread


class Strings:
    """Observables as the Pauli strings that a loop measures.

    Parameters
    ----------
    observables : sequence of Observable or SparsePauliOp
    n_qubits : int

    Attributes
    ----------
    table : ndarray of int (n_strings, 3)
        Bit masks x and z of each string, and its number of Y.
    of_z : bool
        Whether all are products of Z.
    """

    def __init__(self, observables: Sequence, n_qubits: int):
        paulis, matrix, self._constant = read_observables(observables, n_qubits)
        # In the order of the observables: where each is a single string nothing is left to do behind the loop.
        order = np.lexsort(matrix[::-1] == 0) if len(paulis) else np.zeros(0, dtype=int)
        self._matrix = matrix[:, order]
        self.table = np.array([(x, z, (x & z).bit_count()) for x, z in (paulis[k] for k in order)], dtype=int)
        self.table = self.table.reshape(-1, 3)
        self.of_z = not self.table[:, 0].any()
        self._single = not self._constant.any() and np.array_equal(self._matrix, np.eye(len(self._matrix)))

    def __len__(self) -> int:
        return len(self.table)

    def observed(self, values) -> np.ndarray:
        """Values (..., n_observables) for those (..., n_strings) of the strings."""
        if self._single:
            return values
        with one_blas_thread():
            return values @ self._matrix.T + self._constant


def in_chunks(run: Callable, rows: np.ndarray, threads: int | None) -> None:
    """Call ``run(first, part)`` for parts of the rows, in several threads; each knows the number of its first row."""
    step = max(1, -(-len(rows) // 16))

    def chunk(k):
        run(k * step, rows[k * step : (k + 1) * step])

    map_chunks(chunk, range(-(-len(rows) // step)), n_threads(threads))
