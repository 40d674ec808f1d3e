"""Ridge regression in one pass over the data, its penalty chosen by cross-validation."""

from copy import copy
from typing import Self

import numpy as np
from scipy.linalg import eigh, svd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags, check_array, check_consistent_length
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._checks import check_count, check_numbers, check_option, shown
from ...engine.threads import one_blas_thread

_ALPHAS = np.logspace(-12, 8, 21)  # from the rounding of the sums to a fit that is the mean


class RidgeReadout(RegressorMixin, BaseEstimator):
    r"""Ridge regression whose penalty comes from cross-validation, in one pass and in constant memory.

    Minimises ``|Y - 1 b - Z A|^2 + alpha n |A|^2`` over n rows with standardised columns Z. Kept are the sums of
    ``[1, X, Y]^T [1, X, Y]`` over the rows of each fold: these give every fit to the other folds, and its squared error
    on the fold left out.

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

    def __init__(self, alphas=None, n_folds=5):
        self.alphas = alphas
        self.n_folds = n_folds

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X, y) -> Self:
        """Fit to all rows; folds are every fifth row (for 5 folds).

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,) or (n_samples, n_targets)

        Returns
        -------
        self
        """
        self.clear()
        return self.partial_fit(X, y, reset=True)

    def partial_fit(self, X, y, *, reset=False) -> Self:
        """Fit to these rows and all those before.

        Parameters
        ----------
        X, y
            As in `fit`.

        Returns
        -------
        self
        """
        check_option("reset", reset, (False, True))
        X, y = validate_data(
            self, X, y, dtype=float, reset=reset or not hasattr(self, "_folds"), multi_output=True, y_numeric=True
        )
        self.accumulate(X, y, np.arange(len(X)))
        return self.solve()

    def predict(self, X) -> np.ndarray:
        """Return predictions (n_samples,) or (n_samples, n_targets)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return X @ self.coef_.T + self.intercept_

    # The same in two parts, for data that come in blocks

    @one_blas_thread()
    def accumulate(self, X, y, folds) -> None:
        """Add rows to the sums of their folds (any integers)."""
        n_folds = check_count("n_folds", self.n_folds, 2)
        X, y = self._checked(X, y)
        folds = np.asarray(folds)
        if folds.dtype.kind not in "iu" or folds.shape != (len(X),):
            raise ValueError(f"folds must be {len(X)} integers, one a row of X, got {shown(folds)}.")
        if not hasattr(self, "_folds"):
            self.n_features_in_ = X.shape[1]
            self._single = y.ndim == 1
            self._folds = _Folds(n_folds, X, y)
        self._folds.add(X, y, folds % n_folds)

    @one_blas_thread()
    def solve(self) -> Self:
        """Set coefficients from all rows so far."""
        alphas = self._check_alphas()
        errors = self._folds.errors(alphas)
        best = int(np.argmin(errors.sum(axis=1)))
        self.errors_ = self._folds.unit * np.sqrt(errors.sum(axis=1))
        self.alpha_, self.residual_deviation_ = float(alphas[best]), self._folds.unit * np.sqrt(errors[best])
        coef, intercept = self._folds.fit(self.alpha_)
        self.coef_: np.ndarray = coef[0] if self._single else coef
        self.intercept_: np.ndarray | float = float(intercept[0]) if self._single else intercept
        return self

    @one_blas_thread()
    def before(self, X, y, start) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients (n_targets, n_features) and intercepts without the last rows, at the penalty chosen.

        Parameters
        ----------
        X : ndarray (n_rows, n_features)
            The last rows of all, or all of them.
        y : ndarray (n_rows, n_targets)
        start : int
            The first of them that the fit leaves out.
        """
        X, y = self._checked(X, y)
        check_count("start", start, 0 if len(X) < self._folds.n_rows else 1, len(X))
        return self._folds.before(X, y.reshape(len(y), -1), start).fit(self.alpha_)

    def _checked(self, X, y) -> tuple[np.ndarray, np.ndarray]:
        """Rows and targets as arrays that go with the rows so far."""
        X, y = check_array(X, dtype=float), check_array(y, dtype=float, ensure_2d=False)
        check_consistent_length(X, y)
        n_columns = (X.shape[1], y[0].size)
        if hasattr(self, "_folds") and n_columns != self._folds.n_columns:
            raise ValueError(f"X and y must have {self._folds.n_columns} columns as before, got {n_columns}.")
        return X, y

    def _check_alphas(self) -> np.ndarray:
        alphas = _ALPHAS if self.alphas is None else check_numbers("alphas", self.alphas)
        if not len(alphas) or not (alphas > 0).all():
            raise ValueError(f"The 'alphas' parameter must be None or positive numbers, got {shown(self.alphas)}.")
        return alphas

    def clear(self) -> None:
        """Forget all rows."""
        if hasattr(self, "_folds"):
            del self._folds


class _Folds:
    """Sums of ``[1, X, Y]^T [1, X, Y]`` over the rows of each fold, X and Y shifted by the means of the first rows.

    Y is in units of a power of two, so that no square of it overflows or vanishes.
    """

    def __init__(self, n_folds, X, y):
        y = y.reshape(len(y), -1)
        self.n_features, self.n_columns = X.shape[1], (X.shape[1], y.shape[1])
        self.unit = float(np.ldexp(1.0, max(-1000, np.frexp(np.abs(y).max())[1] - 1)))
        self.shift = np.concatenate([[0.0], X.mean(axis=0), (y / self.unit).mean(axis=0)])
        self.sums = np.zeros((n_folds, len(self.shift), len(self.shift)))
        self.rows: list | None = [[] for _ in range(n_folds)]  # while there are fewer than features
        self.n_rows = 0

    def add(self, X, y, folds) -> None:
        rows = np.hstack([np.ones((len(X), 1)), X, y.reshape(len(y), -1) / self.unit]) - self.shift
        parts = [rows[folds == k] for k in range(len(self.sums))]
        with np.errstate(over="ignore"):
            more = [np.einsum("ij,ij->j", part, part) for part in parts]
            squares = self.sums.diagonal(axis1=1, axis2=2) + more
        if not np.isfinite(squares).all():
            raise ValueError(
                "X and y must be numbers whose squares can be summed, y in units of the first rows; got "
                f"some as large as {max(np.abs(X).max(), np.abs(y).max()):g}."
            )
        self.n_rows += len(rows)
        if self.n_rows > self.n_features:
            self.rows = None
        for k, part in enumerate(parts):
            self.sums[k] += part.T @ part
            if self.rows is not None:
                self.rows[k].append(part)

    def before(self, X, y, start) -> "_Folds":
        """The sums without X[start:], in one fold; X are the last rows, or all of them."""
        if len(X) == self.n_rows:
            part = _Folds(1, X[:start], y[:start])
            part.add(X[:start], y[:start], np.zeros(start, dtype=int))
            return part
        rows = np.hstack([np.ones((len(X) - start, 1)), X[start:], y[start:] / self.unit]) - self.shift
        part = copy(self)
        part.sums, part.rows = self.sums.sum(axis=0, keepdims=True) - rows.T @ rows, None
        return part

    def _model(self, used) -> tuple[np.ndarray, ...]:
        """Means, scales, and the spectral form of the normal equations of the rows of some folds."""
        S, p = self.sums[used].sum(axis=0), self.n_features + 1
        n, means = S[0, 0], S[0] / S[0, 0]
        covariance = S / n - np.outer(means, means)
        variance = np.diag(covariance)[1:p]
        constant = variance <= 1e-24 + 1e-14 * (means[1:p] ** 2 + variance.max(initial=0.0))
        scale = np.where(constant, 0.0, 1 / np.sqrt(np.where(constant, 1.0, variance)))
        if self.rows is None:
            values, vectors = eigh(scale[:, None] * covariance[1:p, 1:p] * scale)
            right = vectors.T @ (scale[:, None] * covariance[1:p, p:])
        else:
            rows = (np.vstack([part for k in used for part in self.rows[k]]) - means) / np.sqrt(n)
            values, vectors, right = _thin(rows[:, 1:p] * scale, rows[:, p:])
        return means[1:p], means[p:], scale, np.maximum(values, 0.0), vectors, right

    def _coefficients(self, model, alphas) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (n_features, n_alphas * n_targets) and intercepts for shifted columns."""
        means, target_means, scale, values, vectors, right = model
        shrunk = right[:, None] / (values[:, None] + alphas)[:, :, None]
        coef = scale[:, None] * (vectors @ shrunk.reshape(len(values), -1))
        return coef, np.tile(target_means, len(alphas)) - means @ coef

    def fit(self, alpha) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (n_targets, n_features) and intercepts from all rows."""
        coef, intercept = self._coefficients(self._model(range(len(self.sums))), np.array([alpha]))
        p = self.n_features + 1
        return self.unit * coef.T, self.unit * (intercept + self.shift[p:] - self.shift[1:p] @ coef)

    def errors(self, alphas) -> np.ndarray:
        """Mean squared errors (n_alphas, n_targets) on folds left out, in units of Y."""
        used = [k for k in range(len(self.sums)) if self.sums[k, 0, 0]]
        n_targets = len(self.shift) - self.n_features - 1
        total, targets = np.zeros(len(alphas) * n_targets), np.tile(np.eye(n_targets), len(alphas))
        for k in used if len(used) > 1 else []:
            coef, intercept = self._coefficients(self._model([j for j in used if j != k]), alphas)
            B = np.vstack([-intercept, -coef, targets])
            if self.rows is None:
                total += np.einsum("it,it->t", B, self.sums[k] @ B)
            else:  # sums would drown small errors in the rounding of large coefficients
                total += sum(np.sum((part @ B) ** 2, axis=0) for part in self.rows[k])
        return np.maximum(total, 0.0).reshape(len(alphas), -1) / self.n_rows


def _thin(rows, targets) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors of ``rows^T rows``, for few rows, and products of these with ``rows^T targets``."""
    left, sizes, right = svd(rows, full_matrices=False)  # the eigenvalues of a product would lose half of the digits
    return sizes**2, right.T, sizes[:, None] * (left.T @ targets)
