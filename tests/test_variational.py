"""Variational models: gradients, weights, labels, callbacks, bad input; accuracy on real data."""

import pickle
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, log_softmax
from sklearn.base import clone
from sklearn.callback import ScoringMonitor
from sklearn.datasets import load_breast_cancer, load_iris, load_wine, make_regression
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from skqml._rows import distinct_rows
from skqml.circuits import AngleEncoding, ReuploadingEncoding, ZZEncoding, all_z, parity, projectors
from skqml.circuits.ansatze import hardware_efficient, identity, mirrored
from skqml.datasets import make_adhoc
from skqml.engine.backend import Backend, Program
from skqml.engine.exact import Exact
from skqml.engine.shots import Shots
from skqml.training import SPSA, Adam, TrainingError
from skqml.variational import (
    VariationalClassifier,
    VariationalRegressor,
    cross_entropy,
    shot_error,
    squared_error,
)
from skqml.variational.initial import initial_weights
from skqml.variational.network import Network
from skqml.variational.risk import Risk

SMALL = {"encoding": ReuploadingEncoding(3, trainable=True), "ansatz": hardware_efficient, "random_state": 0}
IRIS = load_iris(return_X_y=True)
ITERATIONS = "ignore::sklearn.exceptions.ConvergenceWarning"


