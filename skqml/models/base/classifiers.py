"""What classifiers share that are trained by gradients."""

from abc import abstractmethod

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._sklearn import check_sample_weight, fit_context
from .failures import unchanged_on_error
from .labels import classes_of_fit, classes_of_partial_fit, one_hot
from .progress import Progress
from .rows import distinct_rows
from .trained import TrainedModel


class ScoreClassifier(ClassifierMixin):
    """Decisions and probabilities of classifiers with a score for each class.

    A subclass writes ``_validated_scores(X)``: scores (n_samples, n_classes) of rows as users give them.
    """

    def decision_function(self, X):
        """Scores: (n_samples,) for two classes, else (n_samples, n_classes)."""
        S = self._validated_scores(X)
        return S[:, 1] - S[:, 0] if S.shape[1] == 2 else S

    def predict(self, X):
        """Labels (n_samples,)."""
        S = self._validated_scores(X)
        return self.classes_[S.argmax(axis=1)]

    def predict_proba(self, X):
        """Probabilities (n_samples, n_classes): softmax of the scores."""
        return softmax(self._validated_scores(X), axis=1)

    def predict_log_proba(self, X):
        """Logarithms of `predict_proba`."""
        return log_softmax(self._validated_scores(X), axis=1)


class StepClassifier(ScoreClassifier):
    """A classifier that takes single steps of its optimiser too.

    A subclass writes ``_step(X, Y, weight)``, one pass over rows X of targets Y, ones at the classes;
    its first call sets up what later ones go on with.
    """

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Take one step of the optimiser (with ``batch_size``, one pass) over a batch of rows.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`. The first batch sets mean and deviation of the features.
        classes : array-like (n_classes,), default=None
            All labels there will be; needed in the first call.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            X, y = validate_data(self, X, y, dtype=float, reset=not hasattr(self, "_trained"))
            check_classification_targets(y)
            weight = check_sample_weight(sample_weight, X)
            self.classes_ = classes_of_partial_fit(self, classes)
            self._step(X, one_hot(y, self.classes_), weight)
        return self


class TrainedClassifier(ScoreClassifier, TrainedModel):
    """Base class of classifiers that bring their own network.

    A subclass writes the abstract methods. Targets Y have one column a class, ones at the class of
    the row.
    """

    @abstractmethod
    def _scores(self, X) -> np.ndarray:
        """Scores (n_samples, n_classes) of checked rows."""

    def _validate_fit(self, X, y):
        """Training rows as a float array, and labels."""
        return validate_data(self, X, y, dtype=float)

    def _validate(self, X):
        """Rows to predict as a float array."""
        return validate_data(self, X, dtype=float, reset=False)

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
            given = X
            X, y = self._validate_fit(X, y)
            check_classification_targets(y)
            weight = check_sample_weight(sample_weight, X)
            self.classes_ = classes_of_fit(self, y, weight)
            context.call_on_fit_task_begin(estimator=self, X=given, y=y)
            X_train, Y, weight = distinct_rows(X, (y[:, None] == self.classes_).astype(float), weight)
            self._train(X_train, Y, weight, Progress(context, self, {"X": given, "y": y}))
        context.call_on_fit_task_end(estimator=self, X=given, y=y, reconstruction_attributes={})
        return self

    def _validated_scores(self, X):
        check_is_fitted(self)
        return self._scores(self._validate(X))
