"""Rows as amplitudes where circuits are run gate by gate: the angles of a preparation are computed from each row."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit

from .._amplitudes import tree, tree_angles
from .._checks import check_kind
from ..engine.checks import as_rows
from ..engine.density.gaps import warns_of_gaps
from ..engine.preparation import Preparation, PreparedRows, is_preparation, split_preparation
from ..engine.reading.lower import DATA, split_parameters
from ..engine.reading.occurrences import substituted
from .program import Cost, FixedRows, Overlaps, Probabilities, Program, Pullback

_MOVED_BYTES = 2**27  # of the moved rows of one call


class RowAngles:
    """A circuit that prepares rows, written with the angles of the preparation as data behind the features.

    Derivatives by the rows come from values at other rows, without those of the angles, which do not exist where
    neighbouring amplitudes are 0. A result is a quadratic form of the amplitudes a, ``f(a) = a.Ma / a.a``, so that
    along any v

    ``f'(a; v) = (|a + v|^2 f(a + v) - |a - v|^2 f(a - v) - 4 (a.v) f(a)) / (2 |a|^2)``

    is exact, as parameter shifts are; with shots its variance is about theirs.

    Parameters
    ----------
    circuit : QuantumCircuit
        With one instruction that `is_preparation`.
    noisy : bool
        Whether gates are noisy: results are then no quadratic form, and such derivatives are refused.
    """

    def __init__(self, circuit: QuantumCircuit, noisy: bool):
        data = split_parameters(circuit)[0]
        instruction, rest = split_preparation(circuit)
        assert instruction is not None
        self._preparation = Preparation.read(instruction, circuit, data)
        self._noisy, self.n_features = noisy, len(data)
        qubits = self._preparation.qubits
        z = ParameterVector(DATA, len(data) + (1 << len(qubits)) - 1)
        new = dict(zip(data, z, strict=False))
        rest = substituted(rest, {p: new[p] for p in rest.parameters if p in new})
        self.circuit = rest.compose(tree(len(qubits), z[len(data) :]), qubits, front=True)

    def __call__(self, X) -> np.ndarray:
        """Columns of the circuit's data for rows of features."""
        X = as_rows(X, self.n_features)
        return self._columns(X, self._preparation(X))

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
        if self._noisy:
            raise ValueError(
                "Derivatives by rows that are prepared as amplitudes need a backend without gate noise, such as Exact; "
                "with noise there are those by weights."
            )
        A, B = self._preparation.amplitudes(X), np.zeros((len(X), len(self._preparation.constants)))
        B[:, self._preparation.places] = V[:, self._preparation.columns]
        total = -4.0 * np.einsum("nb,nb->n", A, B)[:, None] * values(self(X))
        for sign in (1.0, -1.0):
            moved = A + sign * B
            squares = np.einsum("nb,nb->n", moved, moved)
            moved[squares == 0.0] = A[squares == 0.0]  # any state will do
            Z = self._columns(X, PreparedRows.of(self._preparation, moved))
            total += sign * squares[:, None] * values(Z)
        return total / (2.0 * np.einsum("nb,nb->n", A, A)[:, None])

    def gradient(self, values: Callable, X: np.ndarray) -> np.ndarray:
        """Derivatives (n_samples, n_features) of a number for each row by the features that are amplitudes.

        Parameters
        ----------
        values : callable
            From columns of the circuit's data, and the numbers of the rows that they belong to, to numbers.
        X : ndarray (n_samples, n_features)
        """
        columns = np.arange(X.shape[1])[self._preparation.columns]
        dX, norms = np.zeros(X.shape), self._preparation(X).norms
        step = max(1, _MOVED_BYTES // (8 * len(columns) * (X.shape[1] + len(self._preparation.constants))))
        for a in range(0, len(X), step):
            index = np.repeat(np.arange(a, min(a + step, len(X))), len(columns))
            V = np.zeros((len(index), X.shape[1]))
            V[np.arange(len(index)), np.tile(columns, len(index) // len(columns))] = norms[index, 0]
            slopes = self.along(lambda Z, index=index: values(Z, index)[:, None], X[index], V) / norms[index]
            dX[a : a + step, columns] = slopes.reshape(-1, len(columns))
        return dX


class PreparedProgram(Program):
    """A program of rows, around one of features and angles.

    Parameters
    ----------
    program : Program
        Of `RowAngles.circuit`.
    rows : RowAngles
    """

    def __init__(self, program: Program, rows: RowAngles):
        self.program, self.rows = program, rows
        self.n_features, self.n_weights, self.n_observables = rows.n_features, program.n_weights, program.n_observables

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        return self.program(self.rows(X), w, rng)

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        X = as_rows(X, self.n_features)
        values, pullback_of_columns = self.program.forward(self.rows(X), w, rng)

        def pullback(g) -> tuple[np.ndarray, np.ndarray]:
            g = self._checked_g(g, len(X))
            dZ, dw = pullback_of_columns(g)
            dX = self.rows.gradient(lambda Z, index: np.sum(self.program(Z, w, rng) * g[index], axis=1), X)
            return dX + dZ[:, : self.n_features], dw

        return values, pullback

    def fix_rows(self, X) -> FixedRows:
        """Rows of a training, whose angles are computed once."""
        return self.program.fix_rows(self.rows(X))

    def cost(self, n_rows: int, gradient: bool = False) -> Cost:
        """That of the program inside."""
        return self.program.cost(n_rows, gradient)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Expectation values and their standard errors."""
        return self.program.estimate(self.rows(X), w, rng)

    def cache_key(self) -> tuple | None:
        """That of the program inside, with what the angles are computed from."""
        return _joint_key(self.program, self.rows)


def _joint_key(inner: Program | Overlaps, rows: RowAngles) -> tuple | None:
    key = inner.cache_key()
    return None if key is None else (key, rows._preparation)


class PreparedOverlaps(Overlaps):
    """Fidelities of rows, around those of features and angles.

    Parameters
    ----------
    overlaps : Overlaps
        Of `RowAngles.circuit`.
    rows : RowAngles
    """

    def __init__(self, overlaps: Overlaps, rows: RowAngles):
        self.overlaps, self.rows = overlaps, rows
        self.in_pairs = overlaps.in_pairs

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        return self.overlaps(self.rows(X), None if Y is None else self.rows(Y), w, rng)

    def cache_key(self) -> tuple | None:
        """That of the overlaps inside, with what the angles are computed from."""
        return _joint_key(self.overlaps, self.rows)

    def cost(self, n_rows: int, n_columns: int | None = None, gradient: bool = False) -> Cost:
        """That of the overlaps inside."""
        return self.overlaps.cost(n_rows, n_columns, gradient)

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        """Fidelities of rows with the same rows of others."""
        return self.overlaps.paired(self.rows(X), self.rows(Y), w, rng)

    def diagonal(self, X, w=None, rng=None) -> np.ndarray:
        """Fidelities of rows with themselves."""
        return self.overlaps.diagonal(self.rows(X), w, rng)

    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        """Derivative of the fidelities in one direction; see `Overlaps.tangent`."""
        X = as_rows(X, self.rows.n_features)
        Z = self.rows(X)
        dZ = np.zeros_like(Z)
        dZ[:, : X.shape[1]] = dX
        one_moves = self.rows.along(lambda moved: self.overlaps(moved, Z, w, rng), X, dX)
        return self.overlaps.tangent(Z, w, dZ, dw, rng) + one_moves + one_moves.T

    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Gradient of a weighted sum of the fidelities; see `Overlaps.pullback`."""
        dZ, dw = self.overlaps.pullback(self.rows(X), w, A, rng)
        return dZ[:, : self.rows.n_features] + self._moved(X, X, w, A + A.T, rng), dw

    def pullback_rows(self, X, Y, w, A, rng=None) -> np.ndarray:
        """Gradient by the first rows alone; see `Overlaps.pullback_rows`."""
        dZ = self.overlaps.pullback_rows(self.rows(X), self.rows(Y), w, A, rng)
        return dZ[:, : self.rows.n_features] + self._moved(X, Y, w, A, rng)

    def _moved(self, X, Y, w, A, rng) -> np.ndarray:
        """Gradient of the sum by the first rows' amplitudes."""
        X, others = as_rows(X, self.rows.n_features), self.rows(Y)
        return self.rows.gradient(lambda Z, index: np.sum(self.overlaps(Z, others, w, rng) * A[index], axis=1), X)


class PreparedProbabilities(Probabilities):
    """Probabilities of rows, around those of features and angles.

    Parameters
    ----------
    probabilities : Probabilities
        Of `RowAngles.circuit`.
    rows : RowAngles
    """

    def __init__(self, probabilities: Probabilities, rows: RowAngles):
        self.probabilities, self.rows, self.bits = probabilities, rows, probabilities.bits

    def __call__(self, X, w=None) -> np.ndarray:
        return self.probabilities(self.rows(X), w)


_AROUND = {
    "compile": PreparedProgram,
    "compile_overlaps": PreparedOverlaps,
    "compile_probabilities": PreparedProbabilities,
}


def gate_by_gate(method: Callable) -> Callable:
    """Decorate a compiling method of a backend that cannot start from rows: amplitudes are prepared by rotations.

    Circuits that are too wide are refused, and gaps in the noise model warned of.
    """
    around: Any = _AROUND[method.__name__]

    @wraps(method)
    def compiled(backend, circuit, *arguments, **options) -> Any:
        backend.check_width(check_kind("circuit", circuit, QuantumCircuit, "a QuantumCircuit").num_qubits)
        if backend.starts_from_rows or not any(is_preparation(i.operation) for i in circuit.data):
            return method(backend, circuit, *arguments, **options)
        noisy = () if backend.noise is None else set(backend.noise.noise_instructions) - {"measure"}
        rows = RowAngles(circuit, bool(noisy))
        return around(method(backend, rows.circuit, *arguments, **options), rows)

    return warns_of_gaps(compiled)


class GateByGate:
    """Lets a backend, each method that compiles, see circuits alone, of a width that it runs.

    `AmplitudePreparation` of data is not in them.

    Attributes
    ----------
    starts_from_rows : bool
        Whether it takes these as they stand.
    """

    starts_from_rows = False

    def __init_subclass__(cls, **options) -> None:
        super().__init_subclass__(**options)
        for name in _AROUND.keys() & vars(cls).keys():
            setattr(cls, name, gate_by_gate(vars(cls)[name]))
