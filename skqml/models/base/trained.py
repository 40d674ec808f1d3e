"""What models share that are trained by gradients and bring their own network."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state

from ..._parts import OptionalParts
from ..._sklearn import Count, Number
from ...training import LBFGS, Adam, TrainingError, minimize
from .drawing import DrawnCircuit


class TrainedModel(DrawnCircuit, CallbackSupportMixin, OptionalParts, BaseEstimator, ABC):
    """Base class: training, weights of rows, callbacks.

    A subclass has the parameters of ``_parameter_constraints``, and writes `fit`, which ends in
    ``_train``, and the abstract methods. Targets Y have one column an output.
    """

    _default_parts: ClassVar[dict] = {
        "optimizer": lambda self: Adam(self.learning_rate) if self._stochastic else LBFGS()
    }
    _parameter_constraints: ClassVar[dict] = {
        "optimizer": [callable, None],
        "learning_rate": [Number()],
        "batch_size": [Count(), None],
        "max_iter": [Count()],
        "tol": [Number(closed="left"), None],
        "n_iter_no_change": [Count()],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    @abstractmethod
    def _build(self, X, weight) -> None:
        """Learn from distinct rows X how they are prepared, and set ``network_`` and ``n_parameters_``."""

    @abstractmethod
    def _prepare(self, X):
        """Rows as the network takes them; they have a length and can be indexed."""

    @abstractmethod
    def _start(self, rng) -> np.ndarray:
        """Parameters (n_parameters_,) that training begins with."""

    @abstractmethod
    def _risk(self, v, rows, Y, share, rng) -> tuple[float, np.ndarray]:
        """Loss of prepared rows, summed with the factors ``share``, and its gradient."""

    @abstractmethod
    def _fitted(self, v) -> dict:
        """Fitted attributes of a model of parameters v, ``_trained`` among them."""

    def _penalty(self, v, n_samples):
        """Penalty that is added to the mean loss, and its gradient."""
        return 0.0, np.zeros_like(v)

    def _compress(self, rows, Y, weight):
        """Prepared training rows, fewer of them if some have become equal."""
        return rows, Y, weight

    @property
    def _stochastic(self):
        """Whether losses are random."""
        return self.batch_size is not None

    def _new_optimizer(self):
        return clone(self._part("optimizer"), safe=False)

    def _rng(self):
        return np.random.default_rng(check_random_state(self.random_state).randint(2**31))

    def _train(self, X, Y, weight, progress) -> None:
        """Train on distinct rows X of targets Y."""
        rng = self._rng()
        self._build(X, weight)
        rows, Y, weight = self._compress(self._prepare(X), Y, weight)
        try:
            training = minimize(
                self._objective(rows, Y, weight, rng),
                self._start(rng),
                self._new_optimizer(),
                n_samples=len(weight),
                batch_size=self.batch_size,
                max_iter=self.max_iter,
                tol=self.tol,
                n_iter_no_change=self.n_iter_no_change,
                callback=progress,
                rng=rng,
                verbose=self.verbose,
            )
        except TrainingError as error:
            self._keep(error.training)
            raise
        self._keep(training)
        progress.close()

    def _objective(self, rows, Y, weight, rng):
        """Mean loss and gradient as `minimize` asks for them."""
        share = weight / weight.sum()

        def loss_and_grad(v, batch):
            penalty, slope = self._penalty(v, weight.sum())
            if batch is None:
                loss, gradient = self._risk(v, rows, Y, share, rng)
            else:
                loss, gradient = self._risk(v, rows[batch], Y[batch], share[batch] * (len(share) / len(batch)), rng)
            return loss + penalty, gradient + slope

        return loss_and_grad

    def _keep(self, training) -> None:
        vars(self).update(self._fitted(training.w))
        self.loss_ = training.loss
        self.loss_curve_ = training.losses
        self.n_iter_ = max(1, training.n_iter)
