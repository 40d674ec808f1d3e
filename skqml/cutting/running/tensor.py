"""Parts as tensors, and what is put together of them."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from ...backends import Backend, Cost
from ...circuits.observables import Observable, product_of_letters
from ..cut_gates import TensorPullback
from ..parts import CutPart
from .row_shots import RowShots


class PartProgram:
    """A part as a tensor: rows, terms, and an axis for each of its ends.

    Parameters
    ----------
    part : CutPart
    labels : sequence of str
        Terms of the whole circuit.
    silent : ndarray of bool (n_terms,)
        Those of `silent_terms`, which are the mean over what is sent here.
    inner : Backend
    """

    def __init__(self, part: CutPart, labels: Sequence[str], silent: np.ndarray, inner: Backend):
        self.columns, self.weights, ends = part.columns, part.weights, part.ends
        self.axes = [0, 1, *(2 + end.axis for end in ends)]
        self._settings = np.array(
            [np.concatenate([np.zeros(0), *rows]) for rows in product(*(end.angles for end in ends))]
        )
        own = [tuple(label[-1 - q] for q in part.measured) for label in labels]
        distinct = list(dict.fromkeys(own))
        self._terms = np.eye(len(distinct))[:, [distinct.index(letters) for letters in own]]
        self._program = RowShots(inner, part.circuit, list(_observables(part, distinct)))
        # Where samples are alike one row stands for all, but not for their shots.
        self._has_rows = bool(self.columns) or inner.random
        self._silent, self._mean = silent, prod(1 / 3 if end.qubit is None else 1 / 2 for end in ends)
        self._size = prod(end.matrix.shape[0] for end in ends)
        # Rows 0, terms 1, terms here 2, and for each end its settings, its letters and its axis.
        n, self._shape = len(ends), [m.shape[k] for k in (1, 2) for m in (end.matrix for end in ends)]
        self._values_axes = [0, *range(3, 3 + n), 2, *range(3 + n, 3 + 2 * n)]
        self._maps: list[Any] = [self._terms, [2, 1]]
        for k, end in enumerate(ends):
            self._maps += [end.matrix, [3 + 2 * n + k, 3 + k, 3 + n + k]]
        self._tensor_axes = [0, 1, *range(3 + 2 * n, 3 + 3 * n)]

    def cost(self, n_samples: int, gradient: bool) -> Cost:
        """What so many samples take: one row a setting where all samples are alike."""
        return self._program.program.cost((n_samples if self._has_rows else 1) * len(self._settings), gradient)

    @property
    def n_numbers(self) -> int:
        """Numbers that a sample takes, in the values or in the tensor."""
        n_values = len(self._settings) * self._program.program.n_observables
        return max(n_values, self._terms.shape[1] * self._size)

    def _rows(self, X: np.ndarray) -> np.ndarray:
        own = X[:, self.columns] if self._has_rows else np.zeros((1, 0))
        n, settings = len(own), self._settings
        return np.concatenate([np.tile(settings, (n, 1)), np.repeat(own, len(settings), axis=0)], axis=1)

    def _shots(self, shots: np.ndarray | None, n_rows: int) -> np.ndarray | None:
        return None if shots is None else np.broadcast_to(shots, (n_rows, len(self._settings))).ravel()

    def _tensor(self, values: np.ndarray) -> np.ndarray:
        n, half = len(values) // len(self._settings), len(self._shape) // 2
        by_end = values.reshape(n, *self._shape[:half], len(self._terms), *self._shape[half:])
        tensor = np.einsum(by_end, self._values_axes, *self._maps, self._tensor_axes, optimize="greedy")
        if self._silent.any():
            tensor[:, self._silent] = self._mean
        return tensor

    def __call__(self, X: np.ndarray, w: np.ndarray, shots, rng) -> np.ndarray:
        """Tensor (n_samples or 1, n_labels, 4, ..., 4); shots are None or (1 or n_samples, n_settings)."""
        return self._tensor(self._program(self._rows(X), w[self.weights], rng, self._shots(shots, len(X))))

    def forward(self, X: np.ndarray, w: np.ndarray, shots, rng) -> tuple[np.ndarray, TensorPullback]:
        """Tensor, and a function from its cotangents (n_samples, n_labels, 4, ..., 4) to (dX, dw) of its own."""
        values, pullback = self._program.forward(self._rows(X), w[self.weights], rng, self._shots(shots, len(X)))

        def of_tensor(g) -> tuple[np.ndarray, np.ndarray]:
            g = g if self._has_rows else g.sum(axis=0, keepdims=True)
            if self._silent.any():
                g[:, self._silent] = 0.0
            of_values = np.einsum(g, self._tensor_axes, *self._maps, self._values_axes, optimize="greedy")
            dX, dw = pullback(of_values.reshape(values.shape))
            by_setting = dX.reshape(len(g), len(self._settings), dX.shape[1])
            return by_setting[:, :, self._settings.shape[1] :].sum(axis=1), dw

        return self._tensor(values), of_tensor


def _observables(part: CutPart, terms: Sequence[tuple[str, ...]]) -> Iterator[Observable]:
    """Each term of the measured qubits, with each letter of all ends that are measured."""
    measured = [end for end in part.ends if end.qubit is not None]
    places = [*part.measured.values(), *(end.qubit for end in measured if end.qubit is not None)]
    for letters in terms:
        for bases in product(*(end.letters for end in measured)):
            yield product_of_letters(part.circuit.num_qubits, dict(zip(places, letters + bases, strict=True)))


def contract(terms: np.ndarray, operands: Sequence[tuple[np.ndarray, list[int]]], axes: list[int]) -> np.ndarray:
    """Product of an array (n_samples, n_labels) and tensors (n_samples or 1, ...), summed over all but some axes."""
    arguments: list[Any] = [terms, [0, 1]]
    for tensor, own in operands:
        arguments += [np.broadcast_to(tensor, (len(terms), *tensor.shape[1:])), own]
    return np.einsum(*arguments, axes, optimize="greedy")
