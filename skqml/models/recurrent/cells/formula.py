"""The formula of a step, written once: recorded as operations on vectors, which run in compiled code.

They run backwards too, so that nobody derives a formula by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .compiled.vectors import ADD, MEASURE, MULTIPLY, SIGMOID, SUBTRACT, TANH, run, run_backwards


class Operation(NamedTuple):
    """One operation on a memory of numbers: ``memory[target:][:length] = kind(memory[first:], memory[second:])``.

    `MEASURE` runs the next circuit on inputs of that length, zero for all further ones, and on the hidden state at
    `second`; what it writes are the values of Z of all qubits.
    """

    kind: int
    target: int
    first: int
    second: int
    length: int


class Vector:
    """A stretch of the memory of a formula, known in place and length; numbers come when the formula runs.

    It has ``+``, ``-`` and ``*`` with vectors of its length and with numbers, slices, `tanh` and `sigmoid`.
    """

    def __init__(self, recording: "_Recording", start: int, length: int):
        self._recording, self.start, self._length = recording, start, length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice) -> "Vector":
        places = range(self.start, self.start + self._length)[part]
        return Vector(self._recording, places.start, len(places))

    def __add__(self, other) -> "Vector":
        return self._recording.add(ADD, self, other)

    def __sub__(self, other) -> "Vector":
        return self._recording.add(SUBTRACT, self, other)

    def __rsub__(self, other) -> "Vector":
        return self._recording.add(SUBTRACT, other, self)

    def __mul__(self, other) -> "Vector":
        return self._recording.add(MULTIPLY, self, other)

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self) -> "Vector":
        """Hyperbolic tangent of each number."""
        return self._recording.add(TANH, self, self)

    def sigmoid(self) -> "Vector":
        """Logistic function ``1 / (1 + exp(-v))`` of each number."""
        return self._recording.add(SIGMOID, self, self)


@dataclass
class _Recording:
    """What a formula has asked for so far."""

    n_qubits: int
    memory: list[float] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)

    def vector(self, length: int, value: float = 0.0) -> Vector:
        self.memory += [value] * length
        return Vector(self, len(self.memory) - length, length)

    def add(self, kind: int, first, second) -> Vector:
        length = len(first if isinstance(first, Vector) else second)
        first, second = (v if isinstance(v, Vector) else self.vector(length, v) for v in (first, second))
        if len(first) != len(second):
            raise ValueError(f"Expected vectors of one length, got {len(first)} and {len(second)} numbers.")
        return self._record(kind, self.vector(length), first, second)

    def measure(self, x: Vector, h: Vector) -> Vector:
        return self._record(MEASURE, self.vector(self.n_qubits), x, h)

    def _record(self, kind: int, target: Vector, first: Vector, second: Vector) -> Vector:
        self.operations.append(Operation(kind, target.start, first.start, second.start, len(first)))
        return target


class Formula:
    """A step of a recurrent cell as operations on a memory, whose first numbers are ``[x, scale, state]``.

    Parameters
    ----------
    update : callable (measure, x, scale, *state) -> tuple of new state
        As in `CircuitCell.update`; it is called once, with `Vector`.
    n_qubits, n_inputs, n_hidden : int
    sizes : tuple of int
        Lengths of the parts of the state.

    Attributes
    ----------
    operations : ndarray of int (n_operations, 5)
        One `Operation` a row.
    memory : ndarray (n_numbers,)
        What a step begins with: the constants of the formula in their places, zeros elsewhere.
    results : tuple of slice
        Where the parts of the new state stand in the end.
    n_inputs, n_hidden, n_state, n_circuits : int
    """

    def __init__(self, update: Callable, n_qubits: int, n_inputs: int, n_hidden: int, sizes: tuple[int, ...]):
        recording = _Recording(n_qubits)
        given = [recording.vector(n) for n in (n_inputs, n_hidden, *sizes)]
        new = update(recording.measure, *given)
        new = [v if v.start >= sum(map(len, given)) else v + 0.0 for v in new]  # no part is written over unread
        if tuple(map(len, new)) != tuple(sizes):
            raise ValueError(f"Expected a new state of {sizes} numbers, as before, got {tuple(map(len, new))}.")
        self.n_qubits, self.n_inputs, self.n_hidden, self.n_state = n_qubits, n_inputs, n_hidden, sum(sizes)
        self.operations, self.memory = np.array(recording.operations).reshape(-1, 5), np.array(recording.memory)
        self.results = tuple(slice(v.start, v.start + len(v)) for v in new)
        self._x, self._scale = slice(0, n_inputs), slice(n_inputs, n_inputs + n_hidden)
        self._state = slice(self._scale.stop, self._scale.stop + self.n_state)
        self._circuits, self._behind = self._split()
        self.n_circuits = len(self._circuits)

    def _split(self) -> tuple[list[tuple[np.ndarray, slice, slice, slice]], np.ndarray]:
        """For each circuit the operations between the last one and it, and its places; the operations behind all."""
        circuits, begin = [], 0
        for k in np.flatnonzero(self.operations[:, 0] == MEASURE).tolist():
            _, target, x, h, length = self.operations[k].tolist()
            places = slice(target, target + self.n_qubits), slice(x, x + length), slice(h, h + self.n_hidden)
            circuits.append((self.operations[begin:k], *places))
            begin = k + 1
        return circuits, self.operations[begin:]

    def forward(self, measure: Callable, x, scale, state) -> tuple[np.ndarray, np.ndarray, Callable]:
        """Next state, what the last circuit gives, and the pullback, for rows side by side.

        Parameters
        ----------
        measure : callable (number of the circuit, inputs, h) -> (values, pullback), pullback(g) -> (d_inputs, dh)
            The first values are Z of each qubit.
        x, state : ndarray (n_rows, n_inputs), (n_rows, n_state)
        scale : ndarray (n_rows, 1)

        Returns
        -------
        state, out : ndarray
        pullback : callable (g_state, g_out) -> (dx, d_scale, d_state)
        """
        memory, measured, backs = np.empty((len(x), len(self.memory))), np.empty((len(x), 0)), []
        memory[:] = self.memory
        memory[:, self._x], memory[:, self._scale], memory[:, self._state] = x, scale, state
        for number, (before, target, first, second) in enumerate(self._circuits):
            run(before, memory)
            measured, back = measure(number, memory[:, first], memory[:, second])
            memory[:, target] = measured[:, : self.n_qubits]
            backs.append(back)
        run(self._behind, memory)
        new = np.concatenate([memory[:, part] for part in self.results], axis=1)
        return new, measured, lambda g_state, g_out: self._pullback(memory, backs, g_state, g_out)

    def _pullback(self, memory, backs, g_state, g_out) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cotangents of inputs, scale and state for those of the new state and of what was measured."""
        g, begin = np.zeros(memory.shape), 0
        for part in self.results:
            size = part.stop - part.start
            g[:, part] += g_state[:, begin : begin + size]
            begin += size
        run_backwards(self._behind, memory, g)
        whole = g_out.copy()
        for (before, target, first, second), back in zip(reversed(self._circuits), reversed(backs), strict=True):
            whole[:, : self.n_qubits] += g[:, target]
            for place, part in zip((first, second), back(whole), strict=True):
                g[:, place] += part
            run_backwards(before, memory, g)
            whole = np.zeros(g_out.shape)
        return g[:, self._x], g[:, self._scale].sum(axis=1, keepdims=True), g[:, self._state]