def blobs(n_classes, n_features=3, n_samples=60, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % n_classes
    return rng.normal(0, 2, (n_classes, n_features))[y] + 0.5 * rng.normal(size=(n_samples, n_features)), y


def central_differences(function, v, step=1e-5):
    return np.array([(function(v + step * e) - function(v - step * e)) / (2 * step) for e in np.eye(len(v))])


# Losses


@pytest.mark.parametrize("loss", [cross_entropy, squared_error, partial(shot_error, shots=50)])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_losses_have_their_slopes(loss, seed):
    rng = np.random.default_rng(seed)
    S, Y = rng.uniform(-0.4, 0.4, (4, 2)), np.eye(2)[rng.integers(0, 2, 4)]
    slopes = central_differences(lambda s: loss(s.reshape(S.shape), Y)[0].sum(), S.ravel())
    np.testing.assert_allclose(loss(S, Y)[1].ravel(), slopes, atol=1e-6)


def test_cross_entropy_is_minus_the_logarithm_of_the_probability():
    rng = np.random.default_rng(0)
    S, y = rng.normal(size=(5, 3)), rng.integers(0, 3, 5)
    np.testing.assert_allclose(cross_entropy(S, np.eye(3)[y])[0], -log_softmax(S, axis=1)[range(5), y])


@given(f=st.floats(-0.9, 0.9), shots=st.integers(1, 5000))
def test_shot_error_is_the_formula_of_the_paper(f, shots):
    """``sigmoid(sqrt(R) (1/2 - p) / sqrt(2 (1 - p) p))`` with the probability p of the right outcome."""
    p = (1 + f) / 2
    z = np.sqrt(shots) * (0.5 - p) / np.sqrt(2 * (1 - p) * p)
    loss, _ = shot_error(np.array([[-f, f]]), np.array([[0.0, 1.0]]), shots=shots)
    assert loss[0] == pytest.approx(expit(z), abs=1e-12)


def test_shot_error_refuses_three_classes():
    with pytest.raises(ValueError, match="two classes"):
        VariationalClassifier(loss=shot_error, **SMALL).fit(*IRIS)


# Gradients


@pytest.mark.parametrize("readout", ["affine", "bias", None])
@pytest.mark.parametrize("rows", [None, np.array([1, 4])])
def test_gradient_of_the_risk(readout, rows):
    """Adjoint gradient of a weighted, penalised loss against central differences."""
    rng = np.random.default_rng(0)
    model = VariationalClassifier(AngleEncoding(), observables=all_z, readout=readout, random_state=0)
    model._build(3, 3)
    v = rng.normal(size=model.n_parameters_)
    Y, weight = np.eye(3)[rng.integers(0, 3, 6)], rng.uniform(0.5, 2, 6)
    risk = Risk(model.network_, cross_entropy, rng.normal(size=(6, 3)), Y, weight, alpha=0.7)
    loss, gradient = risk(v, rows)
    assert loss == pytest.approx(risk.value(v, rows), rel=1e-12)
    np.testing.assert_allclose(gradient, central_differences(lambda v: risk.value(v, rows), v), atol=1e-8)


@pytest.mark.parametrize(("cls", "n_targets"), [(VariationalClassifier, 1), (VariationalRegressor, 2)])
@pytest.mark.filterwarnings(ITERATIONS)
def test_input_gradient(cls, n_targets):
    """By the features as given, not the standardised ones."""
    X, y = blobs(3, n_samples=12)
    targets = y if n_targets == 1 else np.column_stack([y, X[:, 0] ** 2])
    model = cls(max_iter=5, **SMALL).fit(10 * X + 3, targets)
    rows = 10 * X[:2] + 3

    def loss(x):
        S = model.network_.scores(model.standardizer_.transform(x.reshape(2, -1)), model._trained)
        Y = np.eye(3)[targets[:2]] if n_targets == 1 else (targets[:2] - targets.mean(0)) / targets.std(0)
        return (cross_entropy if n_targets == 1 else squared_error)(S, Y)[0].sum()

    slopes = central_differences(loss, rows.ravel(), step=1e-4).reshape(rows.shape)
    np.testing.assert_allclose(model.input_gradient(rows, targets[:2]), slopes, atol=1e-6)


class CountingProgram(Program):
    """A program that counts its sweeps."""

    def __init__(self, backend, circuit, observables):
        super().__init__(backend, circuit, observables)
        self.inner = Exact().compile(circuit, observables)

    def __call__(self, X, w=None, rng=None):
        return self.inner(X, w, rng)

    def forward(self, X, w=None, rng=None, data_gradient=True):
        values, pull = self.inner.forward(X, w, rng)

        def pullback(g):
            CountingBackend.sweeps += 1
            return pull(g)

        return values, pullback


class CountingBackend(Backend):
    """Exact simulation with a count of reverse sweeps."""

    sweeps = 0
    exact = True

    def compile(self, circuit, observables):
        return CountingProgram(self, circuit, observables)


@pytest.mark.parametrize("n_classes", [2, 6])
def test_a_step_is_one_reverse_sweep_whatever_the_number_of_classes(n_classes):
    X, y = blobs(n_classes)
    CountingBackend.sweeps = 0
    model = VariationalClassifier(optimizer=Adam(), backend=CountingBackend(), **SMALL)
    for _ in range(3):
        model.partial_fit(X, y, classes=range(n_classes))
    assert CountingBackend.sweeps == 3


class ShiftProgram(Program):
    """A program with nothing but values: its gradients are parameter shifts."""

    def __call__(self, X, w=None, rng=None):
        return Exact().compile(self.circuit, self.observables)(X, w)


class ShiftBackend(Backend):
    """Exact values without reverse sweeps."""

    exact = True

    def compile(self, circuit, observables):
        return ShiftProgram(self, circuit, observables)


@pytest.mark.filterwarnings(ITERATIONS)
def test_parameter_shifts_train_like_the_adjoint_method():
    X, y = blobs(2, n_features=2, n_samples=10)
    small = {"encoding": ReuploadingEncoding(n_qubits=2, trainable=True), "random_state": 0, "max_iter": 3}
    adjoint, shifts = (VariationalClassifier(backend=b, **small).fit(X, y) for b in (None, ShiftBackend()))
    np.testing.assert_allclose(adjoint._trained, shifts._trained, atol=1e-8)


@pytest.mark.parametrize(("optimizer", "accuracy"), [(None, 0.9), (SPSA(), 0.8)])
def test_training_with_shots(optimizer, accuracy):
    """Gradients are parameter shifts, so the default optimiser is Adam; a seed still repeats everything."""
    X, y = blobs(2, n_features=2, n_samples=40)
    backend = Shots(shots=200, random_state=0)
    model = VariationalClassifier(AngleEncoding(), hardware_efficient, optimizer=optimizer, learning_rate=0.2,
                                  backend=backend, max_iter=30, tol=None, random_state=0)  # fmt: skip
    assert get_tags(model).non_deterministic
    first, second = clone(model).fit(X, y), clone(model).fit(X, y)
    assert first.score(X, y) > accuracy
    assert optimizer is not None or isinstance(first.optimizer_, Adam)
    np.testing.assert_array_equal(first._trained, second._trained)


# Weights of rows


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
@pytest.mark.filterwarnings(ITERATIONS)
def test_a_weight_is_a_repetition_to_the_last_bit(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(12, 3)), np.arange(12) % 3
    weight = rng.integers(0, 4, 12)
    weight[:3] = 1
    order = rng.permutation(12)
    for cls, options in ((VariationalClassifier, {"class_weight": "balanced"}), (VariationalRegressor, {})):
        model = cls(max_iter=30, **options, **SMALL)
        weighted = clone(model).fit(X[order], y[order], sample_weight=weight[order])
        repeated = clone(model).fit(X.repeat(weight, axis=0), y.repeat(weight))
        np.testing.assert_array_equal(weighted._trained, repeated._trained)
        np.testing.assert_array_equal(weighted.predict(X), repeated.predict(X))


def test_distinct_rows_keep_the_weighted_sums():
    rng = np.random.default_rng(0)
    X, Y = (rng.integers(0, 2, (50, n)).astype(float) for n in (2, 1))
    weight = rng.uniform(size=50)
    X[0] = -0.0
    rows, targets, sums = distinct_rows(X, Y, weight)
    assert len(rows) == 8
    assert sums.sum() == pytest.approx(weight.sum())
    np.testing.assert_allclose(sums @ rows, weight @ X)
    np.testing.assert_allclose(sums @ (rows * targets), weight @ (X * Y))


def test_class_weights_are_sample_weights():
    X, y = blobs(3)
    by_class = VariationalClassifier(class_weight={0: 1.0, 1: 3.0, 2: 1.0}, **SMALL).fit(X, y)
    by_row = VariationalClassifier(**SMALL).fit(X, y, sample_weight=np.where(y == 1, 3.0, 1.0))
    np.testing.assert_allclose(by_class.predict_proba(X), by_row.predict_proba(X), rtol=1e-6)


# Labels and targets


@pytest.mark.parametrize("labels", [["zebra", "ape", "fox"], [7, -2, 100], [0.0, 1.0, 2.0]])
def test_labels_of_any_kind(labels):
    X, y = blobs(3)
    labels = np.array(labels)
    model = VariationalClassifier(**SMALL).fit(X, labels[y])
    np.testing.assert_array_equal(model.classes_, np.unique(labels))
    assert model.score(X, labels[y]) > 0.9
    assert model.predict_proba(X).shape == model.decision_function(X).shape == (60, 3)


def test_two_classes_have_one_decision_value():
    X, y = blobs(2)
    model = VariationalClassifier(**SMALL).fit(X, y.astype(bool))
    p = model.predict_proba(X)
    np.testing.assert_allclose(model.decision_function(X), np.log(p[:, 1] / p[:, 0]))
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), p)


