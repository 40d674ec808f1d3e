"""What reservoirs do with failures halfway, and that workers change no number."""

import joblib
import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from skqml import QRNNCell, QRNNFeatures, QRNNReservoirClassifier, QRNNReservoirRegressor, make_mackey_glass
from skqml.datasets import make_windows
from skqml.models.recurrent import reservoir
from skqml.models.recurrent.cells.circuit_step import CircuitStep
from skqml.training import LBFGS, TrainingError

SERIES = make_mackey_glass(300)
X, Y = make_windows(SERIES, 6)
SMALL = {"cell": QRNNCell(3, n_layers=1), "n_reservoirs": 1, "random_state": 0}


def failing(error):
    """An optimiser that fails in its third iteration."""

    def optimize(objective, w, report, rng):
        def twice(w, loss):
            report(w, loss)
            if len(report.training.losses) == 2:
                raise error

        LBFGS()(objective, w, twice, rng)

    return optimize


@pytest.mark.parametrize(("cls", "y"), [(QRNNReservoirRegressor, Y), (QRNNReservoirClassifier, Y > 1.0)])
def test_a_training_that_fails_leaves_the_best_angles(cls, y):
    model = cls(**SMALL, train_cell=True, optimizer=failing(OSError("lost")))
    with pytest.raises(TrainingError, match="iteration 3"):
        model.fit(X, y)
    assert len(model.loss_curve_) == model.n_iter_ == 2
    assert model.score(X, y) > 0.9


def test_an_interrupted_training_leaves_the_best_angles():
    model = QRNNReservoirRegressor(**SMALL, train_cell=True, optimizer=failing(KeyboardInterrupt()))
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        model.fit(X, Y)
    assert model.n_iter_ == 2
    assert model.score(X, Y) > 0.9


def test_a_partial_fit_that_fails_leaves_no_rows_behind(monkeypatch):
    A, B = SERIES[None, :-1, None], SERIES[None, 1:]
    model, other = (QRNNReservoirRegressor(**SMALL).partial_fit(A[:, :100], B[:, :100]) for _ in range(2))
    run, calls = CircuitStep.run, []

    def lost(self, *args, **options):
        calls.append(1)
        if len(calls) == 3:
            raise OSError("device lost")
        return run(self, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(reservoir, "_BLOCK_BYTES", 8 * 6 * 20)
        patch.setattr(CircuitStep, "run", lost)
        with pytest.raises(OSError, match="device lost"):
            model.partial_fit(A[:, 100:], B[:, 100:])
    for each in (model, other):
        each.partial_fit(A[:, 100:], B[:, 100:])
    np.testing.assert_array_equal(model.predict(A), other.predict(A))


@pytest.mark.parametrize(("rows", "targets"), [(X, np.c_[Y, Y]), (X[None, :, :1], np.stack([Y, Y], axis=1)[None])])
def test_other_targets_are_refused(rows, targets):
    model = QRNNReservoirRegressor(**SMALL).partial_fit(rows, targets[..., 0])
    with pytest.raises(ValueError, match="Expected 1 targets as before, got 2"):
        model.partial_fit(rows, targets)


@pytest.mark.parametrize("shape", [X[:40], SERIES.reshape(2, 75, 2)])
def test_workers_change_no_bit(shape):
    """Workers of one process: code that was just compiled and the same from Numba's cache differ in the last bits."""
    options = SMALL | {"n_reservoirs": 3, "cell": QRNNCell(6)}
    with joblib.parallel_config("threading"):
        Z = [QRNNFeatures(**options, n_jobs=n_jobs).fit_transform(shape) for n_jobs in (None, 2)]
    np.testing.assert_array_equal(*Z)
    processes = QRNNFeatures(**options, n_jobs=2).fit_transform(shape)
    np.testing.assert_allclose(processes, Z[0], atol=1e-13)
