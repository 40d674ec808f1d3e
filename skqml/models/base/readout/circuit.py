"""The base of models of one trained circuit behind standardised features."""

from abc import abstractmethod
from functools import partial
from typing import Any, ClassVar

import numpy as np
from qiskit import QuantumCircuit

from ...._sklearn import Number, StrOptions
from ....backends import Backend, Exact
from ....circuits import Encoding
from ....engine.reading.bandwidth import natural_bandwidth
from ....engine.reading.lower import split_parameters
from ....states import floats, instance, number
from ..circuits import encoding_bandwidth
from ..drawing import KeptCircuit
from ..input_gradients import InputGradients
from ..inputs import Standardizer
from ..perceptrons import perceptron_twin
from ..trained import TrainedModel
from ..twin import TwinClassifier, TwinRegressor
from .network import ReadoutNetwork
from .surrogate import surrogate


class CircuitModel(KeptCircuit, TrainedModel, InputGradients):
    """Base class of models whose ``_build`` sets ``standardizer_`` and ``network_``.

    A subclass says by which ``_encoding`` rows enter, whose weights are the first of ``weights_``.

    The network has a ``program``, a `KeptProgram`, ``scores`` and ``forward`` of fixed rows of that, and
    ``forward_rows(X, v)``, whose pullback leads to X. A model stands beside `TrainedClassifier` or `TrainedRegressor`
    and has the parameters of ``_parameter_constraints``.
    """

    standardizer_: Standardizer
    weights_: np.ndarray

    _contents: ClassVar[dict] = {
        "standardizer_": instance(Standardizer, n_features="n_features"),
        "bandwidth_": number(0),
    }
    _default_parts: ClassVar[dict] = TrainedModel._default_parts | {"backend": lambda self: Exact()}
    _parameter_constraints: ClassVar[dict] = TrainedModel._parameter_constraints | {
        "standardize": ["boolean"],
        "bandwidth": [StrOptions({"auto"}), Number()],
        "backend": [Backend, None],
    }

    def __init__(self, *, standardize, bandwidth, backend, **training):
        super().__init__(**training)
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.backend = backend

    @property
    @abstractmethod
    def _encoding(self) -> Encoding:
        """What turns features into angles."""

    def _kept_circuit(self) -> QuantumCircuit:
        return self.network_.program.circuit

    def _standardize(self, X, weight, drawn: QuantumCircuit | None = None) -> None:
        """Learn from rows how their features become the angles of the encoding, whose circuit may be drawn already."""
        encoding = self._encoding
        self.standardizer_ = Standardizer.fit(
            X,
            weight,
            standardize=self.standardize,
            bandwidth=self.bandwidth,
            auto_bandwidth=lambda n: encoding_bandwidth(encoding, n) if drawn is None else natural_bandwidth([drawn]),
            limit=encoding.limit,
        )
        self.bandwidth_ = self.standardizer_.bandwidth

    def classical_twin(self) -> TwinClassifier | TwinRegressor:
        """Unfitted classical counterpart: a perceptron of about as many parameters, with the same settings.

        Before `fit` it has 16 hidden units. Where one hidden unit is too many it has none.
        """
        auto_bandwidth = partial(encoding_bandwidth, self._encoding)
        options = {"standardize": self.standardize, "bandwidth": self.bandwidth, "auto_bandwidth": auto_bandwidth}
        return perceptron_twin(self, **options)

    def surrogate(self) -> TwinClassifier | TwinRegressor:
        """Unfitted classical surrogate: a linear model on random Fourier features with the encoding's frequencies.

        Of a fitted model the weights of the encoding are the trained ones. See `FourierKernel`.
        """
        encoding = self._encoding
        if not self._is_trained:
            return surrogate(self, encoding)
        n_weights = len(split_parameters(encoding.build(self.n_features_in_))[1])
        return surrogate(self, encoding, self.weights_[:n_weights] if n_weights else None)

    def _prepare(self, X):
        return self.network_.program.fix_rows(self.standardizer_.transform(X))

    def _scores(self, X):
        rows = partial(self.network_.program, self.standardizer_.transform(X))
        return self.network_.scores(rows, self._state.v)

    def _pullback(self, X):
        S, pullback = self.network_.forward_rows(self.standardizer_.transform(X), self._state.v)
        slopes = self.standardizer_.slopes(X)
        return S, lambda g: pullback(g) * slopes


class ReadoutModel(CircuitModel):
    """Base class of models whose ``_build`` sets ``standardizer_`` and ``network_``, a `ReadoutNetwork`.

    It stands beside `TrainedClassifier` or `TrainedRegressor`. A subclass has the parameters of
    ``_parameter_constraints``.
    """

    network_: ReadoutNetwork

    _contents: ClassVar[dict] = {
        "network_": instance(ReadoutNetwork),
        "weights_": floats(None),
        "readout_coef_": floats("n_outputs", "n_observables"),
        "readout_intercept_": floats("n_outputs"),
    }
    _parameter_constraints: ClassVar[dict] = CircuitModel._parameter_constraints | {"alpha": [Number(closed="left")]}

    def __init__(self, *, alpha, **options):
        super().__init__(**options)
        self.alpha = alpha

    def _penalty(self, v, n_samples):
        return self.network_.penalty(v, self.alpha / n_samples)

    def _fitted(self, v) -> dict[str, Any]:
        w, A, b = self.network_.unpack(v)
        return {"weights_": w, "readout_coef_": A, "readout_intercept_": b}
