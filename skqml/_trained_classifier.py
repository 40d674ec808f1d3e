"""What classifiers share that are trained by gradients and bring their own network."""

from abc import abstractmethod

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ._failures import unchanged_on_error
from ._progress import Progress
from ._rows import distinct_rows
from ._sklearn import check_sample_weight, fit_context
from ._trained_model import TrainedModel


class TrainedClassifier(ClassifierMixin, TrainedModel):
    """Base class: labels, scores, decisions.

    A subclass writes the abstract methods and `predict_proba`. Targets Y have one column a class,
    ones at the class of the row.
    """

    @abstractmethod
    def _scores(self, X) -> np.ndarray:
        """Scores (n_samples, n_classes) of prepared rows."""

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
            X, y = self._validate_fit(X, y)
            check_classification_targets(y)
            weight = check_sample_weight(sample_weight, X, dtype=float, ensure_non_negative=True)
            self.classes_ = _classes(y[weight > 0], type(self).__name__)
            context.call_on_fit_task_begin(estimator=self, X=X, y=y)
            X_train, Y, weight = distinct_rows(X, (y[:, None] == self.classes_).astype(float), weight)
            self._train(X_train, Y, weight, Progress(context, self, {"X": X, "y": y}))
        context.call_on_fit_task_end(estimator=self, X=X, y=y, reconstruction_attributes={})
        return self

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



def _classes(y, name):
    classes = np.unique(y)
    if len(classes) < 2:
        raise ValueError(f"{name} needs at least two classes, got one class: {classes[0]!r}.")
    return classes
