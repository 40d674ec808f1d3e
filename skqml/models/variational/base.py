"""What variational classifier and regressor share: circuit, training, gradients."""

from collections.abc import Sequence
from copy import deepcopy
from functools import partial
from typing import ClassVar

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from sklearn.base import BaseEstimator, clone
from sklearn.callback import CallbackSupportMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._parts import OptionalParts
from ..._sklearn import Count, Number, StrOptions
from ...backends.base import Backend
from ...backends.exact.backend import Exact
from ...circuits import Encoding, Observable, ReuploadingEncoding
from ...circuits.ansatze import Ansatz, as_ansatz, hardware_efficient
from ...engine.reading.lower import split_parameters
from ...training import LBFGS, Adam, Interrupted, Training, TrainingError, minimize
from ..base.drawing import DrawnCircuit
from ..base.inputs import Standardizer
from ..base.progress import Progress
from ..base.shown_operators import ShownOperators
from .circuit import draw_model, encoding_bandwidth, resolve_observables
from .initial import grow, initial_weights
from .network import Network
from .risk import Risk


class VariationalModel(DrawnCircuit, ShownOperators, CallbackSupportMixin, OptionalParts, BaseEstimator):
    """Base class of variational models.

    A subclass has `fit`, `partial_fit` and ``_default_loss``, and turns targets into a matrix Y
    (n_samples, n_outputs).
    """

    _default_parts: ClassVar[dict] = {
        "encoding": lambda self: ReuploadingEncoding(),
        "ansatz": lambda self: Ansatz(hardware_efficient, n_layers=10),
        "optimizer": lambda self: Adam(self.learning_rate) if self._stochastic else LBFGS(),
        "backend": lambda self: Exact(),
    }
    _parameter_constraints: ClassVar[dict] = {
        "encoding": [Encoding, None],
        "ansatz": [callable, QuantumCircuit, None],
        "observables": [callable, Sequence, Observable, SparsePauliOp, None],
        "standardize": ["boolean"],
        "bandwidth": [StrOptions({"auto"}), Number()],
        "loss": [callable, None],
        "init": [StrOptions({"small", "identity", "layerwise"}), callable, "array-like", None],
        "readout": [StrOptions({"affine", "bias"}), None],
        "alpha": [Number(closed="left")],
        "optimizer": [callable, None],
        "learning_rate": [Number()],
        "batch_size": [Count(), None],
        "max_iter": [Count()],
        "tol": [Number(closed="left"), None],
        "n_iter_no_change": [Count()],
        "early_stopping": ["boolean"],
        "validation_fraction": [Number(high=1.0)],
        "n_restarts": [Count()],
        "warm_start": ["boolean"],
        "backend": [Backend, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        encoding=None,
        ansatz=None,
        observables=None,
        *,
        standardize=True,
        bandwidth="auto",
        loss=None,
        init=None,
        readout="affine",
        alpha=0.1,
        optimizer=None,
        learning_rate=0.05,
        batch_size=None,
        max_iter=1000,
        tol=1e-3,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        warm_start=False,
        backend=None,
        random_state=None,
        verbose=0,
    ):
        self.encoding = encoding
        self.ansatz = ansatz
        self.observables = observables
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.loss = loss
        self.init = init
        self.readout = readout
        self.alpha = alpha
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_restarts = n_restarts
        self.warm_start = warm_start
        self.backend = backend
        self.random_state = random_state
        self.verbose = verbose

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = self._has_shots
        return tags

    @property
    def _has_shots(self):
        return isinstance(self.backend, Backend) and self.backend.random

    @property
    def _stochastic(self):
        """Whether losses are random."""
        return self.batch_size is not None or self._has_shots

    def _rng(self):
        return np.random.default_rng(check_random_state(self.random_state).randint(2**31))

    # Building

    def _build(self, n_features: int, n_outputs: int) -> None:
        """Draw and compile the circuit."""
        self._check_width(n_features)
        parts = self._part("encoding"), as_ansatz(self._part("ansatz"))
        self.circuit_, self._n_encoding_weights = draw_model(*parts, n_features)
        n_weights = len(split_parameters(self.circuit_)[1])
        self.observables_ = resolve_observables(self.observables, self.circuit_.num_qubits)
        program = clone(self._part("backend")).compile(self.circuit_, self.observables_)
        self.network_ = Network(program, n_weights, len(self.observables_), n_outputs, self.readout)
        self.n_parameters_ = self.network_.n_parameters

    def _check_width(self, n_features: int) -> None:
        self._part("backend").check_width(self._part("encoding").width(n_features))

    def _fit_standardizer(self, X, weight) -> None:
        self._check_width(X.shape[1])
        auto_bandwidth = partial(encoding_bandwidth, self._part("encoding"))
        self.standardizer_ = Standardizer.fit(
            X,
            weight,
            standardize=self.standardize,
            bandwidth=self.bandwidth,
            auto_bandwidth=auto_bandwidth,
            limit=self._part("encoding").limit,
        )
        self.bandwidth_ = self.standardizer_.bandwidth

    def _new_optimizer(self, small_steps: bool):
        if self.optimizer is None and small_steps:
            return Adam(self.learning_rate)
        return clone(self._part("optimizer"), safe=False)

    # Training

    def _train(self, X, Y, weight, context, X_y) -> None:
        """Train from scratch, or from the present parameters with ``warm_start``."""
        vars(self).pop("_partial_rng", None)
        rng = self._rng()
        train, held_out = self._split(Y, rng)
        warm = self._trained if self.warm_start and hasattr(self, "weights_") else None
        self._fit_standardizer(X[train], weight[train])
        self._build(X.shape[1], Y.shape[1])
        X = self.standardizer_.transform(X)
        risk = self._risk(X[train], Y[train], weight[train], rng)
        validation = None if held_out is None else self._risk(X[held_out], Y[held_out], weight[held_out], rng, alpha=0)
        progress = Progress(context, self, X_y)
        self._restart(risk, validation, progress, warm, rng)

    def _split(self, Y, rng):
        """Numbers of the rows to train on, and of those held out."""
        if not self.early_stopping:
            return slice(None), None
        return train_test_split(
            np.arange(len(Y)),
            test_size=self.validation_fraction,
            random_state=int(rng.integers(2**31)),
            stratify=self._strata(Y),
        )

    def _strata(self, Y):
        """Classes of rows, for a stratified validation split."""
        return None

    def _risk(self, X, Y, weight, rng, alpha=None):
        loss = self._default_loss if self.loss is None else self.loss
        return Risk(self.network_, loss, X, Y, weight, self.alpha if alpha is None else alpha, rng)

    def _restart(self, risk, validation, progress, warm, rng) -> None:
        """Train from each start, and keep the parameters of the lowest loss."""
        best = None
        for k in range(self.n_restarts):
            try:
                title = f"start {k + 1} of {self.n_restarts}" if self.n_restarts > 1 else ""
                training = self._train_once(risk, validation, progress, warm, rng, title)
            except TrainingError as error:
                self._keep(_better(best, error.training))
                raise
            except Interrupted:
                if best is None:
                    raise
                break
            except Exception as error:  # whatever it was, starts that were finished are not to be lost
                if best is None:
                    raise
                self._keep(best)
                message = f"Training failed at the start of restart {k + 1}; the best before is kept: {error}"
                raise TrainingError(message, best) from error
            best = _better(best, training)
            if training.ended_by in ("interrupted", "callback"):
                break
        self._keep(best)
        progress.close()

    def _train_once(self, risk, validation, progress, warm, rng, title) -> Training:
        self.optimizer_ = self._new_optimizer(small_steps=False)
        training = self._start(risk, warm, rng)
        if training.ended_by == "interrupted":
            return training
        return self._minimize(risk, training.w, self.optimizer_, rng, validation, progress, title=title)

    def _start(self, risk, warm, rng) -> Training:
        """Parameters to begin with, as what a training has reached before."""
        if warm is not None:
            if warm.shape != (self.n_parameters_,):
                raise ValueError(
                    f"warm_start expected as many parameters as before, {len(warm)}, but now the model has "
                    f"{self.n_parameters_}; set warm_start=False."
                )
            return Training(warm)
        v = self.network_.start(self._initial_weights(rng))
        if isinstance(self.init, str) and self.init == "layerwise":
            layer = 2 * self.circuit_.num_qubits
            return grow(risk, v, layer, lambda: self._new_optimizer(small_steps=False), rng)
        return Training(v)

    def _minimize(self, risk, start, optimizer, rng, validation=None, callback=None, **options):
        settings = {"max_iter": self.max_iter, "tol": self.tol, "n_iter_no_change": self.n_iter_no_change}
        return minimize(
            risk,
            start,
            optimizer,
            loss=risk.value,
            n_samples=len(risk.X),
            batch_size=self.batch_size,
            validation_loss=None if validation is None else validation.value,
            callback=callback,
            rng=rng,
            verbose=self.verbose,
            **settings | options,
        )

    def _keep(self, training) -> None:
        self._set_parameters(training.w)
        self.loss_ = training.loss
        self.loss_curve_ = training.losses
        self.validation_loss_curve_ = training.validation_losses if self.early_stopping else None
        self.n_iter_ = max(1, training.n_iter)

    def _fitted(self, v) -> dict:
        w, A, b = self.network_.unpack(v)
        return {"_trained": v, "weights_": w, "readout_coef_": A, "readout_intercept_": b}

    def _set_parameters(self, v) -> None:
        vars(self).update(self._fitted(v))

    def _step(self, X, Y, weight) -> None:
        """One pass over a batch of rows, from the present parameters; the first batch sets the scale."""
        if not hasattr(self, "weights_"):
            self._begin(X, Y, weight)
        optimizer = self._new_optimizer(small_steps=True)
        if isinstance(self.optimizer_, type(optimizer)):  # not that of `fit`
            optimizer = deepcopy(self.optimizer_)
        rng = deepcopy(self._partial_rng) if hasattr(self, "_partial_rng") else self._rng()
        risk = self._risk(self.standardizer_.transform(X), Y, weight, rng)
        training = self._minimize(risk, self._trained, optimizer, rng, max_iter=1, tol=None)
        self._set_parameters(training.w)
        if np.isfinite(training.loss):  # a step that leads nowhere leaves no moments
            self.optimizer_, self._partial_rng = optimizer, rng
        self.loss_ = training.loss
        self.loss_curve_ = self.loss_curve_ + training.losses
        self.n_iter_ += 1

    def _begin(self, X, Y, weight) -> None:
        """Set up what `_step` goes on with."""
        self._fit_standardizer(X, weight)
        self._build(X.shape[1], Y.shape[1])
        self._partial_rng = self._rng()
        self._set_parameters(self.network_.start(self._initial_weights(self._partial_rng)))
        self.optimizer_, self.loss_curve_, self.validation_loss_curve_, self.n_iter_ = None, [], None, 0

    def _initial_weights(self, rng):
        n_ansatz = self.network_.n_weights - self._n_encoding_weights
        return initial_weights(self.init, self._n_encoding_weights, n_ansatz, rng)

    # Use

    def _validated_scores(self, X):
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return self.network_.scores(self.standardizer_.transform(X), self._trained)

    def _input_gradient(self, X, Y):
        loss = self._default_loss if self.loss is None else self.loss
        scores, pullback = self.network_.forward(self.standardizer_.transform(X), self._trained)
        return pullback(loss(scores, Y)[1])[0] * self.standardizer_.slopes(X)


def _better(best, training):
    return training if best is None or training.loss < best.loss else best
