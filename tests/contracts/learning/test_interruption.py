"""Ctrl-C in a training: what it ends, for every estimator that trains by iterations.

By itself a fit keeps its best weights and returns; where it is one of many, or the second time, everything ends.
"""

import inspect
import multiprocessing
import signal

import numpy as np
import pytest
from sklearn.base import BaseEstimator, is_regressor
from sklearn.datasets import load_iris
from sklearn.ensemble import BaggingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml import VariationalClassifier
from skqml.training import LBFGS
from skqml.training.interrupts import interrupts
from tests.contracts.estimators import estimator_classes

X, Y = (a[::5] for a in load_iris(return_X_y=True))
SMALL = {"n_qubits": 2, "n_measured": 2, "n_reservoirs": 1, "train_cell": True, "random_state": 0}
started = []  # a line for each training that began


def press():
    raise KeyboardInterrupt


class Interrupted(BaseEstimator):
    """L-BFGS that Ctrl-C strikes behind the second iteration."""

    def __init__(self, press=press):
        self.press = press

    def __call__(self, objective, w, report, rng):
        started.append(len(w))
        left = iter((False, True))

        def and_press(w, loss):
            report(w, loss)
            if next(left):
                self.press()

        LBFGS()(objective, w, and_press, rng)


def trained():
    """The estimators of the package that take an optimiser."""
    return [c for c in estimator_classes("fit") if "optimizer" in inspect.signature(c).parameters]


every = pytest.mark.parametrize("cls", trained(), ids=lambda cls: cls.__name__)


def build(cls):
    model = cls(optimizer=Interrupted())
    return model.set_params(**{k: SMALL[k] for k in SMALL.keys() & model.get_params(deep=False).keys()})


def targets(model):
    return X[:, 0] if is_regressor(model) else Y


@pytest.fixture(autouse=True)
def fresh():
    started.clear()


def test_estimators_are_found():
    assert len(trained()) >= 8


@every
def test_by_itself_a_fit_keeps_the_best_weights(cls):
    model = build(cls)
    with pytest.warns(ConvergenceWarning, match="interrupted after 2 iterations"):
        model.fit(X, targets(model))
    assert len(started) == 1 and model.n_iter_ == 2
    assert np.isfinite(model.loss_curve_).all()
    assert len((model.predict if hasattr(model, "predict") else model.transform)(X)) == len(X)


@every
def test_in_a_cross_validation_all_ends(cls):
    with pytest.raises(KeyboardInterrupt):
        cross_val_score(build(cls), X, targets(build(cls)), cv=2)
    assert len(started) == 1


@pytest.mark.parametrize(
    "fit",
    [
        lambda model: GridSearchCV(model, {"alpha": [0.1, 1.0]}, cv=2).fit(X, Y),
        lambda model: GridSearchCV(make_pipeline(StandardScaler(), model), {}, cv=2).fit(X, Y),
        lambda model: cross_val_predict(make_pipeline(StandardScaler(), model), X, Y, cv=2),
        lambda model: BaggingClassifier(model, n_estimators=2).fit(X, Y),
        lambda model: OneVsRestClassifier(model).fit(X, Y),
    ],
    ids=["search", "pipeline in a search", "prediction", "bagging", "one against the rest"],
)
def test_one_of_many_fits_ends_all(fit):
    with pytest.raises(KeyboardInterrupt):
        fit(build(VariationalClassifier))
    assert len(started) == 1


def test_a_pipeline_is_a_single_fit():
    pipeline = make_pipeline(StandardScaler(), build(VariationalClassifier))
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        pipeline.fit(X, Y)
    assert pipeline.predict(X).shape == Y.shape


def test_in_a_worker_process_all_ends(monkeypatch):
    monkeypatch.setattr(multiprocessing, "parent_process", object)
    with pytest.raises(KeyboardInterrupt):
        build(VariationalClassifier).fit(X, Y)


def test_the_second_time_within_seconds_all_ends_and_the_model_stays(monkeypatch):
    seconds = iter((100.0, 102.9, 110.0))
    monkeypatch.setattr(interrupts(), "clock", lambda: next(seconds))
    model = build(VariationalClassifier)
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        model.fit(X, Y)
    before = dict(vars(model))
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y)
    assert vars(model) == before
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        model.fit(X, Y)


def test_the_signal_itself():
    """Whatever the parent of this process does with it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        model = build(VariationalClassifier).set_params(optimizer__press=lambda: signal.raise_signal(signal.SIGINT))
        with pytest.warns(ConvergenceWarning, match="interrupted after 2 iterations"):
            model.fit(X, Y)
        with pytest.raises(KeyboardInterrupt):
            cross_val_score(model, X, Y, cv=2)
    finally:
        signal.signal(signal.SIGINT, before)
