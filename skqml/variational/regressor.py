"""The variational regressor."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.utils.validation import check_is_fitted, validate_data

from .._failures import unchanged_on_error
from .._inputs import Standardizer
from .._rows import distinct_rows
from .._sklearn import fit_context
from .base import VariationalModel, row_weights
from .losses import squared_error
from .twin import twin


class VariationalRegressor(RegressorMixin, VariationalModel):
    """Trained quantum circuit with a linear readout, for numbers.

    ``y(x) = mean(y) + deviation(y) (A f(x, w) + b)`` with the expectation values ``f_j = <O_j>`` of
    observables in the state ``V(w) U(x, w) |0...0>``, U the encoding and V the ansatz.

    Parameters
    ----------
    encoding, ansatz, observables, standardize, scale, init, optimizer, learning_rate, batch_size, max_iter, tol
        As in `VariationalClassifier`, like all others that are not named below.
    loss : callable (S, Y), default=None
        ``None`` means `squared_error`, of targets with mean 0 and deviation 1.
    alpha : float, default=1.0
        Ridge penalty ``alpha |A|^2 / 2`` beside the summed losses of all rows.
    readout : {"affine", "bias"} or None, default="affine"
        Which of A and b is trained: both, b alone, or neither. Without A there is one observable
        for each target, and with neither targets are not standardised.

    Attributes
    ----------
    weights_ : ndarray (n_weights,)
        Trained angles, in the order of the circuit's parameters.
    coef_, intercept_ : ndarray (n_targets, n_observables), (n_targets,)
        A and b.
    circuit_ : QuantumCircuit
        Encoding and ansatz, of data x and weights w.
    n_parameters_ : int
        Number of trained numbers.
    loss_curve_, validation_loss_curve_ : list of float
        One value an iteration; the second is None without early stopping.
    n_iter_ : int
        Number of iterations.

    References
    ----------
    K. Mitarai et al., Quantum circuit learning, Phys. Rev. A 98, 032309 (2018).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.variational import VariationalRegressor
    >>> X = np.linspace(-2, 2, 40)[:, None]
    >>> VariationalRegressor(random_state=0).fit(X, np.sin(2 * X.ravel())).score(X, np.sin(2 * X.ravel())) > 0.95
    True
    """

    _default_loss = staticmethod(squared_error)

    def __init__(self, encoding=None, ansatz=None, observables=None, *, standardize=True, scale="auto", loss=None,
                 init=None, readout="affine", alpha=1.0, optimizer=None, learning_rate=0.05, batch_size=None,
                 max_iter=1000, tol=1e-3, n_iter_no_change=10, early_stopping=False, validation_fraction=0.1,
                 n_restarts=1, warm_start=False, backend=None, random_state=None, verbose=0):  # fmt: skip
        super().__init__(
            encoding, ansatz, observables, standardize=standardize, scale=scale, loss=loss, init=init,
            readout=readout, alpha=alpha, optimizer=optimizer, learning_rate=learning_rate, batch_size=batch_size,
            max_iter=max_iter, tol=tol, n_iter_no_change=n_iter_no_change, early_stopping=early_stopping,
            validation_fraction=validation_fraction, n_restarts=n_restarts, warm_start=warm_start, backend=backend,
            random_state=random_state, verbose=verbose,
        )  # fmt: skip

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Train on rows X and targets y (n_samples[, n_targets]); see `VariationalClassifier.fit`."""
        context = self._init_callback_context(max_subtasks=None)
        with unchanged_on_error(self):
            X, y = validate_data(self, X, y, dtype=float, multi_output=True, y_numeric=True)
            weight = row_weights(sample_weight, X)
            context.call_on_fit_task_begin(estimator=self, X=X, y=y)
            self._one_target = y.ndim == 1
            X_train, Y, weight = distinct_rows(X, y.reshape(len(y), -1), weight)
            self._fit_targets(Y, weight)
            self._train(X_train, self._targets(Y), weight, context, {"X": X, "y": y})
        context.call_on_fit_task_end(estimator=self, X=X, y=y, reconstruction_attributes={})
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None):
        """Take one step of the optimiser (with ``batch_size``, one pass) over a batch of rows.

        The first batch sets mean and deviation of features and targets.
        """
        with unchanged_on_error(self):
            first = not hasattr(self, "weights_")
            X, y = validate_data(self, X, y, dtype=float, multi_output=True, y_numeric=True, reset=first)
            weight = row_weights(sample_weight, X)
            if first:
                self._one_target = y.ndim == 1
                self._fit_targets(y.reshape(len(y), -1), weight)
            self._step(X, self._targets(y), weight)
        return self

    def _fit_targets(self, Y, weight):
        """Learn mean and deviation of the targets."""
        scaler = Standardizer.fit(
            Y, weight, standardize=self.readout is not None, scale=1.0, auto_scale=np.ones_like
        )
        self.y_mean_, self.y_scale_ = scaler.mean, 1.0 / np.where(scaler.factor, scaler.factor, 1.0)

    def _targets(self, y):
        Y = y.reshape(len(y), -1)
        if Y.shape[1] != len(self.y_mean_):
            raise ValueError(f"Expected {len(self.y_mean_)} targets as before, got {Y.shape[1]}.")
        return (Y - self.y_mean_) / self.y_scale_

    def predict(self, X):
        """Values (n_samples[, n_targets])."""
        check_is_fitted(self)
        Y = self.y_mean_ + self.y_scale_ * self._scores(X)
        return Y[:, 0] if self._one_target else Y

    def input_gradient(self, X, y):
        """Derivative (n_samples, n_features) of the loss of each row, of standardised targets, by its features."""
        check_is_fitted(self)
        X, y = validate_data(self, X, y, dtype=float, reset=False, multi_output=True, y_numeric=True)
        return self._input_gradient(X, self._targets(y))

    def classical_twin(self):
        """Unfitted classical counterpart: a perceptron of about as many parameters and as many iterations.

        Before `fit` it has 16 hidden units. Where one hidden unit is too many it is ridge regression.
        """
        return twin(self, MLPRegressor, Ridge())
