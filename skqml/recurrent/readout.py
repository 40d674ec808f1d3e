"""Ridge regression in one pass over the data, its penalty chosen by cross-validation."""

import numpy as np
from scipy.linalg import eigh
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .._checks import check_count
from ..engine.threads import one_blas_thread

_ALPHAS = np.logspace(-12, 2, 15)


class RidgeReadout(RegressorMixin, BaseEstimator):
    r"""Ridge regression whose penalty comes from cross-validation, in one pass and in constant memory.

    Minimises ``|Y - 1 b - Z A|^2 + alpha n |A|^2`` over n rows with standardised columns Z. Kept are the sums of
    ``[1, X, Y]^T [1, X, Y]`` over the rows of each fold: these give every fit to the other folds, and its squared error
    on the fold left out.

    Parameters
    ----------
    alphas : array-like, default=None
        Penalties to choose from; ``None`` means 1e-12, 1e-11, ..., 100.
    n_folds : int, default=5
        Number of folds.

    Attributes
    ----------
    coef_ : ndarray (n_features,) or (n_targets, n_features)
    intercept_ : float or ndarray (n_targets,)
    alpha_ : float
        The penalty chosen.
    errors_ : ndarray (n_alphas,)
        Mean squared error on folds left out, summed over targets; of the last call of `fit` or `partial_fit`.
    residual_variance_ : ndarray (n_targets,)
        The same for ``alpha_``, target by target.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.recurrent import RidgeReadout
    >>> X = np.arange(20.0)[:, None]
    >>> RidgeReadout().fit(X, 3 * X.ravel() + 1).predict([[100.0]]).round(6)
    array([301.])
    """

    def __init__(self, alphas=None, n_folds=5):
        self.alphas = alphas
        self.n_folds = n_folds

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X, y):
        """Fit to all rows; folds are every fifth row (for 5 folds).

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,) or (n_samples, n_targets)

        Returns
        -------
        self
        """
        vars(self).pop("_folds", None)
        return self.partial_fit(X, y, reset=True)

    def partial_fit(self, X, y, *, reset=False):
        """Fit to these rows and all those before.

        Parameters
        ----------
        X, y
            As in `fit`.

        Returns
        -------
        self
        """
        X, y = validate_data(
            self, X, y, dtype=float, reset=reset or not hasattr(self, "_folds"), multi_output=True, y_numeric=True
        )
        self.accumulate(X, y, np.arange(len(X)))
        return self.solve()

    def predict(self, X):
        """Return predictions (n_samples,) or (n_samples, n_targets)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return X @ self.coef_.T + self.intercept_

    # The same in two parts, for data that come in blocks

    @one_blas_thread()
    def accumulate(self, X, y, folds) -> None:
        """Add rows to the sums of their folds (any integers)."""
        n_folds = check_count("n_folds", self.n_folds, 2)
        if not hasattr(self, "_folds"):
            self.n_features_in_ = X.shape[1]
            self._single = y.ndim == 1
            self._folds = _Folds(n_folds, X, y)
        self._folds.add(X, y, np.asarray(folds) % n_folds)

    @one_blas_thread()
    def solve(self):
        """Set coefficients from all rows so far."""
        alphas = self._check_alphas()
        errors = self._folds.errors(alphas)
        self.errors_ = errors.sum(axis=1)
        best = int(np.argmin(self.errors_))
        self.alpha_, self.residual_variance_ = float(alphas[best]), errors[best]
        coef, intercept = self._folds.fit(self.alpha_)
        self.coef_, self.intercept_ = (coef[0], float(intercept[0])) if self._single else (coef, intercept)
        return self

    @one_blas_thread()
    def restricted(self, columns):
        """Coefficients (n_targets, n_columns) and intercepts of a fit to some columns, with its own penalty."""
        alphas = self._check_alphas()
        return self._folds.fit(alphas[np.argmin(self._folds.errors(alphas, columns).sum(axis=1))], columns)

    def _check_alphas(self):
        alphas = _ALPHAS if self.alphas is None else np.asarray(self.alphas, dtype=float)
        if alphas.ndim != 1 or not len(alphas) or not (alphas > 0).all():
            raise ValueError(f"The 'alphas' parameter must be None or positive numbers, got {self.alphas!r}.")
        return alphas

    def clear(self) -> None:
        """Forget all rows."""
        vars(self).pop("_folds", None)


class _Folds:
    """Sums of ``[1, X, Y]^T [1, X, Y]`` over the rows of each fold, X and Y shifted by the means of the first rows."""

    def __init__(self, n_folds, X, y):
        y = y.reshape(len(y), -1)
        self.n_features = X.shape[1]
        self.shift = np.concatenate([[0.0], X.mean(axis=0), y.mean(axis=0)])
        self.sums = np.zeros((n_folds, len(self.shift), len(self.shift)))
        self.rows: list | None = [[] for _ in range(n_folds)]  # while there are fewer than features
        self.n_rows = 0

    def add(self, X, y, folds):
        rows = np.hstack([np.ones((len(X), 1)), X, y.reshape(len(y), -1)]) - self.shift
        self.n_rows += len(rows)
        if self.n_rows > self.n_features:
            self.rows = None
        for k in range(len(self.sums)):
            part = rows[folds == k]
            self.sums[k] += part.T @ part
            if self.rows is not None:
                self.rows[k].append(part)

    def _model(self, used, columns=None):
        """Means, scales, and the spectral form of the normal equations of the rows of some folds."""
        S = self.sums[used].sum(axis=0)
        inside, targets = self._places(columns)
        n, means = S[0, 0], S[0] / S[0, 0]
        covariance = S / n - np.outer(means, means)
        variance = np.diag(covariance)[inside]
        constant = variance <= 1e-24 + 1e-14 * (means[inside] ** 2 + variance.max(initial=0.0))
        scale = np.where(constant, 0.0, 1 / np.sqrt(np.where(constant, 1.0, variance)))
        right = scale[:, None] * covariance[np.ix_(inside, targets)]
        if self.rows is None or columns is not None:
            values, vectors = eigh(scale[:, None] * covariance[np.ix_(inside, inside)] * scale)
        else:
            rows = np.vstack([part for k in used for part in self.rows[k]])[:, inside]
            values, vectors = _thin((rows - means[inside]) * scale / np.sqrt(n))
        return means[inside], means[targets], scale, np.maximum(values, 0.0), vectors, vectors.T @ right

    def _coefficients(self, model, alpha):
        """Coefficients (n_features, n_targets) and intercepts for shifted columns."""
        means, target_means, scale, values, vectors, right = model
        coef = scale[:, None] * (vectors @ (right / (values + alpha)[:, None]))
        return coef, target_means - means @ coef

    def fit(self, alpha, columns=None):
        """Coefficients (n_targets, n_features) and intercepts from all rows."""
        coef, intercept = self._coefficients(self._model(range(len(self.sums)), columns), alpha)
        inside, targets = self._places(columns)
        return coef.T, intercept + self.shift[targets] - self.shift[inside] @ coef

    def _places(self, columns):
        """Numbers of some columns (``None``: all) and of the targets in the sums."""
        p = self.n_features
        inside = np.arange(1, p + 1) if columns is None else 1 + np.asarray(columns)
        return inside, np.arange(p + 1, len(self.shift))

    def errors(self, alphas, columns=None):
        """Mean squared errors (n_alphas, n_targets) on folds left out."""
        used = [k for k in range(len(self.sums)) if self.sums[k, 0, 0]]
        inside, targets = self._places(columns)
        seen = np.concatenate([[0], inside, targets])
        total = np.zeros((len(alphas), len(targets)))
        for k in used if len(used) > 1 else []:
            model, S = self._model([j for j in used if j != k], columns), self.sums[k][np.ix_(seen, seen)]
            for error, alpha in zip(total, alphas, strict=True):
                coef, intercept = self._coefficients(model, alpha)
                B = np.vstack([-intercept, -coef, np.eye(len(intercept))])
                error += np.einsum("it,it->t", B, S @ B)
        return np.maximum(total, 0.0) / self.n_rows


def _thin(rows):
    """Non-zero eigenvalues and eigenvectors of ``rows^T rows``, for few rows."""
    values, left = eigh(rows @ rows.T)
    kept = values > values[-1] * 1e-14
    values, left = values[kept], left[:, kept]
    return values, rows.T @ left / np.sqrt(values)
