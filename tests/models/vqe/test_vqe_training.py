"""How the eigensolver is trained: optimisers, starts, interruption, callbacks."""

import numpy as np
import pytest
from sklearn.callback import ScoringMonitor
from sklearn.exceptions import ConvergenceWarning

from skqml import ZNEVQE
from skqml.training import LBFGS, SPSA
from tests.models.vqe.molecules import molecule

SMALL = {"n_restarts": 2, "random_state": 0}


@pytest.mark.parametrize(("optimizer", "tol", "error"), [(LBFGS(), 1e-8, 1e-9), (SPSA(), 1e-6, 0.1)])
@pytest.mark.filterwarnings("ignore:.*lowest basis state")
def test_other_optimizers(optimizer, tol, error):
    """Each row and start by itself."""
    operators = molecule("h2", every=7).operators
    model = ZNEVQE(optimizer=optimizer, n_restarts=1, max_iter=500, tol=tol, random_state=0).fit(operators)
    assert np.abs(model.energies_ - ZNEVQE().exact_energies(operators)).max() < error
    assert len(model.loss_curve_) == model.n_iter_ <= 500


def test_too_few_iterations_warn():
    with pytest.warns(ConvergenceWarning, match="max_iter"):
        assert ZNEVQE(max_iter=2, random_state=0).fit([[0.7]]).energies_[0] > -3.0


def test_more_starts_find_lower_energies():
    data = molecule("h2", "jordan_wigner", every=2)
    one, four = (ZNEVQE(n_restarts=n, random_state=2).fit(data.operators).energies_.mean() for n in (1, 4))
    assert four < one + 1e-9


def test_loss_curve_falls():
    model = ZNEVQE(random_state=0).fit([[0.7], [1.1]])
    assert len(model.loss_curve_) == model.n_iter_
    assert model.loss_curve_[-1] < model.loss_curve_[0]
    assert model.loss_curve_[-1] >= model.energies_.mean() - 1e-9


def test_interruption_keeps_the_best_weights(monkeypatch):
    calls = []

    class Interrupting(LBFGS):
        def __call__(self, objective, w, report, rng):
            def and_stop(w, loss):
                report(w, loss)
                calls.append(loss)
                if len(calls) == 3:
                    raise KeyboardInterrupt

            super().__call__(objective, w, and_stop, rng)

    model = ZNEVQE(optimizer=Interrupting(), random_state=0)
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        model.fit([[0.7], [1.1]])
    assert model.n_iter_ == 3
    assert np.isfinite(model.energies_).all()
    assert model.energies_[0] <= calls[-1] + 1e-12


def test_verbose_writes_lines(capsys):
    ZNEVQE(**SMALL, verbose=5).fit([[0.7]])
    assert "iteration 5, mean energy" in capsys.readouterr().out
    ZNEVQE(**SMALL).fit([[0.7]])
    assert not capsys.readouterr().out


class Stopper:
    """Asks to stop after some iterations, and keeps what would be predicted."""

    def __init__(self, n_iter):
        self.n_iter, self.seen = n_iter, []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None, X=None):
        if context.task_name == "iteration" and fitted_estimator is not None:
            self.seen.append(fitted_estimator.predict(X))
        return len(self.seen) >= self.n_iter


def test_callbacks_see_and_stop():
    X, stopper = [[0.7], [1.1]], Stopper(6)
    model = ZNEVQE(**SMALL).set_callbacks(stopper).fit(X)
    assert model.n_iter_ == len(stopper.seen) == 6
    assert np.all(np.diff(stopper.seen, axis=0) <= 1e-12)
    assert np.allclose(stopper.seen[-1], model.energies_, atol=1e-12)


def test_scores_can_be_watched():
    monitor = ScoringMonitor(scoring=lambda model, X, y=None: model.score(X))
    model = ZNEVQE(**SMALL).set_callbacks(monitor).fit([[0.7], [1.1]])
    assert len(monitor.get_logs().data) == model.n_iter_ + 1


def test_callbacks_take_operators():
    stopper = Stopper(2)
    assert ZNEVQE(**SMALL).set_callbacks(stopper).fit(molecule("h2", every=7).operators).n_iter_ == 2
