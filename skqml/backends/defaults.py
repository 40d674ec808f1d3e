"""The slow, correct defaults: derivatives by parameter shifts, fidelities by pairs."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Self

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit

from ..circuits.observable import Observable
from ..engine.checks import as_rows
from ..engine.reading.bases import group_terms
from ..engine.reading.frequencies import shift_rule
from ..engine.reading.inverse import inverted
from ..engine.reading.lower import DATA, split_parameters
from ..engine.reading.occurrences import Occurrences, substituted
from ..engine.reading.paulis import as_observables
from ..engine.reading.transpile import write_in
from ..engine.reading.unitary_part import unitary_part
from .program import Cost, DataRows, FixedRows, Gradient, Overlaps, Program, Pullback

_SHIFT_BYTES = 2**27  # of the shifted rows of one call
_DEFAULT_SHOTS = 1024  # of Qiskit's samplers
_REPEATS = 8  # calls behind a standard error that a program does not know itself


class ShiftProgram(Program):
    """A program whose gradients come from parameter shifts; a subclass writes `__call__`.

    Parameters
    ----------
    backend : Backend
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    """

    def __init__(self, backend, circuit: QuantumCircuit, observables: Sequence):
        data, weights = split_parameters(circuit)
        self.backend = backend
        self.circuit = circuit.copy()  # its own: a gradient may be asked for when the caller's is another
        self.observables = list(as_observables(observables))
        self.n_features, self.n_weights, self.n_observables = len(data), len(weights), len(self.observables)

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Expectation values, and a function from their cotangents g to (dX, dw).

        The default shifts the angle of each gate by +-pi/2 (by more where noise is on a gate of several frequencies,
        which stays whole), all shifts of a block of rows in one call, and applies the chain rule; a parameter in two
        gates, or a product of parameters, is no obstacle.
        """
        return self._shifted(X, w, rng, True)

    def forward_weights(self, X, w=None, rng=None) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """Expectation values and their pullback to weights; see `Program.forward_weights`.

        Angles that depend on data alone are not shifted.
        """
        if not self._by_shifts:
            return super().forward_weights(X, w, rng)
        values, pullback = self._shifted(X, w, rng, "weights")
        return values, lambda g: pullback(g)[1]

    def fix_rows(self, X) -> FixedRows:
        """Rows that stay, for whose training no derivatives by rows are taken; see `Program.fix_rows`."""
        return DataRows(self, as_rows(X, self.n_features))

    @property
    def _by_shifts(self) -> bool:
        """Whether derivatives are those of here, not those of a subclass that writes `forward`."""
        return type(self).forward is ShiftProgram.forward

    def _shifted(self, X, w, rng, gradient: Gradient) -> tuple[np.ndarray, Pullback]:
        X, w, rng = self._asked(X, w, rng)
        angles, (shifts, coefficients) = self._occurrences.angles(X, w), self._shifts(gradient)
        step = _rows_at_once(shifts)

        def slopes(block, g) -> np.ndarray:
            rows = (block[:, None] + shifts).reshape(-1, shifts.shape[1])
            values = self._on_angles(rows, rng).reshape(len(block), len(shifts), self.n_observables)
            return np.einsum("nso,no->ns", values, g) @ coefficients

        def pullback(g) -> tuple[np.ndarray, np.ndarray]:
            g, of_angles = self._checked_g(g, len(X)), np.zeros(angles.shape)
            for a in range(0, len(X) if len(shifts) else 0, step):
                of_angles[a : a + step] = slopes(angles[a : a + step], g[a : a + step])
            return self._occurrences.pullback(X, w, of_angles)

        return self(X, w, rng), pullback

    def _asked(self, X, w, rng) -> tuple[np.ndarray, np.ndarray, np.random.Generator | None]:
        """Rows and weights as arrays, and one source of shots for all: an integer seed must not give two the same."""
        return *self._check(X, w), self.backend.generator() if rng is None else rng

    @cached_property
    def _occurrences(self) -> Occurrences:
        """The circuit as a function of the angles of its gates."""
        # Where noise is on gates, it is on those that the circuit is written in, which have to stay whole.
        gates, circuit, parameters = self.backend.native_gates, self.circuit, split_parameters(self.circuit)
        native = write_in(unitary_part(circuit), gates) if gates else circuit
        return Occurrences(native, parameters, whole=bool(gates))

    def _calls(self, n_rows: int, gradient: Gradient) -> list[int]:
        """Rows of each call that so many rows take, one for their values and one for each block of shifts."""
        shifts = self._shifts(gradient)[0] if gradient else np.empty((0, 0))
        if not len(shifts):
            return [n_rows]
        step = _rows_at_once(shifts)
        return [n_rows, *(len(shifts) * min(step, n_rows - a) for a in range(0, n_rows, step))]

    @cached_property
    def _program_of_angles(self) -> Program:
        return self.backend.compile(self._occurrences.circuit, self.observables)

    def _on_angles(self, angles: np.ndarray, rng) -> np.ndarray:
        """Values for rows of angles of all gates."""
        return self._program_of_angles(angles, None, rng)

    def _shifts(self, gradient: Gradient) -> tuple[np.ndarray, np.ndarray]:
        """Shifts of the angles, and what each shifted value adds to their derivatives, both (n_shifts, n_angles)."""
        shifts, coefficients = self._all_shifts
        some = shifts[:, self._occurrences.of_weights].any(axis=1) if gradient == "weights" and self._by_shifts else ...
        return shifts[some], coefficients[some]

    @cached_property
    def _all_shifts(self) -> tuple[np.ndarray, np.ndarray]:
        rules = [shift_rule(found) for found in self._occurrences.frequencies]
        terms = [
            (a, *rule[k])
            for k in range(max(map(len, rules), default=0))
            for a, rule in enumerate(rules)
            if k < len(rule)
        ]
        shifts, coefficients = np.zeros((2, len(terms), len(rules)))
        for row, (angle, shift, coefficient) in enumerate(terms):
            shifts[row, angle], coefficients[row, angle] = shift, coefficient
        return shifts, coefficients

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """What so many rows take, shifts of their angles too for a gradient; see `Program.cost`.

        The default is that of one run: each basis of terms that commute qubit by qubit is measured once.
        """
        backend, n_qubits = self.backend, self.circuit.num_qubits
        n_states = sum(self._calls(n_rows, gradient))
        n_bytes = 16 * (2 if backend.noise is None else 4) ** n_qubits
        if not backend.random:
            return Cost(n_states, bytes=n_bytes)
        n_circuits = n_states * max(1, len(group_terms(self.observables, n_qubits)[0]))
        shots = _DEFAULT_SHOTS if backend.shots is None else int(backend.shots)
        return Cost(n_circuits, n_circuits * shots, n_bytes)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Expectation values and their standard errors, both (n_samples, n_observables).

        Errors are those of shots alone, zero without shots. The default takes the mean of several
        calls, and the error from their scatter.
        """
        rng = self.backend.generator() if rng is None else rng
        if not self.backend.random:
            return super().estimate(X, w)
        runs = np.stack([self(X, w, rng) for _ in range(_REPEATS)])
        return runs.mean(axis=0), runs.std(axis=0, ddof=1) / np.sqrt(_REPEATS)


def _rows_at_once(shifts: np.ndarray) -> int:
    """Rows whose shifts are one call."""
    return max(1, _SHIFT_BYTES // max(1, shifts.nbytes))


class PairOverlaps(Overlaps):
    """Fidelities by running U(x) and then U(y)^-1 for each pair of rows: any backend can.

    The circuit of a pair holds the gates of U as they are given and then the inverse of each of them, so that a backend
    sees all gates that its noise may be on. A subclass that knows a quicker way to the fidelities writes `__call__` and
    has these derivatives; few models ask for them, and so the circuit of a pair is compiled when it is first needed.

    Parameters
    ----------
    backend : Backend
    circuit : QuantumCircuit
    """

    in_pairs = True

    def __init__(self, backend, circuit: QuantumCircuit):
        self.backend, self.circuit = backend, circuit.copy()
        self.n_features, self.n_weights = map(len, split_parameters(circuit))

    @cached_property
    def _program(self) -> Program:
        circuit, d = self.circuit, self.n_features
        data, weights = split_parameters(circuit)
        # Weights are data too, so that gradients come out pair by pair.
        z = ParameterVector(DATA, 2 * d + self.n_weights)
        shared = dict(zip(weights, list(z)[2 * d :], strict=True))
        there = unitary_part(circuit).copy()
        there.global_phase = 0
        pair = QuantumCircuit(there.num_qubits, there.num_clbits)
        for half, columns in ((there, list(z)[:d]), (inverted(circuit), list(z)[d : 2 * d])):
            new = dict(zip(data, columns, strict=True)) | shared
            bound = substituted(half, {p: new[p] for p in half.parameters})
            pair.compose(bound, pair.qubits, pair.clbits[: bound.num_clbits], inplace=True)
        if len(z) and not pair.parameters:  # all were global phases; this one keeps the columns
            pair.rz(z[0], 0)
        return self.backend.compile(pair, [Observable("0" * circuit.num_qubits)])

    def compiled(self) -> Self:
        """These overlaps, once what cannot be compiled has been refused."""
        self._program  # noqa: B018
        return self

    def _pairs(self, X, Y, w, first, second) -> np.ndarray:
        (X, w), (Y, _) = self._check(X, w), self._check(Y, w)
        return np.concatenate([X[first], Y[second], np.tile(w, (len(first), 1))], axis=1)

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        if Y is not None:
            first, second = (k.ravel() for k in np.indices((len(X), len(Y))))
            values = self._program(self._pairs(X, Y, w, first, second), None, rng)
            return values.reshape(len(X), len(Y))
        first, second = np.triu_indices(len(X))
        values = self._program(self._pairs(X, X, w, first, second), None, rng)
        return _symmetric(len(X), first, second, values[:, 0])

    def cost(self, n_rows: int, n_columns: int | None = None, gradient: bool = False) -> Cost:
        """One circuit a pair of rows, or more for a derivative; see `Overlaps.cost`."""
        n_pairs = n_rows * (n_rows + 1) // 2 if n_columns is None else n_rows * n_columns
        return self._program.cost(n_pairs, gradient)

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        each = np.arange(len(X))
        return self._program(self._pairs(X, Y, w, each, each), None, rng)[:, 0]

    def _slopes(self, X, w, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pairs of rows, and the derivative of each pair's fidelity by all its columns."""
        first, second = np.triu_indices(len(X))
        pairs = self._pairs(X, X, w, first, second)
        return first, second, self._program.pullback(pairs, None, np.ones((len(pairs), 1)), rng)[0]

    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        first, second, slopes = self._slopes(X, w, rng)
        return _symmetric(len(X), first, second, (slopes * self._pairs(dX, dX, dw, first, second)).sum(1))

    def pullback_rows(self, X, Y, w, A, rng=None) -> np.ndarray:
        first, second = (k.ravel() for k in np.indices(A.shape))
        slopes = self._program.pullback(self._pairs(X, Y, w, first, second), None, A.reshape(-1, 1), rng)[0]
        return slopes[:, : self.n_features].reshape(*A.shape, -1).sum(axis=1)

    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        first, second, slopes = self._slopes(X, w, rng)
        twice = A[first, second] + np.where(first == second, 0.0, A[second, first])
        slopes = slopes * twice[:, None]
        d = self.n_features
        dX = np.zeros((len(X), d))
        np.add.at(dX, first, slopes[:, :d])
        np.add.at(dX, second, slopes[:, d : 2 * d])
        return dX, slopes[:, 2 * d :].sum(axis=0)


def _symmetric(n: int, first, second, values) -> np.ndarray:
    K = np.empty((n, n))
    K[first, second] = K[second, first] = values
    return K
