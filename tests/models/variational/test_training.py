"""How variational models are trained: batches, starts, callbacks."""

from functools import partial

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.callback import ScoringMonitor
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

from skqml.backends.exact.backend import Exact
from skqml.circuits import AngleEncoding, all_z
from skqml.circuits.ansatze import hardware_efficient, mirrored
from skqml.datasets import make_adhoc
from skqml.models.fast_weights import FastWeightRegressor
from skqml.models.readout_qnn import ReadoutQNNClassifier
from skqml.models.variational import VariationalClassifier, VariationalRegressor
from skqml.models.variational.initial import grow, initial_weights
from skqml.training import SPSA, Adam, squared_error
from skqml.training.risk import Risk
from tests.models.variational.models import IRIS, ITERATIONS, SMALL, blobs, havlicek


def test_partial_fit_learns():
    X, y = IRIS
    model = VariationalClassifier(random_state=0)
    for _ in range(60):
        model.partial_fit(X, y, classes=[0, 1, 2])
    assert model.n_iter_ == len(model.loss_curve_) == 60
    assert model.loss_curve_[-1] < 0.5 * model.loss_curve_[0]
    assert model.score(X, y) > 0.9


def test_partial_fit_of_whole_batches_is_adam():
    """As many calls as iterations of `fit` with the same optimiser from the same start."""
    X, y = blobs(2)
    start = np.random.default_rng(0).normal(size=18)
    model = VariationalClassifier(optimizer=Adam(0.1), init=start, max_iter=5, tol=0.0, **SMALL)
    with pytest.warns(ConvergenceWarning):
        whole = clone(model).fit(X, y)
    steps = clone(model)
    for _ in range(5):
        steps.partial_fit(X, y, classes=[0, 1])
    np.testing.assert_allclose(steps._state.v, whole._state.v, atol=1e-9)


@pytest.mark.filterwarnings(ITERATIONS)
def test_partial_fit_goes_on_after_fit():
    X, y = blobs(2)
    model = VariationalClassifier(max_iter=5, **SMALL).fit(X, y)
    before = model._state.v.copy()
    model.partial_fit(X, y)
    assert 0 < np.abs(model._state.v - before).max() < 0.1


def test_warm_start_goes_on():
    X, y = blobs(3)
    model = VariationalClassifier(warm_start=True, **SMALL).fit(X, y)
    loss = model.loss_
    assert model.fit(X, y).loss_curve_[0] <= loss + 1e-6
    with pytest.raises(ValueError, match="warm_start"):
        model.fit(X[:, :2], y % 2)


def test_warm_start_refuses_other_classes():
    X, y = blobs(2)
    model = VariationalClassifier(warm_start=True, **SMALL).fit(X, y)
    before = model.predict(X)
    with pytest.raises(ValueError, match=r"warm_start.*\[1 2\]"):
        model.fit(X, y + 1)
    np.testing.assert_array_equal(model.predict(X), before)


@pytest.mark.filterwarnings(ITERATIONS)
def test_fit_forgets_what_partial_fit_has_drawn():
    X, y = blobs(2)
    model = VariationalClassifier(max_iter=2, batch_size=16, **SMALL)
    fresh = clone(model).fit(X, y).partial_fit(X, y)
    used = clone(model).partial_fit(X, y, classes=[0, 1]).fit(X, y).partial_fit(X, y)
    np.testing.assert_array_equal(used.weights_, fresh.weights_)


def test_weights_not_yet_grown_stay_at_zero():
    """Under an optimiser that walks in all weights, whatever their gradients are."""
    seen = []

    class Watched:
        def __call__(self, v, rows=None):
            seen.append(v)
            return float(np.sum((v - 1) ** 2)), 2 * (v - 1)

        def value(self, v, rows=None):
            return self(v)[0]

    grown = grow(Watched(), np.full(6, 0.5), 4, 2, SPSA, np.random.default_rng(0)).w
    assert seen
    assert not np.any([v[2:4] for v in seen])
    np.testing.assert_array_equal(grown[2:4], [0.5, 0.5])
    assert (grown[[0, 1, 4, 5]] != 0.5).all()


