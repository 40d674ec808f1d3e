"""What the cells made of variational circuits share: the circuit, and how its values are measured."""

from abc import abstractmethod
from functools import cached_property

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from ..._checks import check_count, check_kind, check_number
from ...backends.base import Backend
from ...engine.reading.occurrences import weights_as_data
from .cell import Cell, Step
from .compiled.block import Recurrence
from .compiled.circuit_loop import QRNN
from .measured import measured

_MOST_QUBITS = 14  # the phases of the layers take some 60 MB then


class CircuitCell(Cell):
    """Base class of cells made of equal variational circuits whose Z values are fed back.

    A circuit takes ``v = [x, h]``, one entry a qubit: H, RY(arctan v_i), RZ(arctan v_i^2), then ``n_layers`` times a
    ring of CX from i to i + 1, a ring of CX from i to i + 2, and RZ, RY, RZ of angles on each qubit. Channels beyond
    the input qubits follow in further blocks of RY, RZ on those and layers; fewer channels are repeated on them.

    Behind its angles a cell has one more weight, the gain of h: ``hidden_scale gain h`` is what is fed in.

    A subclass sets ``_rule``, ``_n_circuits`` and the length ``_n_state`` of the state, and writes ``_rule_step``.
    """

    _rule: int
    _n_circuits: int

    def __init__(self, n_qubits=8, n_inputs=2, n_layers=3, *, features=("Z", "ZZ"), hidden_scale=1.0, leak=1.0):
        self.n_qubits = n_qubits
        self.n_inputs = n_inputs
        self.n_layers = n_layers
        self.features = features
        self.hidden_scale = hidden_scale
        self.leak = leak

    @property
    def n_hidden(self):
        """Size of h."""
        return self.n_qubits - self.n_inputs

    @property
    def _n_state(self):
        return self.n_hidden

    def _check(self):
        check_count("n_qubits", self.n_qubits, 2, _MOST_QUBITS)
        check_count("n_inputs", self.n_inputs, 1, self.n_qubits - 1)
        check_count("n_layers", self.n_layers, 1)
        check_number("hidden_scale", self.hidden_scale)
        check_number("leak", self.leak, high=1.0, closed="right")

    def init_state(self, n_rows):
        """Return zeros (n_rows, n_state)."""
        self._check()
        return np.zeros((n_rows, self._n_state))

    def compile(self, n_channels, backend):
        """Return the step for inputs of so many channels; see `Cell.compile`."""
        self._check()
        check_count("n_channels", n_channels)
        check_kind("backend", backend, Backend, "a Backend, such as Exact()")
        return CircuitStep(self, n_channels, backend)

    def circuit(self, n_channels=1) -> QuantumCircuit:
        """Return the circuit of data x (the angles of v, two each) and weights w."""
        n, last = self.n_qubits, max(n_channels, self.n_inputs)
        inputs = [range(a, min(a + self.n_inputs, last)) for a in range(0, last, self.n_inputs)]
        x = ParameterVector("x", 2 * (last + self.n_hidden))
        weights = iter(ParameterVector("w", 3 * n * self.n_layers * len(inputs)))
        qc = QuantumCircuit(n)
        qc.h(range(n))
        for block, numbers in enumerate(inputs):
            fed = [*numbers, *range(last, last + self.n_hidden)] if block == 0 else numbers
            for qubit, k in enumerate(fed):
                qc.ry(x[2 * k], qubit)
                qc.rz(x[2 * k + 1], qubit)
            for _ in range(self.n_layers):
                draw_layer(qc, weights)
        return qc

    @abstractmethod
    def _rule_step(self, measure, state, x, scale):
        """Next state, output and pullback.

        Parameters
        ----------
        measure : callable (circuit number, inputs, h) -> (values, pullback), pullback(g) -> (d_inputs, dh)
        state, x : ndarray (n_rows, n_state), (n_rows, n_inputs or more)
        scale : ndarray (n_rows, 1)
            Factor of h where it is fed in.

        Returns
        -------
        state, out : ndarray
        pullback : callable (g_state, g_out) -> (d_state, dx, d_scale)
        """

    def _gains(self, step, angles):
        """Gains (n_reservoirs,) that go with random angles."""
        return np.ones(len(angles))


def draw_layer(qc, weights):
    """Draw rings of CX from i to i + 1 and to i + 2, then RZ, RY, RZ on each qubit."""
    n = qc.num_qubits
    for distance in (1, 2):
        for q in range(n):
            if (q + distance) % n != q:
                qc.cx(q, (q + distance) % n)
    for gate in (qc.rz, qc.ry, qc.rz):
        for q in range(n):
            gate(next(weights), q)


