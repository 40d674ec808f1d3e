"""Weights of rows, labels, targets and readouts of variational models."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp
from sklearn.base import clone
from sklearn.datasets import make_regression

from skqml.backends.exact.backend import Exact
from skqml.circuits import AngleEncoding, ReuploadingEncoding, all_z, parity, projectors
from skqml.circuits.ansatze import identity
from skqml.models.base.distinct_rows import distinct_rows
from skqml.models.variational import VariationalClassifier, VariationalRegressor
from tests.models.variational.models import IRIS, ITERATIONS, SMALL, blobs


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
        np.testing.assert_array_equal(weighted._state.v, repeated._state.v)
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
    """With trained_readout=None the scores are the expectation values themselves."""
    X, y = blobs(3, n_features=2)
    outcomes = partial(projectors, bitstrings=("00", "01", "10"))
    encoding = ReuploadingEncoding(2, trainable=True)
    model = VariationalClassifier(encoding, observables=outcomes, trained_readout=None, random_state=0).fit(X, y)
    assert model.n_parameters_ == len(model.weights_)
    values = Exact().compile(model.circuit_, outcomes(2))(model.standardizer_.transform(X), model.weights_)
    np.testing.assert_allclose(model.decision_function(X), values, atol=1e-12)


@pytest.mark.filterwarnings(ITERATIONS)
@pytest.mark.parametrize("one", [parity(4), parity, SparsePauliOp(["ZZZZ", "IIIX"], [0.5, 0.5])])
def test_one_observable_by_itself(one):
    X, y = IRIS[0][:100], IRIS[1][:100]
    listed = [one(4)] if one is parity else [one]
    models = [
        VariationalClassifier(AngleEncoding(), observables=o, trained_readout="bias", max_iter=2, random_state=0).fit(
            X, y
        )
        for o in (one, listed)
    ]
    np.testing.assert_array_equal(*(model.decision_function(X) for model in models))
    assert len(models[0].observables_) == 1


@pytest.mark.parametrize("readout", [None, "bias"])
def test_more_classes_than_outcomes_are_refused(readout):
    with pytest.raises(ValueError, match="observable"):
        VariationalClassifier(AngleEncoding(), observables=all_z(4)[:2], trained_readout=readout).fit(*IRIS)


def test_a_circuit_without_weights_is_a_linear_model_on_its_values():
    """Only the readout is trained; the optimum is that of ridge regression."""
    from sklearn.linear_model import Ridge

    X, y = make_regression(50, 3, noise=5.0, random_state=0)
    model = VariationalRegressor(AngleEncoding(), identity, alpha=0.5, tol=1e-12).fit(X, y)
    assert len(model.weights_) == 0
    values = Exact().compile(model.circuit_, model.observables_)(model.standardizer_.transform(X), None)
    ridge = Ridge(alpha=0.5).fit(values, (y - y.mean()) / y.std())
    np.testing.assert_allclose(model.readout_coef_[0], ridge.coef_, atol=1e-4)


def test_class_weights_that_leave_no_row_are_refused():
    X, y = blobs(2)
    with pytest.raises(ValueError, match="class_weight"):
        VariationalClassifier(class_weight={0: 0.0, 1: 0.0}, **SMALL).fit(X, y)
