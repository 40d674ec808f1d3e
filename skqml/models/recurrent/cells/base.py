"""One step of a recurrent model: the two base classes, with slow but correct defaults."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from sklearn.base import BaseEstimator

from ....states.shared import Shared
from ...base.drawing import ShownOperators

# From cotangents of the next state and of the output to those of state, x and w.
Pullback = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]


class Cell(ShownOperators, BaseEstimator, ABC):
    """Describes one step of a recurrent model.

    A subclass writes `compile` and `init_state`.
    """

    @abstractmethod
    def compile(self, n_channels, backend) -> "Step":
        """Return the step for inputs of so many channels.

        Parameters
        ----------
        n_channels : int
        backend : Backend

        Returns
        -------
        Step
        """

    @abstractmethod
    def init_state(self, n_rows) -> np.ndarray:
        """Return the state (n_rows, n_state) before the first step."""

    def without_entanglers(self) -> "Cell":
        """Return this cell with circuits that entangle no qubits; ValueError where it has none."""
        raise ValueError(f"Expected a cell with a circuit whose entanglers can be left out, got {self!r}.")


class Step(Shared, ABC):
    """A compiled step ``step(state, x, w) -> (state, out)``: pure, and rows know nothing of each other.

    A subclass writes `__call__` and sets both attributes.

    Attributes
    ----------
    n_weights : int
        Number of angles.
    n_outputs : int
        Number of features a step.
    """

    n_weights: int
    n_outputs: int

    @abstractmethod
    def __call__(self, state, x, w, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Return the next state and what is measured.

        Parameters
        ----------
        state : ndarray (n_rows, n_state)
        x : ndarray (n_rows, n_channels)
        w : ndarray (n_rows, n_weights)
            Every row has angles of its own.
        rng : numpy.random.Generator, default=None
            Source of shots.

        Returns
        -------
        state : ndarray (n_rows, n_state)
        out : ndarray (n_rows, n_outputs)
        """

    def draw(self, n_reservoirs, weight_scale, rng) -> np.ndarray:
        """Return angles (n_reservoirs, n_weights), uniform between minus and plus ``weight_scale``."""
        return weight_scale * rng.uniform(-1, 1, (n_reservoirs, self.n_weights))

    def forward(self, state, x, w) -> tuple[np.ndarray, np.ndarray, Pullback]:
        """State, output, and a function from their cotangents to those (d_state, dx, dw) of the arguments.

        Raises
        ------
        TypeError
            If the cell cannot be trained.
        """
        raise TypeError(f"train_cell=True needs a cell with gradients, but {type(self).__name__} has no `forward`.")

    def run(self, X, W, state, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Run every sequence through every reservoir, step by step; a subclass may know a quicker way.

        Parameters
        ----------
        X : ndarray (n_sequences, n_steps, n_channels)
        W : ndarray (n_reservoirs, n_weights)
        state : ndarray (n_sequences, n_reservoirs, n_state)
        rng : numpy.random.Generator, default=None

        Returns
        -------
        state : ndarray (n_sequences, n_reservoirs, n_state)
        out : ndarray (n_sequences, n_steps, n_reservoirs, n_outputs)
        """
        n_reservoirs, shape = len(W), state.shape
        rows, w = state.reshape(len(X) * n_reservoirs, -1), np.tile(W, (len(X), 1))
        out = np.empty((len(X), X.shape[1], n_reservoirs, self.n_outputs))
        for t in range(X.shape[1]):
            rows, values = self(rows, np.repeat(X[:, t], n_reservoirs, axis=0), w, rng)
            out[:, t] = values.reshape(len(X), n_reservoirs, -1)
        return rows.reshape(shape), out
