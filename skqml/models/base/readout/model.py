"""The base of models of one trained circuit behind standardised features, with an affine readout."""

from functools import partial
from typing import Any, ClassVar

from ...._rules import floats, instance, number
from ...._sklearn import Number, StrOptions
from ....backends import Backend, Exact
from ....circuits import Encoding
from ..circuits import encoding_bandwidth
from ..input_gradients import InputGradients
from ..inputs import Standardizer
from ..perceptrons import perceptron_twin
from ..trained import TrainedModel
from ..twin import TwinClassifier, TwinRegressor
from .network import Network


class ReadoutModel(TrainedModel, InputGradients):
    """Base class of models whose ``_build`` sets ``standardizer_``, ``circuit_`` and ``network_``, a `Network`.

    It stands beside `TrainedClassifier` or `TrainedRegressor`. A subclass has the parameters of
    ``_parameter_constraints``.
    """

    standardizer_: Standardizer
    network_: Network

    _contents: ClassVar[dict] = {
        "standardizer_": instance(Standardizer, n_features="n_features"),
        "network_": instance(Network),
        "bandwidth_": number(0),
        "weights_": floats(None),
        "readout_coef_": floats("n_outputs", "n_observables"),
        "readout_intercept_": floats("n_outputs"),
    }
    _default_parts: ClassVar[dict] = TrainedModel._default_parts | {"backend": lambda self: Exact()}
    _parameter_constraints: ClassVar[dict] = TrainedModel._parameter_constraints | {
        "standardize": ["boolean"],
        "bandwidth": [StrOptions({"auto"}), Number()],
        "alpha": [Number(closed="left")],
        "backend": [Backend, None],
    }

    def __init__(self, *, standardize, bandwidth, alpha, backend, **training):
        super().__init__(**training)
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.alpha = alpha
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

    def _penalty(self, v, n_samples):
        return self.network_.penalty(v, self.alpha / n_samples)

    def _fitted(self, v) -> dict[str, Any]:
        w, A, b = self.network_.unpack(v)
        return {"weights_": w, "readout_coef_": A, "readout_intercept_": b}

    def _scores(self, X):
        rows = partial(self.network_.program, self.standardizer_.transform(X))
        return self.network_.scores(rows, self._state.v)

    def _pullback(self, X):
        w, A, b = self.network_.unpack(self._state.v)
        values, pullback = self.network_.program.forward(self.standardizer_.transform(X), w)
        slopes = self.standardizer_.slopes(X)
        return values @ A.T + b, lambda g: pullback(g @ A)[0] * slopes