class CircuitStep(Step):
    """Step of a `CircuitCell`: programs for single steps, a compiled loop for whole sequences where that is exact.

    Parameters
    ----------
    cell : CircuitCell
    n_channels : int
    backend : Backend
    """

    def __init__(self, cell, n_channels, backend):
        circuit = cell.circuit(n_channels)
        observables = measured(cell.features, cell.n_qubits)
        self.cell, self.backend = cell, backend
        self._n_angles = cell._n_circuits * sum(p.name.startswith("w[") for p in circuit.parameters)
        self.n_weights = self._n_angles + 1
        self.n_outputs = len(observables)
        self._channels = np.arange(max(cell.n_inputs, n_channels)) % n_channels
        self._circuit, self._observables = circuit, observables
        threads = backend.threads
        self._recurrence = Recurrence(circuit, observables, cell._rule, cell._n_circuits, cell.n_inputs, threads)

    @cached_property
    def _program(self):
        return self.backend.compile(weights_as_data(self._circuit), self._observables)

    def __call__(self, state, x, w, rng=None):
        """Return the next state and what is measured; see `Step.__call__`."""
        measurement, scale = self._open(x, w, rng)
        return self.cell._rule_step(measurement.values, state, x[:, self._channels], scale)[:2]

    def _open(self, x, w, rng):
        angles = w[:, : self._n_angles].reshape(len(x), self.cell._n_circuits, -1)
        return _Measurement(self._program, angles, rng), self.cell.hidden_scale * w[:, -1:]

    def forward(self, state, x, w):
        """State, output and pullback; see `Step.forward`."""
        measurement, scale = self._open(x, w, None)
        state, out, back = self.cell._rule_step(measurement.forward, state, x[:, self._channels], scale)

        def pullback(g_state, g_out):
            measurement.dw[:] = 0
            d_state, d_wires, d_scale = back(g_state, g_out)
            dx = np.zeros_like(x)
            np.add.at(dx.T, self._channels, d_wires.T)
            dw = np.hstack([measurement.dw.reshape(len(x), -1), self.cell.hidden_scale * d_scale])
            return d_state, dx, dw

        return state, out, pullback

    def run(self, X, W, state, rng=None):
        """Run every sequence through every reservoir; see `Step.run`."""
        if self.backend.statevector:
            return self._run_compiled(X, W, state)
        return super().run(X, W, state, self.backend.generator() if rng is None else rng)

    def _run_compiled(self, X, W, state):
        scales = self.cell.hidden_scale * W[:, -1]
        return self._recurrence(X[:, :, self._channels], W[:, :-1], state, scales, self.cell.leak)

    def draw(self, n_reservoirs, weight_scale, rng):
        """Return random angles, and the gains that go with them; see `Step.draw`."""
        angles = weight_scale * rng.uniform(-1, 1, (n_reservoirs, self._n_angles))
        return np.column_stack([angles, self.cell._gains(self, angles)])

    def memories(self, W, n_steps=100, width=0.5):
        """Largest distance (n_reservoirs,) of two states so many steps behind a distance of 1.

        Both see the same input: none, or noise of small, middle and large deviation.
        """
        noise = np.random.default_rng(0).normal(size=(n_steps, self._channels.max() + 1))
        X = np.array([0.0, 0.0, 0.1, 0.1, 0.3, 0.3, 1.0, 1.0])[:, None, None] * noise
        state = self.cell.init_state(len(X) * len(W)).reshape(len(X), len(W), -1)
        state[::2] += width
        end = self._run_compiled(X, W, state)[0]
        return np.abs(end[::2] - end[1::2]).max(axis=(0, 2)) / width

    def jacobians(self, angles, width=1e-4):
        """Derivatives (n_reservoirs, n_hidden, n_hidden) of Z in circuit 0 by h, at zero input and state."""
        n, first = self.cell.n_hidden, angles[:, : self._n_angles // self.cell._n_circuits]
        circuit = Recurrence(self._circuit, self._observables, QRNN, 1, self.cell.n_inputs)
        state = np.repeat(width * np.concatenate([np.eye(n), -np.eye(n)])[:, None], len(angles), axis=1)
        X = np.zeros((2 * n, 1, len(self._channels)))
        out = circuit(X, first, state, np.ones(len(angles)), 1.0)[1][:, 0, :, :n]
        return (out[:n] - out[n:]).transpose(1, 2, 0) / (2 * width)


class _Measurement:
    """Values of the circuits of one step, and the derivatives by their angles as they come in."""

    def __init__(self, program, w, rng):
        self._program = program
        self._w = w
        self._rng = rng
        self.dw = np.zeros(w.shape)

    def _rows(self, number, x, h):
        v = np.hstack([x, h])
        angles = np.stack([np.arctan(v), np.arctan(v**2)], axis=2).reshape(len(v), -1)
        return v, np.hstack([angles, self._w[:, number]])

    def values(self, number, x, h):
        return self._program(self._rows(number, x, h)[1], None, self._rng), None

    def forward(self, number, x, h):
        v, rows = self._rows(number, x, h)
        values, pullback = self._program.forward(rows, None, self._rng)

        def back(g):
            dX = pullback(g)[0]
            self.dw[:, number] += dX[:, 2 * v.shape[1] :]
            first, second = dX[:, 0 : 2 * v.shape[1] : 2], dX[:, 1 : 2 * v.shape[1] : 2]
            dv = first / (1 + v**2) + second * 2 * v / (1 + v**4)
            return dv[:, : x.shape[1]], dv[:, x.shape[1] :]

        return values, back
