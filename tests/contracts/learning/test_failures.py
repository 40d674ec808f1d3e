"""A failure or Ctrl-C at any point of `fit` and `partial_fit` leaves a model as it was, or one that is trained."""

import inspect
import sys
import warnings
from contextlib import contextmanager
from copy import deepcopy
from itertools import count
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression

import skqml
from skqml.kernels import FidelityKernel, FourierKernel
from skqml.training import Adam, TrainingError
from tests.contracts.callables import made, rows
from tests.contracts.estimators import estimator_classes
from tests.rooms import defined, shown

PACKAGE = str(Path(skqml.__file__).parent)
MACHINES = {"machine": LinearRegression(), "kernel": FourierKernel(FidelityKernel())}  # of those inside others
METHODS = [(c.__name__, m) for c in estimator_classes("fit") for m in ("fit", "partial_fit") if hasattr(c, m)]
N_POINTS = 6


@contextmanager
def failing(at: int, error: BaseException):
    """Raise an error where a function of the package is called for the n-th time; yields the number of calls."""
    calls = count()

    def profile(frame, event, arg):
        code = frame.f_code
        own = code.co_filename.startswith(PACKAGE) and not code.co_filename.endswith("_failures.py")
        # A generator is also called to be closed, where exceptions are lost.
        if event == "call" and own and not code.co_flags & inspect.CO_GENERATOR and next(calls) == at:
            sys.setprofile(None)
            raise error

    sys.setprofile(profile)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def other_rows(model):
    """Rows that the model was not fitted to, and as many targets."""
    X, y = rows(model)
    return (0.5 * X[::-1] + 0.1, y) if y is None else (0.5 * X[::-1] + 0.1, y[::-1])


def run(model, method, at, error):
    """The exception that ends a call, None if it does not fail, and the number of calls."""
    X, y = other_rows(model)
    with failing(at, error) as calls, warnings.catch_warnings(action="ignore"):
        try:
            getattr(model, method)(X, y)
        except (MemoryError, KeyboardInterrupt, RuntimeError) as found:
            return found, next(calls)
    return None, next(calls)


def assert_trained(model):
    """All that a model says of its training agrees, and its predictions are numbers."""
    X, _ = rows(model)
    assert np.isfinite(getattr(model, "loss_", 0.0))
    with warnings.catch_warnings(action="ignore"):  # some train for new rows
        assert np.isfinite((model.predict if hasattr(model, "predict") else model.transform)(X)).all()
    if getattr(model, "loss_curve_", None) is not None:
        assert model.n_iter_ == len(model.loss_curve_) >= 1
        assert min(model.loss_curve_) == model.loss_ or len(model.loss_curve_) > 1


def start_of(name, method):
    model = deepcopy(made(name))
    if method == "partial_fit" and "optimizer" in inspect.signature(type(model)).parameters:
        model.set_params(optimizer=Adam()).partial_fit(*rows(model))
    return deepcopy(model)  # a copy of a copy hashes like the first


@pytest.mark.parametrize(("name", "method"), METHODS)
def test_a_failure_at_any_point_leaves_a_model_as_it_was(name, method):
    """Where a training got as far as one iteration, `fit` may keep that; `partial_fit` goes one step or none."""
    model = start_of(name, method)
    before = joblib.hash(vars(model))
    _, n_calls = run(deepcopy(model), method, -1, MemoryError())
    points = np.unique(np.linspace(0, n_calls - 2, N_POINTS).astype(int))
    for at, error in zip(points, [MemoryError("full"), KeyboardInterrupt()] * N_POINTS, strict=False):
        copied = deepcopy(model)
        assert joblib.hash(vars(copied)) == before
        found, _ = run(copied, method, at, error)
        partly = found is None or (method == "fit" and isinstance(found, TrainingError))
        if not partly:
            assert joblib.hash(vars(copied)) == before, f"call {at} of {n_calls}"
        elif joblib.hash(vars(copied)) != before:
            assert_trained(copied)


def all_estimators():
    """All that the package defines, parts of others and twins too, but for their bases."""
    found = [cls for cls in defined(BaseEstimator) if hasattr(cls, "fit")]
    return [cls for cls in found if cls in shown().values() or not cls.__subclasses__()]


@pytest.mark.parametrize("cls", all_estimators(), ids=lambda cls: cls.__name__)
def test_a_first_fit_that_fails_leaves_no_model(cls):
    """Nor does it leave attributes that make `check_is_fitted` believe in one."""
    given = {name: part for name, part in MACHINES.items() if name in inspect.signature(cls).parameters}
    model = cls() if cls in shown().values() else cls(**given)
    before = dict(vars(model))
    for at in (0, 1, 2, 4, 8):  # some end their fit after fewer calls
        found, _ = run(model, "fit", at, MemoryError("full"))
        assert isinstance(found, MemoryError) or (found is None and at > 0)
        if found is None:
            break
        assert vars(model) == before
