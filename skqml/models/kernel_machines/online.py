"""Classification by a quantum kernel, batch after batch."""

from typing import ClassVar, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._checks import check_labels
from ..._sklearn import Number, check_sample_weight, fit_context
from ...states import floats, instance, labels
from ..base.classifiers import CLASS_WEIGHT, Decisions
from ..base.failures import unchanged_on_error
from ..base.labels import class_factors, class_factors_of_step, classes_of_fit, classes_of_partial_fit, one_hot
from .landmarks import LandmarkKernelMachine
from .sums import RidgeSums


class QuantumKernelOnlineClassifier(Decisions, LandmarkKernelMachine):
    r"""Least-squares classifier on a quantum kernel that learns batch after batch, for more rows than a matrix holds.

    Scores ``C phi(x) + b`` of the classes, with the features ``phi`` of `QuantumNystroem`, minimise
    ``sum_i w_i |C phi(x_i) + b - e(y_i)|^2 + alpha |C|^2``, e(y) being 1 at the class. Only sums over rows are kept, of
    products of features and targets: any split of the rows into batches gives the same model on the same subset, and
    none is forgotten.

    Parameters
    ----------
    kernel, standardize, bandwidth, check_kernel
        As in `QuantumKernelSVC`; no precomputed matrix, and that of the subset is checked.
    n_components : int, default=100
        Size of the subset of rows whose kernel values are the features; drawn from all rows in `fit`, from the first
        batch in `partial_fit`, which also sets how features are standardised: it should be a large one.
    alpha : float, default=0.1
        Strength of the regularisation.
    class_weight : dict or "balanced", default=None
        Factors of the weights of rows for each class; `partial_fit` takes no "balanced".
    n_jobs : int, default=None
        As in `QuantumNystroem`.
    random_state : int, RandomState or None, default=None
        Draws the subset.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
        Labels.
    components_ : ndarray (n_components, n_features)
        The rows of the subset.
    readout_coef_, readout_intercept_ : ndarray (n_classes, n_components), (n_classes,)
        C and b.
    n_parameters_ : int
        Number of trained numbers.
    bandwidth_, circuit_
        As in `QuantumKernelSVC`.

    Notes
    -----
    For probabilities wrap it: ``CalibratedClassifierCV(QuantumKernelOnlineClassifier(), ensemble=False)``.

    References
    ----------
    C. Williams and M. Seeger, Using the Nystroem method to speed up kernel machines, NIPS 2000; J. Suykens and
    J. Vandewalle, Least squares support vector machine classifiers, Neural Processing Letters 9, 293 (1999).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import QuantumKernelOnlineClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = QuantumKernelOnlineClassifier(n_components=50, random_state=0)
    >>> for k in range(3):  # batches as they come
    ...     _ = model.partial_fit(X[k::3], y[k::3], classes=[0, 1, 2])
    >>> model.score(X, y) > 0.95
    True
    """

    _contents: ClassVar[dict] = {
        "classes_": labels("n_classes"),
        "_sums": instance(RidgeSums, n_targets="n_classes"),
        "readout_coef_": floats("n_classes", "n_components"),
        "readout_intercept_": floats("n_classes"),
    }
    _parameter_constraints: ClassVar[dict] = {
        **LandmarkKernelMachine._parameter_constraints,
        "alpha": [Number()],
        "class_weight": CLASS_WEIGHT,
    }

    def __init__(
        self,
        kernel=None,
        *,
        n_components=100,
        alpha=0.1,
        standardize=True,
        bandwidth="auto",
        class_weight=None,
        check_kernel=True,
        n_jobs=None,
        random_state=None,
    ):
        super().__init__(
            kernel,
            n_components=n_components,
            standardize=standardize,
            bandwidth=bandwidth,
            check_kernel=check_kernel,
            n_jobs=n_jobs,
            random_state=random_state,
        )
        self.alpha = alpha
        self.class_weight = class_weight

    @property
    def _is_trained(self) -> bool:
        return hasattr(self, "readout_coef_")

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None) -> Self:
        """Fit on rows X and labels y.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,)
        sample_weight : array-like (n_samples,), default=None
            Importance of each row.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            X, y, weight = self._read(X, y, sample_weight, reset=True)
            self.classes_ = classes_of_fit(self, y, weight)
            Y = (y[:, None] == self.classes_).astype(float)
            importance = weight * class_factors(self, Y, weight)
            self._warn_of(self._begin(X, weight, importance))
            self._add(X, Y, importance)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None) -> Self:
        """Learn from more rows.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`.
        classes : array-like (n_classes,), default=None
            All labels there will be; needed in the first call.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            first = not self._is_trained
            X, y, weight = self._read(X, y, sample_weight, reset=first)
            self.classes_ = classes_of_partial_fit(self, classes)
            Y = one_hot(y, self.classes_)
            importance = weight * class_factors_of_step(self, Y, weight)
            if first:
                self._warn_of(self._begin(X, weight, importance))
            self._add(X, Y, importance)
        return self

    def _read(self, X, y, sample_weight, reset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        X, y = validate_data(self, X, y, dtype=float, reset=reset)
        check_labels(y)
        return X, y, check_sample_weight(sample_weight, X)

    def _begin(self, X, weight, importance) -> np.ndarray:
        """Draw the subset, and return its kernel matrix; no row has been added."""
        K = self._fit_landmarks(X, weight, chances=importance)
        self._sums = RidgeSums.empty(len(self.components_) + 1, len(self.classes_))
        return K

    def _add(self, X, Y, importance) -> None:
        """Add rows to the sums, and solve."""
        F = np.column_stack([self._of_rows(lambda K: K @ self.normalization_.T, X), np.ones(len(X))])
        self._sums = self._sums.further(F, Y, importance)
        *coef, intercept = self._sums.solve(self.alpha)
        self.readout_coef_, self.readout_intercept_ = np.transpose(coef), intercept
        self.n_parameters_ = self.readout_coef_.size + intercept.size

    def _validated_scores(self, X) -> np.ndarray:
        check_is_fitted(self)
        of_kernel = self.normalization_.T @ self.readout_coef_.T
        return self._by_blocks(lambda K: K @ of_kernel, X) + self.readout_intercept_