def test_several_targets_at_once():
    X, Y = make_regression(80, 4, n_targets=2, noise=1.0, random_state=0)
    model = VariationalRegressor(random_state=0).fit(X, 1e3 * Y + 5e4)
    assert model.predict(X).shape == Y.shape
    assert model.score(X, 1e3 * Y + 5e4) > 0.9


def test_constant_targets_are_predicted():
    X, _ = blobs(2)
    np.testing.assert_allclose(VariationalRegressor(**SMALL).fit(X, np.full(60, 7.0)).predict(X), 7.0)


# Readouts


def test_outcome_probabilities_as_scores():
    """With readout=None the scores are the expectation values themselves."""
    X, y = blobs(3, n_features=2)
    outcomes = partial(projectors, bitstrings=("00", "01", "10"))
    encoding = ReuploadingEncoding(2, trainable=True)
    model = VariationalClassifier(encoding, observables=outcomes, readout=None, random_state=0).fit(X, y)
    assert model.n_parameters_ == len(model.weights_)
    values = Exact().compile(model.circuit_, outcomes(2))(model.standardizer_.transform(X), model.weights_)
    np.testing.assert_allclose(model.decision_function(X), values, atol=1e-12)


@pytest.mark.parametrize("readout", [None, "bias"])
def test_more_classes_than_outcomes_are_refused(readout):
    with pytest.raises(ValueError, match="observable"):
        VariationalClassifier(AngleEncoding(), observables=all_z(4)[:2], readout=readout).fit(*IRIS)


