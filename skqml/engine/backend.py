"""Where circuits run: the two base classes, with slow but correct defaults."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import BaseEstimator

from .._checks import as_tuple
from .._parts import OptionalParts
from .checks import as_rows, as_weights
from .occurrences import Occurrences

_SHIFT_BYTES = 2**27  # of the shifted rows of one call
_REPEATS = 8  # calls behind a standard error that a program does not know itself

Pullback = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


class Backend(OptionalParts, BaseEstimator, ABC):
    """Compiles circuits into programs.

    A subclass writes `compile`. Circuits follow one convention: the elements of the parameter
    vector ``x`` are data (column k of X is the element of index k), all other parameters are
    weights, in the order of ``circuit.parameters``.
    """

    @abstractmethod
    def compile(self, circuit: QuantumCircuit, observables: Sequence) -> "Program":
        """Return a program for the expectation values of some observables.

        Parameters
        ----------
        circuit : QuantumCircuit
        observables : sequence of SparsePauliOp or Observable

        Returns
        -------
        Program
        """

    def check_width(self, n_qubits: int) -> None:
        """Raise ValueError if circuits of so many qubits can surely not be run; it is asked before they are drawn.

        The default asks the backend inside, if there is one, and otherwise takes any number.
        """
        if "backend" in self._default_parts:
            inner = self._part("backend")
            if isinstance(inner, Backend):
                inner.check_width(n_qubits)

    def check_circuit(self, circuit) -> None:
        """Refuse what is no circuit, or one that is too wide."""
        if not isinstance(circuit, QuantumCircuit):
            raise TypeError(f"Expected circuit to be a QuantumCircuit, but got {type(circuit).__name__}.")
        self.check_width(circuit.num_qubits)

    def compile_overlaps(self, circuit: QuantumCircuit) -> "Overlaps":
        """Return a program for the fidelities ``|<psi(y)|psi(x)>|^2`` of a circuit's states."""
        from .overlaps import PairOverlaps

        return PairOverlaps(self, circuit)

    def compile_probabilities(self, circuit: QuantumCircuit, qubits: Sequence[int]) -> "Probabilities":
        """Return a program for the probabilities of the outcomes when some qubits are measured."""
        from .probabilities import StringProbabilities

        return StringProbabilities(self, circuit, qubits)

    def overlaps(self, circuit: QuantumCircuit, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m) of the states of the rows of X and Y (``None``: X, symmetric)."""
        return self.compile_overlaps(circuit)(X, Y, w, rng)

    @property
    def exact(self) -> bool:
        """Whether results have neither shot noise nor gate noise."""
        return False

    @property
    def random(self) -> bool:
        """Whether results hold shots, so that they differ from call to call."""
        return self.generator() is not None

    def generator(self) -> np.random.Generator | None:
        """Source of shots for one call, ``None`` where results are not random."""
        return None


class Program(ABC):
    """A compiled circuit with its observables.

    A subclass writes `__call__`; gradients then come from parameter shifts.

    Parameters
    ----------
    backend : Backend
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    """

    def __init__(self, backend: Backend, circuit: QuantumCircuit, observables: Sequence):
        self.backend = backend
        self.circuit = circuit
        self.observables = list(as_tuple("observables", observables))

    @abstractmethod
    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables) for rows X and weights w."""

    def forward(self, X, w=None, rng=None, data_gradient=True) -> tuple[np.ndarray, Pullback]:
        """Expectation values, and a function from their cotangents g to (dX, dw).

        With ``data_gradient=False`` dX is not wanted, and may be None.

        The default shifts the angle of each gate by +-pi/2, all shifts of a block of rows in one call, and applies
        the chain rule; a parameter in two gates, or a product of parameters, is no obstacle.
        """
        occurrences, program = self._shifted
        X = as_rows(X, occurrences.n_features)
        w = as_weights(w, occurrences.n_weights)
        angles = occurrences.angles(X, w)
        n_angles = angles.shape[1]
        shifts = np.pi / 2 * np.concatenate([np.eye(n_angles), -np.eye(n_angles)])
        step = max(1, _SHIFT_BYTES // max(1, shifts.nbytes))

        def slopes(block, g):
            rows = (block[:, None] + shifts).reshape(-1, n_angles)
            values = program(rows, None, rng).reshape(len(block), 2, n_angles, len(self.observables))
            return np.einsum("nao,no->na", 0.5 * (values[:, 0] - values[:, 1]), g)

        def pullback(g):
            g, of_angles = np.asarray(g, dtype=float), np.zeros(angles.shape)
            for a in range(0, len(X) if n_angles else 0, step):
                of_angles[a : a + step] = slopes(angles[a : a + step], g[a : a + step])
            return occurrences.cotangents(X, w, of_angles)

        return self(X, w, rng), pullback

    @cached_property
    def _shifted(self) -> tuple[Occurrences, "Program"]:
        occurrences = Occurrences(self.circuit)
        return occurrences, self.backend.compile(occurrences.circuit, self.observables)

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Expectation values and their standard errors, both (n_samples, n_observables).

        Errors are those of shots alone, zero without shots. The default takes the mean of several
        calls, and the error from their scatter.
        """
        backend = getattr(self, "backend", None)
        rng = backend.generator() if rng is None and backend is not None else rng
        if backend is None or backend.generator() is None:
            values = self(X, w)
            return values, np.zeros_like(values)
        runs = np.stack([self(X, w, rng) for _ in range(_REPEATS)])
        return runs.mean(axis=0), runs.std(axis=0, ddof=1) / np.sqrt(_REPEATS)

    def content(self):
        """All that results depend on besides the arguments, as arrays; None if they are random."""
        return

    def vjp(self, X, w, g, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) for cotangents g of the values; dw is summed over rows."""
        return self.forward(X, w, rng)[1](g)


class Overlaps(ABC):
    """Fidelities between the states that one circuit gives for two sets of rows."""

    @abstractmethod
    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m); with ``Y=None`` those of X with itself, symmetric."""

    def content(self):
        """All that results depend on besides the arguments, as arrays; None if they are random."""
        return

    def diagonal(self, X, w=None, rng=None) -> np.ndarray:
        """Fidelities (n,) of the state of each row with itself; below 1 with noise."""
        return np.array([self(x[None], x[None], w, rng)[0, 0] for x in X])

    @abstractmethod
    def tangent(self, X, w, dX, dw, rng=None) -> np.ndarray:
        """Derivative (n, n) of the fidelities of X when X moves along dX and w along dw."""

    @abstractmethod
    def pullback(self, X, w, A, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Gradient (dX, dw) of sum_ij A_ij K_ij for the fidelities K of X with itself."""


class Probabilities(ABC):
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
