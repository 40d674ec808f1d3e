"""Weighted rows in a form that depends on nothing but the weights."""

import numpy as np


def distinct_rows(X, Y, weight) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows in a fixed order, equal ones as one with the sum of their weights, none of weight 0.

    A row twice and a row of weight 2 are then the same down to the last bit, and stay so however
    long training amplifies differences.

    Parameters
    ----------
    X : ndarray (n_samples, n_features)
        Of any type.
    Y : ndarray (n_samples, n_outputs)
    weight : ndarray (n_samples,)

    Returns
    -------
    X, Y, weight : ndarray
        Of the distinct rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.base.distinct_rows import distinct_rows
    >>> distinct_rows(np.array([[1.0], [2.0], [1.0]]), np.zeros((3, 1)), np.array([1.0, 0.0, 2.0]))
    (array([[1.]]), array([[0.]]), array([3.]))
    """
    used = weight > 0
    X, Y = (A[used] + A.dtype.type(0) for A in (X, Y))  # the sum turns -0 into 0
    first, group = _groups(X, Y)
    return X[first], Y[first], np.bincount(group, weight[used])


def kinds_of_rows(weight, *arrays) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tell which rows are equal, in a form for draws and folds: two rows and one of weight 2 come to the same.

    Kinds are numbered as they come where all count alike, so that every fifth kind is a fold from all times where rows
    come in order of time; else by what is in their rows, in whatever order these come.

    Parameters
    ----------
    weight : ndarray (n_samples,)
    *arrays : ndarray (n_samples, ...)
        What a row is.

    Returns
    -------
    first : ndarray of int (n_kinds,)
        The first row of each kind; there is none without weight.
    kinds : ndarray of int (n_samples,)
        The kind of each row, 0 for rows of weight 0.
    totals : ndarray (n_kinds,)
        Sums of weights.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.base.distinct_rows import kinds_of_rows
    >>> kinds_of_rows(np.ones(4), np.array([3.0, 1.0, 2.0, 3.0]))
    (array([0, 2, 1]), array([0, 2, 1, 0]), array([2., 1., 1.]))
    >>> kinds_of_rows(np.ones(3), np.array([3.0, 1.0, 2.0]))[1]
    array([0, 1, 2])
    """
    used = np.flatnonzero(weight > 0)
    rows = [A if len(used) == len(A) else A[used] for A in arrays]
    first, found = _by_digest(*map(_numbers, rows))
    totals = np.bincount(found, weight[used])
    if np.ptp(totals) == 0:
        order = np.argsort(first)
        first, totals, found = first[order], totals[order], np.argsort(order)[found]
    kinds = np.zeros(len(weight), dtype=int)
    kinds[used] = found
    return used[first], kinds, totals


def _numbers(A) -> np.ndarray:
    """Rows as contiguous numbers (n_samples, n_columns); of text the places in its order."""
    A = A.reshape(len(A), -1)
    if A.dtype.kind not in "biuf":
        A = np.unique(A, return_inverse=True)[1].reshape(A.shape)
    return np.ascontiguousarray(A, dtype=float)


def _by_digest(*arrays) -> tuple[np.ndarray, np.ndarray]:
    """As `_groups`, in the order of numbers (n_samples,) that the bits of rows give: quick where rows are long."""
    rng, digests = np.random.default_rng(0), np.zeros(len(arrays[0]), np.uint64)
    for A in arrays:
        halves = A.view(np.uint32)
        factors = rng.integers(1, 2**63, halves.shape[1], np.uint64)
        digests += np.einsum("ij,j->i", halves, factors, dtype=np.uint64, casting="unsafe")
    _, first, kinds = np.unique(digests, return_index=True, return_inverse=True)
    if len(first) < len(kinds) and any((A[first][kinds] != A).any() for A in arrays):
        return _groups(*arrays)  # rows that differ have one digest
    return first, kinds


def _groups(*arrays) -> tuple[np.ndarray, np.ndarray]:
    """The first row of each kind, and the kind of each row (n_samples,), of arrays (n_samples, n_columns) in all."""
    keys = np.hstack([A.view(np.uint8) for A in arrays])
    keys = keys.view(np.dtype((np.void, keys.shape[1]))).ravel()
    _, first, kinds = np.unique(keys, return_index=True, return_inverse=True)
    return first, kinds