def test_a_circuit_without_weights_is_a_linear_model_on_its_values():
    """Only the readout is trained; the optimum is that of ridge regression."""
    from sklearn.linear_model import Ridge

    X, y = make_regression(50, 3, noise=5.0, random_state=0)
    model = VariationalRegressor(AngleEncoding(), identity, alpha=0.5, tol=1e-12).fit(X, y)
    assert len(model.weights_) == 0
    values = Exact().compile(model.circuit_, model.observables_)(model.standardizer_.transform(X), None)
    ridge = Ridge(alpha=0.5).fit(values, (y - y.mean()) / y.std())
    np.testing.assert_allclose(model.coef_[0], ridge.coef_, atol=1e-4)


# Training


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
    np.testing.assert_allclose(steps._trained, whole._trained, atol=1e-9)


@pytest.mark.filterwarnings(ITERATIONS)
def test_partial_fit_goes_on_after_fit():
    X, y = blobs(2)
    model = VariationalClassifier(max_iter=5, **SMALL).fit(X, y)
    before = model._trained.copy()
    model.partial_fit(X, y)
    assert 0 < np.abs(model._trained - before).max() < 0.1


def test_warm_start_goes_on():
    X, y = blobs(3)
    model = VariationalClassifier(warm_start=True, **SMALL).fit(X, y)
    loss = model.loss_
    assert model.fit(X, y).loss_curve_[0] <= loss + 1e-6
    with pytest.raises(ValueError, match="warm_start"):
        model.fit(X[:, :2], y % 2)


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
    model._build(8, 1)
    rows = np.random.default_rng(0).normal(size=(20, 8))
    risk = Risk(model.network_, squared_error, rows, np.ones((20, 1)), np.ones(20))
    n_weights = model.network_.n_weights
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
    assert isinstance(model.optimizer_, Adam)
    assert model.score(X, y) > 0.9


@pytest.mark.filterwarnings(ITERATIONS)
@pytest.mark.parametrize(
    "options", [{}, {"batch_size": 16}, {"optimizer": SPSA()}, {"n_restarts": 2}, {"early_stopping": True}]
)
def test_same_seed_same_model(options):
    X, y = blobs(3)
    model = VariationalClassifier(max_iter=5, **SMALL, **options)
    first, second = clone(model).fit(X, y), clone(model).fit(X, y)
    np.testing.assert_array_equal(first._trained, second._trained)
    other = clone(model).set_params(random_state=1).fit(X, y)
    assert not np.array_equal(first._trained, other._trained)


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
            self.seen.append(fitted_estimator.predict(X))
        return len(self.seen) >= self.n_iter


def test_callbacks_see_usable_models_and_can_stop():
    stopper = Stopper(3)
    model = VariationalClassifier(**SMALL).set_callbacks(stopper).fit(*IRIS)
    assert model.n_iter_ == len(stopper.seen) == 3
    assert stopper.torn_down
    np.testing.assert_array_equal(stopper.seen[-1], model.predict(IRIS[0]))


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


# Bad input and failures


class FragileProgram(CountingProgram):
    """A program that fails, or is interrupted, after some sweeps."""

    def forward(self, X, w=None, rng=None, data_gradient=True):
        self.backend.left[0] -= 1
        if self.backend.left[0] < 0:
            raise self.backend.error
        return self.inner.forward(X, w, rng)


