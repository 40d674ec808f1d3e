"""Ridge regression in one pass over the data, its penalty chosen by cross-validation."""

from copy import deepcopy
from typing import ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted, validate_data

from ..._checks import check_count, check_numbers, check_option, check_targets, shown
from ..._sklearn import Count, check_sample_weight, fit_context
from ...engine.threads import one_blas_thread
from ...states import CheckedState, count, floats, instance, number
from ..base.distinct_rows import kinds_of_rows
from ..base.failures import unchanged_on_error
from .folds import FoldSums

_ALPHAS = np.logspace(-12, 8, 21)  # from the rounding of the sums to a fit that is the mean


class RidgeReadout(MultiOutputMixin, RegressorMixin, CheckedState, BaseEstimator):
    r"""Ridge regression whose penalty comes from cross-validation, in one pass and in constant memory.

    Minimises ``|Y - 1 b - Z A|^2 + alpha n |A|^2`` over n rows with standardised columns Z; with weights of rows, n is
    their sum. Kept are the sums of ``[1, X, Y]^T [1, X, Y]`` over the rows of each fold: these give every fit to the
    other folds, and its squared error on the fold left out.

    Parameters
    ----------
    alphas : array-like, default=None
        Penalties to choose from; ``None`` means 1e-12, 1e-11, ..., 1e8. The ends are limits of the numbers: a smaller
        penalty is lost in the rounding of the sums, and at the largest the fit is the mean of the targets.
    n_folds : int, default=5
        Number of folds.

    Attributes
    ----------
    coef_ : ndarray (n_features,) or (n_targets, n_features)
    intercept_ : float or ndarray (n_targets,)
    alpha_ : float
        The penalty chosen.
    errors_ : ndarray (n_alphas,)
        Root mean square of the errors on folds left out, summed over targets; of the last call of `fit` or
        `partial_fit`. The squares themselves could overflow.
    residual_deviation_ : ndarray (n_targets,)
        The same for ``alpha_``, target by target.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.recurrent import RidgeReadout
    >>> X = np.arange(20.0)[:, None]
    >>> RidgeReadout().fit(X, 3 * X.ravel() + 1).predict([[100.0]]).round(6)
    array([301.])
    """

    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "_folds": instance(FoldSums, n_features="n_features"),
        "coef_": floats(...),
        "intercept_": instance(float, np.ndarray),
        "alpha_": number(0),
        "residual_deviation_": floats("n_targets"),
        "errors_": floats(None),
    }

    _folds: FoldSums
    _parameter_constraints: ClassVar[dict] = {"alphas": ["array-like", None], "n_folds": [Count(2)]}

    def _check_whole(self):
        shape = () if self._folds.single else self.residual_deviation_.shape
        if self.coef_.shape != (*shape, self.n_features_in_) or np.shape(self.intercept_) != shape:
            raise ValueError(f"coefficients of shape {self.coef_.shape}, and {np.shape(self.intercept_)}")
        for coef, intercept in [*self._folds.left_out.values(), (self.coef_, self.intercept_)]:
            if not np.isfinite(coef).all() or not np.isfinite(intercept).all():
                raise ValueError("coefficients that are not finite")

    def __init__(self, alphas=None, n_folds=5):
        self.alphas = alphas
        self.n_folds = n_folds

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None) -> Self:
        """Fit to all rows; folds are every fifth row (for 5 folds), equal rows in one.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,) or (n_samples, n_targets)
        sample_weight : array-like (n_samples,), default=None
            Factors of the squares of rows: a weight of 2 is the row twice.

        Returns
        -------
        self
        """
        return self.partial_fit(X, y, sample_weight, reset=True)

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None, *, reset=False) -> Self:
        """Fit to these rows and all those before.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`.
        reset : bool, default=False
            Whether to forget the rows before.

        Returns
        -------
        self
        """
        check_option("reset", reset, (False, True))
        with unchanged_on_error(self):
            if reset:
                self.clear()
            first = not hasattr(self, "_folds")
            X, y = validate_data(self, X, y, dtype=float, reset=first, multi_output=True, y_numeric=True)
            y, weight = check_targets(y), check_sample_weight(sample_weight, X)
            if not weight.all():
                X, y, weight = (part[weight > 0] for part in (X, y, weight))
            if not first:
                self._folds = deepcopy(self._folds)  # whose sums grow in place
            self.accumulate(X, y, kinds_of_rows(weight, X, y)[1] + self.n_rows_, weight)
            return self.solve()

    def predict(self, X) -> np.ndarray:
        """Return predictions (n_samples,) or (n_samples, n_targets)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return X @ self.coef_.T + self.intercept_

    # The same in two parts, for data that come in blocks

    @property
    def n_rows_(self) -> int:
        """Number of rows so far."""
        return self._folds.n_rows if hasattr(self, "_folds") else 0

    @property
    def total_weight_(self) -> float:
        """Sum of the weights of all rows so far."""
        return float(self._folds.sums[:, 0, 0].sum())

    @one_blas_thread()
    def accumulate(self, X, y, folds, sample_weight=None) -> None:
        """Add rows to the sums of their folds (any integers)."""
        X, y, weight = self._checked(X, y, sample_weight)
        folds = self._checked_folds(folds, len(X))
        if not hasattr(self, "_folds"):
            self.n_features_in_ = X.shape[1]
            self._folds = FoldSums(self.n_folds, X, y)
        self._folds.add(X, y, folds, weight)

    @one_blas_thread()
    def solve(self) -> Self:
        """Set coefficients from all rows so far."""
        alphas = self._check_alphas()
        errors, fits_of_folds = self._folds.cross_validate(alphas)
        best = int(np.argmin(errors.sum(axis=1)))
        self.errors_ = self._folds.unit * np.sqrt(errors.sum(axis=1))
        self.alpha_, self.residual_deviation_ = float(alphas[best]), self._folds.unit * np.sqrt(errors[best])
        self._folds.left_out = {k: fits[best] for k, fits in fits_of_folds.items()}
        coef, intercept = self._folds.fit(self.alpha_)
        self.coef_: np.ndarray = coef[0] if self._folds.single else coef
        self.intercept_: np.ndarray | float = float(intercept[0]) if self._folds.single else intercept
        return self

    def predict_left_out(self, X, folds) -> np.ndarray:
        """Return what fits to the other folds predict for rows of these folds, (n_samples,) or (n_samples, n_targets).

        Where all rows of the fit are of one fold there is none to the others; predictions are then NaN.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        folds : ndarray of int (n_samples,)
            As in `accumulate`.
        """
        check_is_fitted(self)
        X = check_array(X, dtype=float)
        folds, out = self._checked_folds(folds, len(X)), np.full((len(X), *np.shape(self.intercept_)), np.nan)
        for k, (coef, intercept) in self._folds.left_out.items():
            rows = folds == k
            predicted = X[rows] @ coef.T + intercept
            out[rows] = predicted[:, 0] if self._folds.single else predicted
        return out

    @one_blas_thread()
    def before(self, X, y, start, sample_weight=None) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients (n_targets, n_features) and intercepts without the last rows, at the penalty chosen.

        Parameters
        ----------
        X : ndarray (n_rows, n_features)
            The last rows of all, or all of them.
        y : ndarray (n_rows, n_targets)
        start : int
            The first of them that the fit leaves out.
        sample_weight : ndarray (n_rows,), default=None
            Their weights in the fit.
        """
        X, y, weight = self._checked(X, y, sample_weight)
        check_count("start", start, 0 if len(X) < self._folds.n_rows else 1, len(X))
        used = weight > 0
        X, y, weight, start = X[used], y[used], weight[used], np.count_nonzero(used[:start])
        return self._folds.before(X, y, start, weight).fit(self.alpha_)

    def _checked(self, X, y, sample_weight) -> tuple[np.ndarray, ...]:
        """Rows, targets and weights as arrays that go with the rows so far."""
        X, y = check_array(X, dtype=float), check_array(y, dtype=float, ensure_2d=False)
        check_consistent_length(X, y)
        n_columns = (X.shape[1], y[0].size)
        if hasattr(self, "_folds") and n_columns != self._folds.n_columns:
            raise ValueError(f"X and y must have {self._folds.n_columns} columns as before, got {n_columns}.")
        weight = np.ones(len(X)) if sample_weight is None else check_numbers("sample_weight", sample_weight)
        if len(weight) != len(X) or (weight < 0).any():
            raise ValueError(f"sample_weight must be {len(X)} numbers of at least 0, got {shown(sample_weight)}.")
        return X, y, weight

    def _checked_folds(self, folds, n_rows) -> np.ndarray:
        """Numbers of folds, from any integers."""
        folds = np.asarray(folds)
        if folds.dtype.kind not in "iu" or folds.shape != (n_rows,):
            raise ValueError(f"folds must be {n_rows} integers, one a row of X, got {shown(folds)}.")
        return folds % check_count("n_folds", self.n_folds, 2)

    def _check_alphas(self) -> np.ndarray:
        alphas = _ALPHAS if self.alphas is None else check_numbers("alphas", self.alphas)
        if not len(alphas) or not (alphas > 0).all():
            raise ValueError(f"The 'alphas' parameter must be None or positive numbers, got {shown(self.alphas)}.")
        return alphas

    def clear(self) -> None:
        """Forget all rows."""
        if hasattr(self, "_folds"):
            del self._folds
