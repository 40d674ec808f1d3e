"""Cells made of circuits: a class that draws one, and what is left of it without entanglers."""

from abc import abstractmethod
from operator import attrgetter
from typing import Any

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit

from ...._checks import check_count, check_kind, check_number
from ....backends.base import Backend
from ....circuits import without_entanglers
from ....circuits.weights import fresh_weights
from ...base.drawing import resolve_observables
from .base import Cell
from .circuit_step import CircuitStep
from .drawn import Drawn
from .formula import Vector

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

    def without_entanglers(self) -> Cell:
        """Return a `ProductCell` of this cell."""
        return ProductCell(self)

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


class ProductCell(CircuitCell):
    """Another cell made of circuits, without its entanglers: what is fed in at a qubit is then seen there alone.

    Parameters
    ----------
    cell : CircuitCell
    """

    n_qubits: Any = property(attrgetter("cell.n_qubits"))
    n_inputs: Any = property(attrgetter("cell.n_inputs"))
    observables: Any = property(attrgetter("cell.observables"))
    hidden_scale: Any = property(attrgetter("cell.hidden_scale"))
    leak: Any = property(attrgetter("cell.leak"))

    def __init__(self, cell):
        self.cell = cell

    def _check(self) -> None:
        self.cell._check()

    def without_entanglers(self) -> Cell:
        """Return this cell."""
        return self

    def draw(self, qc, x, h, weight) -> None:
        """Draw the circuit; see `CircuitCell.draw`."""
        whole = QuantumCircuit(qc.num_qubits)
        self.cell.draw(whole, x, h, weight)
        qc.compose(without_entanglers(whole), inplace=True)

    def update(self, measure, x, scale, *state) -> tuple:
        """Next state; see `CircuitCell.update`."""
        return self.cell.update(measure, x, scale, *state)

    def state_sizes(self) -> tuple[int, ...]:
        """Lengths of the parts of the state."""
        return self.cell.state_sizes()

    def gains(self, step, angles) -> np.ndarray:
        """Return the gains that go with random angles; see `CircuitCell.gains`."""
        return self.cell.gains(step, angles)