class FragileBackend(Backend):
    """Exact simulation until the device is lost."""

    exact = True

    def __init__(self, left, error):
        self.left = left
        self.error = error

    def compile(self, circuit, observables):
        return FragileProgram(self, circuit, observables)

    def __sklearn_clone__(self):
        return self


def test_a_backend_that_fails_halfway_leaves_what_was_reached():
    X, y = IRIS
    model = VariationalClassifier(backend=FragileBackend([6], OSError("lost")), optimizer=Adam(), **SMALL)
    with pytest.raises(TrainingError, match=r"iteration 7.*lost"):
        model.fit(X, y)
    assert model.n_iter_ == len(model.loss_curve_) == 6
    assert model.predict(X).shape == y.shape


def test_an_interruption_leaves_a_usable_model():
    X, y = IRIS
    model = VariationalClassifier(backend=FragileBackend([30], KeyboardInterrupt()), n_restarts=3, **SMALL)
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        model.fit(X, y)
    assert model.score(X, y) > 0.5
    assert model.loss_ == min(model.loss_curve_)


def test_a_diverging_learning_rate_keeps_the_best_weights():
    X, y = IRIS
    with pytest.warns(ConvergenceWarning):
        model = VariationalClassifier(optimizer=Adam(1e308), max_iter=20, **SMALL).fit(X, y)
    assert np.isfinite(model._trained).all()
    assert model.predict(X).shape == y.shape


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"max_iter": 0}, ValueError, "max_iter"),
        ({"init": np.zeros(3)}, ValueError, "init must give 18 finite numbers"),
        ({"init": np.full(18, np.nan)}, ValueError, "init must give 18 finite numbers"),
        ({"init": "identity", "ansatz": lambda qc, weight: qc.rx(weight(), 0)}, ValueError, "mirrored"),
        ({"readout": "linear"}, ValueError, "readout"),
        ({"encoding": "zz"}, ValueError, "encoding"),
        ({"backend": "aer"}, ValueError, "backend"),
        ({"scale": -1.0}, ValueError, "scale"),
        ({"observables": ()}, ValueError, "observable"),
        ({"early_stopping": True, "validation_fraction": 1.5}, ValueError, "validation_fraction"),
    ],
)
def test_bad_parameters_are_named_and_leave_a_fitted_model_as_it_was(options, error, match):
    X, y = blobs(2)
    model = VariationalClassifier(**SMALL).fit(X, y)
    before = model.predict_proba(X)
    with pytest.raises(error, match=match):
        model.set_params(**options).fit(X[:, :3], y)
    np.testing.assert_array_equal(model.predict_proba(X), before)


def test_bad_rows_leave_a_fitted_model_as_it_was():
    X, y = blobs(2)
    model = VariationalClassifier(**SMALL).fit(X, y)
    before = model.predict_proba(X)
    for rows, labels, match in ((np.full((4, 2), np.nan), [0, 1, 0, 1], "NaN"), (X[:4, :2], [1, 1, 1, 1], "one class")):
        with pytest.raises(ValueError, match=match):
            model.fit(rows, labels)
        np.testing.assert_array_equal(model.predict_proba(X), before)


def test_partial_fit_refuses_labels_it_was_not_told_of():
    X, y = blobs(3)
    model = VariationalClassifier(**SMALL)
    with pytest.raises(ValueError, match="classes must be passed"):
        model.partial_fit(X, y)
    with pytest.raises(ValueError, match="one class"):
        model.partial_fit(X, y, classes=[0])
    with pytest.raises(ValueError, match="2"):
        model.partial_fit(X, y, classes=[0, 1])
    assert not hasattr(model, "weights_")
    model.partial_fit(X, y, classes=[0, 1, 2])
    before = model.predict_proba(X)
    for classes, labels, match in ((None, y + 1, "3"), ([0, 1], y, "not the same")):
        with pytest.raises(ValueError, match=match):
            model.partial_fit(X, labels, classes=classes)
        np.testing.assert_array_equal(model.predict_proba(X), before)


