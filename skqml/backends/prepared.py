"""Rows as amplitudes where circuits are run gate by gate: the angles of a preparation are computed from each row."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from qiskit import QuantumCircuit

from .._checks import check_kind
from ..engine.checks import as_rows
from ..engine.density.gaps import warns_of_gaps
from ..engine.preparation import is_preparation
from .program import Cost, FixedRows, Gradient, Overlaps, Probabilities, Program, Pullback
from .row_angles import RowAngles


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
            return self.rows.pullback(lambda Z, index: np.sum(self.program(Z, w, rng) * g[index], axis=1), X, dZ), dw

        return values, pullback

    def forward_weights(self, X, w=None, rng=None) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Expectation values and their pullback to weights, of rows too that have no derivatives."""
        return self.program.forward_weights(self.rows(X), w, rng)

    def fix_rows(self, X) -> FixedRows:
        """Rows of a training, whose angles are computed once."""
        return self.program.fix_rows(self.rows(X))

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
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
    return None if key is None else (key, rows.preparation)


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
        dK = self.overlaps.tangent(Z, w, self.rows.moved(X, dX), dw, rng)
        if self.rows.noisy:
            return dK
        one_moves = self.rows.along(lambda moved: self.overlaps(moved, Z, w, rng), X, dX)
        return dK + one_moves + one_moves.T

    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Gradient of a weighted sum of the fidelities; see `Overlaps.pullback`."""
        dZ, dw = self.overlaps.pullback(self.rows(X), w, A, rng)
        return self._pulled(X, X, w, A + A.T, rng, dZ), dw

    def pullback_rows(self, X, Y, w, A, rng=None) -> np.ndarray:
        """Gradient by the first rows alone; see `Overlaps.pullback_rows`."""
        return self._pulled(X, Y, w, A, rng, self.overlaps.pullback_rows(self.rows(X), self.rows(Y), w, A, rng))

    def _pulled(self, X, Y, w, A, rng, dZ) -> np.ndarray:
        """Gradient of the sum by the first rows from that by their columns."""
        X, others = as_rows(X, self.rows.n_features), self.rows(Y)
        return self.rows.pullback(lambda Z, index: np.sum(self.overlaps(Z, others, w, rng) * A[index], axis=1), X, dZ)


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
