"""The base of all models that are trained by gradients."""

from abc import abstractmethod
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from inspect import isfunction
from typing import Any, ClassVar

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import check_is_fitted

from ..._checks import told
from ..._sklearn import Count, Number
from ...files.stand_ins import PlainState
from ...states import CheckedState, count, floats, instance, nullable
from ...training import LBFGS, Adam, Training, minimize
from ...training.optimizers import WARM_UP, GoesOn
from ...training.risk import Risk, no_penalty
from .drawing import MayHaveShots
from .iterations import Problem, TrainedByIterations
from .targets import Targets


@dataclass
class TrainingState(CheckedState):
    """What a trained model goes on from, in the next fit with ``warm_start`` or in `partial_fit`.

    Attributes
    ----------
    v : ndarray (n_parameters,)
        All that is trained.
    optimizer : callable or None
        That of the last training, with its moments.
    rng : numpy.random.Generator or None
        That of `partial_fit`.
    """

    v: np.ndarray
    optimizer: Any = None
    rng: np.random.Generator | None = None

    _contents: ClassVar[dict] = {
        "v": floats("n_parameters"),
        "optimizer": nullable(instance(Callable)),
        "rng": nullable(instance(np.random.Generator)),
    }


class ScoredRows(MayHaveShots, PlainState, Targets):
    """What a trained model says of itself: how it is built, its scores, and the risk that is minimised.

    A subclass writes the abstract methods.
    """

    @abstractmethod
    def _build(self, X, weight) -> None:
        """Learn from rows X how they are prepared, and set ``network_`` and ``n_parameters_``."""

    def _prepare(self, X) -> Any:
        """Rows as the network takes them, which have a length and can be indexed; by default as they are."""
        return X

    @abstractmethod
    def _start(self, rng) -> np.ndarray:
        """Parameters (n_parameters_,) that training begins with."""

    def _fitted(self, v) -> dict[str, Any]:
        """Public attributes of a model of parameters v; none by default."""
        return {}

    @property
    def _loss(self):
        """From scores and targets (n_samples, n_outputs) to losses and slopes."""
        given = getattr(self, "loss", None)
        return self._default_loss if given is None else given

    def _penalty(self, v, n_samples) -> tuple[float, np.ndarray]:
        """Penalty that is added to the mean loss of rows of so much weight, and its gradient."""
        return no_penalty(v)

    def _risk(self, X, Y, weight, penalty, rng) -> Risk:
        """What is minimised, for rows X of targets Y."""
        return Risk(self.network_, self._loss, self._prepare(X), Y, weight, penalty, rng)

    def _scores(self, X) -> np.ndarray:
        """Scores (n_samples, n_outputs) of checked rows."""
        return self.network_.scores(self._prepare(X), self._state.v)

    def _penalised(self, X, Y, weight, rng) -> Risk:
        """The risk of rows, and the penalty."""
        return self._risk(X, Y, weight, partial(self._penalty, n_samples=weight.sum()), rng)

    def _validated_scores(self, X) -> np.ndarray:
        check_is_fitted(self)
        return self._scores(self._validate(X, reset=False))


