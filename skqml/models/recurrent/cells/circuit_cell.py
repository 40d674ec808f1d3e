"""Cells made of circuits: a class that draws one, and its step on any backend."""

from abc import abstractmethod
from copy import copy
from functools import cached_property

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from ...._checks import check_count, check_kind, check_number
from ....backends.base import Backend
from ....backends.exact.backend import Exact
from ....backends.program import Program
from ....circuits import all_z
from ....circuits.weights import fresh_weights
from ....engine.reading.paulis import read_terms
from ...base.drawing import resolve_observables
from .base import Cell, Pullback, Step
from .compiled.block import Recurrence
from .drawn import Drawn
from .formula import Formula, Vector

_MOST_QUBITS = 14  # the phases of the layers take some 60 MB then


class CircuitCell(Cell):
    r"""Base class of cells made of circuits whose Z values are fed back.

    A subclass writes `draw`, the circuit; and `update` where the next state is not the leaky tanh of Z in that
    circuit, ``h <- (1 - leak) h + leak tanh(z([x, hidden_scale gain h]))``. All else follows: the step on any backend,
    with gradients, and on exact simulation a compiled loop over the steps. (The loop takes all gates on one qubit,
    rotations about products of Z, and permutations of basis states such as CX and SWAP with phases; other circuits
    run step by step.)

    Behind its angles a cell has one more weight, the gain of h: ``hidden_scale gain h`` is what is fed in.

    Parameters
    ----------
    n_qubits : int, default=8
    n_inputs : int, default=2
        Number of qubits without a hidden value: h has ``n_qubits - n_inputs``. Fewer channels are repeated to as many
        inputs; more channels are as many inputs.
    observables : Observable or SparsePauliOp, sequence of those, or callable, default=None
        What is measured for the readout: a sequence, or a function of the number of qubits; ``None`` means Z of each
        qubit and Z Z of each pair. What is fed back is Z, be it among them or not.
    hidden_scale : float, default=1.0
        Factor of h where it is fed in.
    leak : float, default=1.0
        Share of the new h in the next, in (0, 1].
    """

    def __init__(self, n_qubits=8, n_inputs=2, *, observables=None, hidden_scale=1.0, leak=1.0):
        self.n_qubits = n_qubits
        self.n_inputs = n_inputs
        self.observables = observables
        self.hidden_scale = hidden_scale
        self.leak = leak

    @abstractmethod
    def draw(self, qc, x, h, weight) -> None:
        """Draw the circuit.

        Parameters
        ----------
        qc : QuantumCircuit
            Empty, of ``n_qubits``.
        x, h : list of Parameter
            Inputs, at least ``n_inputs``, and hidden values, ``n_hidden``. Angles ``v``, ``v.arctan()`` and
            ``(v**2).arctan()`` of one value are fast; other expressions work.
        weight : callable
            Each call hands out a fresh angle.
        """

    def update(self, measure, x, scale, *state) -> tuple:
        """Next state of a formula; it is called once, to be recorded, with vectors that have no numbers yet.

        Parameters
        ----------
        measure : callable (x, h) -> Vector
            Z of each qubit in the circuit for these inputs and hidden values. Each call is a circuit of its own, with
            weights of its own; observables are measured in the last.
        x, scale, *state : Vector
            Inputs, ``hidden_scale gain`` (as often as there are hidden values), and the parts of the state, of the
            lengths of `state_sizes`. See `Vector` for what can be done with them.

        Returns
        -------
        tuple of Vector
            Parts of the next state, each as long as before.
        """
        (h,) = state
        z = measure(x, scale * h)
        return (self._leaky(h, z[: self.n_hidden].tanh()),)

    def _leaky(self, h, new) -> Vector:
        return h + self.leak * (new - h)

    @property
    def n_hidden(self) -> int:
        """Size of h."""
        return self.n_qubits - self.n_inputs

    def state_sizes(self) -> tuple[int, ...]:
        """Lengths of the parts of the state."""
        return (self.n_hidden,)

    def _check(self) -> None:
        check_count("n_qubits", self.n_qubits, 2, _MOST_QUBITS)
        check_count("n_inputs", self.n_inputs, 1, self.n_qubits - 1)
        check_number("hidden_scale", self.hidden_scale)
        check_number("leak", self.leak, high=1.0, closed="right")

    def init_state(self, n_rows) -> np.ndarray:
        """Return zeros (n_rows, n_state)."""
        self._check()
        return np.zeros((n_rows, sum(self.state_sizes())))

    def compile(self, n_channels, backend) -> "CircuitStep":
        """Return the step for inputs of so many channels; see `Cell.compile`."""
        self._check()
        check_count("n_channels", n_channels)
        check_kind("backend", backend, Backend, "a Backend, such as Exact()")
        return CircuitStep(self, n_channels, backend, resolve_observables(self.observables, self.n_qubits))

    def circuit(self, n_channels=1) -> QuantumCircuit:
        """Return the circuit of inputs x, hidden values h and weights w."""
        return self._drawn(n_channels).circuit

    def _drawn(self, n_channels: int) -> Drawn:
        """The circuit, whose values are [x, h]."""
        qc, (w, weight) = QuantumCircuit(self.n_qubits), fresh_weights()
        x, h = ParameterVector("x", max(self.n_inputs, n_channels)), ParameterVector("h", self.n_hidden)
        self.draw(qc, list(x), list(h), weight)
        return Drawn(qc, [*x, *h], list(w))

    def gains(self, step, angles) -> np.ndarray:
        """Return the gains (n_reservoirs,) that go with random angles.

        Parameters
        ----------
        step : CircuitStep
            On exact simulation; what comes out is Z of each qubit.
        angles : ndarray (n_reservoirs, n_angles)
        """
        return np.ones(len(angles))


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
        self.backend, self.observables, self.n_outputs = backend, observables, len(observables)
        asked = [*all_z(self.cell.n_qubits), *observables]
        terms = [tuple(read_terms(o, self.cell.n_qubits)) for o in asked]
        measured = dict(zip(terms, asked, strict=True))
        places = {key: k for k, key in enumerate(measured)}
        self._measured, self._places = tuple(measured.values()), [places[key] for key in terms[self.cell.n_qubits :]]
        self._all_out = self._places == list(range(len(measured)))

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
                dv, d_angles[:, k] = self._drawn.columns.backward(v, pullback(g)[0])
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
