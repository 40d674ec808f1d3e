"""Layers of a perceptron as one function of one vector of weights."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from ...states import CheckedState, count, each, option
from ...training.risk import Pullback


@dataclass(frozen=True)
class Perceptron(CheckedState):
    """``W_L f(... f(W_1 x + b_1) ...) + b_L`` with f a rectifier or a sine.

    Attributes
    ----------
    sizes : tuple of int
        Of inputs, hidden layers, outputs.
    activation : {"relu", "sine"}
    """

    sizes: tuple[int, ...]
    activation: str

    _contents: ClassVar[dict] = {
        "sizes": each(count(least=1)),
        "activation": option("relu", "sine"),
    }

    @property
    def n_parameters(self) -> int:
        """Weights and offsets."""
        return sum((a + 1) * b for a, b in pairwise(self.sizes))

    def unpack(self, v) -> list[np.ndarray]:
        """Matrices (n_out, n_in + 1), the last column being the offsets, that share the memory of v."""
        matrices, start = [], 0
        for a, b in pairwise(self.sizes):
            matrices.append(v[start : start + (a + 1) * b].reshape(b, a + 1))
            start += (a + 1) * b
        return matrices

    def start(self, rng) -> np.ndarray:
        """Small random weights: for sines those of Sitzmann et al., which keep the size of what passes."""
        v = np.zeros(self.n_parameters)
        for matrix in self.unpack(v):
            bound = np.sqrt((6.0 if self.activation == "sine" else 2.0) / (matrix.shape[1] - 1))
            matrix[:, :-1] = rng.uniform(-bound, bound, (len(matrix), matrix.shape[1] - 1))
        return v

    def forward(self, X, v) -> tuple[np.ndarray, Pullback]:
        """Outputs (n_samples, n_outputs), and a function from their cotangents to those of inputs and weights."""
        matrices, inputs, slopes = self.unpack(v), [X], []
        for k, matrix in enumerate(matrices):
            z = inputs[-1] @ matrix[:, :-1].T + matrix[:, -1]
            if k < len(matrices) - 1:
                slopes.append((z > 0).astype(float) if self.activation == "relu" else np.cos(z))
                z = np.maximum(z, 0.0) if self.activation == "relu" else np.sin(z)
            inputs.append(z)

        def pullback(g):
            found = np.empty_like(v)
            for matrix, of_matrix, x, slope in zip(
                reversed(matrices), reversed(self.unpack(found)), inputs[-2::-1], [None, *reversed(slopes)], strict=True
            ):
                g = g if slope is None else g * slope
                of_matrix[:, :-1], of_matrix[:, -1] = g.T @ x, g.sum(axis=0)
                g = g @ matrix[:, :-1]
            return g, found

        return inputs[-1], pullback
