"""Callbacks of scikit-learn see every iteration of whatever is trained, with a model that works, and can end it."""

import numpy as np
import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.callback import ScoringMonitor
from sklearn.datasets import load_iris

from tests.contracts.learning.test_interruption import SMALL, trained
from tests.models.variational.test_training import Stopper

X, Y = (a[::5] for a in load_iris(return_X_y=True))
# Predictors: what is trained to give a kernel, or an energy, has no scores by iteration.
PREDICTORS = [cls for cls in trained() if is_classifier(cls()) or is_regressor(cls())]
pytestmark = [
    pytest.mark.filterwarnings("ignore:Training stopped at max_iter"),
    pytest.mark.parametrize("cls", PREDICTORS, ids=lambda cls: cls.__name__),
]


def build(cls):
    model = cls(max_iter=3, tol=None)
    return model.set_params(**{k: SMALL[k] for k in SMALL.keys() & model.get_params(deep=False).keys()})


def targets(model):
    return X[:, 0] if is_regressor(model) else Y


def test_every_iteration_can_be_scored(cls):
    model, y = build(cls), targets(build(cls))
    monitor = ScoringMonitor(scoring="neg_mean_squared_error")
    model.set_callbacks(monitor).fit(X, y)
    log = monitor.get_logs().data
    scores = [row["neg_mean_squared_error"] for row in log if row["task_name"] != "fit"]
    assert len(scores) == model.n_iter_ == 3
    assert np.isfinite(scores).all()
    best = np.mean((model.predict(X) - y) ** 2)
    assert min(abs(score + best) for score in scores) < 1e-9  # what is kept was seen


def test_a_callback_can_end_it(cls):
    model, stopper = build(cls), Stopper(2)
    model.set_callbacks(stopper).fit(X, targets(model))
    assert model.n_iter_ == 2 and stopper.torn_down
    np.testing.assert_array_equal(np.shape(stopper.seen[-1]), np.shape(targets(model)))
