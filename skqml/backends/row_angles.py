"""Rows as angles of the gates that prepare them as amplitudes, and derivatives by the rows."""

from collections.abc import Callable

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from .._amplitudes import tree, tree_angles, tree_pullback, tree_tangent, without_tangent
from ..engine.checks import as_rows
from ..engine.preparation import Preparation, PreparedRows, split_preparation
from ..engine.reading.lower import DATA, split_parameters
from ..engine.reading.occurrences import substituted

_MOVED_BYTES = 2**27  # of the moved rows of one call


class RowAngles:
    """A circuit that prepares rows, written with the angles of the preparation as data behind the features.

    Derivatives by the rows come from values at other rows, without those of the angles, which do not exist where
    neighbouring amplitudes are 0. A result is a quadratic form of the amplitudes a, ``f(a) = a.Ma / a.a``, so that
    along any v

    ``f'(a; v) = (|a + v|^2 f(a + v) - |a - v|^2 f(a - v) - 4 (a.v) f(a)) / (2 |a|^2)``

    is exact, as parameter shifts are; with shots its variance is about theirs.

    Where gates are noisy results are no quadratic form: derivatives go through the angles, and rows whose angles jump,
    which have none, are refused.

    Parameters
    ----------
    circuit : QuantumCircuit
        With one instruction that `is_preparation`.
    noisy : bool
        Whether gates are noisy.
    """

    def __init__(self, circuit: QuantumCircuit, noisy: bool):
        data = split_parameters(circuit)[0]
        instruction, rest = split_preparation(circuit)
        assert instruction is not None
        self.preparation = Preparation.read(instruction, circuit, data)
        self.noisy, self.n_features = noisy, len(data)
        qubits = self.preparation.qubits
        z = ParameterVector(DATA, len(data) + (1 << len(qubits)) - 1)
        new = dict(zip(data, z, strict=False))
        rest = substituted(rest, {p: new[p] for p in rest.parameters if p in new})
        self.circuit = rest.compose(tree(len(qubits), z[len(data) :]), qubits, front=True)

    def __call__(self, X) -> np.ndarray:
        """Columns of the circuit's data for rows of features."""
        X = as_rows(X, self.n_features)
        return self._columns(X, self.preparation(X))

    def _columns(self, X: np.ndarray, prepared: PreparedRows) -> np.ndarray:
        return np.concatenate([X, tree_angles(prepared.states)], axis=1)

    def along(self, values: Callable, X: np.ndarray, V: np.ndarray) -> np.ndarray:
        """Derivatives of the values of the circuit's data when the amplitudes of rows X move along V.

        Parameters
        ----------
        values : callable
            From columns of the circuit's data to values, row by row.
        X : ndarray (n_samples, n_features)
        V : ndarray (n_samples, n_features)
            Features that are no amplitudes do not move.
        """
        A, B = self.preparation.amplitudes(X), np.zeros((len(X), len(self.preparation.constants)))
        B[:, self.preparation.places] = V[:, self.preparation.columns]
        total = -4.0 * np.einsum("nb,nb->n", A, B)[:, None] * values(self(X))
        for sign in (1.0, -1.0):
            moved = A + sign * B
            squares = np.einsum("nb,nb->n", moved, moved)
            moved[squares == 0.0] = A[squares == 0.0]  # any state will do
            Z = self._columns(X, PreparedRows.of(self.preparation, moved))
            total += sign * squares[:, None] * values(Z)
        return total / (2.0 * np.einsum("nb,nb->n", A, A)[:, None])

    def moved(self, X: np.ndarray, dX: np.ndarray) -> np.ndarray:
        """Derivatives of the columns when rows X move along dX; of angles where gates are noisy alone."""
        dZ = np.zeros((len(X), X.shape[1] + len(self.preparation.constants) - 1))
        dZ[:, : X.shape[1]] = dX
        if self.noisy:
            prepared = self._smooth(X)
            dZ[:, X.shape[1] :] = tree_tangent(prepared.states, prepared.tangents(dX))
        return dZ

    def pullback(self, values: Callable, X: np.ndarray, dZ: np.ndarray) -> np.ndarray:
        """Derivatives by rows of a number for each, from those dZ by the columns; `values` as in `gradient`."""
        dX = dZ[:, : X.shape[1]].copy()
        if not self.noisy:
            return dX + self.gradient(values, X)
        prepared = self._smooth(X)
        prepared.add_pullback(tree_pullback(prepared.states, dZ[:, X.shape[1] :]), dX)
        return dX

    def _smooth(self, X: np.ndarray) -> PreparedRows:
        """States of rows whose angles have derivatives by all features."""
        prepared, free = self.preparation(X), np.zeros(len(self.preparation.constants), dtype=bool)
        free[self.preparation.places] = True
        jumps = without_tangent(prepared.states, free)
        if jumps.any():
            raise ValueError(
                "Expected rows that have derivatives under gate noise, but the angles that prepare row "
                f"{int(np.flatnonzero(jumps)[0])} jump at its amplitudes of 0; ask for derivatives by weights alone "
                "(forward_weights), or take a backend without gate noise, such as Exact."
            )
        return prepared

    def gradient(self, values: Callable, X: np.ndarray) -> np.ndarray:
        """Derivatives (n_samples, n_features) of a number for each row by the features that are amplitudes.

        Parameters
        ----------
        values : callable
            From columns of the circuit's data, and the numbers of the rows that they belong to, to numbers.
        X : ndarray (n_samples, n_features)
        """
        columns = np.arange(X.shape[1])[self.preparation.columns]
        dX, norms = np.zeros(X.shape), self.preparation(X).norms
        step = max(1, _MOVED_BYTES // (8 * len(columns) * (X.shape[1] + len(self.preparation.constants))))
        for a in range(0, len(X), step):
            index = np.repeat(np.arange(a, min(a + step, len(X))), len(columns))
            V = np.zeros((len(index), X.shape[1]))
            V[np.arange(len(index)), np.tile(columns, len(index) // len(columns))] = norms[index, 0]
            slopes = self.along(lambda Z, index=index: values(Z, index)[:, None], X[index], V) / norms[index]
            dX[a : a + step, columns] = slopes.reshape(-1, len(columns))
        return dX
