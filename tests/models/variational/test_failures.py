"""What variational models do with bad input and with failures halfway."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from skqml.backends.base import Backend
from skqml.models.base.readout.network import ReadoutNetwork
from skqml.models.variational import VariationalClassifier
from skqml.training import Adam, TrainingError
from tests.models.variational.models import IRIS, SMALL, CountingProgram, blobs


class FragileProgram(CountingProgram):
    """A program that fails, or is interrupted, after some sweeps."""

    def forward(self, X, w=None, rng=None):
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


def test_what_diverges_at_once_trains_nothing():
    """No model is left where there was none, and one that was fitted stays, also in single steps."""
    X, y = IRIS
    model = VariationalClassifier(optimizer=Adam(1e308), max_iter=20, **SMALL)
    for fit in (model.fit, partial(model.partial_fit, classes=[0, 1, 2])):
        with pytest.raises(ValueError, match="learning_rate"):
            fit(X, y)
        assert not hasattr(model, "weights_")
    model.set_params(optimizer=Adam()).partial_fit(X, y, classes=[0, 1, 2])
    before = dict(vars(model.set_params(optimizer=Adam(1e308))))
    with pytest.raises(ValueError, match="nothing was trained"):
        model.fit(X, y)
    assert vars(model) == before


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"max_iter": 0}, ValueError, "max_iter"),
        ({"init": np.zeros(3)}, ValueError, "init must give 18 finite numbers"),
        ({"init": np.full(18, np.nan)}, ValueError, "init must be an array of finite real numbers"),
        ({"init": "identity", "ansatz": lambda qc, weight: qc.rx(weight(), 0)}, ValueError, "mirrored"),
        ({"trained_readout": "linear"}, ValueError, "readout"),
        ({"encoding": "zz"}, ValueError, "encoding"),
        ({"backend": "aer"}, ValueError, "backend"),
        ({"bandwidth": -1.0}, ValueError, "bandwidth"),
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
        ReadoutNetwork(SimpleNamespace(n_weights=4, n_observables=1), 3, None)


def test_an_interruption_ends_all_restarts():
    """It comes early in the second of three, so that the first is the best."""
    X, y = IRIS
    backend = FragileBackend([8], KeyboardInterrupt())
    model = VariationalClassifier(backend=backend, optimizer=Adam(), n_restarts=3, max_iter=6, **SMALL)
    with pytest.warns(ConvergenceWarning):
        model.fit(X, y)
    assert backend.left == [-1]
    assert model.n_iter_ == 6


def test_a_failure_at_the_start_of_a_later_restart_keeps_the_best():
    X, y = IRIS
    model = VariationalClassifier(
        backend=FragileBackend([6], OSError("lost")), optimizer=Adam(), n_restarts=2, max_iter=6, **SMALL
    )
    with pytest.warns(ConvergenceWarning), pytest.raises(TrainingError, match=r"restart 2.*lost"):
        model.fit(X, y)
    assert model.n_iter_ == len(model.loss_curve_) == 6
    assert model.predict(X).shape == y.shape


@pytest.mark.parametrize("left", [3, 13])
def test_a_failure_while_layers_grow_keeps_what_was_reached(left):
    """There are two stages of ten iterations before all weights are trained."""
    X, y = IRIS
    model = VariationalClassifier(
        backend=FragileBackend([left], OSError("lost")), init="layerwise", optimizer=Adam(), **SMALL
    )
    with pytest.raises(TrainingError, match=r"iteration 4.*lost"):
        model.fit(X, y)
    assert len(model.weights_) == 24
    assert model.predict(X).shape == y.shape


def test_an_interruption_while_layers_grow_ends_the_training():
    X, y = IRIS
    backend = FragileBackend([3], KeyboardInterrupt())
    model = VariationalClassifier(backend=backend, init="layerwise", optimizer=Adam(), **SMALL)
    with pytest.warns(ConvergenceWarning, match="interrupted after 3 iterations"):
        model.fit(X, y)
    assert backend.left == [-1]
    assert model.predict(X).shape == y.shape
