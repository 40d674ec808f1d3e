"""Fidelities |<psi(y)|psi(x)>|^2 of the states of many rows."""

from collections.abc import Callable
from functools import cached_property, partial
from itertools import product
from typing import Any, ClassVar

import numpy as np
from qiskit import QuantumCircuit

from ...engine.cache import CACHE, digest
from ...engine.jit import compiled
from ...engine.reading.lower import lower
from ...engine.statevector.fidelities import fill_fidelities, lanes_pay
from ...engine.statevector.sweeps import Sweeps
from ...engine.statevector.tables import tabulate
from ...engine.threads import map_chunks, n_threads, one_blas_thread
from ..program import Cost, Overlaps

_PANEL = 128  # rows of a panel: few, so that little is computed below the diagonal
_COLUMNS = 1024  # of a tile
_PAIRED = 2**22  # bytes of states that are compared row by row
_LARGE = 2**26  # multiplications; a few milliseconds


class StateOverlaps(Overlaps):
    """Fidelities from one state a row and one matrix product.

    Parameters
    ----------
    circuit : QuantumCircuit
    *options
        Threads, bytes and type of `Sweeps`.
    """

    normalised = True
    engine: ClassVar[type] = Sweeps  # what runs the tables

    def __init__(self, circuit: QuantumCircuit, *options):
        tables = tabulate(lower(circuit, prepared=True), None)[0]
        self.sweeps = self.engine(tables, *options)
        self.n_features, self.n_weights = tables.tapes.n_features, tables.tapes.n_weights

    def _block_rows(self) -> int:
        """Rows whose states fit in a quarter of the memory allowed."""
        return max(_PANEL, self.sweeps.max_memory // (4 * self.sweeps.state_bytes))

    @cached_property
    def _digest(self) -> str:
        return digest((self.sweeps.tables, self.sweeps.dtype.str))

    def cache_key(self) -> tuple:
        return (self._digest,)

    def cost(self, n_rows: int, n_columns: int | None = None, gradient: bool = False) -> Cost:
        """One state a row; see `Overlaps.cost`."""
        return Cost(n_rows + (n_columns or 0), bytes=2 * self.sweeps.dtype.itemsize << self.sweeps.tables.n_qubits)

    def states(self, X, w=None) -> np.ndarray:
        """States (n_samples, parts, 2**n_qubits), up to a fixed unitary that cancels."""
        X, w = self._check(X, w)
        return self.sweeps.for_rows(len(X)).amplitudes(X, w)

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        X, w = self._check(X, w)
        if Y is None:
            return self._symmetric(X, w)
        Y, _ = self._check(Y, w)
        step, K = self._block_rows(), np.empty((len(X), len(Y)))
        for b in range(0, len(Y), step):
            # States of rows that will come again: those of a training set, at each prediction.
            others = Y[b : b + step]
            key = digest((self._digest, self._in_lanes, others, w))
            T = CACHE.find(key)
            if T is None:
                T = CACHE.keep(key, self._states_of(len(others))(others, w))
            for rows in self.sweeps.for_rows(len(X)).blocks.small(len(X)):
                self._compare(self._states_of(len(X))(X[rows], w), T, K[rows, b : b + step])
        return K

    @property
    def _in_lanes(self) -> bool:
        """Whether states stay in groups of rows, as sweeps leave them."""
        return lanes_pay(self.sweeps.tables.n_qubits)

    def _states_of(self, n_rows: int) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        """What gives the states of so many rows as `_compare` reads them: in groups of rows, or row by row."""
        sweeps = self.sweeps.for_rows(n_rows)
        return sweeps.states if self._in_lanes else sweeps.amplitudes

    def _compare(self, S: np.ndarray, T: np.ndarray, out: np.ndarray) -> None:
        """Set out to the fidelities of states, or of the same ones with each other."""
        if self._in_lanes:
            fill_fidelities(S, T, self.sweeps.tables.parts, out)
        elif S is T:
            symmetric_fidelities(S, out)
        else:
            fidelities(S, T, out)

    def _symmetric(self, X, w) -> np.ndarray:
        step, K = self._block_rows(), np.empty((len(X), len(X)))
        for a in range(0, len(X), step):
            rows = X[a : a + step]
            S = self._states_of(len(rows))(rows, w)
            self._compare(S, S, K[a : a + step, a : a + step])
            for b in range(a + step, len(X), step):
                others = X[b : b + step]
                self._compare(S, self._states_of(len(others))(others, w), K[a : a + step, b : b + step])
                K[b : b + step, a : a + step] = K[a : a + step, b : b + step].T
        np.fill_diagonal(K, 1.0)
        return K

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        (X, w), (Y, _) = self._check(X, w), self._check(Y, w)
        few = _PAIRED // self.sweeps.state_bytes  # states that stay in the processor's cache
        step, K = min(self._block_rows(), max(_PANEL, few)), np.empty(len(X))
        for a in range(0, len(X), step):
            rows, sweeps = slice(a, a + step), self.sweeps.for_rows(min(step, len(X) - a))
            K[rows] = row_fidelities(sweeps.amplitudes(X[rows], w), sweeps.amplitudes(Y[rows], w))
        return K

    def tangent_states(self, X, w, dX, dw) -> tuple[Any, Any]:
        """States, as in `states`, and their derivatives when X moves along dX and w along dw."""
        return self.sweeps.for_rows(len(X)).tangents(*self._check(X, w), *self._check(dX, dw))

    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        S, D = self.tangent_states(X, w, dX, dw)
        G, M = inner_products(S, S), inner_products(D, S)
        # d<j|i> = <j|di> + <dj|i>, and the second is the conjugate transpose of the first.
        return 2.0 * np.real(G.conj() * (M + M.conj().T))

    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        X, w = self._check(X, w)
        S = self.sweeps.for_rows(len(X)).amplitudes(X, w)
        R = 2.0 * (A + A.T) * inner_products(S, S)
        return self.sweeps.pullback_amplitudes(X, w, _as_parts(_product(R, _as_complex(S)), S.shape[1]))

    def pullback_rows(self, X, Y, w, A, rng=None) -> np.ndarray:
        (X, w), (Y, _) = self._check(X, w), self._check(Y, w)
        dX, step = np.empty(X.shape), self._block_rows()
        for a in range(0, len(X), step):
            rows = X[a : a + step]
            S = self.sweeps.for_rows(len(rows)).amplitudes(rows, w)
            R = np.zeros((len(S), S.shape[2]), dtype=complex)
            for b in range(0, len(Y), step):
                others = Y[b : b + step]
                T = CACHE.get(
                    (self._digest, False, others, w), partial(self.sweeps.for_rows(len(others)).amplitudes, others, w)
                )
                R = R + _product(2.0 * A[a : a + step, b : b + step] * inner_products(S, T), _as_complex(T))
            dX[a : a + step] = self.sweeps.pullback_amplitudes(rows, w, _as_parts(R, S.shape[1]))[0]
        return dX


def _as_complex(S: np.ndarray) -> np.ndarray:
    return S[:, 0] + 1j * S[:, 1] if S.shape[1] == 2 else S[:, 0].astype(float)


def _as_parts(R: np.ndarray, parts: int) -> np.ndarray:
    return np.stack([R.real, R.imag][:parts], axis=1)


def row_fidelities(S: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Fidelities (n,) of states given as (n, parts, 2**n_qubits), row by row."""
    squares = np.einsum("npb,npb->n", S, T, dtype=float) ** 2
    if S.shape[1] == 2:
        squares += (np.einsum("nb,nb->n", S[:, 1], T[:, 0]) - np.einsum("nb,nb->n", S[:, 0], T[:, 1])) ** 2
    return squares


def inner_products(S: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Matrix <T_j|S_i> of states given as (n_samples, parts, 2**n_qubits)."""
    return _product(_as_complex(S), _as_complex(T).conj().T)


def _product(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Matrix product, panel by panel."""
    out = np.empty((len(A), B.shape[1]), np.result_type(A, B))
    _by_tiles(out.shape, A.shape[1], lambda rows, columns: np.matmul(A[rows], B[:, columns], out=out[rows, columns]))
    return out


def _by_tiles(shape: tuple[int, int], depth: int, function: Callable) -> None:
    """Call function(rows, columns) for all tiles of a matrix whose entries are sums of so many products.

    Large ones are spread over the pool, each on one thread of the matrix library. Threads of the library's own wait for
    each other actively: where other work has a core, 1,000 rows of 10 qubits took five times as long on them.
    """
    tiles = [
        (slice(a, min(a + _PANEL, shape[0])), slice(b, min(b + _COLUMNS, shape[1])))
        for a, b in product(range(0, shape[0], _PANEL), range(0, shape[1], _COLUMNS))
    ]
    with one_blas_thread():
        map_chunks(lambda tile: function(*tile), tiles, _threads_for(shape[0] * shape[1] * depth))


def _threads_for(n_products: int) -> int:
    return n_threads() if n_products >= _LARGE else 1


def symmetric_fidelities(S: np.ndarray, out: np.ndarray) -> None:
    """Set out to the fidelities of states with each other, from panels on and above the diagonal."""
    left, right = _left_factors(S), _right_factors(S)

    def panel(k) -> None:
        rows = slice(k * _PANEL, min((k + 1) * _PANEL, len(S)))
        _squared_product([f[rows] for f in left], [f[rows.start :] for f in right], out[rows, rows.start :])
        out[rows, rows] = 0.5 * (out[rows, rows] + out[rows, rows].T)  # equal but for rounding
        out[rows.stop :, rows] = out[rows, rows.stop :].T

    with one_blas_thread():
        map_chunks(panel, range(-(-len(S) // _PANEL)), _threads_for(len(S) * S.size))


def fidelities(S: np.ndarray, T: np.ndarray, out: np.ndarray) -> None:
    """Set out to |<T_j|S_i>|^2, tile by tile."""
    left, right = _left_factors(S), _right_factors(T)

    def tile(rows, columns) -> None:
        _squared_product([f[rows] for f in left], [f[columns] for f in right], out[rows, columns])

    _by_tiles((len(S), len(T)), S[0].size, tile)


# A complex product takes three real ones, not four (Gauss): with S = A + iB and T = C + iD,
# <T|S> = (AC + BD) + i (BC - AD) and BC - AD = (A + B)(C - D) - AC + BD.


def _left_factors(S: np.ndarray) -> list[np.ndarray]:
    return [S[:, 0]] if S.shape[1] == 1 else [S[:, 0], S[:, 1], S[:, 0] + S[:, 1]]


def _right_factors(T: np.ndarray) -> list[np.ndarray]:
    return [T[:, 0]] if T.shape[1] == 1 else [T[:, 0], T[:, 1], T[:, 0] - T[:, 1]]


def _squared_product(left: list[np.ndarray], right: list[np.ndarray], out: np.ndarray) -> None:
    products = [f @ g.T for f, g in zip(left, right, strict=True)]
    if len(products) == 1:
        np.multiply(products[0], products[0], out=out)
    else:
        _add_squares(*products, out)


@compiled
def _add_squares(first, second, cross, out) -> None:
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            re = first[i, j] + second[i, j]
            im = cross[i, j] - first[i, j] + second[i, j]
            out[i, j] = re * re + im * im
