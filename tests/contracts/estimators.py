"""All estimators of the package, and rows that suit each of them."""

import warnings

import numpy as np
from sklearn.base import clone, is_regressor
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

from tests.rooms import classes

IRIS_X, IRIS_Y = (part[::2] for part in load_iris(return_X_y=True))
IRIS_X = IRIS_X + np.random.default_rng(0).normal(0, 1e-3, IRIS_X.shape)  # no two rows are equal
WIDTH = IRIS_X[:, 3] + 0.1 * IRIS_X[:, 0] ** 2  # numbers that the features tell
AIDS = {"RidgeReadout", "SequenceEncoder"}  # parts of models, held to the checks of scikit-learn beside their own tests
FEW_STEPS = {"max_iter": 30, "random_state": 0, "n_reservoirs": 2, "n_components": 20}


def estimator_classes(attribute):
    """All estimators that a room shows, those with an attribute of such a name."""
    return [cls for cls in classes(object, "fit", attribute) if cls.__name__ not in AIDS]


def settings(estimator, values):
    """Those of some values that an estimator has parameters for."""
    return {name: value for name, value in values.items() if name in estimator.get_params(deep=False)}


def quick(cls, **options):
    """An estimator that is fitted within a second or so, with those options that it has."""
    few = settings(cls(), FEW_STEPS | options)
    if hasattr(cls(), "C"):
        del few["max_iter"]  # a support vector machine is solved, not trained
    return cls().set_params(**few)


def fitted(estimator, X, y=None, **options):
    """A fitted clone, of a few iterations that need not suffice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clone(estimator).fit(X, y, **options)


def rows(estimator):
    """Training rows, and targets of the kind that an estimator takes."""
    return IRIS_X, WIDTH if is_regressor(estimator) else IRIS_Y


def scores(estimator):
    """What an estimator says about rows: decisions, values or features."""
    return next(
        getattr(estimator, name) for name in ("decision_function", "predict", "transform") if hasattr(estimator, name)
    )
