"""The base of transformers whose features are expectation values of circuits that are not trained."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data

from ...._checks import check_numbers
from ...._parts import OptionalParts
from ...._sklearn import Count, fit_context
from ....backends import Backend, Exact
from ....backends.kept import KeptProgram
from ....backends.program import Program
from ....backends.redrawn import Drawing
from ....circuits import Observable, ProductAnsatz, ProductEncoding
from ....kernels.tiles.spread import tiled_values
from ....states import count, each, floats, instance, optional
from ..circuits import draw_fixed
from ..drawing import DrawnCircuit, KeptCircuit, MayHaveShots, ShownOperators, resolve_observables
from ..failures import unchanged_on_error

_PRODUCTS = {"encoding": ProductEncoding, "ansatz": ProductAnsatz}  # of parameters that draw circuits
_BLOCK = 2**24  # numbers that go into circuits at one time: 128 MiB
_ROUNDING = 1e-12  # below it a feature is 0, lest a scaler behind it makes as much of its rounding as of the others


class CircuitFeatures(
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    MayHaveShots,
    ShownOperators,
    KeptCircuit,
    DrawnCircuit,
    OptionalParts,
    BaseEstimator,
):
    """Base class: rows go through a circuit, in one piece or in several, and its expectation values are features.

    A subclass has the parameters of ``_parameter_constraints`` and writes `_learn`, `_inputs` and `_draw`.
    """

    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "n_parameters_": count(),
        "_n_features_out": count(least=1),
        "weights_": optional(floats(None)),
        "observables_": optional(each(instance(Observable, SparsePauliOp))),
        "program_": optional(instance(Program)),
    }
    _default_parts: ClassVar[dict] = {"backend": lambda self: Exact()}
    _parameter_constraints: ClassVar[dict] = {
        "observables": [callable, Sequence, Observable, SparsePauliOp, None],
        "backend": [Backend, None],
        "n_jobs": [Count(-(2**15)), None],
        "random_state": ["random_state"],
    }

    weights: Any = None

    def __init__(self, observables, *, backend, n_jobs, random_state):
        self.observables = observables
        self.backend = backend
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _check_whole(self):
        if len(self.observables_) != self.program_.n_observables:
            raise ValueError(f"{len(self.observables_)} observables, and a program of {self.program_.n_observables}")

    @abstractmethod
    def _learn(self, X) -> None:
        """Learn from rows X (n_samples, n_features) how they become inputs."""

    @abstractmethod
    def _inputs(self, X) -> np.ndarray:
        """Inputs (n_pieces * n_samples, n_inputs) of the circuit, all pieces of a row one after another."""

    @abstractmethod
    def _draw(self, n_inputs: int) -> Drawing:
        """The circuit of so many inputs, the vector ``x``; all other parameters are weights."""

    def _kept_circuit(self) -> QuantumCircuit:
        return self.program_.circuit

    def _read(self, X, reset: bool) -> np.ndarray:
        """Rows (n_samples, n_features)."""
        return validate_data(self, X, dtype=float, reset=reset)

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None) -> Self:
        """Learn how rows become inputs of the circuit, and compile it.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : None
            Ignored.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            X = self._read(X, reset=True)
            self._learn(X)
            inputs = self._inputs(X[:1])
            self._n_features_out = len(inputs) * self._open(X, inputs.shape[1])
            self.n_parameters_ = 0
        return self

    def _open(self, X, n_inputs: int) -> int:
        """Make what gives features of inputs, and return how many of each piece."""
        backend = clone(self._part("backend"))
        drawing = self._draw(n_inputs)
        self.weights_ = self._angles(drawing.n_weights)
        if drawing.n_weights:
            drawing = Drawing(draw_fixed, drawing, self.weights_)
        self.observables_ = self._resolved(drawing.n_qubits)
        self.program_ = KeptProgram(backend, drawing, self.observables_)
        return len(self.observables_)

    def _resolved(self, n_qubits: int) -> tuple:
        """The observables on so many qubits."""
        return resolve_observables(self.observables, n_qubits)

    def _angles(self, n_weights: int) -> np.ndarray:
        """Weights of the circuit: those given, else uniform angles."""
        if self.weights is None:
            return check_random_state(self.random_state).uniform(0.0, 2 * np.pi, n_weights)
        w = np.atleast_1d(check_numbers("weights", self.weights, (0, 1)))
        if len(w) != n_weights:
            raise ValueError(f"weights must be {n_weights} numbers, as the circuit has weights, got {len(w)}.")
        return w

    def transform(self, X) -> np.ndarray:
        """Features (n_samples, n_features_out)."""
        check_is_fitted(self)
        X = self._read(X, reset=False)
        rng, step = self._generator(), max(1, _BLOCK // self._inputs(X[:1]).size)
        blocks = [self._values(self._inputs(X[a : a + step]), rng) for a in range(0, len(X), step)]
        F = np.concatenate(blocks).reshape(len(X), -1)
        F[np.abs(F) < _ROUNDING] = 0.0
        return F

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this transformer, its circuit without entangling gates."""
        names = self.get_params(deep=False).keys() & _PRODUCTS.keys()
        return clone(self).set_params(**{name: _PRODUCTS[name](self._part(name)) for name in names})

    def _generator(self) -> np.random.Generator | None:
        """Source of the shots of all blocks of a call."""
        return self.program_.backend.generator()

    def _values(self, Z, rng) -> np.ndarray:
        """Features (n_pieces * n_samples, n_features_each) of inputs."""
        return tiled_values(self.program_, Z, rng, self.n_jobs)
