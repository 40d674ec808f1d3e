"""What fast-weight regressor and classifier share: windows, circuit, network, small steps."""

from abc import abstractmethod
from copy import deepcopy
from typing import ClassVar

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._sklearn import Count, Number, StrOptions
from ...backends.base import Backend
from ...backends.exact.backend import Exact
from ...circuits import all_z
from ...training import Adam, minimize
from ..base.inputs import Standardizer
from ..base.trained import TrainedModel
from ..base.twin import n_hidden_units, perceptron
from .circuit import fast_weight_circuit
from .network import FastWeightNetwork, windows_of


class FastWeightModel(TrainedModel):
    """Base class of fast-weight models, beside one for classes or numbers.

    A subclass writes the abstract methods, and has `fit` and `partial_fit`.
    """

    _default_parts: ClassVar[dict] = {**TrainedModel._default_parts, "backend": lambda self: Exact()}
    _parameter_constraints: ClassVar[dict] = {
        **TrainedModel._parameter_constraints,
        "n_qubits": [Count()],
        "n_layers": [Count()],
        "n_measured": [Count()],
        "n_latent": [Count()],
        "n_channels": [Count()],
        "standardize": ["boolean"],
        "bandwidth": [StrOptions({"auto"}), Number()],
        "warm_start": ["boolean"],
        "backend": [Backend, None],
    }

    def __init__(
        self,
        n_qubits=8,
        n_layers=2,
        n_measured=4,
        n_latent=8,
        n_channels=1,
        *,
        standardize=True,
        bandwidth="auto",
        optimizer=None,
        learning_rate=0.01,
        batch_size=None,
        max_iter=1000,
        tol=1e-4,
        n_iter_no_change=10,
        warm_start=False,
        backend=None,
        random_state=None,
        verbose=0,
    ):
        self.n_qubits = n_qubits
        self.n_layers = n_layers
        self.n_measured = n_measured
        self.n_latent = n_latent
        self.n_channels = n_channels
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.backend = backend
        self.random_state = random_state
        self.verbose = verbose

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = isinstance(self.backend, Backend) and self.backend.random
        return tags

    @property
    @abstractmethod
    def _n_outputs(self) -> int:
        """Number of scores."""

    @staticmethod
    @abstractmethod
    def _loss(S, Y):
        """Losses (n_samples,) of scores S, and their derivatives by S."""

    # Building

    def _windows(self, X):
        """Rows as windows (n_samples, n_steps, n_channels)."""
        return windows_of(X, self.n_channels)

    def _build(self, X, weight) -> None:
        if self.n_measured > self.n_qubits:
            raise ValueError(
                f"At most n_qubits={self.n_qubits} qubits can be measured, got n_measured={self.n_measured}."
            )
        windows = self._windows(X)
        steps, n_steps = windows.reshape(-1, self.n_channels), windows.shape[1]
        self.circuit_ = fast_weight_circuit(self.n_channels, self.n_qubits, self.n_layers)
        self.standardizer_ = Standardizer.fit(
            steps,
            np.repeat(weight, n_steps),
            standardize=self.standardize,
            bandwidth=self.bandwidth,
            auto_bandwidth=_auto_bandwidth,
        )
        self.bandwidth_ = self.standardizer_.bandwidth
        program = clone(self._part("backend")).compile(self.circuit_, all_z(self.n_qubits)[: self.n_measured])
        self.network_ = FastWeightNetwork(
            program,
            self.n_channels,
            self.n_layers,
            self.n_qubits,
            self.n_latent,
            self.n_measured,
            self._n_outputs,
        )
        self.n_parameters_ = self.network_.n_parameters

    def _prepare(self, X):
        return self.network_.rows(self.standardizer_.transform(self._windows(X)))

    # Training

    @property
    def _stochastic(self):
        return self.batch_size is not None or (isinstance(self.backend, Backend) and self.backend.random)

    def _start(self, rng):
        self._partial = None
        warm = getattr(self, "_trained", None) if self.warm_start else None
        if warm is None:
            return self._initial(rng)
        if warm.shape != (self.n_parameters_,):
            raise ValueError(
                f"warm_start expected as many parameters as before, {len(warm)}, but now the model has "
                f"{self.n_parameters_}; set warm_start=False."
            )
        return warm

    def _initial(self, rng):
        """Small affine maps, angles of the mean step rather than of the sum, and a readout of zeros."""
        v = np.zeros(self.n_parameters_)
        latent, layers, qubits, _ = self.network_.unpack(v)
        for matrix in (latent, layers, qubits):
            bound = 1 / np.sqrt(matrix.shape[1] - 1)
            matrix[:] = rng.uniform(-bound, bound, matrix.shape)
        layers /= self.n_features_in_ // self.n_channels
        return v

    def _risk(self, v, rows, Y, share, rng):
        scores, pullback = self.network_.forward(rows, v, rng)
        losses, slopes = self._loss(scores, Y)
        return share @ losses, pullback(share[:, None] * slopes)

    def _step(self, X, Y, weight) -> None:
        """One pass over a batch of rows, from the present parameters; the first batch sets the scale."""
        if not hasattr(self, "_trained"):
            self._build(X, weight)
            vars(self).update(self._fitted(self._start(self._rng())), loss_curve_=[], n_iter_=0)
        optimizer, rng = deepcopy(self._partial) if self._partial is not None else (self._small_steps(), self._rng())
        training = minimize(
            self._objective(self._prepare(X), Y, weight, rng),
            self._trained,
            optimizer,
            n_samples=len(X),
            batch_size=self.batch_size,
            max_iter=1,
            tol=None,
            rng=rng,
            verbose=self.verbose,
        )
        vars(self).update(self._fitted(training.w), loss_=training.loss)
        if np.isfinite(training.loss):  # a step that leads nowhere leaves no moments
            self._partial = optimizer, rng
        self.loss_curve_ = self.loss_curve_ + training.losses
        self.n_iter_ += 1

    def _small_steps(self):
        return Adam(self.learning_rate) if self.optimizer is None else clone(self.optimizer, safe=False)

    def _fitted(self, v):
        readout = self.network_.unpack(v).readout
        return {"_trained": v, "weights_": v, "readout_coef_": readout[:, :-1], "readout_intercept_": readout[:, -1]}

    # Use

    def _scores(self, X):
        return self.network_.scores(self._prepare(X), self._trained)

    def fast_weights(self, X):
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
        return self.network_.fast_weights(self.standardizer_.transform(self._windows(X)), self._trained)

    def _twin(self, cls, kind, n_outputs):
        """Unfitted perceptron of the width that gives ``n_parameters_``; 16 hidden units before `fit`."""
        n_hidden = 16
        if hasattr(self, "n_parameters_"):
            n_hidden = max(1, n_hidden_units(self.n_parameters_, self.n_features_in_, n_outputs))
        return cls(
            perceptron(kind, n_hidden, self),
            standardize=self.standardize,
            bandwidth=self.bandwidth,
            auto_bandwidth=_auto_bandwidth,
        )


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
