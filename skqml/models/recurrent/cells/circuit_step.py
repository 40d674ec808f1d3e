"""The step of a cell made of circuits, on any backend."""

from copy import copy
from functools import cached_property

import numpy as np

from ....backends import Exact, Program
from ....circuits import all_z
from ....engine.reading.paulis import read_terms
from .base import Pullback, Step
from .compiled.block import Recurrence
from .formula import Formula


class CircuitStep(Step):
    """Step of a `CircuitCell`: programs for single steps, a compiled loop for whole sequences where that is exact.

    Parameters
    ----------
    cell : CircuitCell
    n_channels : int
    backend : Backend
    observables : tuple of Observable or SparsePauliOp
        What comes out.
    """

    def __init__(self, cell, n_channels, backend, observables):
        self.cell, self.n_channels = cell, n_channels
        self._drawn = cell._drawn(n_channels)
        self._channels = np.arange(max(cell.n_inputs, n_channels)) % n_channels
        sizes = cell.n_qubits, len(self._channels), cell.n_hidden, cell.state_sizes()
        self._formula = Formula(cell.update, *sizes)
        self._n_angles = self._formula.n_circuits * len(self._drawn.weights)
        self.n_weights = self._n_angles + 1
        self._open(backend, observables)

    def _open(self, backend, observables) -> None:
        backend.check_width(self.cell.n_qubits)
        self.backend, self.observables, self.n_outputs = backend, observables, len(observables)
        asked = [*all_z(self.cell.n_qubits), *observables]
        terms = [tuple(read_terms(o, self.cell.n_qubits)) for o in asked]
        measured = dict(zip(terms, asked, strict=True))
        places = {key: k for k, key in enumerate(measured)}
        self._measured, self._places = tuple(measured.values()), [places[key] for key in terms[self.cell.n_qubits :]]
        self._all_out = self._places == list(range(len(measured)))
        if not backend.statevector:
            _ = self._program  # refuses what it cannot be compiled for now, not when it is run

    def on(self, backend, observables) -> "CircuitStep":
        """Return the same step on another backend, out of which other observables come."""
        other = copy(self)
        for name in ("_program", "_loop"):
            vars(other).pop(name, None)
        other._open(backend, observables)
        return other

    @cached_property
    def _loop(self) -> Recurrence | None:
        reader = self._drawn.reader if self.backend.statevector else None
        return reader and Recurrence(reader, self.observables, self._formula, self.backend.threads)

    @cached_property
    def _program(self) -> Program:
        return self.backend.compile(self._drawn.columns.circuit, self._measured)

    def __call__(self, state, x, w, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Return the next state and what is measured; see `Step.__call__`."""
        w, scale = self._split(w)

        def measure(k, x, h):
            return self._program(self._drawn.columns.forward(self._values(x, h), w[:, k]), None, rng), None

        state, measured, _ = self._formula.forward(measure, x[:, self._channels], scale, state)
        return state, self._picked(measured)

    def _split(self, w) -> tuple[np.ndarray, np.ndarray]:
        """Weights (n_rows, n_circuits, n_angles) of the circuits, and the factors (n_rows, 1) of h."""
        angles = w[:, : self._n_angles].reshape(len(w), self._formula.n_circuits, -1)
        return angles, self.cell.hidden_scale * w[:, -1:]

    def _values(self, x, h) -> np.ndarray:
        """What a circuit takes: inputs, zero for those that are not given, and the hidden values."""
        missing = len(self._channels) - x.shape[1]
        return np.concatenate([x, np.zeros((len(x), missing)), h] if missing else [x, h], axis=1)

    def forward(self, state, x, w) -> tuple[np.ndarray, np.ndarray, Pullback]:
        """State, output and pullback; see `Step.forward`."""
        angles, scale = self._split(w)
        d_angles = np.zeros(angles.shape)

        def measure(k, x, h):
            v = self._values(x, h)
            values, pullback = self._program.forward(self._drawn.columns.forward(v, angles[:, k]), None)

            def back(g):
                dv, d_angles[:, k] = self._drawn.columns.pullback(v, pullback(g)[0])
                return dv[:, : x.shape[1]], dv[:, len(self._channels) :]

            return values, back

        state, measured, back = self._formula.forward(measure, x[:, self._channels], scale, state)

        def pullback(g_state, g_out):
            d_inputs, d_scale, d_state = back(g_state, self._unpicked(g_out))
            dx = np.zeros_like(x)
            np.add.at(dx.T, self._channels, d_inputs.T)
            dw = np.hstack([d_angles.reshape(len(x), -1), self.cell.hidden_scale * d_scale])
            return d_state, dx, dw

        return state, self._picked(measured), pullback

    def _picked(self, measured) -> np.ndarray:
        """The observables that come out, of all that is measured."""
        return measured if self._all_out else measured[:, self._places]

    def _unpicked(self, g_out) -> np.ndarray:
        """Cotangents of all that is measured for those of what comes out."""
        if self._all_out:
            return g_out
        g = np.zeros((len(g_out), len(self._measured)))
        np.add.at(g.T, self._places, g_out.T)
        return g

    def run(self, X, W, state, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Run every sequence through every reservoir; see `Step.run`."""
        if self._loop is None:
            return super().run(X, W, state, self.backend.generator() if rng is None else rng)
        return self._loop(X[:, :, self._channels], W[:, :-1], state, self.cell.hidden_scale * W[:, -1])

    def draw(self, n_reservoirs, weight_scale, rng) -> np.ndarray:
        """Return random angles, and the gains that go with them; see `Step.draw`."""
        angles = weight_scale * rng.uniform(-1, 1, (n_reservoirs, self._n_angles))
        exact = self.on(self.backend if self.backend.statevector else Exact(), all_z(self.cell.n_qubits))
        return np.column_stack([angles, self.cell.gains(exact, angles)])
