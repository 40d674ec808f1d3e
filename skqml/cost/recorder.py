"""A backend that runs nothing: it writes down what it is asked, and answers with made-up numbers.

An estimator that is fitted on it asks for what it would ask of the backend inside, whose programs say what that takes
(`Program.cost`). Values are made up so that training goes on as usual: they are smooth, and their gradients are true.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from qiskit.circuit import Barrier, QuantumCircuit
from sklearn.base import clone
from sklearn.metrics.pairwise import rbf_kernel

from ..backends import Backend, Cost, Exact, Overlaps, Program, Wrapper
from ..backends.program import DataRows, FixedRows, Gradient, Pullback
from ..engine.reading.inverse import inverted
from ..engine.reading.lower import split_parameters
from ..engine.reading.unitary_part import unitary_part

_SMALL = 20  # qubits of circuits without parameters, whose values are computed


class Size(NamedTuple):
    """Size of a circuit in a backend's gates, or the largest of several."""

    n_qubits: int = 0
    depth: int = 0
    two_qubit_gates: int = 0

    @classmethod
    def of(cls, backend: Backend, circuit: QuantumCircuit) -> "Size":
        """The size of a circuit as a backend runs it."""
        circuit = unitary_part(circuit)
        native = backend.prepare(circuit)
        n_gates = sum(i.operation.num_qubits == 2 and not isinstance(i.operation, Barrier) for i in native.data)
        return cls(circuit.num_qubits, native.depth(), n_gates)

    def largest(self, other: "Size") -> "Size":
        """The largest of each."""
        return Size(*map(max, self, other))


@dataclass
class Log:
    """What was asked of a backend.

    Attributes
    ----------
    cost : Cost
        Of all that was asked.
    loss_evaluation : int
        Circuits of the largest loss with its gradient.
    matrix_bytes : int
        Of the largest kernel matrix.
    size : Size
        Of the largest circuits.
    """

    cost: Cost = field(default_factory=Cost)
    loss_evaluation: int = 0
    matrix_bytes: int = 0
    size: Size = field(default_factory=Size)

    def add(self, cost: Cost, size: Size) -> None:
        """Write down what some rows of a circuit cost."""
        self.cost += cost
        self.size = self.size.largest(size)

    def add_gradient(self, cost: Cost, before: Cost) -> None:
        """Add what a gradient costs beyond what was written down before it, as part of one loss."""
        self.cost += cost - before
        self.loss_evaluation = max(self.loss_evaluation, cost.circuits)

    def take(self) -> "Log":
        """What stands here; from now on the log is empty."""
        page = replace(self)
        vars(self).update(vars(Log()))
        return page


class Recorder(Wrapper):
    """A backend that compiles as the one inside does, and then runs nothing.

    Parameters
    ----------
    backend : Backend
    log : Log
        Copies of the recorder share it.
    """

    def __init__(self, backend: Backend, log: Log):
        self.backend = backend
        self.log = log

    def __sklearn_clone__(self) -> "Recorder":
        return Recorder(clone(self.backend), self.log)

    @property
    def exact(self) -> bool:
        """Whether the backend inside is."""
        return self.inner.exact

    @property
    def statevector(self) -> bool:
        """Whether the backend inside is: what is then simulated in another way is not written down."""
        return self.inner.statevector

    def compile(self, circuit, observables) -> Program:
        """Return a program that makes values up."""
        return RecordedProgram(self.inner.compile(circuit, observables), circuit, observables, self)

    def compile_overlaps(self, circuit) -> Overlaps:
        """Return a Gaussian kernel in place of fidelities."""
        return RecordedOverlaps(self.inner.compile_overlaps(circuit), circuit, self)


