"""The fast-weight classifier."""

import numpy as np
from scipy.special import log_softmax
from sklearn.neural_network import MLPClassifier

from ..base.classifiers import StepClassifier, TrainedClassifier
from ..base.twin import TwinClassifier
from .base import FastWeightModel, check_several


class FastWeightClassifier(StepClassifier, FastWeightModel, TrainedClassifier):
    r"""Classes of windows of a series, by a circuit whose angles a linear programmer writes.

    ``p(class k | x_1, ..., x_T) = softmax(A <Z>(x_T, theta_T) + c)_k`` with
    ``theta_t = theta_{t-1} + a(x_t) b(x_t)^T``; see `FastWeightRegressor`, also for what is not
    named below.

    Parameters
    ----------
    n_qubits, n_layers, n_measured, n_latent, n_channels, standardize, bandwidth
        See `FastWeightRegressor`.
    optimizer, learning_rate, batch_size, max_iter, tol, n_iter_no_change, warm_start, backend, random_state, verbose
        See `FastWeightRegressor`.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
        Labels.
    readout_coef_, readout_intercept_ : ndarray (n_classes, n_measured), (n_classes,)
        A and c.
    bandwidth_, weights_, circuit_, n_parameters_, loss_, loss_curve_, n_iter_
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
    >>> from skqml.models.fast_weights import FastWeightClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> FastWeightClassifier(random_state=0).fit(X, y).score(X, y) > 0.95
    True
    """

    def fit(self, X, y, sample_weight=None):
        """Train on windows X (n_samples, n_features), one a row, and labels y; see `FastWeightRegressor.fit`."""
        check_several(X)
        return super().fit(X, y, sample_weight)

    @property
    def _n_outputs(self):
        return len(self.classes_)

    @staticmethod
    def _loss(S, Y):
        log_p = log_softmax(S, axis=1)
        return -np.sum(Y * log_p, axis=1), np.exp(log_p) - Y

    def classical_twin(self):
        """Unfitted classical counterpart: a perceptron on the whole window, of about as many parameters.

        Before `fit` it has 16 hidden units. Unlike the model it sees the order of the steps.
        """
        n_outputs = len(self.classes_) if hasattr(self, "classes_") and len(self.classes_) > 2 else 1
        return self._twin(TwinClassifier, MLPClassifier, n_outputs)
