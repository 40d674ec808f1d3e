"""What a checkpoint is taken up for: the same fit, and nothing else; of searches, the fits that are left."""

import warnings
from functools import partial

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

import skqml
from skqml import AngleEncoding, IQPEncoding, Shots, VariationalClassifier
from skqml.training import Adam, Checkpoint, checkpoints
from skqml.training.progress import Report
from tests.contracts.examples import LABELS, X

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Ended(BaseException):
    """Ends a process without its knowing."""


def model(folder=None, **options):
    """A classifier of few iterations."""
    settings = {"encoding": AngleEncoding(), "ansatz__n_layers": 1, "max_iter": 6, "tol": None, "random_state": 0}
    return VariationalClassifier().set_params(**settings | options, checkpoint=folder)


@pytest.fixture
def folder(tmp_path):
    """One that is written to behind each iteration."""
    return Checkpoint(tmp_path, n_iter=1, seconds=None)


def end_behind(n_iterations, monkeypatch):
    """Let all end behind so many iterations."""
    left, told = iter(range(n_iterations, -1, -1)), Report.__call__

    def and_end(report, w, loss):
        if next(left, 1) == 0:
            raise Ended
        told(report, w, loss)

    monkeypatch.setattr(Report, "__call__", and_end)


CHANGES = {
    "setting": {"alpha": 0.2},
    "part": {"encoding": IQPEncoding()},
    "part of a part": {"ansatz__n_layers": 2},
    "seed": {"random_state": 1},
    "limit": {"max_iter": 7},
    "backend": {"backend": Shots(10)},
    "optimizer": {"optimizer": Adam(0.05)},
    "function": {"init": lambda n, rng: rng.uniform(0, 1, n)},
    "its numbers": {"init": lambda n, rng: rng.uniform(0, 2, n)},
    "what it holds": {"init": partial(lambda a, n, rng: rng.uniform(0, a, n), 3)},
}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_else_is_gone_on_with(change, folder, tmp_path, iterations):
    """Whatever differs, the fit begins anew, in a file of its own."""
    for options in ({}, CHANGES["function"], CHANGES[change]):
        model(folder, **options).fit(X, LABELS)
    before = len(list(tmp_path.iterdir()))
    assert before == (2 if change == "function" else 3)
    iterations.clear()
    model(folder, **CHANGES[change]).fit(X, LABELS)
    assert not iterations
    for X_, y, weight in ((X + 1e-9, LABELS, None), (X, 1 - LABELS, None), (X, LABELS, np.arange(8))):
        model(folder, **CHANGES[change]).fit(X_, y, sample_weight=weight)
    assert len(list(tmp_path.iterdir())) == before + 3


def test_what_changes_no_result_is_not_asked_for(folder, tmp_path, iterations):
    """Nor are parts that are made anew."""
    model(folder, optimizer=Adam(0.1)).fit(X, LABELS)
    iterations.clear()
    model(str(tmp_path), optimizer=Adam(0.1), verbose=1).fit(X.tolist(), np.array(["a", "b"])[LABELS])
    assert not iterations


def test_searches_train_what_is_left(folder, iterations, monkeypatch):
    """A search that ended goes on in the middle of the fit in which it ended."""
    grid = {"alpha": [0.1, 0.3], "optimizer": [None, Adam(0.1)]}
    undisturbed = GridSearchCV(model(), grid, cv=2).fit(X, LABELS)
    whole = len(iterations)
    with monkeypatch.context() as patch, pytest.raises(Ended):
        end_behind(27, patch)
        GridSearchCV(model(folder), grid, cv=2).fit(X, LABELS)
    iterations.clear()
    search = GridSearchCV(model(folder), grid, cv=2).fit(X, LABELS)
    assert len(iterations) == whole - 27
    np.testing.assert_array_equal(search.cv_results_["mean_test_score"], undisturbed.cv_results_["mean_test_score"])
    np.testing.assert_array_equal(search.decision_function(X), undisturbed.decision_function(X))


def test_a_warm_start_is_another_fit(folder, iterations):
    """And its parameters belong to what it is known by."""
    first = clone(model(folder, warm_start=True)).fit(X, LABELS)
    v = first._state.v
    iterations.clear()
    second = first.fit(X, LABELS)
    assert iterations
    again = model(folder, warm_start=True).fit(X, LABELS)
    np.testing.assert_array_equal(again._state.v, v)
    iterations.clear()
    np.testing.assert_array_equal(again.fit(X, LABELS)._state.v, second._state.v)
    assert not iterations


def test_steps_go_on_with_the_moments_that_were_kept(folder):
    """`partial_fit` behind a fit that was read does what it does behind one that was run."""
    for _ in range(2):
        found = model(folder, optimizer=Adam(0.1), batch_size=4).fit(X, LABELS).partial_fit(X, LABELS)
        expected = model(optimizer=Adam(0.1), batch_size=4).fit(X, LABELS).partial_fit(X, LABELS)
        np.testing.assert_array_equal(found._state.v, expected._state.v)


class StopAt:
    """A callback that stops a fit behind so many iterations."""

    def __init__(self, n_iter):
        self.n_iter, self.seen = n_iter, 0

    def setup(self, estimator, context):
        self.seen = 0

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context):
        self.seen += context.task_name == "iteration"
        return self.seen == self.n_iter


def test_what_a_callback_stopped_goes_on(folder):
    """As does what Ctrl-C ended: nothing says that it was at its end."""
    for optimizer in (None, Adam(0.1)):
        stopped = model(folder, optimizer=optimizer).set_callbacks(StopAt(2)).fit(X, LABELS)
        assert stopped.n_iter_ == 2
        whole = model(optimizer=optimizer).fit(X, LABELS)
        gone_on = model(folder, optimizer=optimizer).fit(X, LABELS)
        assert gone_on.loss_curve_ == whole.loss_curve_
        np.testing.assert_array_equal(gone_on._state.v, whole._state.v)


def test_what_a_checkpoint_needs(tmp_path):
    """A seed by which fits are told apart, and a folder."""
    with pytest.raises(ValueError, match="checkpoint needs a random_state"):
        model(tmp_path, random_state=None).fit(X, LABELS)
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="checkpoint must be a folder"):
        model(tmp_path / "file").fit(X, LABELS)
    with pytest.raises(ValueError, match="'checkpoint' parameter of VariationalClassifier"):
        model(3).fit(X, LABELS)
    for rule in (Checkpoint(3), Checkpoint(tmp_path, n_iter=0), Checkpoint(tmp_path, seconds=-1.0)):
        with pytest.raises((TypeError, ValueError), match=r"checkpoint|n_iter|seconds"):
            model(rule).fit(X, LABELS)


def test_files_of_models_leave_folders_out(tmp_path):
    """They are of a machine; and no file of others says where to write."""
    path = tmp_path / "model.skops"
    for folder in (str(tmp_path), Checkpoint(tmp_path)):
        skqml.save(GridSearchCV(model(folder), {"alpha": [0.1]}), path)
        assert skqml.load(path).estimator.checkpoint is None


def test_a_failure_to_write_is_told(tmp_path, monkeypatch):
    """What was reached is kept in the model, as with any failure in the middle."""

    def full(path, data):
        raise OSError("disk full")

    monkeypatch.setattr(checkpoints, "replace_file", full)
    failing = model(Checkpoint(tmp_path, n_iter=1))
    with warnings.catch_warnings(), pytest.raises(Exception, match="disk full"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        failing.fit(X, LABELS)
