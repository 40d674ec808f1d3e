"""The values of a circuit from those of its parts."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from qiskit import QuantumCircuit

from ..backends.base import Backend
from ..backends.defaults import ShiftProgram
from ..backends.program import Cost, Pullback
from ..backends.shots import check_shots
from ..engine.checks import as_rows, as_weights
from ..engine.reading.paulis import read_terms
from ..engine.threads import one_blas_thread
from .gates import GateFactor
from .parts import CutCircuit
from .tensor import PartProgram

_BLOCK_BYTES = 2**28  # of the largest array of one part
_BATCHES = 8  # of shots, behind a standard error


class CutProgram(ShiftProgram):
    """Expectation values as contractions of the tensors of all parts.

    ``<O> = sum_a prod_p T_p[a]`` over four values of an axis a for each cut wire, and of two for each cut gate, which
    has a tensor of its own.

    Parameters
    ----------
    backend : Cut
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    found : CutCircuit
    """

    def __init__(self, backend: Backend, circuit: QuantumCircuit, observables: Sequence, found: CutCircuit):
        super().__init__(backend, circuit, observables)
        terms = [read_terms(observable, circuit.num_qubits) for observable in self.observables]
        labels = list(dict.fromkeys(label for sums in terms for label, _ in sums))
        self._matrix = np.zeros((len(terms), len(labels)))
        for row, sums in zip(self._matrix, terms, strict=True):
            for label, coeff in sums:
                row[labels.index(label)] += coeff
        inner, self._found = backend.inner, found
        parts = [PartProgram(part, labels, inner) for part in found.parts]
        self._factors: list[PartProgram | GateFactor] = [
            *parts,
            *(GateFactor(circuit, gate, axes) for gate, axes in found.gates),
        ]

    def cost(self, n_rows: int, gradient: bool = False) -> Cost:
        """That of all parts; see `Program.cost`."""
        return sum((factor.cost(n_rows, gradient) for factor in self._factors), Cost())

    @one_blas_thread()
    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        X, w, rng = self._checked(X, w, rng)
        return np.concatenate(
            [self._values(self._tensors(X[rows], w, rng), len(X[rows])) for rows in self._blocks(len(X))]
        )

    @one_blas_thread()
    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Expectation values and their standard errors, from shots of several batches; see `Program.estimate`.

        The errors of all parts are propagated to first order: the scatter, from batch to batch, of what the values are
        when one part is that of the batch and the others are means, added up over the parts.
        """
        if not self.backend.random or self.backend.shots is None:
            return super().estimate(X, w, rng)
        X, w, rng = self._checked(X, w, rng)
        blocks = [self._batch.estimate_block(X[rows], w, rng) for rows in self._blocks(len(X))]
        values, errors = zip(*blocks, strict=True)
        return np.concatenate(values), np.concatenate(errors)

    def estimate_block(self, X: np.ndarray, w: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray]:
        """Values and errors of some rows from batches that have all the shots of this program, each."""
        batches = [self._tensors(X, w, rng) for _ in range(_BATCHES)]
        means = [np.mean(tensors, axis=0) for tensors in zip(*batches, strict=True)]
        scattered = [
            np.sum([self._values([*means[:k], tensors[k], *means[k + 1 :]], len(X)) for k in range(len(means))], axis=0)
            for tensors in batches
        ]
        return self._values(means, len(X)), np.std(scattered, axis=0, ddof=1) / np.sqrt(_BATCHES)

    @cached_property
    def _batch(self) -> "CutProgram":
        """This program with its share of the shots."""
        share = -(-check_shots(self.backend.shots) // _BATCHES)
        return CutProgram(self.backend.replaced(shots=share), self.circuit, self.observables, self._found)

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values, and the product rule over the parts with the pullback of each."""
        X, w, rng = self._checked(X, w, rng)
        blocks = self._blocks(len(X))
        if len(blocks) == 1:
            return self._forward(X, w, rng)

        def of_blocks(g) -> tuple[np.ndarray, np.ndarray]:  # run again: not all of them fit in memory
            g = np.asarray(g, dtype=float)
            dX, dw = zip(*(self._forward(X[rows], w, rng)[1](g[rows]) for rows in blocks), strict=True)
            return np.concatenate(dX), np.sum(dw, axis=0)

        return self(X, w, rng), of_blocks

    @one_blas_thread()
    def _forward(self, X: np.ndarray, w: np.ndarray, rng) -> tuple[np.ndarray, Pullback]:
        tensors, pullbacks = zip(*(factor.forward(X, w, rng) for factor in self._factors), strict=True)

        @one_blas_thread()
        def of_factors(g) -> tuple[np.ndarray, np.ndarray]:
            of_labels = np.asarray(g, dtype=float) @ self._matrix
            dX, dw = np.zeros(X.shape), np.zeros(len(w))
            for k, (factor, pullback) in enumerate(zip(self._factors, pullbacks, strict=True)):
                others = [(t, f.axes) for j, (t, f) in enumerate(zip(tensors, self._factors, strict=True)) if j != k]
                columns, weights = pullback(_contract(of_labels, others, factor.axes))
                dX[:, factor.columns] += columns
                dw[factor.weights] += weights
            return dX, dw

        return self._values(tensors, len(X)), of_factors

    def _checked(self, X, w, rng) -> tuple[np.ndarray, np.ndarray, np.random.Generator | None]:
        rng = self.backend.generator() if rng is None else rng
        return as_rows(X, self.n_features), as_weights(w, self.n_weights), rng

    def _blocks(self, n_samples: int) -> list[slice]:
        """Rows that are run together."""
        step = max(1, _BLOCK_BYTES // (8 * max(1, *(factor.n_numbers for factor in self._factors))))
        return [slice(a, a + step) for a in range(0, max(1, n_samples), step)]

    def _tensors(self, X: np.ndarray, w: np.ndarray, rng) -> list[np.ndarray]:
        return [factor(X, w, rng) for factor in self._factors]

    def _values(self, tensors: Sequence[np.ndarray], n_samples: int) -> np.ndarray:
        operands = [(tensor, factor.axes) for tensor, factor in zip(tensors, self._factors, strict=True)]
        return _contract(np.ones((n_samples, self._matrix.shape[1])), operands, [0, 1]) @ self._matrix.T


def _contract(terms: np.ndarray, operands: Sequence[tuple[np.ndarray, list[int]]], axes: list[int]) -> np.ndarray:
    """Product of an array (n_samples, n_labels) and tensors (n_samples or 1, ...), summed over all but some axes."""
    arguments: list[Any] = [terms, [0, 1]]
    for tensor, own in operands:
        arguments += [np.broadcast_to(tensor, (len(terms), *tensor.shape[1:])), own]
    return np.einsum(*arguments, axes, optimize="greedy")
