"""What classifiers share that are trained by gradients and bring their own network."""

from abc import ABC, abstractmethod
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ._failures import unchanged_on_error
from ._progress import Progress
from ._rows import distinct_rows
from ._sklearn import Interval, check_sample_weight, fit_context
from .training import LBFGS, Adam, TrainingError, minimize


class TrainedClassifier(CallbackSupportMixin, ClassifierMixin, BaseEstimator, ABC):
    """Base class: labels, weights, training, callbacks.

    A subclass has the parameters of ``_parameter_constraints``, and writes the abstract methods
    and `predict_proba`. Targets Y have one column a class, ones at the class of the row.
    """

    _parameter_constraints: ClassVar[dict] = {
        "optimizer": [callable, None],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left"), None],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
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

    @abstractmethod
    def _scores(self, X) -> np.ndarray:
        """Scores (n_samples, n_classes) of prepared rows."""

    def _penalty(self, v, n_samples):
        """Penalty that is added to the mean loss, and its gradient."""
        return 0.0, np.zeros_like(v)

    def _compress(self, rows, Y, weight):
        """Prepared training rows, fewer of them if some have become equal."""
        return rows, Y, weight

    def _validate_fit(self, X, y):
        """Training rows as a float array, and labels."""
        return validate_data(self, X, y, dtype=float)

    def _validate(self, X):
        """Rows to predict as a float array."""
        return validate_data(self, X, dtype=float, reset=False)

    @property
    def _stochastic(self):
        """Whether losses are random."""
        return self.batch_size is not None

    def _new_optimizer(self):
        if self.optimizer is not None:
            return clone(self.optimizer, safe=False)
        return Adam(self.learning_rate) if self._stochastic else LBFGS()

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Train on rows X and labels y.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,)
            Labels of any kind.
        sample_weight : array-like (n_samples,), default=None
            Factors of the losses of rows: a weight of 2 is the row twice.

        Returns
        -------
        self
        """
        context = self._init_callback_context(max_subtasks=None)
        with unchanged_on_error(self):
            X, y = self._validate_fit(X, y)
            check_classification_targets(y)
            weight = check_sample_weight(sample_weight, X, dtype=float, ensure_non_negative=True)
            self.classes_ = _classes(y[weight > 0], type(self).__name__)
            context.call_on_fit_task_begin(estimator=self, X=X, y=y)
            self._train(X, y, weight, Progress(context, self, {"X": X, "y": y}))
        context.call_on_fit_task_end(estimator=self, X=X, y=y, reconstruction_attributes={})
        return self

    def _train(self, X, y, weight, progress) -> None:
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31))
        X, Y, weight = distinct_rows(X, (y[:, None] == self.classes_).astype(float), weight)
        self._build(X, weight)
        rows, Y, weight = self._compress(self._prepare(X), Y, weight)
        share = weight / weight.sum()

        def loss_and_grad(v, batch):
            penalty, slope = self._penalty(v, weight.sum())
            if batch is None:
                loss, gradient = self._risk(v, rows, Y, share, rng)
            else:
                loss, gradient = self._risk(v, rows[batch], Y[batch], share[batch] * (len(share) / len(batch)), rng)
            return loss + penalty, gradient + slope

        self._minimize(loss_and_grad, self._start(rng), len(share), progress, rng)

    def _minimize(self, loss_and_grad, start, n_samples, progress, rng):
        try:
            training = minimize(
                loss_and_grad, start, self._new_optimizer(), n_samples=n_samples, batch_size=self.batch_size,
                max_iter=self.max_iter, tol=self.tol, n_iter_no_change=self.n_iter_no_change, callback=progress,
                rng=rng, verbose=self.verbose,
            )  # fmt: skip
        except TrainingError as error:
            self._keep(error.training)
            raise
        self._keep(training)
        progress.close()

    def _keep(self, training) -> None:
        vars(self).update(self._fitted(training.w))
        self.loss_ = training.loss
        self.loss_curve_ = training.losses
        self.n_iter_ = max(1, training.n_iter)

    def _validated_scores(self, X):
        check_is_fitted(self)
        return self._scores(self._validate(X))

    def decision_function(self, X):
        """Scores: (n_samples,) for two classes, else (n_samples, n_classes)."""
        S = self._validated_scores(X)
        return S[:, 1] - S[:, 0] if S.shape[1] == 2 else S

    def predict(self, X):
        """Labels (n_samples,)."""
        S = self._validated_scores(X)
        return self.classes_[S.argmax(axis=1)]

    def draw(self, output="text", **options):
        """Return a drawing of the circuit.

        Parameters
        ----------
        output : str, default="text"
            As in `QuantumCircuit.draw`: ``"text"``, ``"mpl"``, ``"latex"``.
        **options
            Passed on to it.
        """
        check_is_fitted(self)
        return self.circuit_.draw(output, **options)


def _classes(y, name):
    classes = np.unique(y)
    if len(classes) < 2:
        raise ValueError(f"{name} needs at least two classes, got one class: {classes[0]!r}.")
    return classes
