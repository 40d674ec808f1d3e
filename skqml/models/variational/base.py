"""What variational classifier and regressor share: parameters, circuit, network, starts."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Self

from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from sklearn.base import clone

from ..._sklearn import Number, StrOptions
from ...backends.base import Backend
from ...backends.exact.backend import Exact
from ...backends.kept import KeptProgram
from ...circuits import Encoding, Observable, ProductAnsatz, ProductEncoding, ReuploadingEncoding
from ...circuits.ansatze import Ansatz, as_ansatz, hardware_efficient
from ...training import Training
from ..base.circuits import draw_model, encoding_bandwidth
from ..base.drawing import ShownOperators, resolve_observables
from ..base.input_gradients import InputGradients
from ..base.inputs import Standardizer
from ..base.perceptrons import perceptron_twin
from ..base.trained import TrainedModel
from ..base.twin import TwinClassifier, TwinRegressor
from .initial import grow, initial_weights
from .network import Network
from .surrogate import surrogate


class VariationalModel(ShownOperators, TrainedModel, InputGradients):
    """Base class of variational models, beside `TrainedClassifier` or `TrainedRegressor`."""

    _default_parts: ClassVar[dict] = TrainedModel._default_parts | {
        "encoding": lambda self: ReuploadingEncoding(),
        "ansatz": lambda self: Ansatz(hardware_efficient, n_layers=10),
        "backend": lambda self: Exact(),
    }
    _parameter_constraints: ClassVar[dict] = TrainedModel._parameter_constraints | {
        "encoding": [Encoding, None],
        "ansatz": [callable, QuantumCircuit, None],
        "observables": [callable, Sequence, Observable, SparsePauliOp, None],
        "standardize": ["boolean"],
        "bandwidth": [StrOptions({"auto"}), Number()],
        "loss": [callable, None],
        "init": [StrOptions({"small", "identity", "layerwise"}), callable, "array-like", None],
        "trained_readout": [StrOptions({"affine", "bias"}), None],
        "alpha": [Number(closed="left")],
        "backend": [Backend, None],
    }

    def __init__(
        self,
        encoding,
        ansatz,
        observables,
        *,
        standardize,
        bandwidth,
        loss,
        init,
        trained_readout,
        alpha,
        backend,
        **training,
    ):
        super().__init__(**training)
        self.encoding = encoding
        self.ansatz = ansatz
        self.observables = observables
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.loss = loss
        self.init = init
        self.trained_readout = trained_readout
        self.alpha = alpha
        self.backend = backend

    def _build(self, X, weight):
        encoding, backend, n_features = self._part("encoding"), self._part("backend"), X.shape[1]
        backend.check_width(encoding.width(n_features))
        self.standardizer_ = Standardizer.fit(
            X,
            weight,
            standardize=self.standardize,
            bandwidth=self.bandwidth,
            auto_bandwidth=partial(encoding_bandwidth, encoding),
            limit=encoding.limit,
        )
        self.bandwidth_ = self.standardizer_.bandwidth
        self.circuit_, n_encoding = draw_model(encoding, as_ansatz(self._part("ansatz")), n_features)
        self.observables_ = resolve_observables(self.observables, self.circuit_.num_qubits)
        program = KeptProgram(clone(backend), self.circuit_, self.observables_)
        self.network_ = Network(program, self._n_outputs, self.trained_readout, n_encoding)
        self.n_parameters_ = self.network_.n_parameters

    def _prepare(self, X):
        return self.network_.program.fix_rows(self.standardizer_.transform(X))

    def _penalty(self, v, n_samples):
        return self.network_.penalty(v, self.alpha / n_samples)

    def _start(self, rng):
        n_encoding, n_weights = self.network_.n_encoding, self.network_.program.n_weights
        return self.network_.start(initial_weights(self.init, n_encoding, n_weights - n_encoding, rng))

    def _grow(self, risk, v, rng):
        if not (isinstance(self.init, str) and self.init == "layerwise"):
            return Training(v)
        new_optimizer = partial(clone, self._part("optimizer"), safe=False)
        return grow(risk, v, self.network_.program.n_weights, 2 * self.circuit_.num_qubits, new_optimizer, rng)

    def _fitted(self, v):
        w, A, b = self.network_.unpack(v)
        return {"weights_": w, "readout_coef_": A, "readout_intercept_": b}

    def _scores(self, X):
        rows = partial(self.network_.program, self.standardizer_.transform(X))
        return self.network_.scores(rows, self._state.v)

    def classical_twin(self) -> TwinClassifier | TwinRegressor:
        """Unfitted classical counterpart: a perceptron of about as many parameters, with the same settings.

        Before `fit` it has 16 hidden units. Where one hidden unit is too many it has none.
        """
        auto_bandwidth = partial(encoding_bandwidth, self._part("encoding"))
        options = {"standardize": self.standardize, "bandwidth": self.bandwidth, "auto_bandwidth": auto_bandwidth}
        return perceptron_twin(self, **options)

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this model, its circuits without entangling gates."""
        encoding, ansatz = ProductEncoding(self._part("encoding")), ProductAnsatz(self._part("ansatz"))
        return clone(self).set_params(encoding=encoding, ansatz=ansatz)

    def surrogate(self) -> TwinClassifier | TwinRegressor:
        """Unfitted classical surrogate: a linear model on random Fourier features with the encoding's frequencies.

        Of a fitted model the weights of the encoding are the trained ones. See `FourierKernel`.
        """
        weights = self.weights_[: self.network_.n_encoding] if self._is_trained else None
        return surrogate(self, self._part("encoding"), weights if weights is None or weights.size else None)

    def _pullback(self, X):
        w, A, b = self.network_.unpack(self._state.v)
        values, pullback = self.network_.program.forward(self.standardizer_.transform(X), w)
        slopes = self.standardizer_.slopes(X)
        return values @ A.T + b, lambda g: pullback(g @ A)[0] * slopes
