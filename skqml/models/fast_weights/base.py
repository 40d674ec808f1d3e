"""What fast-weight regressor and classifier share: windows, circuit, network, small steps."""

from typing import Any, ClassVar, Self

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._sklearn import Count, Number, StrOptions
from ...backends import Backend, Exact
from ...backends.kept import KeptProgram
from ...backends.redrawn import Drawing
from ...circuits import all_z
from ...states import instance
from ..base.drawing import KeptCircuit
from ..base.input_gradients import InputGradients
from ..base.inputs import Standardizer
from ..base.perceptrons import perceptron_twin
from ..base.trained import TrainedModel
from ..base.twin import TwinClassifier, TwinRegressor
from .circuit import fast_weight_circuit
from .network import FastWeightNetwork, windows_of


class FastWeightModel(KeptCircuit, TrainedModel, InputGradients):
    """Base class of fast-weight models, beside `TrainedClassifier` or `TrainedRegressor`."""

    _default_parts: ClassVar[dict] = TrainedModel._default_parts | {"backend": lambda self: Exact()}
    _contents: ClassVar[dict] = {
        "standardizer_": instance(Standardizer, n_features="n_channels"),
        "network_": instance(FastWeightNetwork, n_channels="n_channels"),
    }
    _parameter_constraints: ClassVar[dict] = TrainedModel._parameter_constraints | {
        "n_qubits": [Count()],
        "n_layers": [Count()],
        "n_measured": [Count()],
        "n_latent": [Count()],
        "n_channels": [Count()],
        "entangled": ["boolean"],
        "standardize": ["boolean"],
        "bandwidth": [StrOptions({"auto"}), Number()],
        "backend": [Backend, None],
    }

    def __init__(
        self,
        n_qubits,
        n_layers,
        n_measured,
        n_latent,
        n_channels,
        *,
        entangled,
        standardize,
        bandwidth,
        backend,
        **training,
    ):
        super().__init__(**training)
        self.n_qubits = n_qubits
        self.n_layers = n_layers
        self.n_measured = n_measured
        self.n_latent = n_latent
        self.n_channels = n_channels
        self.entangled = entangled
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.backend = backend

    def fit(self, X, y, sample_weight=None) -> Self:
        """Train on windows X, one a row, and labels or what follows them, y.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,), of regressors also (n_samples, n_targets)
        sample_weight : array-like (n_samples,), default=None
            Factors of the losses of rows: a weight of 2 is the row twice.

        Returns
        -------
        self
        """
        check_several(X)
        return super().fit(X, y, sample_weight)

    # Building

    def _windows(self, X):
        """Rows as windows (n_samples, n_steps, n_channels)."""
        return windows_of(X, self.network_.n_channels)

    def _build(self, X, weight) -> None:
        if self.n_measured > self.n_qubits:
            raise ValueError(
                f"At most n_qubits={self.n_qubits} qubits can be measured, got n_measured={self.n_measured}."
            )
        windows = windows_of(X, self.n_channels)
        steps, n_steps = windows.reshape(-1, self.n_channels), windows.shape[1]
        drawing = Drawing(fast_weight_circuit, self.n_channels, self.n_qubits, self.n_layers, self.entangled)
        self.standardizer_ = Standardizer.fit(
            steps,
            np.repeat(weight, n_steps),
            standardize=self.standardize,
            bandwidth=self.bandwidth,
            auto_bandwidth=_auto_bandwidth,
        )
        self.bandwidth_ = self.standardizer_.bandwidth
        observables = all_z(self.n_qubits)[: self.n_measured]
        program = KeptProgram(clone(self._part("backend")), drawing, observables)
        sizes = self.n_channels, self.n_layers, self.n_qubits, self.n_latent, self.n_measured, self._n_outputs
        self.network_ = FastWeightNetwork(program, *sizes)
        self.n_parameters_ = self.network_.n_parameters

    def _kept_circuit(self) -> QuantumCircuit:
        return self.network_.program.circuit

    def _prepare(self, X):
        return self.network_.rows(self.standardizer_.transform(self._windows(X)))

    def _pullback(self, X):
        windows = self._windows(X)
        S, pullback = self.network_.input_pullback(self.standardizer_.transform(windows), self._state.v)
        slopes = self.standardizer_.slopes(windows)
        return S, lambda g: (pullback(g) * slopes).reshape(X.shape)

    # Training

    def _start(self, rng):
        """Small affine maps, angles of the mean step rather than of the sum, and a readout of zeros."""
        v = np.zeros(self.n_parameters_)
        latent, layers, qubits, _ = self.network_.unpack(v)
        for matrix in (latent, layers, qubits):
            bound = 1 / np.sqrt(matrix.shape[1] - 1)
            matrix[:] = rng.uniform(-bound, bound, matrix.shape)
        layers /= self.n_features_in_ // self.n_channels
        return v

    def _fitted(self, v):
        readout = self.network_.unpack(v).readout
        return {"weights_": v, "readout_coef_": readout[:, :-1], "readout_intercept_": readout[:, -1]}

    # Use

    def fast_weights(self, X) -> np.ndarray:
        """Angles of the circuit after each step of the windows X.

        Parameters
        ----------
        X : array-like (n_samples, n_features)

        Returns
        -------
        theta : ndarray (n_samples, n_steps, n_layers, n_qubits)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return self.network_.fast_weights(self.standardizer_.transform(self._windows(X)), self._state.v)

    def classical_twin(self) -> TwinClassifier | TwinRegressor:
        """Unfitted classical counterpart: a perceptron on the whole window, of about as many parameters.

        Before `fit` it has 16 hidden units. Unlike the model it sees the order of the steps. That of a regressor has
        `forecast` too.
        """
        options = {"standardize": self.standardize, "bandwidth": self.bandwidth, "auto_bandwidth": _auto_bandwidth}
        return perceptron_twin(self, **options, **self._of_twin())

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this model with ``entangled=False``."""
        return clone(self).set_params(entangled=False)

    def _of_twin(self) -> dict[str, Any]:
        """Further settings of the twin."""
        return {}


def _auto_bandwidth(n_channels):
    return 0.5  # radians a deviation; errors on smooth series grow from there on


def check_several(X) -> None:
    """Refuse to fit to one row, which mostly is a long series."""
    shape = X.shape if hasattr(X, "shape") else np.asarray(X).shape
    if len(shape) == 2 and shape[0] == 1:
        raise ValueError(
            f"Expected more than one window, one a row, got 1 sample of {shape[1]} features; cut a long "
            "series into rows by make_windows(series, width). Reshape your data."
        )
