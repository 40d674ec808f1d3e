"""How much a quantum kernel could be ahead of a classical one."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh
from sklearn.utils import check_consistent_length

from ..._checks import check_numbers
from ...engine.threads import one_blas_thread
from ...kernels import GaussianKernel
from ...kernels.measures.alignment import target_factor
from .gram import kernel_and_rows

_LARGEST = 1e150
_SWEEP = tuple(10.0**k for k in range(-8, 2))


@dataclass(frozen=True)
class GeometricDifference:
    """The geometric difference of a classical and a quantum kernel for several regularisations, without unit.

    Attributes
    ----------
    regularization : ndarray (n_values,)
        Added to the diagonal of matrices of trace n_samples.
    difference : ndarray (n_values,)
        Of what is predicted: where it is far below ``sqrt(n_samples)``, no targets make the quantum kernel better.
    training_difference : ndarray (n_values,)
        Of what is left unexplained on the training rows; 0 without regularisation.
    complexity, classical_complexity : ndarray (n_values,) or None
        ``s_K`` of both kernels for the targets, in their unit squared, None without targets: errors of prediction are
        at most of the order of ``sqrt(s_K / n_samples)``.
    n_samples : int
    """

    regularization: np.ndarray
    difference: np.ndarray
    training_difference: np.ndarray
    complexity: np.ndarray | None
    classical_complexity: np.ndarray | None
    n_samples: int


@one_blas_thread()
def geometric_difference(kernel, X=None, *, classical=None, y=None, regularization=_SWEEP) -> GeometricDifference:
    r"""Return how far a quantum kernel may be ahead of a classical one, whatever the targets, and for these.

    ``g(l) = sqrt(||sqrt(Q) sqrt(C) (C + l)^-2 sqrt(C) sqrt(Q)||)`` with the matrices Q of the quantum and C of the
    classical kernel, both of trace n_samples, and the spectral norm; on the training rows
    ``l sqrt(||sqrt(Q) (C + l)^-2 sqrt(Q)||)``. The model complexity of a kernel for targets is
    ``s_K(l) = y^T sqrt(K) (K + l)^-2 sqrt(K) y``.

    Parameters
    ----------
    kernel, X
        The quantum kernel, as in `concentration`.
    classical : kernel or ndarray (n, n), default=None
        None means the RBF kernel of `GaussianKernel`, on the same rows, which a matrix must then come with.
    y : array-like (n_samples,), default=None
        Labels, or numbers that are not all whole, for the complexities. Two classes count as -1 and 1; of more
        classes, each against the rest, the largest complexity counts.
    regularization : array-like of float, default=(1e-8, 1e-7, ..., 10)
        Positive numbers l.

    Returns
    -------
    GeometricDifference

    References
    ----------
    H.-Y. Huang et al., Power of data in quantum machine learning, Nature Communications 12, 2631 (2021).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import FidelityKernel
    >>> from skqml.inspection import geometric_difference
    >>> X = np.random.default_rng(0).normal(size=(50, 3))
    >>> g = geometric_difference(FidelityKernel(), X, regularization=[0.01, 0.1])
    >>> bool(g.difference[0] > g.difference[1]), g.n_samples
    (True, 50)
    """
    sweep = check_numbers("regularization", regularization, (0, 1)).reshape(-1, 1)
    if not (sweep.size and (sweep > 0).all()):
        raise ValueError(f"regularization must be positive numbers, got {regularization!r}.")
    targets = None if y is None else _signs(y)
    Q, X = kernel_and_rows(kernel, X)
    C = _classical_matrix(classical, X)
    check_consistent_length(Q, C, *([] if targets is None else [targets]))
    Q, C = (_of_trace_n(K, name) for K, name in ((Q, "kernel"), (C, "classical")))
    values, vectors = _eigen(C)
    rotated = vectors.T @ Q @ vectors
    g, training = np.array([_norms(rotated, values, float(each)) for each in sweep[:, 0]]).T
    ours = None if targets is None else _complexity(*_eigen(Q), targets, sweep)
    theirs = None if targets is None else _complexity(values, vectors, targets, sweep)
    return GeometricDifference(sweep[:, 0], g, training, ours, theirs, len(Q))


def _classical_matrix(classical, X) -> np.ndarray:
    """The matrix of the classical kernel on the rows that the quantum kernel takes."""
    if classical is None:
        if X is None:
            raise TypeError("classical must be a kernel matrix where no rows X are given, got None.")
        if np.abs(X).max() > _LARGEST:
            raise ValueError(
                f"X must have entries of at most {_LARGEST:g}, whose squares are finite, for an RBF kernel."
            )
        classical = GaussianKernel()
        classical.adapt(X)
    return kernel_and_rows(classical, X, "classical")[0]


def _signs(y) -> np.ndarray:
    """Targets (n_samples, k): numbers, or 1 for the rows of a class and -1 for others; two classes are one column."""
    Y = target_factor(y)
    if Y.shape[1] == 1:
        return np.asarray(y, dtype=float)[:, None]
    return 2.0 * (Y[:, : 1 if Y.shape[1] == 2 else None] > 0) - 1.0


def _of_trace_n(K, name) -> np.ndarray:
    trace = np.trace(K)
    if not trace > 0:
        raise ValueError(f"{name} must be a kernel matrix with a positive trace, got {trace}.")
    return K * (len(K) / trace)


def _eigen(K) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, without the negative ones that shots and rounding give, and eigenvectors."""
    values, vectors = np.linalg.eigh(K)
    return np.maximum(values, 0.0), vectors


def _norms(Q, values, regularization: float) -> tuple[float, float]:
    """Both geometric differences, with Q in the basis of eigenvectors of the classical kernel."""
    found = []
    for factor in (np.sqrt(values) / (values + regularization), regularization / (values + regularization)):
        last = [len(Q) - 1] * 2
        largest = eigh(factor[:, None] * Q * factor, subset_by_index=last, eigvals_only=True)[0]
        found.append(float(np.sqrt(max(largest, 0.0))))
    return found[0], found[1]


def _complexity(values, vectors, targets, sweep) -> np.ndarray:
    """Complexity (n_values,) of a kernel of such eigenvalues and eigenvectors: the largest over columns of targets."""
    return ((values / (values + sweep) ** 2) @ (vectors.T @ targets) ** 2).max(axis=1)