class TrainedModel(ScoredRows, TrainedByIterations):
    """Base class: rows held out and single steps, beside what `TrainedByIterations` does.

    A subclass, beside one of `ClassTargets` and `NumberTargets`, has the parameters of
    ``_parameter_constraints`` and writes the abstract methods.
    """

    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "n_parameters_": count("n_parameters"),
        "_state": instance(TrainingState, n_parameters="n_parameters"),
    }
    _default_parts: ClassVar[dict] = {
        "optimizer": lambda self: Adam(self.learning_rate) if self._stochastic else LBFGS()
    }
    _parameter_constraints: ClassVar[dict] = TrainedByIterations._parameter_constraints | {
        "learning_rate": [Number()],
        "batch_size": [Count(), None],
    }

    def __init__(self, *, learning_rate=0.05, batch_size=None, **training):
        super().__init__(**training)
        self.learning_rate = learning_rate
        self.batch_size = batch_size

    def _check_whole(self):
        if self.network_.n_parameters != self.n_parameters_:
            raise ValueError(f"{self.n_parameters_} parameters where {self.network_.n_parameters} belong")
        if getattr(self.network_, "n_outputs", self._n_outputs) != self._n_outputs:
            raise ValueError(f"{self.network_.n_outputs} outputs where {self._n_outputs} belong")

    def _grow(self, risk, v, rng, checkpoint) -> Training:
        """A first training of some of the parameters, which a checkpoint keeps; the default is none."""
        return Training(v)

    @property
    def _stochastic(self) -> bool:
        """Whether losses are random."""
        return self.batch_size is not None or self._has_shots

    def _rng(self) -> np.random.Generator:
        return np.random.default_rng(self._seed())

    @property
    def _reached(self):
        return self._state.v if self._is_trained else None

    def _problem(self, X, y, sample_weight):
        seed = self._seed()
        X, Y, weight = data = self._read(X, y, sample_weight)
        rng = np.random.default_rng(seed)
        train, held_out = self._split(Y, rng)
        self._build(X[train], weight[train])
        risk = self._penalised(X[train], Y[train], weight[train], rng)
        options = {"rng": rng, **self._pass(risk)}
        if held_out is not None:
            options["validation_loss"] = self._risk(X[held_out], Y[held_out], weight[held_out], no_penalty, rng).value

        def start(k, checkpoint) -> Training:
            return self._grow(risk, self._start(rng), rng, checkpoint)

        return Problem(risk, start, (self.n_parameters_,), self._attributes, (seed, *data), options)

    def _split(self, Y, rng) -> tuple[Any, Any]:
        """Numbers of the rows to train on, and of those held out."""
        if not self.early_stopping:
            return slice(None), None
        seed = int(rng.integers(2**31))
        options = {"test_size": self.validation_fraction, "random_state": seed, "stratify": self._strata(Y)}
        try:
            return train_test_split(np.arange(len(Y)), **options)
        except ValueError as error:
            raise ValueError(
                f"early_stopping=True needs rows enough to hold out validation_fraction={self.validation_fraction} of "
                f"them, some of each class, got {len(Y)} that differ and count ({told(error)}); give more rows or "
                "another fraction, or set early_stopping=False."
            ) from error

    def _pass(self, risk) -> dict[str, Any]:
        """How `minimize` goes through the rows of a risk."""
        return {"loss": risk.value, "n_samples": len(risk.Y), "batch_size": self.batch_size}

    def _attributes(self, v) -> dict[str, Any]:
        """All attributes of a model of parameters v, for callbacks too."""
        return {"_state": TrainingState(v), **self._fitted(v)}

    def _keep(self, training, attributes):
        super()._keep(training, attributes)
        self._state.optimizer = training.optimizer

    def _adam(self, before) -> Adam:
        """Adam that goes on from what another optimiser, such as L-BFGS, which takes no steps, has reached."""
        behind_others = 0 if before is None else WARM_UP
        return Adam(self.learning_rate, n_warm_up=before.n_warm_up if type(before) is Adam else behind_others)

    def _stepping(self, before) -> Callable:
        """The optimiser of a step, with its settings as they are now and what the one before it remembers."""
        optimizer = self._adam(before) if self.optimizer is None else clone(self.optimizer, safe=False)
        if isinstance(optimizer, GoesOn):
            if optimizer.follows(before):
                optimizer.remember(deepcopy(before.memory()))
            return optimizer
        if type(before) is not type(optimizer) or isfunction(optimizer):
            return optimizer
        kept = deepcopy(before)
        return kept.set_params(**optimizer.get_params(deep=False)) if hasattr(kept, "set_params") else kept

    def _step(self, X, Y, weight) -> None:
        """One pass over a batch of rows from the present parameters; the first batch sets how rows are prepared."""
        if not self._is_trained:
            self._build(X, weight)
            rng = self._rng()
            self.__dict__.update(self._attributes(self._start(rng)), validation_loss_curve_=None)
            self._state.rng, self.n_iter_ = rng, 0
            self.loss_curve_: list[float] = []
        before = self._state
        optimizer = self._stepping(before.optimizer)
        rng = self._rng() if before.rng is None else deepcopy(before.rng)
        risk = self._penalised(X, Y, weight, rng)
        rules = self._rules | {"max_iter": 1, "tol": None}
        training = minimize(risk, before.v, optimizer, rng=rng, **self._pass(risk), **rules)
        self.__dict__.update(self._attributes(training.w), loss_=training.loss)
        self._state.optimizer, self._state.rng = optimizer, rng
        self.loss_curve_ = self.loss_curve_ + training.losses
        self.n_iter_ += 1
