"""Angles trained through time."""

import numpy as np
import pytest

from skqml import Exact
from skqml.models.recurrent import QRNNCell, QRNNReservoirClassifier, QRNNReservoirRegressor
from skqml.models.recurrent.reservoir import Ensemble
from skqml.models.recurrent.sequences import read_sequences
from skqml.models.recurrent.training import AtSteps, MeanAndLast, ThroughTime
from skqml.training import Adam
from tests.models.recurrent.cells.cells import cell_classes, has_gradients, small

CELLS = [cell for cell in map(small, cell_classes()) if has_gradients(cell)]
CELL = small(QRNNCell)


def loss_of(cell, pool, truncation=None, n_held_out=0):
    """A loss over two sequences of five steps, and angles to begin with."""
    rng = np.random.default_rng(0)
    step = cell.compile(1, Exact())
    ensemble = Ensemble(cell, step, Exact(), step.draw(2, 1.0, rng))
    X = rng.normal(size=(8, 5, 1))
    n_rows = len(pool(X))
    fixed, Y = rng.normal(size=(n_rows, 1)), rng.normal(size=(n_rows, 2))
    return ThroughTime(ensemble, X, pool, fixed, Y, truncation, n_held_out)


def slope(loss, w, direction, width=1e-5):
    return (loss(w + width * direction)[0] - loss(w - width * direction)[0]) / (2 * width)


USED = np.arange(5) < np.array([5, 5, 5, 4, 4, 3, 5, 5])[:, None]


@pytest.mark.parametrize("pool", [AtSteps(USED), MeanAndLast(USED)], ids=["steps", "sequences"])
@pytest.mark.parametrize("cell", CELLS, ids=repr)
@pytest.mark.parametrize("n_held_out", [0, 3])
def test_gradient_through_time(cell, pool, n_held_out):
    loss = loss_of(cell, pool, n_held_out=n_held_out)
    w, direction = loss.ensemble.weights.ravel(), np.random.default_rng(1).normal(size=loss.ensemble.weights.size)
    assert loss(w)[1] @ direction == pytest.approx(slope(loss, w, direction), rel=1e-4, abs=1e-7)


def test_truncation():
    """Stretches as long as the series change nothing; short ones leave out what comes from before."""
    whole, long, short = (loss_of(CELL, AtSteps(USED), t) for t in (None, 5, 2))
    w = whole.ensemble.weights.ravel()
    np.testing.assert_allclose(long(w)[1], whole(w)[1], atol=1e-12)
    assert short(w)[0] == pytest.approx(whole(w)[0])
    assert not np.allclose(short(w)[1], whole(w)[1])


def test_pools_are_linear_maps_with_their_pullbacks():
    rng = np.random.default_rng(2)
    F = rng.normal(size=(8, 5, 3))
    for pool in (AtSteps(USED), MeanAndLast(USED)):
        rows = pool(F)
        g = rng.normal(size=rows.shape)
        assert np.sum(rows * g) == pytest.approx(np.sum(F * pool.pullback(g)))
    mean_and_last = MeanAndLast(USED)(F)
    np.testing.assert_allclose(mean_and_last[5], np.concatenate([F[5, :3].mean(axis=0), F[5, 2]]))


@pytest.mark.parametrize("optimizer", [None, Adam(0.05)])
def test_training_lowers_the_error(optimizer):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (1, 80, 1))
    y = (X[:, :, 0] * np.roll(X[:, :, 0], 1, axis=1)) ** 2
    options = {"cell": CELL, "n_reservoirs": 1, "input_scale": 1.0, "random_state": 0, "washout": 3}
    frozen = QRNNReservoirRegressor(**options).fit(X, y)
    trained = QRNNReservoirRegressor(**options, train_cell=True, max_iter=15, truncation=20, optimizer=optimizer)
    trained.fit(X, y)
    assert trained.score(X, y) > frozen.score(X, y) + 0.01
    assert len(trained.loss_curve_) == trained.n_iter_ == 15
    assert trained.loss_curve_[-1] < trained.loss_curve_[0]
    assert not np.array_equal(trained.ensemble_.weights, frozen.ensemble_.weights)


@pytest.mark.parametrize("axes", [2, 3])
def test_classifiers_and_rows(axes):
    X = np.random.default_rng(0).normal(size=(30, 6))
    y = (X[:, 0] * X[:, -1] > 0).astype(int)
    options = {"cell": CELL, "n_reservoirs": 1, "train_cell": True, "max_iter": 3, "random_state": 0}
    X_shaped = X if axes == 2 else X[:, :, None]
    model = QRNNReservoirClassifier(**options).fit(X_shaped, y)
    assert model.n_iter_ == 3
    assert model.predict(X_shaped).shape == (30,)
    assert QRNNReservoirRegressor(**options).fit(X, y).n_iter_ == 3


def test_partial_fit_does_not_train():
    with pytest.raises(ValueError, match="train_cell"):
        QRNNReservoirRegressor(train_cell=True).partial_fit(np.zeros((4, 3)), np.zeros(4))


OPTIONS = {"cell": CELL, "n_reservoirs": 1, "train_cell": True, "max_iter": 4, "random_state": 0}
SERIES = np.sin(np.arange(60.0)[None, :, None] ** 1.3)


def fitted(**options):
    return QRNNReservoirRegressor(**OPTIONS | options).fit(SERIES[:, :-1], SERIES[:, 1:, 0])


def test_rows_held_out_are_not_seen_in_training():
    """Other targets there change what counts, not what is learned."""
    y = SERIES[:, 1:, 0].copy()
    y[:, -6:] += 0.1
    models = [
        QRNNReservoirRegressor(**OPTIONS, early_stopping=True).fit(SERIES[:, :-1], t) for t in (SERIES[:, 1:, 0], y)
    ]
    assert all(len(m.validation_loss_curve_) == m.n_iter_ and m.loss_ == min(m.validation_loss_curve_) for m in models)
    np.testing.assert_allclose(models[0].loss_curve_, models[1].loss_curve_, rtol=1e-12)
    assert models[0].validation_loss_curve_ != models[1].validation_loss_curve_
    assert fitted().validation_loss_curve_ is None
    with pytest.raises(ValueError, match="held out"):
        QRNNReservoirRegressor(**OPTIONS, early_stopping=True).fit(SERIES[0, :6, 0].reshape(2, 3), [0.0, 1.0])


def test_the_best_of_several_starts_is_kept():
    losses = [fitted(n_restarts=n).loss_ for n in (1, 2, 4)]
    assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0]


def test_a_warm_start_goes_on():
    model = fitted(warm_start=True)
    loss, weights = model.loss_, model.ensemble_.weights
    assert model.fit(SERIES[:, :-1], SERIES[:, 1:, 0]).loss_ < loss
    assert not np.array_equal(model.ensemble_.weights, weights)
    with pytest.raises(ValueError, match="warm_start expected as many parameters"):
        model.set_params(n_reservoirs=2).fit(SERIES[:, :-1], SERIES[:, 1:, 0])


@pytest.mark.parametrize("standardize", [True, False])
def test_no_input_is_too_large_for_a_cell(standardize):
    model = fitted(train_cell=False, standardize=standardize)
    features = []
    for unit in (1e60, 1e150):
        _, _, columns = next(model._blocks(read_sequences(model, SERIES * unit)))
        features.append(columns[:, :, 1:])
    np.testing.assert_array_equal(*features)
    assert np.abs(features).max() <= 1 + 1e-12
