"""The base of models of one trained circuit behind standardised features."""

from functools import partial
from typing import ClassVar

from ...._sklearn import Number, StrOptions
from ....backends import Backend, Exact
from ....circuits import Encoding
from ....states.rules import instance, number
from ..circuits import encoding_bandwidth
from ..input_gradients import InputGradients
from ..inputs import Standardizer
from ..perceptrons import perceptron_twin
from ..trained import TrainedModel
from ..twin import TwinClassifier, TwinRegressor


class CircuitModel(TrainedModel, InputGradients):
    """Base class of models whose ``_build`` sets ``standardizer_``, ``circuit_`` and ``network_``.

    The network has a ``program``, ``scores`` and ``forward`` of fixed rows of that, and ``forward_rows(X, v)``, whose
    pullback leads to X. A model stands beside `TrainedClassifier` or `TrainedRegressor` and has the parameters of
    ``_parameter_constraints``.
    """

    standardizer_: Standardizer

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

    def _standardize(self, X, weight, encoding: Encoding) -> None:
        """Learn from rows how their features become the angles of an encoding."""
        self.standardizer_ = Standardizer.fit(
            X,
            weight,
            standardize=self.standardize,
            bandwidth=self.bandwidth,
            auto_bandwidth=partial(encoding_bandwidth, encoding),
            limit=encoding.limit,
        )
        self.bandwidth_ = self.standardizer_.bandwidth

    def _twin(self, encoding: Encoding) -> TwinClassifier | TwinRegressor:
        """Unfitted perceptron of about as many parameters, behind the same preparation of features."""
        auto_bandwidth = partial(encoding_bandwidth, encoding)
        options = {"standardize": self.standardize, "bandwidth": self.bandwidth, "auto_bandwidth": auto_bandwidth}
        return perceptron_twin(self, **options)

    def _prepare(self, X):
        return self.network_.program.fix_rows(self.standardizer_.transform(X))

    def _scores(self, X):
        rows = partial(self.network_.program, self.standardizer_.transform(X))
        return self.network_.scores(rows, self._state.v)

    def _pullback(self, X):
        S, pullback = self.network_.forward_rows(self.standardizer_.transform(X), self._state.v)
        slopes = self.standardizer_.slopes(X)
        return S, lambda g: pullback(g) * slopes
