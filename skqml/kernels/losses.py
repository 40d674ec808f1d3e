"""Losses of kernel matrices, for training kernels: functions from the matrix K of some rows, their targets Y
(n_samples, n_outputs) and sample_weight (n_samples,) to a number and its derivative by K.

Targets are those of `target_factor`: for classes a column each, positive at the class, for numbers one column.
"""

import numpy as np
from sklearn.svm import SVC

from .._checks import check_number, check_numbers, shown
from .measures.alignment import centred, constant

LossOfMatrix = tuple[float, np.ndarray]


def _checked(K, Y, sample_weight) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The arguments as arrays that fit each other."""
    K, Y, weight = (
        check_numbers("K", K, (2,)),
        check_numbers("Y", Y, (2,)),
        check_numbers("sample_weight", sample_weight),
    )
    n = len(K)
    if K.shape != (n, n) or len(Y) != n or not Y.size:
        raise ValueError(f"K and Y must be arrays (n, n) and (n, n_outputs), got shapes {K.shape} and {Y.shape}.")
    if len(weight) != n or weight.min() < 0 or not weight.any():
        raise ValueError(f"sample_weight must be {n} numbers of at least 0, not all 0, got {shown(weight)}.")
    return K, Y, weight


def alignment_loss(K, Y, sample_weight) -> LossOfMatrix:
    """Minus the centred alignment ``<H K H, T> / (|H K H| |T|)`` with the ideal kernel ``T = H Y Y^T H``.

    References
    ----------
    C. Cortes, M. Mohri and A. Rostamizadeh, Algorithms for learning kernels based on centered alignment, JMLR 13,
    795 (2012).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.kernels import alignment_loss
    >>> Y = np.array([[0.5, -0.5], [-0.5, 0.5]])
    >>> round(alignment_loss(Y @ Y.T, Y, np.ones(2))[0], 6)
    -1.0
    """
    K, Y, weight = _checked(K, Y, sample_weight)
    roots = np.sqrt(weight / np.mean(weight))
    found = centred(K, roots)
    norm = np.linalg.norm(found)
    if norm <= 1e-12 * len(K) or constant(Y, weight):  # all rows are alike
        return 0.0, np.zeros_like(K)
    Y = roots[:, None] * (Y - np.average(Y, axis=0, weights=weight))
    target = Y @ Y.T / np.linalg.norm(Y.T @ Y)
    alignment = np.sum(found * target) / norm
    # Centring is a projection: the gradient by K is the centred one, times the roots of the weights again.
    return -float(alignment), roots[:, None] * (alignment * found / norm**2 - target / norm) * roots


def svc_loss(K, Y, sample_weight, C=1.0) -> LossOfMatrix:
    """What support vector machines of each class against the others reach, over the summed weights.

    That is the least ``|f|^2 / 2 + C sum_i w_i max(0, 1 - s_i f(x_i))``, signs s telling the class, and what the dual
    problem reaches: at its coefficients ``a`` the derivative by K is ``-a a^T / 2``.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.kernels import svc_loss
    >>> round(svc_loss(np.eye(2), np.array([[0.5, -0.5], [-0.5, 0.5]]), np.ones(2))[0], 6)
    0.5
    """
    K, Y, weight = _checked(K, Y, sample_weight)
    check_number("C", C)
    if Y.shape[1] < 2:
        raise ValueError("svc_loss is a loss for classes, and y are numbers; use alignment_loss or ridge_loss.")
    total, slope, used = 0.0, np.zeros_like(K), np.flatnonzero(weight)
    for column in Y.T[:1] if Y.shape[1] == 2 else Y.T:
        signs = np.sign(column[used])
        if np.ptp(signs):
            machine = SVC(C=C, kernel="precomputed", tol=1e-6)
            machine.fit(K[np.ix_(used, used)], signs, sample_weight=weight[used])
            a = np.zeros(len(K))
            a[used[machine.support_]] = machine.dual_coef_[0]
            total += np.abs(a).sum() - 0.5 * a @ K @ a
            slope -= 0.5 * np.outer(a, a)
    return float(total / weight.sum()), slope / weight.sum()


def ridge_loss(K, Y, sample_weight, alpha=0.1) -> LossOfMatrix:
    """What kernel ridge regression reaches, ``sum_i w_i |y_i - f(x_i)|^2 + alpha |f|^2``, over that of the mean.

    That is ``alpha tr(Y^T A)`` with ``A = (K + alpha W^-1)^-1 Y`` for centred targets, and its derivative by K is
    ``-alpha A A^T``.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.kernels import ridge_loss
    >>> round(ridge_loss(np.eye(2), np.array([[1.0], [-1.0]]), np.ones(2), alpha=1.0)[0], 6)
    0.5
    """
    K, Y, weight = _checked(K, Y, sample_weight)
    check_number("alpha", alpha)
    if constant(Y, weight):
        return 0.0, np.zeros_like(K)
    used = np.flatnonzero(weight)
    Y = (Y - np.average(Y, axis=0, weights=weight))[used]
    scale, A = np.sum(weight[used, None] * Y**2), np.zeros((len(K), Y.shape[1]))
    A[used] = np.linalg.solve(K[np.ix_(used, used)] + np.diag(alpha / weight[used]), Y)
    return float(alpha * np.sum(Y * A[used]) / scale), -alpha * (A @ A.T) / scale
