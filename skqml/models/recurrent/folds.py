"""Sums over the rows of each fold, which give all fits and errors of a cross-validation."""

from copy import copy
from typing import ClassVar

import numpy as np
from scipy.linalg import eigh, svd

from ...states import CheckedState, count, each, flag, floats, instance, nullable, number


class FoldSums(CheckedState):
    """Sums of ``w [1, X, Y]^T [1, X, Y]`` over the rows of each fold, X and Y shifted by the means of the first rows.

    Y is in units of a power of two, so that no square of it overflows or vanishes.

    Attributes
    ----------
    single : bool
        Whether targets came without an axis of their own.
    left_out : dict
        Coefficients and intercepts without a fold, at the penalty chosen.
    """

    _contents: ClassVar[dict] = {
        "n_features": count("n_features", 1),
        "single": flag,
        "n_columns": each(count(least=1), kinds=(tuple,)),
        "unit": number(0),
        "shift": floats("n_all"),
        "sums": floats("n_folds", "n_all", "n_all"),
        "rows": nullable(each(each(floats(None, "n_all")))),
        "n_rows": count(),
        "left_out": instance(dict),
    }

    def _check_whole(self):
        if self.n_columns[0] != self.n_features or len(self.shift) != 1 + sum(self.n_columns):
            raise ValueError(f"sums of {len(self.shift)} columns where {1 + sum(self.n_columns)} belong")

    def __init__(self, n_folds, X, y):
        self.single = y.ndim == 1
        y = y.reshape(len(y), -1)
        self.n_features, self.n_columns = X.shape[1], (X.shape[1], y.shape[1])
        self.unit = float(np.ldexp(1.0, max(-1000, np.frexp(np.abs(y).max())[1] - 1)))
        self.shift = np.concatenate([[0.0], X.mean(axis=0), (y / self.unit).mean(axis=0)])
        self.sums = np.zeros((n_folds, len(self.shift), len(self.shift)))
        self.rows: list | None = [[] for _ in range(n_folds)]  # while there are fewer than features
        self.n_rows = 0
        self.left_out: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def add(self, X, y, folds, weight) -> None:
        """Add rows of some folds."""
        rows = self._weighted(X, y, weight)
        parts = [rows[folds == k] for k in range(len(self.sums))]
        with np.errstate(over="ignore"):
            more = [np.einsum("ij,ij->j", part, part) for part in parts]
            squares = self.sums.diagonal(axis1=1, axis2=2) + more
        if not np.isfinite(squares).all():
            raise ValueError(
                "X and y must be numbers whose squares can be summed, y in units of the first rows; got "
                f"some as large as {max(np.abs(X).max(), np.abs(y).max()):g}."
            )
        self.n_rows += len(X)
        if self.n_rows > self.n_features:
            self.rows = None
        for k, part in enumerate(parts):
            self.sums[k] += part.T @ part
            if self.rows is not None:
                self.rows[k].append(part)

    def _weighted(self, X, y, weight) -> np.ndarray:
        """Rows [1, X, Y], shifted and times the roots of their weights."""
        rows = np.hstack([np.ones((len(X), 1)), X, y.reshape(len(y), -1) / self.unit]) - self.shift
        if (weight != 1).any():
            rows *= np.sqrt(weight)[:, None]
        return rows

    def before(self, X, y, start, weight) -> "FoldSums":
        """The sums without X[start:], in one fold; X are the last rows, or all of them."""
        total = self.sums[:, 0, 0].sum()
        if total - weight[start:].sum() <= 1e-9 * total:
            raise ValueError(f"start must leave rows with a weight above 0 before it, got {start}.")
        if len(X) == self.n_rows:
            part = FoldSums(1, X[:start], y[:start])
            part.add(X[:start], y[:start], np.zeros(start, dtype=int), weight[:start])
            return part
        rows = self._weighted(X[start:], y[start:], weight[start:])
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
            rows = np.vstack([part for k in used for part in self.rows[k]])
            rows = (rows - rows[:, :1] * means) / np.sqrt(n)  # the first column are the roots of the weights
            values, vectors, right = _thin(rows[:, 1:p] * scale, rows[:, p:])
        return means[1:p], means[p:], scale, np.maximum(values, 0.0), vectors, right

    def _coefficients(self, model, alphas) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (n_features, n_alphas * n_targets) and intercepts for shifted columns."""
        means, target_means, scale, values, vectors, right = model
        shrunk = right[:, None] / (values[:, None] + alphas)[:, :, None]
        coef = scale[:, None] * (vectors @ shrunk.reshape(len(values), -1))
        return coef, np.tile(target_means, len(alphas)) - means @ coef

    def _in_units(self, coef, intercept) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (n_targets, n_features) and intercepts for columns as they are, from those of shifted ones."""
        p = self.n_features + 1
        return self.unit * coef.T, self.unit * (intercept + self.shift[p:] - self.shift[1:p] @ coef)

    def fit(self, alpha) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (n_targets, n_features) and intercepts from all rows."""
        return self._in_units(*self._coefficients(self._model(range(len(self.sums))), np.array([alpha])))

    def cross_validate(self, alphas) -> tuple[np.ndarray, dict[int, list[tuple[np.ndarray, np.ndarray]]]]:
        """Mean squared errors (n_alphas, n_targets) on folds left out, in units of Y, and the fits without each fold.

        There are as many of these as penalties, in the form of `fit`.
        """
        weights = self.sums[:, 0, 0]
        used, n_targets = np.flatnonzero(weights).tolist(), self.n_columns[1]
        total, targets = np.zeros(len(alphas) * n_targets), np.tile(np.eye(n_targets), len(alphas))
        fits = {}
        for k in used if len(used) > 1 else []:
            coef, intercept = self._coefficients(self._model([j for j in used if j != k]), alphas)
            B = np.vstack([-intercept, -coef, targets])
            if self.rows is None:
                total += np.einsum("it,it->t", B, self.sums[k] @ B)
            else:  # sums would drown small errors in the rounding of large coefficients
                total += sum(np.sum((part @ B) ** 2, axis=0) for part in self.rows[k])
            places = [slice(a, a + n_targets) for a in range(0, coef.shape[1], n_targets)]
            fits[k] = [self._in_units(coef[:, place], intercept[place]) for place in places]
        return np.maximum(total, 0.0).reshape(len(alphas), -1) / weights.sum(), fits


def _thin(rows, targets) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors of ``rows^T rows``, for few rows, and products of these with ``rows^T targets``."""
    left, sizes, right = svd(rows, full_matrices=False)  # the eigenvalues of a product would lose half of the digits
    return sizes**2, right.T, sizes[:, None] * (left.T @ targets)
