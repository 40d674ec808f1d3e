"""Kernel matrices of whatever has a kernel."""

from typing import Any

import numpy as np
from sklearn.utils.validation import check_consistent_length, validate_data

from ..._checks import shown
from ...kernels.measures.gram import checked_gram
from ...kernels.rows import checked_rows
from ...models.base.inside import model_with


def kernel_and_rows(kernel, X=None, name="kernel") -> tuple[np.ndarray, np.ndarray | None]:
    """A kernel matrix, and the rows behind it as the kernel takes them; None where only the matrix is given.

    Parameters
    ----------
    kernel : QuantumKernel or other function ``k(X)``, fitted estimator with ``kernel_``, or ndarray (n, n)
    X : array-like (n_samples, n_features), default=None
        Rows; a matrix needs none.
    name : str
        Of the kernel, in messages.
    """
    if hasattr(kernel, "fit") and not isinstance(kernel, type):
        kernel, X = _of_estimator(kernel, X, name)
    elif not callable(kernel):
        K = checked_gram(kernel, name)
        if X is not None:
            X = checked_rows(X)
            check_consistent_length(K, X)
        return K, X
    if X is None or isinstance(kernel, type):
        raise TypeError(
            f"{name} must be a kernel matrix, or a kernel or a fitted estimator with rows X, got {shown(kernel)}."
        )
    X = checked_rows(X)
    return checked_gram(kernel(X), name), X


def _of_estimator(estimator, X, name):
    """The kernel of a fitted estimator, and the rows that it takes."""
    if X is None:
        raise TypeError(f"{name} must come with rows X where it is an estimator, got {shown(estimator)} alone.")
    model, X = model_with("kernel_", "a kernel", estimator, X)
    X = validate_data(model, X, dtype=float, reset=False)
    return model.kernel_, model.standardizer_.transform(X)


def kernel_of(kernel) -> Any:
    """The kernel of a fitted estimator; a kernel or matrix as it is."""
    return model_with("kernel_", "a kernel", kernel)[0].kernel_ if hasattr(kernel, "fit") else kernel


def width(kernel, rows) -> int | None:
    """Number of qubits of a kernel, or of an estimator's, for rows as it takes them; None where nothing tells it."""
    kernel = kernel_of(kernel)
    return kernel.n_qubits(rows.shape[1]) if hasattr(kernel, "n_qubits") else None
