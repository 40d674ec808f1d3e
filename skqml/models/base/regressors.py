"""What regressors share that are trained by gradients."""

from typing import ClassVar, Self

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin

from ..._checks import check_targets
from ..._sklearn import check_sample_weight, fit_context
from ...states import Rule, agree, floats
from ...training import squared_error
from .distinct_rows import distinct_rows
from .drawing import DrawnCircuit
from .failures import unchanged_on_error
from .inputs import Standardizer
from .targets import Targets
from .trained import TrainedModel


def _each_target(value, sizes) -> None:
    floats(...).check(value, sizes)
    agree(sizes, "n_targets", value.size)
    agree(sizes, "axes of targets", value.ndim)


class NumberTargets(MultiOutputMixin, RegressorMixin, Targets):
    """Targets of regressors: numbers of mean 0 and deviation 1, in ``y_mean_`` and ``y_scale_`` of the shape of one."""

    _contents: ClassVar[dict] = {
        "y_mean_": Rule(_each_target),
        "y_scale_": Rule(_each_target),
    }
    _default_loss = staticmethod(squared_error)

    @property
    def _standardizes_targets(self) -> bool:
        return True

    @property
    def _n_outputs(self) -> int:
        return self.y_mean_.size

    def _read(self, X, y, sample_weight):
        X, y = self._numbers(X, y)
        weight = check_sample_weight(sample_weight, X)
        self._remember(X, y, weight)
        X, Y, weight = distinct_rows(X, y.reshape(len(y), -1), weight)
        self._learn_scale(Y, weight, y.shape[1:])
        return X, self._targets(Y), weight

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None) -> Self:
        """Take one step of the optimiser (with ``batch_size``, one pass) over a batch of rows.

        The first batch sets mean and deviation of features and targets.
        """
        with unchanged_on_error(self):
            first = not self._is_trained
            X, y = self._numbers(X, y, reset=first)
            weight = check_sample_weight(sample_weight, X)
            Y = y.reshape(len(y), -1)
            if first:
                self._learn_scale(Y, weight, y.shape[1:])
            self._step(X, self._targets(Y), weight)
            self._remember(X, y, weight, stepped=True)
        return self

    def _numbers(self, X, y, **options) -> tuple[np.ndarray, np.ndarray]:
        """Rows and targets as arrays of floats; see `validate_data`."""
        X, y = self._validate(X, y, multi_output=True, y_numeric=True, **options)
        return X, check_targets(y)

    def _remember(self, X, y, weight, stepped=False) -> None:
        """Keep of the last rows of a fit, or of a step, what is needed later."""

    def _learn_scale(self, Y, weight, shape) -> None:
        """Learn mean and deviation of targets Y, each of a shape."""
        self.y_mean_, self.y_scale_ = (a.reshape(shape) for a in self._scale(Y, weight))

    def _scale(self, Y, weight) -> tuple[np.ndarray, np.ndarray]:
        """Mean and deviation (n_targets,) of the targets."""
        scaler = Standardizer.fit(
            Y, weight, standardize=self._standardizes_targets, bandwidth=1.0, auto_bandwidth=np.ones_like
        )
        return scaler.mean, 1.0 / np.where(scaler.factor, scaler.factor, 1.0)

    def _known(self, y) -> np.ndarray:
        return self._targets(y.reshape(len(y), -1))

    def _targets(self, Y) -> np.ndarray:
        """Standardised targets (n_samples, n_targets)."""
        if Y.shape[1] != self._n_outputs:
            raise ValueError(f"Expected {self._n_outputs} targets as before, got {Y.shape[1]}.")
        return (Y - self.y_mean_) / self.y_scale_

    def _values(self, S) -> np.ndarray:
        """Scores as values of targets (n_samples[, n_targets])."""
        Y = self.y_mean_ + self.y_scale_ * S
        return Y.reshape(-1, *self.y_mean_.shape)


class TrainedRegressor(NumberTargets, DrawnCircuit, TrainedModel):
    """Base class of regressors that are trained by gradients.

    A subclass writes ``_build(X, weight)`` and ``_start(rng)`` as one of `TrainedClassifier` does; outputs are
    standardised targets, one column each.

    Parameters
    ----------
    **training
        As in `TrainedClassifier`, but for ``class_weight``.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.base import TrainedRegressor
    >>> class Linear:
    ...     def scores(self, rows, v, rng=None):
    ...         return rows @ v.reshape(rows.shape[1], -1)
    ...     def forward(self, rows, v, rng=None):
    ...         return self.scores(rows, v), lambda g: (rows.T @ g).ravel()
    >>> class LinearRegressor(TrainedRegressor):
    ...     def __init__(self, max_iter=100):
    ...         super().__init__(max_iter=max_iter)
    ...     def _build(self, X, weight):
    ...         self.network_, self.circuit_, self.n_parameters_ = Linear(), None, X.shape[1] * self._n_outputs
    ...     def _start(self, rng):
    ...         return rng.normal(size=self.n_parameters_)
    >>> X = np.array([[-1.0, 1.0], [0.0, -2.0], [1.0, 1.0]])
    >>> bool(LinearRegressor().fit(X, 3 * X[:, 0] + 5).score(X, 3 * X[:, 0] + 5) > 0.999)
    True
    """

    def predict(self, X) -> np.ndarray:
        """Values (n_samples[, n_targets])."""
        return self._values(self._validated_scores(X))
