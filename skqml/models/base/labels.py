"""Labels of classifiers that are trained by gradients."""

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from ..._checks import distinct


def classes_of_fit(estimator, y, weight) -> np.ndarray:
    """Return the classes of the rows that count.

    Raises
    ------
    ValueError
        If there is one class only, or with ``warm_start`` if they are not those of the last fit.
    """
    classes = several(np.unique(y[weight > 0]), estimator)
    warm = getattr(estimator, "warm_start", False) and estimator._is_trained
    if warm and not np.array_equal(classes, estimator.classes_):
        raise ValueError(
            f"warm_start expected the classes of the last fit, {estimator.classes_}, got {classes}; "
            "set warm_start=False."
        )
    return classes


def classes_of_partial_fit(estimator, classes) -> np.ndarray:
    """Return the classes that `partial_fit` is told of in its first call, and needs no more afterwards."""
    if estimator._is_trained:
        if classes is not None and not np.array_equal(distinct(classes, "classes"), estimator.classes_):
            raise ValueError(f"classes={classes!r} is not the same as on the last call, {estimator.classes_!r}.")
        return estimator.classes_
    if classes is None:
        raise ValueError("classes must be passed on the first call to partial_fit.")
    return several(distinct(classes, "classes"), estimator)


def one_hot(y, classes) -> np.ndarray:
    """Return ones at the classes of rows (n_samples, n_classes), refusing labels that are none of them."""
    unseen = np.setdiff1d(distinct(y, "y"), classes)
    if len(unseen):
        raise ValueError(f"Expected labels y among classes_, {classes!r}, got {unseen!r} too.")
    return (np.asarray(y)[:, None] == classes).astype(float)


def several(classes, estimator) -> np.ndarray:
    """Return classes, refusing fewer than two."""
    if len(classes) < 2:
        raise ValueError(f"{type(estimator).__name__} needs at least two classes, got one class: {classes}.")
    return classes


def class_factors(estimator, Y, weight) -> np.ndarray:
    """Return factors (n_samples,) of the weights of rows for ``class_weight``; targets Y have ones at the classes.

    Raises
    ------
    ValueError
        If no row is left with a weight above 0.
    """
    if estimator.class_weight is None:
        return np.ones(len(Y))
    y = estimator.classes_[Y.argmax(axis=1)]
    factors = Y @ compute_class_weight(estimator.class_weight, classes=estimator.classes_, y=y, sample_weight=weight)
    if not factors.any():
        raise ValueError(f"class_weight must leave rows with a weight above 0, got {estimator.class_weight!r}.")
    return factors


def class_factors_of_step(estimator, Y, weight) -> np.ndarray:
    """Return those of some of the rows, from which frequencies of classes cannot be told."""
    if isinstance(estimator.class_weight, str):
        raise ValueError("class_weight='balanced' needs all rows, which partial_fit lacks; give a dict.")
    return class_factors(estimator, Y, weight)
