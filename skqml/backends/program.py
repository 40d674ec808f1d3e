"""What a compiled circuit can be asked: pure interfaces."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from ..engine.checks import as_cotangents, as_rows, as_weights
from ..states.shared import Shared

Pullback = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
Gradient = bool | Literal["weights"]  # none, by rows and weights, or by weights alone


@dataclass(frozen=True)
class Cost:
    """What it takes to run rows of a circuit, known before anything runs.

    Attributes
    ----------
    circuits, shots : int
        A circuit is one row, or pair of rows, in one measurement basis; without shots a state that is simulated.
    bytes : int
        Of one state, or density matrix; the largest of several.
    jobs : int
        That primitives are sent.
    """

    circuits: int = 0
    shots: int = 0
    bytes: int = 0
    jobs: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        n_bytes = max(self.bytes, other.bytes)
        return Cost(self.circuits + other.circuits, self.shots + other.shots, n_bytes, self.jobs + other.jobs)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.circuits - other.circuits, self.shots - other.shots, self.bytes, self.jobs - other.jobs)


class Compiled(Shared, ABC):
    """What a circuit is compiled to, which takes rows X and weights w.

    Attributes
    ----------
    n_features, n_weights : int
        Columns of X, length of w.
    """

    n_features: int
    n_weights: int

    def _check(self, X, w) -> tuple[np.ndarray, np.ndarray]:
        """Rows and weights as arrays; others than the circuit takes are refused."""
        return as_rows(X, self.n_features), as_weights(w, self.n_weights)


class Program(Compiled):
    """A compiled circuit with its observables; a pure interface.

    A subclass has the attributes and writes `__call__` and `forward`; `ShiftProgram` has a slow, correct `forward`.

    Attributes
    ----------
    n_features, n_weights, n_observables : int
        Columns of X, length of w, columns of the values.
    """

    n_observables: int

    def _checked_g(self, g, n_rows: int) -> np.ndarray:
        """Cotangents of the values of so many rows; others are refused."""
        return as_cotangents(g, (n_rows, self.n_observables))

    @abstractmethod
    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables) for rows X and weights w."""

    @abstractmethod
    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values, and a function from their cotangents g to (dX, dw)."""

    def forward_rows(self, X, w=None, rng=None) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Expectation values, and a function from their cotangents g to dX alone, as for rows that are attacked.

        A program that has these cheaper than dX and dw writes it.
        """
        values, pullback = self.forward(X, w, rng)
        return values, lambda g: pullback(g)[0]

    def forward_weights(self, X, w=None, rng=None) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Expectation values, and a function from their cotangents g to dw alone, as for rows that are data.

        A program that has these cheaper than dX and dw, or for rows without dX, writes it.
        """
        values, pullback = self.forward(X, w, rng)
        return values, lambda g: pullback(g)[1]

    def fix_rows(self, X) -> "FixedRows":
        """Rows that stay while the weights change, as in a training; the caller holds them.

        A program that can compute something of the rows once and for all gives rows that hold it. The default holds X.
        """
        return FixedRows(self, as_rows(X, self.n_features))

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """What so many rows take, with a gradient, one by weights alone (``"weights"``), or without; nothing runs.

        The default is that of a program that simulates a state a row, whether a gradient is asked for or not.
        """
        return Cost(n_rows)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Expectation values and their standard errors, both (n_samples, n_observables).

        Errors are those of shots alone; the default is that of programs without shots.
        """
        values = self(X, w, rng)
        return values, np.zeros_like(values)

    def cache_key(self) -> tuple | None:
        """All that results depend on besides the arguments, as arrays; None if they are random."""
        return None

    def pullback(self, X, w, g, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) for cotangents g of the values; dw is summed over rows."""
        return self.forward(X, w, rng)[1](g)


class FixedRows:
    """Rows of a program, as a function of the weights alone; see `Program.fix_rows`.

    ``rows[index]`` are some of them, in the order of the index array or slice: a mini-batch.

    Parameters
    ----------
    program : Program
    X : ndarray (n_samples, n_features)
    """

    def __init__(self, program: Program, X: np.ndarray):
        self.program, self.X = program, X

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, index) -> "FixedRows":
        return FixedRows(self.program, self.X[index])

    def __call__(self, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        return self.program(self.X, w, rng)

    @property
    def forward(self) -> Callable[..., tuple[np.ndarray, Callable]]:
        """``forward(w, rng)``: expectation values, and a function from their cotangents g to (dX, dw).

        dX is None where derivatives by weights alone are cheaper; dw is summed over rows.
        """
        return partial(self.program.forward, self.X)


class DataRows(FixedRows):
    """Rows of a program that has derivatives by weights alone cheaper."""

    def __getitem__(self, index) -> "DataRows":
        return DataRows(self.program, self.X[index])

    @property
    def forward(self) -> Callable[..., tuple[np.ndarray, Callable]]:
        """``forward(w, rng)``: expectation values, and a function from their cotangents g to (None, dw)."""
        return self._forward

    def _forward(self, w=None, rng=None) -> tuple[np.ndarray, Callable]:
        values, pullback = self.program.forward_weights(self.X, w, rng)
        return values, lambda g: (None, pullback(g))


class Overlaps(Compiled):
    """Fidelities between the states that one circuit gives for two sets of rows.

    Attributes
    ----------
    in_pairs : bool
        Whether each pair of rows is a circuit of its own, U(x) and then U(y)^-1.
    normalised : bool
        Whether the fidelity of each state with itself is surely 1.
    """

    in_pairs = False
    normalised = False

    @abstractmethod
    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m); with ``Y=None`` those of X with itself, symmetric."""

    def cache_key(self) -> tuple | None:
        """All that results depend on besides the arguments, as arrays; None if they are random."""
        return None

    def cost(self, n_rows: int, n_columns: int | None = None, gradient: bool = False) -> Cost:
        """What the fidelities of so many rows with so many others take (``None``: with each other); nothing runs.

        The default is that of one simulated state a row, whether a derivative is asked for or not.
        """
        return Cost(n_rows + (n_columns or 0))

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        """Fidelities (n,) of the state of each row of X with that of the same row of Y."""
        return np.array([self(x[None], y[None], w, rng)[0, 0] for x, y in zip(X, Y, strict=True)])

    def diagonal(self, X, w=None, rng=None) -> np.ndarray:
        """Fidelities (n,) of the state of each row with itself; below 1 with noise."""
        return np.ones(len(X)) if self.normalised else self.paired(X, X, w, rng)

    @abstractmethod
    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        """Derivative (n, n) of the fidelities of X when X moves along dX and w along dw."""

    @abstractmethod
    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Gradient (dX, dw) of sum_ij A_ij K_ij for the fidelities K of X with itself."""

    def pullback_rows(self, X, Y, w, A, rng=None) -> np.ndarray:
        """Gradient dX of sum_ij A_ij K_ij for the fidelities K (n, m) of X with other rows Y, which stay.

        The default takes the fidelities of all rows with each other.
        """
        n, m = len(X), len(Y)
        both = np.zeros((n + m, n + m))
        both[:n, n:] = A
        return self.pullback(np.concatenate([X, Y]), w, both, rng)[0][:n]


class Probabilities(Compiled):
    """Probabilities of the outcomes when some qubits are measured.

    Attributes
    ----------
    bits : ndarray of int (n_outcomes, n_measured)
        The outcomes.
    """

    bits: np.ndarray

    @abstractmethod
    def __call__(self, X, w=None) -> np.ndarray:
        """Probabilities (n_samples, n_outcomes)."""