def test_partial_fit_refuses_balanced_classes():
    X, y = blobs(2)
    with pytest.raises(ValueError, match="balanced"):
        VariationalClassifier(class_weight="balanced", **SMALL).partial_fit(X, y, classes=[0, 1])


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function", "predict_log_proba", "draw"])
def test_nothing_works_before_fit(method):
    model = VariationalClassifier()
    with pytest.raises(NotFittedError):
        getattr(model, method)(*([IRIS[0]] if method != "draw" else []))


def test_networks_without_readout_need_as_many_observables_as_outputs():
    with pytest.raises(ValueError, match="one observable for each of 3 outputs"):
        Network(None, 4, 1, 3, None)


# Around the model


def test_circuit_pickle_and_drawing():
    X, y = blobs(3)
    model = VariationalClassifier(**SMALL).fit(X, y)
    data = pickle.dumps(model)
    assert len(data) < 100_000
    np.testing.assert_array_equal(pickle.loads(data).predict_proba(X), model.predict_proba(X))
    assert model.circuit_.num_parameters == len(model.weights_) + 3
    assert "q_2" in str(model.draw())
    assert model.n_parameters_ == model.weights_.size + model.coef_.size + model.intercept_.size


@pytest.mark.parametrize("cls", [VariationalClassifier, VariationalRegressor])
@pytest.mark.filterwarnings(ITERATIONS)
def test_the_twin_has_about_as_many_parameters_and_the_same_budget(cls):
    X, y = IRIS
    model = cls(max_iter=20, random_state=0).fit(X, y)
    twin = model.classical_twin()
    assert isinstance(twin, Pipeline)
    machine = twin[-1]
    with pytest.raises(NotFittedError):
        twin.predict(X)
    twin.fit(X, y)
    n_parameters = sum(a.size for a in machine.coefs_ + machine.intercepts_)
    assert n_parameters == pytest.approx(model.n_parameters_, rel=0.1)
    assert machine.max_iter == model.max_iter
    assert hasattr(cls().classical_twin(), "fit")


@pytest.mark.filterwarnings(ITERATIONS)
def test_grid_search_over_nested_parameters():
    X, y = blobs(2)
    grid = {"encoding__n_qubits": [2, 3], "optimizer__learning_rate": [0.05, 0.1]}
    model = VariationalClassifier(ReuploadingEncoding(trainable=True), optimizer=Adam(), max_iter=10, random_state=0)
    search = GridSearchCV(model, grid, cv=2).fit(X, y)
    assert search.best_score_ > 0.8
    assert model.optimizer.__dict__.keys() == Adam().__dict__.keys()


# Accuracy


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_default_accuracy_on_tables(load):
    X, y = load(return_X_y=True)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    assert cross_val_score(VariationalClassifier(random_state=0), X, y, cv=folds).mean() >= 0.95


def havlicek(n_layers, **options):
    return VariationalClassifier(
        ZZEncoding(), partial(hardware_efficient, n_layers=n_layers), parity, standardize=False, readout="bias",
        loss=partial(shot_error, shots=100), init=lambda n, rng: rng.uniform(0, 2 * np.pi, n), **options,
    )  # fmt: skip


def test_depth_pays_on_ad_hoc_data():
    """Accuracy on rows not trained on, mean of ten random unitaries: 0.95 at depth 4, clearly lower at depth 0."""
    means = []
    for n_layers in (0, 4):
        scores = []
        for seed in range(10):
            X, y = make_adhoc(80, random_state=seed)
            scores.append(havlicek(n_layers, n_restarts=5, random_state=0).fit(X[:40], y[:40]).score(X[40:], y[40:]))
        means.append(np.mean(scores))
    assert means[1] >= 0.95
    assert means[0] < means[1] - 0.08


def test_spsa_trains_on_ad_hoc_data():
    X, y = make_adhoc(80, random_state=0)
    model = havlicek(4, optimizer=SPSA(), max_iter=250, tol=None, random_state=0).fit(X[:40], y[:40])
    assert model.score(X[40:], y[40:]) > 0.9
