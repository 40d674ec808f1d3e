"""Backends that write down what they are asked, and answer with made-up numbers."""

from dataclasses import dataclass, field

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier
from sklearn.metrics.pairwise import rbf_kernel

from ..backends.base import Backend
from ..backends.defaults import PairOverlaps, ShiftProgram
from ..backends.exact.backend import Exact
from ..backends.program import Overlaps, Program, Pullback
from ..engine.reading.bases import group_terms
from ..engine.reading.inverse import inverted
from ..engine.reading.lower import split_parameters
from ..engine.reading.occurrences import Occurrences
from ..engine.reading.transpile import write_in
from ..engine.reading.unitary_part import unitary_part

_DEFAULT_SHOTS = 1024  # of Qiskit's samplers
_SMALL = 20  # qubits of circuits without parameters, whose values are computed


@dataclass
class Log:
    """What was asked of a backend.

    Attributes
    ----------
    circuits, shots : int
        A circuit is a row, or pair of rows, in one measurement basis; without shots a state.
    loss_evaluation : int
        Circuits of the largest loss with its gradient.
    state_bytes, matrix_bytes : int
        Of the largest state and of the largest kernel matrix.
    n_qubits, depth, two_qubit_gates : int
        The largest of all circuits.
    seen : list of QuantumCircuit
        Circuits that were measured.
    """

    circuits: int = 0
    shots: int = 0
    loss_evaluation: int = 0
    state_bytes: int = 0
    matrix_bytes: int = 0
    n_qubits: int = 0
    depth: int = 0
    two_qubit_gates: int = 0
    seen: list[QuantumCircuit] = field(default_factory=list)

    def add(self, backend: Backend, circuit: QuantumCircuit, n_rows: int, n_bases: int) -> None:
        """Write down so many rows of a circuit in so many bases."""
        random = backend.generator() is not None
        n_runs = n_rows * (n_bases if random else 1)
        self.circuits += n_runs
        if random:
            shots = getattr(backend, "shots", None)
            self.shots += n_runs * (_DEFAULT_SHOTS if shots is None else int(shots))
        if not any(circuit is other for other in self.seen):
            self.seen.append(circuit)
            self._measure(backend, unitary_part(circuit))

    def _measure(self, backend: Backend, circuit: QuantumCircuit) -> None:
        native = backend.prepare(circuit) if hasattr(backend, "prepare") else write_in(circuit, ["u", "cx"])
        n_qubits = circuit.num_qubits
        self.n_qubits, self.depth = max(self.n_qubits, n_qubits), max(self.depth, native.depth())
        n_gates = sum(i.operation.num_qubits == 2 and not isinstance(i.operation, Barrier) for i in native.data)
        self.two_qubit_gates = max(self.two_qubit_gates, n_gates)
        self.state_bytes = max(self.state_bytes, 16 * (4 if _has_noise(backend) else 2) ** n_qubits)


def _has_noise(backend: Backend) -> bool:
    options = getattr(getattr(backend, "simulator", None), "options", None)
    return getattr(backend, "noise_model", None) is not None or getattr(options, "noise_model", None) is not None


def recorder(backend: Backend, log: list[Log]) -> Backend:
    """The backend, as an object of a class that compiles as it does and then runs nothing.

    Parameters
    ----------
    backend : Backend
    log : list of Log
        The first is written into.
    """
    kind = type(backend)

    def compile_program(self, circuit, observables):
        return _Recorded(self, kind.compile(self, circuit, observables), circuit, observables, log)

    def compile_overlaps(self, circuit):
        overlaps = kind.compile_overlaps(self, circuit)
        in_pairs = isinstance(overlaps, PairOverlaps) or self.generator() is not None
        return _RecordedOverlaps(self, circuit, in_pairs, log)

    methods = {
        "compile": compile_program,
        "compile_overlaps": compile_overlaps,
        "compile_probabilities": Backend.compile_probabilities,
    }
    return type(kind.__name__, (kind,), methods)(**backend.get_params(deep=False))


class _Recorded(ShiftProgram):
    """Made-up values, smooth in X and w, with their true gradients: an optimiser finds what it expects."""

    def __init__(self, backend, real: Program, circuit, observables, log: list):
        super().__init__(backend, circuit, observables)
        self._log = log
        self._n_bases = max(1, len(group_terms(self.observables, circuit.num_qubits)[0]))
        # Where a class has its own gradients, and no shots, they cost no circuits.
        by_shifts = backend.generator() is not None or type(real).forward is Program.forward
        self._n_shifts = 2 * Occurrences(circuit).n_angles if by_shifts else 0
        rng = np.random.default_rng(0)
        self._of_data, self._of_weights = (
            rng.normal(size=(n, self.n_observables)) for n in (self.n_features, self.n_weights)
        )

    def _add(self, n_rows: int) -> None:
        self._log[0].add(self.backend, self.circuit, n_rows, self._n_bases)

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        self._add(len(X))
        if not self.n_features and not self.n_weights and self.circuit.num_qubits <= _SMALL:
            return Exact().compile(self.circuit, self.observables)(X)
        return np.cos(self._phases(X, w))

    def _phases(self, X, w):
        return X @ self._of_data + (0.0 if w is None else w @ self._of_weights)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        values = self(X, w, rng)
        return values, np.zeros_like(values)

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        values = self(X, w, rng)

        def pullback(g):
            self._add(len(X) * self._n_shifts)
            log = self._log[0]
            n_bases = self._n_bases if self.backend.generator() is not None else 1
            log.loss_evaluation = max(log.loss_evaluation, len(X) * (1 + self._n_shifts) * n_bases)
            of_phases = -np.sin(self._phases(X, w)) * g
            return of_phases @ self._of_data.T, self._of_weights @ of_phases.sum(axis=0)

        return values, pullback


class _RecordedOverlaps(Overlaps):
    """A Gaussian kernel in place of fidelities."""

    def __init__(self, backend, circuit, in_pairs: bool, log: list):
        self.backend, self.circuit, self._in_pairs, self._log = backend, circuit, in_pairs, log
        self.n_weights = len(split_parameters(circuit)[1])
        if in_pairs:
            pair = unitary_part(circuit).compose(inverted(circuit))
            self.circuit, self._n_shifts = pair, 2 * Occurrences(pair).n_angles

    def _add(self, n_states: int, n_pairs: int) -> None:
        self._log[0].add(self.backend, self.circuit, n_pairs if self._in_pairs else n_states, 1)

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        n, m = len(X), len(X if Y is None else Y)
        self._add(n if Y is None else n + m, n * (n + 1) // 2 if Y is None else n * m)
        self._log[0].matrix_bytes = max(self._log[0].matrix_bytes, 8 * n * m)
        return rbf_kernel(X, X if Y is None else Y)

    def diagonal(self, X, w=None, rng=None) -> np.ndarray:
        self._add(len(X), len(X))
        return np.ones(len(X))

    def _add_gradient(self, n: int) -> None:
        n_pairs = n * (n + 1) // 2 * (1 + self._n_shifts) if self._in_pairs else 0
        self._add(n, n_pairs)
        self._log[0].loss_evaluation = max(self._log[0].loss_evaluation, n_pairs or n)

    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        self._add_gradient(len(X))
        own, cross = np.sum(X * dX, axis=1), X @ dX.T
        return -2 / X.shape[1] * rbf_kernel(X) * (own[:, None] + own - cross - cross.T)

    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        self._add_gradient(len(X))
        B = -2 / X.shape[1] * rbf_kernel(X) * (A + A.T)
        return B.sum(axis=1)[:, None] * X - B @ X, np.zeros(self.n_weights)
