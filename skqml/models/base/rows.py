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
    >>> from skqml.models.base.rows import distinct_rows
    >>> distinct_rows(np.array([[1.0], [2.0], [1.0]]), np.zeros((3, 1)), np.array([1.0, 0.0, 2.0]))
    (array([[1.]]), array([[0.]]), array([3.]))
    """
    used = weight > 0
    X, Y = (A[used] + A.dtype.type(0) for A in (X, Y))  # the sum turns -0 into 0
    keys = np.hstack([A.view(np.uint8) for A in (X, Y)])
    keys = keys.view(np.dtype((np.void, keys.shape[1]))).ravel()
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    return X[first], Y[first], np.bincount(group, weight[used])
