"""Logarithms of the probabilities of outcomes, as a function of one vector of weights."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from ..._checks import shown
from ...backends.program import Program
from ...circuits import Observable
from ...states import CheckedState, floats, instance
from ...training.risk import Pullback

_LEAST = 1e-6  # probability: shots may find none, and mitigation less than that


def outcome_strings(n_qubits: int, measured: list[int]) -> tuple[Observable, ...]:
    """Products of Z on the qubits that are measured, string k having Z where the bits of k are 1, k = 1, 2, ...."""
    strings = []
    for k in range(1, 1 << len(measured)):
        letters = ["I"] * n_qubits
        for bit, qubit in enumerate(measured):
            letters[n_qubits - 1 - qubit] = "Z" if k >> bit & 1 else "I"
        strings.append(Observable("".join(letters)))
    return tuple(strings)


class OutcomeNetwork(CheckedState):
    """Scores ``s_k(x) = log p_k(x, w)``, p_k being the probability that the qubits measured are the bits of k.

    Parameters
    ----------
    program : Program
        Gives the values of `outcome_strings`.
    n_outputs : int
        At most the number of outcomes; scores of the others are left out, which `softmax` makes good.
    """

    _contents: ClassVar[dict] = {"program": instance(Program), "matrix": floats("n_outputs", "n_outcomes")}

    def _check_whole(self):
        if not np.array_equal(self.matrix, _outcomes(self.n_outputs, self.program.n_observables + 1)):
            raise ValueError(f"no probabilities of {self.program.n_observables + 1} outcomes, but {shown(self.matrix)}")

    def __init__(self, program: Program, n_outputs: int):
        self.program = program
        self.matrix = _outcomes(n_outputs, program.n_observables + 1)

    @property
    def n_outputs(self) -> int:
        """Number of scores."""
        return len(self.matrix)

    @property
    def n_parameters(self) -> int:
        """Length of v, the weights of the circuit."""
        return self.program.n_weights

    def scores(self, rows, v, rng=None) -> np.ndarray:
        """Scores (n_samples, n_outputs) of rows, a function (w, rng) -> values; see `Program.fix_rows`."""
        return self._logarithms(rows(v, rng))[0]

    def forward(self, rows, v, rng=None) -> tuple[np.ndarray, Pullback]:
        """Scores of fixed rows, and a function from their cotangents to that of v."""
        values, pullback = rows.forward(v, rng)
        S, slopes = self._logarithms(values)
        return S, lambda g: pullback((g * slopes) @ self.matrix[:, 1:])[1]

    def forward_rows(self, X, v) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Scores of rows X (n_samples, n_features), and a function from their cotangents to that of X."""
        values, pullback = self.program.forward_rows(X, v)
        S, slopes = self._logarithms(values)
        return S, lambda g: pullback((g * slopes) @ self.matrix[:, 1:])

    def _logarithms(self, values) -> tuple[np.ndarray, np.ndarray]:
        """Scores, and their derivatives by the probabilities."""
        p = values @ self.matrix[:, 1:].T + self.matrix[:, 0]
        kept = _LEAST + (1.0 - _LEAST) * np.maximum(p, 0.0)
        return np.log(kept), np.where(p > 0.0, (1.0 - _LEAST) / kept, 0.0)


def _outcomes(n_outputs: int, n_outcomes: int) -> np.ndarray:
    """From 1 and the values of `outcome_strings` to probabilities of the first outcomes: rows of a Hadamard matrix."""
    common = np.arange(n_outputs)[:, None] & np.arange(n_outcomes)
    return (1.0 - 2.0 * (np.bitwise_count(common) & 1)) / n_outcomes
