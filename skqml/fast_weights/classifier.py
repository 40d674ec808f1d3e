"""The fast-weight classifier."""

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.neural_network import MLPClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from .._failures import unchanged_on_error
from .._sklearn import check_sample_weight, fit_context
from .._trained_classifier import TrainedClassifier
from .base import FastWeightModel


class FastWeightClassifier(FastWeightModel, TrainedClassifier):
    r"""Classes of windows of a series, by a circuit whose angles a linear programmer writes.

    ``p(class k | x_1, ..., x_T) = softmax(A <Z>(x_T, theta_T) + c)_k`` with
    ``theta_t = theta_{t-1} + a(x_t) b(x_t)^T``; see `FastWeightRegressor`, also for what is not
    named below.

    Parameters
    ----------
    n_qubits, n_layers, n_outputs_measured, latent_dim, n_channels, standardize, scale
        See `FastWeightRegressor`.
    optimizer, learning_rate, batch_size, max_iter, tol, n_iter_no_change, warm_start, backend, random_state, verbose
        See `FastWeightRegressor`.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
        Labels.
    coef_, intercept_ : ndarray (n_classes, n_outputs_measured), (n_classes,)
        A and c.
    weights_, circuit_, n_parameters_, loss_, loss_curve_, n_iter_
        See `FastWeightRegressor`.

    Notes
    -----
    Scores do not change when the steps before the last change places.

    References
    ----------
    S. Y.-C. Chen, Learning to program variational quantum circuits with fast weights,
    arXiv 2402.17760.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml.fast_weights import FastWeightClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> FastWeightClassifier(random_state=0).fit(X, y).score(X, y) > 0.95
    True
    """

    @property
    def _n_outputs(self):
        return len(self.classes_)

    @staticmethod
    def _loss(S, Y):
        log_p = log_softmax(S, axis=1)
        return -np.sum(Y * log_p, axis=1), np.exp(log_p) - Y

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Take one step of the optimiser (with ``batch_size``, one pass) over a batch of rows.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`. The first batch sets mean and deviation of the channels.
        classes : array-like (n_classes,), default=None
            All labels there will be; needed in the first call.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            first = not hasattr(self, "_trained")
            X, y = validate_data(self, X, y, dtype=float, reset=first)
            check_classification_targets(y)
            weight = check_sample_weight(sample_weight, X, dtype=float, ensure_non_negative=True)
            self._check_partial_classes(classes, first)
            unseen = np.setdiff1d(y, self.classes_)
            if len(unseen):
                raise ValueError(f"Expected labels among classes_, {self.classes_!r}, got {unseen!r} too.")
            self._step(X, (y[:, None] == self.classes_).astype(float), weight)
        return self

    def _check_partial_classes(self, classes, first):
        if first and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if first:
            self.classes_ = np.unique(classes)
            if len(self.classes_) < 2:
                raise ValueError(f"FastWeightClassifier needs at least two classes, got {self.classes_!r}.")
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(f"classes={classes!r} is not the same as on the last call, {self.classes_!r}.")

    def predict_proba(self, X):
        """Probabilities (n_samples, n_classes): softmax of the scores."""
        return softmax(self._validated_scores(X), axis=1)

    def predict_log_proba(self, X):
        """Logarithms of `predict_proba`."""
        return log_softmax(self._validated_scores(X), axis=1)

    def classical_twin(self):
        """Unfitted classical counterpart: a perceptron on the whole window, of about as many parameters.

        Before `fit` it has 16 hidden units. Unlike the model it sees the order of the steps.
        """
        n_outputs = len(self.classes_) if hasattr(self, "classes_") and len(self.classes_) > 2 else 1
        return self._twin(MLPClassifier, n_outputs)