@pytest.mark.parametrize("init", ["small", "identity", "layerwise", lambda n, rng: rng.normal(size=n)])
def test_initialisations_train(init):
    X, y = blobs(3)
    ansatz = partial(mirrored, ansatz=partial(hardware_efficient, n_layers=2))
    model = VariationalClassifier(AngleEncoding(), ansatz, init=init, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.9


def test_identity_initialisation_starts_at_the_encoding():
    """The first loss's circuit is the encoding alone: scores do not depend on the ansatz."""
    X, y = blobs(2)
    model = VariationalClassifier(AngleEncoding(), mirrored, init="identity", optimizer=Adam(1e-12), random_state=0)
    model.partial_fit(X, y, classes=[0, 1])
    alone = Exact().compile(AngleEncoding().build(3), model.observables_)
    rows = model.standardizer_.transform(X)
    np.testing.assert_allclose(model.network_.program(rows, model.weights_), alone(rows), atol=1e-9)


def test_small_angles_have_larger_gradients_than_random_ones():
    """Eight qubits, 16 layers: derivatives of the loss of one local observable by the weights."""
    model = VariationalRegressor(AngleEncoding(), partial(hardware_efficient, n_layers=16), lambda n: all_z(n)[-1:])
    model.partial_fit(np.random.default_rng(0).normal(size=(20, 8)), np.arange(20.0))
    rows = model.network_.program.fix_rows(np.random.default_rng(0).normal(size=(20, 8)))
    risk = Risk(model.network_, squared_error, rows, np.ones((20, 1)), np.ones(20))
    n_weights = len(model.weights_)
    squares = {"small": 0.0, "random": 0.0}
    for seed in range(5):
        rng = np.random.default_rng(seed)
        starts = {"small": initial_weights("small", 0, n_weights, rng), "random": rng.uniform(0, 2 * np.pi, n_weights)}
        for name, w in starts.items():
            gradient = risk(model.network_.pack(w, np.ones((1, 1)), np.zeros(1)))[1]
            squares[name] += np.mean(gradient[:n_weights] ** 2)
    assert squares["small"] > 3 * squares["random"]


@pytest.mark.filterwarnings(ITERATIONS)
def test_restarts_keep_the_best():
    """The first start of five is that of one, and few iterations tell starts apart."""
    X, y = make_adhoc(40, random_state=1)
    options = [{"max_iter": 3, "random_state": seed} for seed in range(4)]
    pairs = [[havlicek(4, n_restarts=n, **few).fit(X, y).loss_ for n in (1, 5)] for few in options]
    falls = -np.diff(pairs, axis=1)
    assert (falls >= 0).all()
    assert (falls > 0.01).any()


@pytest.mark.parametrize("cls", [VariationalClassifier, VariationalRegressor])
def test_early_stopping_counts_the_rows_held_out(cls):
    X, y = blobs(3)
    model = cls(early_stopping=True, validation_fraction=0.25, n_iter_no_change=5, **SMALL).fit(X, y)
    assert len(model.validation_loss_curve_) == model.n_iter_
    assert model.loss_ == min(model.validation_loss_curve_)


@pytest.mark.filterwarnings(ITERATIONS)
def test_mini_batches_train():
    X, y = IRIS
    model = VariationalClassifier(batch_size=32, max_iter=20, random_state=0).fit(X, y)
    assert isinstance(model._state.optimizer, Adam)
    assert model.score(X, y) > 0.9


@pytest.mark.filterwarnings(ITERATIONS)
@pytest.mark.parametrize(
    "options", [{}, {"batch_size": 16}, {"optimizer": SPSA()}, {"n_restarts": 2}, {"early_stopping": True}]
)
def test_same_seed_same_model(options):
    X, y = blobs(3)
    model = VariationalClassifier(max_iter=5, **SMALL, **options)
    first, second = clone(model).fit(X, y), clone(model).fit(X, y)
    np.testing.assert_array_equal(first._state.v, second._state.v)
    other = clone(model).set_params(random_state=1).fit(X, y)
    assert not np.array_equal(first._state.v, other._state.v)


# Callbacks


class Stopper:
    """Asks to stop after some iterations."""

    def __init__(self, n_iter):
        self.n_iter, self.seen, self.torn_down = n_iter, [], False

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        self.torn_down = True

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None, X=None):
        if context.task_name == "iteration" and fitted_estimator is not None:
            see = getattr(fitted_estimator, "predict", None) or fitted_estimator.transform
            self.seen.append(see(X))
        return len(self.seen) >= self.n_iter


def test_callbacks_see_usable_models_and_can_stop():
    stopper = Stopper(3)
    model = VariationalClassifier(**SMALL).set_callbacks(stopper).fit(*IRIS)
    assert model.n_iter_ == len(stopper.seen) == 3
    assert stopper.torn_down
    np.testing.assert_array_equal(stopper.seen[-1], model.predict(IRIS[0]))


def test_a_callback_that_stops_ends_all_restarts():
    stopper = Stopper(3)
    model = VariationalClassifier(n_restarts=3, **SMALL).set_callbacks(stopper).fit(*IRIS)
    assert model.n_iter_ == len(stopper.seen) == 3


def test_scoring_monitor_sees_every_iteration_and_the_final_model():
    monitor = ScoringMonitor(scoring="accuracy")
    model = VariationalClassifier(**SMALL).set_callbacks(monitor).fit(*IRIS)
    log = monitor.get_logs().data
    assert len(log) == model.n_iter_ + 1
    assert {row["accuracy"] for row in log if row["task_name"] == "fit"} == {model.score(*IRIS)}


def test_callbacks_are_torn_down_where_fit_fails():
    stopper = Stopper(3)
    with pytest.raises(ValueError, match="NaN"):
        VariationalClassifier(**SMALL).set_callbacks(stopper).fit(np.full((4, 2), np.nan), [0, 1, 0, 1])
    assert stopper.torn_down


TRAINED = [VariationalClassifier, VariationalRegressor, FastWeightRegressor, ReadoutQNNClassifier]


@pytest.mark.filterwarnings(ITERATIONS)
@pytest.mark.parametrize("cls", TRAINED)
def test_callbacks_score_rows_as_they_were_given(cls):
    """Under their names, of which scikit-learn would warn if they were missing."""
    X, y = load_iris(return_X_y=True, as_frame=True)
    monitor = ScoringMonitor(scoring="neg_mean_squared_error")
    model = cls(max_iter=2, random_state=0).set_callbacks(monitor).fit(X, y)
    assert len(monitor.get_logs().data) == model.n_iter_ + 1
