"""What classifiers share that are trained by gradients."""

from typing import ClassVar, Self

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.base import ClassifierMixin

from ..._checks import check_labels
from ..._sklearn import StrOptions, check_sample_weight, fit_context
from ...states import labels
from ...training import cross_entropy
from .distinct_rows import distinct_rows
from .drawing import DrawnCircuit
from .failures import unchanged_on_error
from .labels import class_factors, class_factors_of_step, classes_of_fit, classes_of_partial_fit, one_hot
from .targets import FitTargets, Targets
from .trained import TrainedModel

CLASS_WEIGHT = [StrOptions({"balanced"}), dict, None]


class Decisions(ClassifierMixin):
    """Decisions of classifiers with a score for each class.

    A class beside it has ``_validated_scores(X)``: scores (n_samples, n_classes) of rows as users give them.
    """

    def decision_function(self, X) -> np.ndarray:
        """Scores: (n_samples,) for two classes, else (n_samples, n_classes)."""
        S = self._validated_scores(X)
        return S[:, 1] - S[:, 0] if S.shape[1] == 2 else S

    def predict(self, X) -> np.ndarray:
        """Labels (n_samples,)."""
        S = self._validated_scores(X)
        return self.classes_[S.argmax(axis=1)]


class ScoreClassifier(Decisions):
    """Decisions and probabilities of classifiers whose scores are logarithms of these."""

    def predict_proba(self, X) -> np.ndarray:
        """Probabilities (n_samples, n_classes): softmax of the scores."""
        return softmax(self._validated_scores(X), axis=1)

    def predict_log_proba(self, X) -> np.ndarray:
        """Logarithms of `predict_proba`."""
        return log_softmax(self._validated_scores(X), axis=1)


class FittedClasses(ScoreClassifier, FitTargets):
    """Targets of classifiers: ones at the class of the row; ``class_weight`` multiplies weights of rows."""

    _contents: ClassVar[dict] = {
        "classes_": labels("n_classes"),
    }
    _default_loss = staticmethod(cross_entropy)

    @property
    def _n_outputs(self) -> int:
        return len(self.classes_)

    def _read(self, X, y, sample_weight):
        X, y = self._validate(X, y)
        check_labels(y)
        weight = check_sample_weight(sample_weight, X)
        self.classes_ = classes_of_fit(self, y, weight)
        X, Y, weight = distinct_rows(X, (y[:, None] == self.classes_).astype(float), weight)
        return X, Y, weight * class_factors(self, Y, weight)

    def _known(self, y) -> np.ndarray:
        return one_hot(y, self.classes_)

    def _strata(self, Y):
        return Y.argmax(axis=1)


class ClassTargets(FittedClasses, Targets):
    """Targets of classifiers that can go on with further rows."""

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None) -> Self:
        """Take one step of the optimiser (with ``batch_size``, one pass) over a batch of rows.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`. The first batch sets how features are prepared.
        classes : array-like (n_classes,), default=None
            All labels there will be; needed in the first call.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            X, y = self._validate(X, y, reset=not self._is_trained)
            check_labels(y)
            weight = check_sample_weight(sample_weight, X)
            self.classes_ = classes_of_partial_fit(self, classes)
            Y = one_hot(y, self.classes_)
            self._step(X, Y, weight * class_factors_of_step(self, Y, weight))
        return self


class TrainedClassifier(ClassTargets, DrawnCircuit, TrainedModel):
    """Base class of classifiers that are trained by gradients.

    A subclass writes two methods. ``_build(X, weight)`` learns from rows X how they are prepared, and sets
    ``network_``, ``circuit_`` (None without one) and ``n_parameters_``; ``_start(rng)`` returns the parameters
    (an array of ``n_parameters_``) that training begins with. ``_n_outputs`` is the number of classes. The network has
    ``scores(rows, v, rng)``, (n_samples, n_classes), and ``forward(rows, v, rng)``: scores, and a function from their
    cotangents to that of the parameters v.

    Parameters
    ----------
    class_weight : dict or "balanced", default=None
        Factors of the weights of rows for each class.
    **training
        ``optimizer``, ``learning_rate``, ``batch_size``, ``max_iter``, ``tol``, ``n_iter_no_change``,
        ``early_stopping``, ``validation_fraction``, ``n_restarts``, ``warm_start``, ``random_state``, ``verbose`` and
        ``checkpoint``, as in `VariationalClassifier`.

    Examples
    --------
    >>> from skqml.models.base import TrainedClassifier
    >>> class Linear:
    ...     def scores(self, rows, v, rng=None):
    ...         return rows @ v.reshape(rows.shape[1], -1)
    ...     def forward(self, rows, v, rng=None):
    ...         return self.scores(rows, v), lambda g: (rows.T @ g).ravel()
    >>> class LinearClassifier(TrainedClassifier):
    ...     def __init__(self, max_iter=100):
    ...         super().__init__(max_iter=max_iter)
    ...     def _build(self, X, weight):
    ...         self.network_, self.circuit_, self.n_parameters_ = Linear(), None, X.shape[1] * self._n_outputs
    ...     def _start(self, rng):
    ...         return rng.normal(size=self.n_parameters_)
    >>> LinearClassifier().fit([[0.0, 1.0], [1.0, 0.0]], ["b", "a"]).predict([[0.1, 0.9]])
    array(['b'], dtype='<U1')
    """

    _parameter_constraints: ClassVar[dict] = TrainedModel._parameter_constraints | {"class_weight": CLASS_WEIGHT}

    def __init__(self, *, class_weight=None, **training):
        super().__init__(**training)
        self.class_weight = class_weight
