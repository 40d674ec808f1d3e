"""A row dealt out to several runs of a circuit: fidelities are multiplied, expectation values stand side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..backends.program import Cost, Gradient, Overlaps, Program, Pullback


@dataclass(frozen=True)
class RowPart:
    """What one run takes of a row.

    Attributes
    ----------
    program : Program or Overlaps
        The same object for runs of the same circuit.
    features, weights : slice
        Its columns of X, and its part of w.
    """

    program: Any
    features: slice
    weights: slice


def parts_key(parts: Sequence[RowPart]) -> tuple | None:
    """All that results depend on besides the arguments; None if some are random."""
    programs = {id(part.program): part.program for part in parts}
    keys = [program.cache_key() for program in programs.values()]
    if any(key is None for key in keys):
        return None
    places = {name: k for k, name in enumerate(programs)}
    return keys, [(places[id(p.program)], p.features.start, p.weights.start) for p in parts]


class ProductOverlaps(Overlaps):
    """Fidelities of the product of the states of several runs.

    Parameters
    ----------
    parts : sequence of RowPart
        With `Overlaps` as programs.
    """

    def __init__(self, parts: Sequence[RowPart]):
        self.parts = list(parts)

    def _each(self, *arrays) -> Iterator[tuple]:
        """Program, rows of features and weights of each part; None stays None."""
        *rows, w = arrays
        for part in self.parts:
            yield part.program, *(A if A is None else A[:, part.features] for A in rows), w[part.weights]

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        K: Any = 1.0
        for overlaps, X_part, Y_part, w_part in self._each(X, Y, w):
            K = K * overlaps(X_part, Y_part, w_part, rng)
        return K

    def cost(self, n_rows: int, n_columns: int | None = None, gradient: bool = False) -> Cost:
        return sum((part.program.cost(n_rows, n_columns, gradient) for part in self.parts), Cost())

    def diagonal(self, X, w=None, rng=None) -> np.ndarray:
        return np.prod([overlaps.diagonal(A, v, rng) for overlaps, A, v in self._each(X, w)], axis=0)

    def cache_key(self) -> tuple | None:
        return parts_key(self.parts)

    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        K: Any = 1.0
        dK: Any = 0.0
        for part, (overlaps, A, dA, v) in zip(self.parts, self._each(X, dX, w), strict=True):
            k = overlaps(A, None, v, rng)
            dK = dK * k + K * overlaps.tangent(A, v, dA, dw[part.weights], rng)
            K = K * k
        return dK

    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        dX, dw = np.zeros(X.shape), np.zeros(len(w))
        for part, (overlaps, rows, _, v), cotangent in self._with_cotangents(X, None, w, A, rng):
            dX[:, part.features], dw[part.weights] = overlaps.pullback(rows, v, cotangent, rng)
        return dX, dw

    def pullback_rows(self, X, Y, w, A, rng=None) -> np.ndarray:
        dX = np.zeros(X.shape)
        for part, (overlaps, *arguments), cotangent in self._with_cotangents(X, Y, w, A, rng):
            dX[:, part.features] = overlaps.pullback_rows(*arguments, cotangent, rng)
        return dX

    def _with_cotangents(self, X, Y, w, A, rng) -> Iterator[tuple[RowPart, tuple, np.ndarray]]:
        """Each part with its program, rows and weights, and A times the fidelities of all others; the last first."""
        each = list(self._each(X, Y, w))
        before = [A]  # the cotangent of part k, but for the fidelities of the parts behind it
        fidelities = [overlaps(rows, others, v, rng) for overlaps, rows, others, v in each]
        for k in fidelities[:-1]:
            before.append(before[-1] * k)
        behind: Any = 1.0
        for j in range(len(each) - 1, -1, -1):
            yield self.parts[j], each[j], before[j] * behind
            behind = behind * fidelities[j]


def _stacked(X, columns) -> np.ndarray:
    """Rows of all runs of one circuit, run by run."""
    return X[:, columns].swapaxes(0, 1).reshape(-1, columns.shape[1])


class JoinedProgram(Program):
    """Expectation values of several runs, those of the first run first; weights are columns of X.

    Parameters
    ----------
    parts : sequence of RowPart
        With programs that have no weights; here ``weights`` are columns behind all features.
    n_features : int
        Columns of X in front of the weights.
    """

    def __init__(self, parts: Sequence[RowPart], n_features: int):
        self.parts = list(parts)
        columns = [
            np.r_[np.arange(n_features)[p.features], n_features + np.arange(p.weights.start, p.weights.stop)]
            for p in self.parts
        ]
        programs = {id(p.program): p.program for p in self.parts}
        # Runs of one circuit are one call: (program, numbers of its runs, their columns).
        self._calls = []
        for key, program in programs.items():
            runs = [k for k, p in enumerate(self.parts) if id(p.program) == key]
            self._calls.append((program, runs, np.array([columns[k] for k in runs])))
        self.n_features, self.n_weights = n_features + max(p.weights.stop for p in self.parts), 0
        ends = np.cumsum([p.program.n_observables for p in self.parts])
        self._values = [slice(*each) for each in pairwise([0, *ends])]  # columns of each run's values
        self.n_observables = int(ends[-1])

    def cache_key(self) -> tuple | None:
        return parts_key(self.parts)

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        return sum((part.program.cost(n_rows, gradient) for part in self.parts), Cost())

    def _ordered(self, results, n_rows: int) -> np.ndarray:
        values = [np.empty(0)] * len(self.parts)
        for (_, runs, _), found in zip(self._calls, results, strict=True):
            for k, block in zip(runs, found.reshape(len(runs), n_rows, -1), strict=True):
                values[k] = block
        return np.concatenate(values, axis=1)

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        results = [program(_stacked(X, columns), None, rng) for program, _, columns in self._calls]
        return self._ordered(results, len(X))

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        both = [program.forward(_stacked(X, columns), None, rng) for program, _, columns in self._calls]
        values = self._ordered([found for found, _ in both], len(X))

        def pullback(g) -> tuple[np.ndarray, np.ndarray]:
            g, dX = self._checked_g(g, len(values)), np.zeros(np.shape(X))
            for (_, runs, columns), (_, back) in zip(self._calls, both, strict=True):
                slopes = back(np.concatenate([g[:, self._values[k]] for k in runs]))[0]
                for c, block in zip(columns, slopes.reshape(len(runs), len(X), -1), strict=True):
                    dX[:, c] = block
            return dX, np.empty(0)

        return values, pullback
