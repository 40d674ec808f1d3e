"""The values of a circuit from those of its parts."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from qiskit import QuantumCircuit

from ..._checks import check_count
from ...backends import Backend, Cost, ShiftProgram
from ...backends.program import Gradient, Pullback
from ...backends.terms import coefficients
from ...engine.reading.paulis import read_terms
from ...engine.threads import one_blas_thread
from ..cut_gates import GateFactor
from ..directions import silent_terms
from ..parts import CutCircuit
from .allotment import Allotment
from .part_runs import PartRuns
from .tensor import PartProgram, contract

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
        # With communication the first term is the identity: how often each outcome is sent.
        first = ["I" * circuit.num_qubits] if found.communication else []
        terms = [read_terms(observable, circuit.num_qubits) for observable in self.observables]
        labels, self._matrix = coefficients(terms, first)
        inner, self._found = backend.inner, found
        silent = silent_terms(found, labels)
        heard = np.sqrt(~silent @ np.sum(self._matrix**2, axis=0))
        silent[:, : len(first)] = False
        self._parts = [
            PartProgram(part, labels, s & found.communication, inner)
            for part, s in zip(found.parts, silent, strict=True)
        ]
        self._gates = [GateFactor(circuit, gate, axes) for gate, axes in found.gates]
        self._factors: list[PartProgram | GateFactor] = [*self._parts, *self._gates]
        shots = check_count("shots", inner.shots) if inner.random and inner.shots is not None else None
        allotment = None if shots is None else Allotment(found, shots, heard)
        self._runs = PartRuns(self._parts, found, allotment, backend.n_jobs)

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """That of all parts; see `Program.cost`."""
        return sum((part.cost(n_rows, bool(gradient)) for part in self._parts), Cost())

    @one_blas_thread()
    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        X, w, rng = self._asked(X, w, rng)
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
        X, w, rng = self._asked(X, w, rng)
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
        share = -(-check_count("shots", self.backend.shots) // _BATCHES)
        return CutProgram(self.backend.replaced(shots=share), self.circuit, self.observables, self._found)

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values, and the product rule over the parts with the pullback of each."""
        X, w, rng = self._asked(X, w, rng)
        blocks = self._blocks(len(X))
        if len(blocks) == 1:
            return self._forward(X, w, rng)

        def of_blocks(g) -> tuple[np.ndarray, np.ndarray]:  # run again: not all of them fit in memory
            g = self._checked_g(g, len(X))
            dX, dw = zip(*(self._forward(X[rows], w, rng)[1](g[rows]) for rows in blocks), strict=True)
            return np.concatenate(dX), np.sum(dw, axis=0)

        return self(X, w, rng), of_blocks

    @one_blas_thread()
    def _forward(self, X: np.ndarray, w: np.ndarray, rng) -> tuple[np.ndarray, Pullback]:
        tensors, of_parts = self._runs.forward(X, w, rng)
        gates = [gate.forward(X, w) for gate in self._gates]
        tensors += [tensor for tensor, _ in gates]

        @one_blas_thread()
        def of_factors(g) -> tuple[np.ndarray, np.ndarray]:
            of_labels = self._checked_g(g, len(X)) @ self._matrix
            cotangents = [self._cotangent(k, of_labels, tensors) for k in range(len(tensors))]
            slopes = of_parts(cotangents[: len(self._parts)])
            slopes += [back(g) for (_, back), g in zip(gates, cotangents[len(self._parts) :], strict=True)]
            dX, dw = np.zeros(X.shape), np.zeros(len(w))
            for factor, (columns, weights) in zip(self._factors, slopes, strict=True):
                dX[:, factor.columns] += columns
                dw[factor.weights] += weights
            return dX, dw

        return self._values(tensors, len(X)), of_factors

    def _cotangent(self, k: int, of_labels: np.ndarray, tensors: Sequence[np.ndarray]) -> np.ndarray:
        """That of tensor k."""
        pairs = enumerate(zip(tensors, self._factors, strict=True))
        others = [(tensor, factor.axes) for j, (tensor, factor) in pairs if j != k]
        return contract(of_labels, others, self._factors[k].axes)

    def _blocks(self, n_samples: int) -> list[slice]:
        """Rows that are run together."""
        step = max(1, _BLOCK_BYTES // (8 * max(1, *(factor.n_numbers for factor in self._factors))))
        return [slice(a, a + step) for a in range(0, max(1, n_samples), step)]

    def _tensors(self, X: np.ndarray, w: np.ndarray, rng) -> list[np.ndarray]:
        return [*self._runs(X, w, rng), *(gate.forward(X, w)[0] for gate in self._gates)]

    def _values(self, tensors: Sequence[np.ndarray], n_samples: int) -> np.ndarray:
        operands = [(tensor, factor.axes) for tensor, factor in zip(tensors, self._factors, strict=True)]
        return contract(np.ones((n_samples, self._matrix.shape[1])), operands, [0, 1]) @ self._matrix.T