class RecordedProgram(Program):
    """Made-up values, smooth in X and w, with their true gradients: an optimiser finds what it expects.

    Parameters
    ----------
    real : Program
        Says what its values cost.
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    recorder : Recorder
    """

    def __init__(self, real: Program, circuit: QuantumCircuit, observables, recorder: Recorder):
        data, weights = split_parameters(circuit)
        self.n_features, self.n_weights, self.n_observables = len(data), len(weights), len(observables)
        self._real, self._circuit, self._observables, self._recorder = real, circuit, observables, recorder
        rng = np.random.default_rng(0)
        self._of_data, self._of_weights = (rng.normal(size=(n, len(observables))) for n in (len(data), len(weights)))

    @cached_property
    def _size(self) -> Size:
        return Size.of(self._recorder.inner, self._circuit)

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """That of the real program."""
        return self._real.cost(n_rows, gradient)

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        self._recorder.log.add(self.cost(len(X)), self._size)
        if not self.n_features and not self.n_weights and self._circuit.num_qubits <= _SMALL:
            return Exact().compile(self._circuit, self._observables)(X)
        return np.cos(self._phases(X, w))

    def _phases(self, X, w) -> np.ndarray:
        return X @ self._of_data + (0.0 if w is None else w @ self._of_weights)

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        return self._recorded(X, w, rng, True)

    def forward_weights(self, X, w=None, rng=None) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        values, pullback = self._recorded(X, w, rng, "weights")
        return values, lambda g: pullback(g)[1]

    def fix_rows(self, X) -> FixedRows:
        return DataRows(self, X)

    def _recorded(self, X, w, rng, gradient: Gradient) -> tuple[np.ndarray, Pullback]:
        values = self(X, w, rng)

        def pullback(g) -> tuple[np.ndarray, np.ndarray]:
            self._recorder.log.add_gradient(self.cost(len(X), gradient), self.cost(len(X)))
            of_phases = -np.sin(self._phases(X, w)) * g
            return of_phases @ self._of_data.T, self._of_weights @ of_phases.sum(axis=0)

        return values, pullback


class RecordedOverlaps(Overlaps):
    """A Gaussian kernel in place of fidelities.

    Parameters
    ----------
    real : Overlaps
        Says what they cost.
    circuit : QuantumCircuit
    recorder : Recorder
    """

    def __init__(self, real: Overlaps, circuit: QuantumCircuit, recorder: Recorder):
        self._real, self._circuit, self._recorder = real, circuit, recorder
        self._n_weights = len(split_parameters(circuit)[1])

    @cached_property
    def _size(self) -> Size:
        pair = unitary_part(self._circuit).compose(inverted(self._circuit))
        return Size.of(self._recorder.inner, pair if self._real.in_pairs else self._circuit)

    def cost(self, n_rows: int, n_columns: int | None = None, gradient: bool = False) -> Cost:
        """That of the real ones."""
        return self._real.cost(n_rows, n_columns, gradient)

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        log, n_columns = self._recorder.log, None if Y is None else len(Y)
        log.add(self.cost(len(X), n_columns), self._size)
        log.matrix_bytes = max(log.matrix_bytes, 8 * len(X) * (len(X) if n_columns is None else n_columns))
        return rbf_kernel(X, Y)

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        self._recorder.log.add(self.cost(len(X), 1 if self._real.in_pairs else len(Y)), self._size)
        return np.exp(-np.sum((X - Y) ** 2, axis=1) / X.shape[1])

    def diagonal(self, X, w=None, rng=None) -> np.ndarray:
        self._recorder.log.add(self.cost(len(X), 1 if self._real.in_pairs else None), self._size)
        return np.ones(len(X))

    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        self._recorder.log.add_gradient(self.cost(len(X), gradient=True), Cost())
        own, cross = np.sum(X * dX, axis=1), X @ dX.T
        return -2 / X.shape[1] * rbf_kernel(X) * (own[:, None] + own - cross - cross.T)

    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        self._recorder.log.add_gradient(self.cost(len(X), gradient=True), Cost())
        B = -2 / X.shape[1] * rbf_kernel(X) * (A + A.T)
        return B.sum(axis=1)[:, None] * X - B @ X, np.zeros(self._n_weights)
