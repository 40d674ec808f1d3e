"""What every model that is trained by gradients can do: restarts, warm starts, rows held out, single steps."""

import inspect
import warnings
from copy import deepcopy

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import ConvergenceWarning

import skqml
from skqml.models.base.iterations import TrainedByIterations
from skqml.models.base.trained import TrainedModel
from skqml.training import LBFGS, SPSA, Adam, TrainingError
from tests.contracts.estimators import fitted, quick, rows, scores, settings
from tests.rooms import classes

CLASSES = classes(TrainedByIterations)
STEPPING = classes(TrainedModel)
PARAMETERS = [
    (cls, name)
    for kinds, base in ((CLASSES, TrainedByIterations), (STEPPING, TrainedModel))
    for name, parameter in inspect.signature(base).parameters.items()
    if parameter.kind is parameter.KEYWORD_ONLY
    for cls in kinds
]
TRAINED = {"max_iter": 4, "tol": None, "batch_size": None, "train_cell": True, "cell": skqml.QRNNCell(3, n_layers=1)}
every = pytest.mark.parametrize("cls", CLASSES)


class Failing(LBFGS):
    """L-BFGS that fails behind its second iteration, in a certain start."""

    def __init__(self, start=1, starts=None):
        super().__init__()
        self.start = start
        self.starts = starts

    def __call__(self, objective, w, report, rng):
        self.starts.append(w)
        left = iter((2, 1))

        def and_fail(w, loss):
            report(w, loss)
            if next(left, 0) == 1 and len(self.starts) == self.start:
                raise OSError("lost")

        super().__call__(objective, w, and_fail, rng)

    def __sklearn_clone__(self):
        return self


def training(cls, **options):
    """A model of few iterations over all rows at once, that no tolerance ends, and rows that suit it."""
    model = quick(cls, **TRAINED | options)
    return model, *rows(model)


def test_families_are_found():
    assert len(STEPPING) >= 6 and len(CLASSES) > len(STEPPING)


@every
def test_restarts_keep_the_best_of_several(cls):
    model, X, y = training(cls)
    starts = []
    losses = [fitted(clone(model).set_params(n_restarts=n), X, y).loss_ for n in (1, 2, 5)]
    fitted(model.set_params(n_restarts=3, optimizer=Failing(None, starts)), X, y)
    assert losses == sorted(losses, reverse=True)
    assert len({w.tobytes() for w in starts}) == 3


@every
def test_a_failure_keeps_the_best_of_the_starts_before(cls):
    model, X, y = training(cls, n_restarts=3)
    model.set_params(optimizer=Failing(2, []))
    with warnings.catch_warnings(), pytest.raises(TrainingError, match="lost"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    kept = model.loss_
    assert kept <= fitted(model.set_params(optimizer=None, n_restarts=1), X, y).loss_
    with pytest.raises(TrainingError, match=r"iteration 3.*lost"):
        clone(model).set_params(optimizer=Failing(1, [])).fit(X, y)


@every
def test_a_warm_start_begins_where_the_last_fit_ended(cls):
    model, X, y = training(cls, warm_start=True)
    model = fitted(model, X, y)
    before, loss = model._reached.ravel(), model.loss_
    starts = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.set_params(optimizer=Failing(None, starts)).fit(X, y)
    np.testing.assert_array_equal(starts[0], before)
    assert model.loss_ <= loss
    if larger := settings(model, {"n_layers": 4, "n_reservoirs": 3}):
        with pytest.raises(ValueError, match="warm_start expected as many parameters"):
            model.set_params(**larger).fit(X, y)


@every
def test_early_stopping_counts_the_rows_held_out(cls):
    model, X, y = training(cls, early_stopping=True, validation_fraction=0.3)
    model = fitted(model, X, y)
    assert len(model.validation_loss_curve_) == model.n_iter_ == len(model.loss_curve_)
    assert model.loss_ == min(model.validation_loss_curve_)
    assert fitted(model.set_params(early_stopping=False), X, y).validation_loss_curve_ is None


@every
def test_too_few_rows_to_hold_some_out_are_refused_by_name(cls):
    """And what was fitted before stays."""
    model, X, y = training(cls)
    model = fitted(model, X, y)
    shown = scores(model)(X)
    with pytest.raises(ValueError, match=r"validation_fraction.*early_stopping=False"):
        model.set_params(early_stopping=True, validation_fraction=0.999).fit(X, y)
    np.testing.assert_array_equal(scores(model)(X), shown)


@pytest.mark.parametrize("cls", STEPPING)
def test_steps_go_on_from_a_fit_and_from_each_other(cls):
    model, X, y = training(cls, learning_rate=1e-3)
    options = {"classes": np.unique(y)} if is_classifier(model) else {}
    whole = clone(model).set_params(optimizer=Adam(1e-3), max_iter=3)
    steps = clone(whole)
    for _ in range(3):
        steps.partial_fit(X, y, **options)
    assert steps.n_iter_ == len(steps.loss_curve_) == 3
    whole = fitted(whole, X, y)
    np.testing.assert_allclose(steps.loss_curve_, whole.loss_curve_, rtol=1e-6)
    shown = scores(whole)(X)
    moved = scores(whole.partial_fit(X, y))(X) - shown
    assert 0 < np.abs(moved).max() < 0.1 * max(1.0, np.ptp(shown))


@pytest.mark.parametrize("optimizer", [None, Adam(), SPSA()], ids=repr)
@pytest.mark.parametrize("cls", STEPPING)
def test_a_learning_rate_that_is_set_is_that_of_the_next_step(cls, optimizer):
    """As in a schedule of one's own: the step is as much shorter, and the means of the gradients go on."""
    model, X, y = training(cls, optimizer=optimizer)
    options = {"classes": np.unique(y)} if is_classifier(model) else {}
    model.set_params(**{(rate := "optimizer__learning_rate" if optimizer else "learning_rate"): 1e-3})
    model.partial_fit(X, y, **options).partial_fit(X, y)
    moved = []
    for share in (1.0, 0.25):
        next_one = deepcopy(model).set_params(**{rate: share * 1e-3}).partial_fit(X, y)
        moved.append((next_one._reached - model._reached) / share)
        assert getattr(next_one._state.optimizer, "n_steps_", 3) == 3
    assert np.abs(moved[0]).max() > 0
    np.testing.assert_allclose(moved[0], moved[1], rtol=1e-6, atol=1e-12)


@every
def test_one_seed_is_one_model_whatever_was_fitted_before(cls):
    model, X, y = training(cls, batch_size=16, early_stopping=True)
    first = fitted(model, X, y)
    other = fitted(first, X[::2], y[::2])
    np.testing.assert_array_equal(fitted(other, X, y)._reached, first._reached)


@pytest.mark.parametrize(("cls", "parameter"), PARAMETERS)
def test_every_family_has_the_parameters_of_a_training(cls, parameter):
    assert parameter in cls().get_params()
