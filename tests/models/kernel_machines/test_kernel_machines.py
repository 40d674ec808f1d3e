"""Kernel machines: what they learn, what they show, and how they compare with their classical twins."""

import tracemalloc
import warnings

import numpy as np
import pytest
from qiskit import QuantumCircuit
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import StratifiedKFold, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from skqml import (
    AngleEncoding,
    FidelityKernel,
    IQPEncoding,
    ProjectedKernel,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumKernelSVR,
    QuantumNystroem,
    ZZEncoding,
)
from skqml.backends.shots import Shots
from skqml.datasets import load_penguins

PREDICTORS = [QuantumKernelSVC(), QuantumKernelSVR(), QuantumKernelRidge()]
ALL = [*PREDICTORS, QuantumNystroem(n_components=10, random_state=0)]
IRIS_X, IRIS_Y = load_iris(return_X_y=True)
FOLDS = StratifiedKFold(5, shuffle=True, random_state=0)


def scaled_targets(regressor):
    return TransformedTargetRegressor(regressor, transformer=StandardScaler())


@pytest.mark.parametrize("labels", [np.array(["z", "a", "bb"]), np.array([7, -2, 30])])
def test_labels_of_any_kind(labels):
    svc, plain = QuantumKernelSVC().fit(IRIS_X, labels[IRIS_Y]), QuantumKernelSVC().fit(IRIS_X, IRIS_Y)
    np.testing.assert_array_equal(svc.classes_, np.sort(labels))
    # libsvm takes classes in sorted order, so that points on the edge may differ
    assert np.mean(svc.predict(IRIS_X) == labels[plain.predict(IRIS_X)]) > 0.98
    assert svc.decision_function(IRIS_X).shape == (150, 3)


def test_boolean_labels():
    y = IRIS_Y > 0
    svc = QuantumKernelSVC().fit(IRIS_X, y)
    assert svc.predict(IRIS_X).dtype == bool
    assert svc.score(IRIS_X, y) == 1.0
    np.testing.assert_array_equal(svc.decision_function(IRIS_X) > 0, svc.predict(IRIS_X))


def test_decision_function_is_the_formula():
    y = IRIS_Y > 0
    svc = QuantumKernelSVC().fit(IRIS_X, y)
    K = svc.kernel_(svc.standardizer_.transform(IRIS_X[:9]), svc.X_fit_[svc.support_])
    expected = K @ svc.dual_coef_[0] + svc.intercept_
    np.testing.assert_allclose(svc.decision_function(IRIS_X[:9]), expected, atol=1e-10)


@pytest.mark.parametrize("estimator", ALL, ids=repr)
def test_rows_one_by_one_give_the_same(estimator):
    method = "transform" if hasattr(estimator, "transform") else "predict"
    apply = getattr(estimator.fit(IRIS_X, IRIS_Y), method)
    np.testing.assert_allclose(apply(IRIS_X[::10]), np.concatenate([apply(x[None]) for x in IRIS_X[::10]]), atol=1e-10)


@pytest.mark.parametrize("estimator", PREDICTORS, ids=repr)
def test_standardisation_honours_weights(estimator):
    weight = np.arange(150) % 3  # rows of weight 0 are as if they were not there
    fitted = clone(estimator).fit(IRIS_X, IRIS_Y, sample_weight=weight)
    repeated = clone(estimator).fit(np.repeat(IRIS_X, weight, axis=0), np.repeat(IRIS_Y, weight))
    rows = [m.standardizer_.transform(IRIS_X) for m in (fitted, repeated)]
    np.testing.assert_allclose(*rows, atol=1e-12)
    method = "decision_function" if hasattr(fitted, "decision_function") else "predict"
    outputs = [getattr(m, method)(IRIS_X) for m in (fitted, repeated)]
    np.testing.assert_allclose(*outputs, atol=1e-2)


def test_support_is_in_the_rows_as_given():
    weight = (np.arange(150) > 20).astype(float)
    svc = QuantumKernelSVC().fit(IRIS_X, IRIS_Y > 0, sample_weight=weight)
    K = svc.kernel_(svc.X_fit_, svc.X_fit_[svc.support_])
    np.testing.assert_allclose(svc.decision_function(IRIS_X), K @ svc.dual_coef_[0] + svc.intercept_, atol=1e-10)
    K = rbf_kernel(IRIS_X)
    given = QuantumKernelSVC("precomputed").fit(K, IRIS_Y, sample_weight=weight)
    expected = SVC(kernel="precomputed").fit(K[21:, 21:], IRIS_Y[21:])
    np.testing.assert_allclose(given.decision_function(K), expected.decision_function(K[:, 21:]), atol=1e-9)


def test_weight_zero_leaves_a_class_out():
    weight = (IRIS_Y != 1).astype(float)
    svc = QuantumKernelSVC().fit(IRIS_X, IRIS_Y, sample_weight=weight)
    assert set(svc.predict(IRIS_X)) == {0, 2}


def test_class_weight_moves_the_boundary():
    y = np.where(IRIS_Y == 2, 1, 0)[50:]
    X = IRIS_X[50:, :2]
    counts = [QuantumKernelSVC(class_weight={0: 1, 1: w}).fit(X, y).predict(X).sum() for w in (0.1, 1, 10)]
    assert counts[0] < counts[1] < counts[2]
    weight = np.where(y == 1, 10.0, 1.0)
    K = rbf_kernel(X)
    by_class = QuantumKernelSVC("precomputed", class_weight={0: 1, 1: 10}).fit(K, y)
    by_row = QuantumKernelSVC("precomputed").fit(K, y, sample_weight=weight)
    np.testing.assert_allclose(by_class.decision_function(K), by_row.decision_function(K), atol=1e-6)


def test_calibrated_probabilities():
    model = CalibratedClassifierCV(QuantumKernelSVC(), ensemble=False).fit(IRIS_X, IRIS_Y)
    P = model.predict_proba(IRIS_X)
    np.testing.assert_allclose(P.sum(axis=1), 1.0)
    assert np.mean(P.argmax(axis=1) == IRIS_Y) > 0.93
    K = FidelityKernel()(StandardScaler().fit_transform(IRIS_X))
    P = CalibratedClassifierCV(QuantumKernelSVC("precomputed"), ensemble=False).fit(K, IRIS_Y).predict_proba(K)
    assert np.mean(P.argmax(axis=1) == IRIS_Y) > 0.93


@pytest.mark.parametrize(
    ("estimator", "classical"),
    [
        (QuantumKernelSVC("precomputed", C=2.0), SVC(kernel="precomputed", C=2.0)),
        (QuantumKernelSVR("precomputed", C=2.0), scaled_targets(SVR(kernel="precomputed", C=2.0))),
    ],
    ids=repr,
)
def test_precomputed_is_the_classical_machine(estimator, classical):
    K = rbf_kernel(IRIS_X)
    for train, test in FOLDS.split(K, IRIS_Y):
        fitted = [m.fit(K[np.ix_(train, train)], IRIS_Y[train]) for m in (estimator, classical)]
        np.testing.assert_allclose(*[m.predict(K[np.ix_(test, train)]) for m in fitted], atol=1e-9)


def test_precomputed_is_the_machines_own_kernel():
    svc = QuantumKernelSVC().fit(IRIS_X, IRIS_Y)
    given = QuantumKernelSVC("precomputed").fit(svc.kernel_(svc.X_fit_), IRIS_Y)
    K = svc.kernel_(svc.standardizer_.transform(IRIS_X[::7]), svc.X_fit_)
    np.testing.assert_allclose(svc.decision_function(IRIS_X[::7]), given.decision_function(K), atol=1e-10)
    assert given.circuit_ is None
    with pytest.raises(ValueError, match="no circuit"):
        given.draw()


def test_ridge_solves_the_normal_equations():
    X, y = load_diabetes(return_X_y=True)
    X, y, weight = X[:60], y[:60], 1.0 + np.arange(60) % 3
    ridge = QuantumKernelRidge(alpha=0.3).fit(X, y, sample_weight=weight)
    K, mean = ridge.kernel_(ridge.X_fit_), np.average(y, weights=weight)
    a = np.linalg.solve(K + 0.3 * np.diag(1 / weight), y - mean)
    np.testing.assert_allclose(ridge.predict(X), K @ a + mean, rtol=1e-8)
    both = QuantumKernelRidge(alpha=0.3).fit(X, np.stack([y, -2 * y], axis=1), sample_weight=weight)
    np.testing.assert_allclose(both.predict(X), np.outer(ridge.predict(X), [1, -2]), rtol=1e-8)


@pytest.mark.parametrize(
    ("estimator", "classical"),
    [
        (QuantumKernelSVC(C=3.0, class_weight="balanced"), SVC(C=3.0, class_weight="balanced")),
        (QuantumKernelSVR(C=3.0, epsilon=0.2), scaled_targets(SVR(C=3.0, epsilon=0.2))),
        (QuantumKernelRidge(alpha=0.3), scaled_targets(KernelRidge(kernel="rbf", alpha=0.3))),
    ],
    ids=repr,
)
def test_twins_are_the_machines_of_scikit_learn(estimator, classical):
    """With their own choice of gamma, on standardised features and targets."""
    X, y = load_diabetes(return_X_y=True)
    X, y = X[:150], y[:150] > 150 if isinstance(classical, SVC) else y[:150]
    classical = make_pipeline(StandardScaler(), classical).fit(X, y)
    np.testing.assert_allclose(estimator.classical_twin().fit(X, y).predict(X), classical.predict(X), rtol=1e-3)


@pytest.mark.parametrize("estimator", PREDICTORS, ids=repr)
def test_fitted_attributes(estimator):
    fitted = clone(estimator).fit(IRIS_X, IRIS_Y)
    assert fitted.n_parameters_ == fitted.dual_coef_.size + np.size(fitted.intercept_)
    assert isinstance(fitted.circuit_, QuantumCircuit)
    assert fitted.circuit_.num_parameters == 4
    assert "x[0]" in str(fitted.draw())


def test_draw_passes_options_on():
    svc = QuantumKernelSVC(FidelityKernel(AngleEncoding("z"))).fit(IRIS_X, IRIS_Y)
    assert svc.draw("mpl", scale=0.5).axes
    assert str(svc.draw(reverse_bits=True)).index("q_3") < str(svc.draw(reverse_bits=True)).index("q_0")


@pytest.mark.parametrize("load", [load_iris, load_wine, load_penguins])
def test_defaults_are_as_good_as_the_classical_twin(load):
    X, y = load(return_X_y=True)
    quantum = cross_val_score(QuantumKernelSVC(), X, y, cv=5).mean()
    classical = cross_val_score(make_pipeline(StandardScaler(), SVC()), X, y, cv=5).mean()
    assert quantum >= classical - 0.005


@pytest.mark.parametrize("estimator", PREDICTORS, ids=repr)
def test_thirty_features_take_little_memory(estimator):
    X, y = np.random.default_rng(0).random((15, 30)), np.arange(15) % 3
    estimator = clone(estimator)
    tracemalloc.start()
    estimator.fit(X, y, sample_weight=np.ones(15)).predict(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 2**20


@pytest.mark.parametrize("estimator", ALL, ids=repr)
@pytest.mark.parametrize("encoding", [None, ZZEncoding(), IQPEncoding(), AngleEncoding()], ids=repr)
def test_one_feature(estimator, encoding):
    X = np.linspace(-1, 1, 30)[:, None]
    y = (X.ravel() > 0).astype(int)
    fitted = clone(estimator).set_params(kernel=FidelityKernel(encoding)).fit(X, y)
    if hasattr(fitted, "predict"):
        assert fitted.score(X, y) > -0.1
    assert fitted.n_features_in_ == 1


@pytest.mark.parametrize("constant", [0.0, 1e9, -3.3])
def test_constant_columns_are_harmless(constant):
    X = np.column_stack([IRIS_X, np.full(150, constant)])
    svc = QuantumKernelSVC(FidelityKernel(AngleEncoding()), bandwidth=1.0).fit(X, IRIS_Y)
    plain = QuantumKernelSVC(FidelityKernel(AngleEncoding()), bandwidth=1.0).fit(IRIS_X, IRIS_Y)
    np.testing.assert_array_equal(svc.X_fit_[:, 4], 0.0)
    np.testing.assert_allclose(svc.kernel_(svc.X_fit_), plain.kernel_(plain.X_fit_), atol=1e-12)
    np.testing.assert_array_equal(svc.predict(X), plain.predict(IRIS_X))
    moved = X + [0, 0, 0, 0, 1.0]
    np.testing.assert_allclose(svc.decision_function(moved), svc.decision_function(X), atol=1e-9)


def test_only_constant_columns():
    X, y = np.ones((6, 2)), np.arange(6) % 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert set(QuantumKernelSVC(ProjectedKernel()).fit(X, y).predict(X)) <= {0, 1}


def test_scale_and_standardize():
    as_given = QuantumKernelSVC(standardize=False).fit(IRIS_X, IRIS_Y)
    np.testing.assert_array_equal(as_given.X_fit_, IRIS_X)
    halved = QuantumKernelSVC(bandwidth=0.5).fit(IRIS_X, IRIS_Y)
    np.testing.assert_allclose(halved.X_fit_, 0.5 * StandardScaler().fit_transform(IRIS_X), atol=1e-12)


@pytest.mark.parametrize("estimator", PREDICTORS, ids=repr)
def test_weights_are_routed(estimator):
    with config_context(enable_metadata_routing=True):
        routed = clone(estimator).set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        weight = {"sample_weight": np.arange(150) % 3 + 1.0}
        result = cross_validate(routed, IRIS_X, IRIS_Y, params=weight, cv=FOLDS)
    assert np.all(result["test_score"] > 0.8)


@pytest.mark.parametrize("seed", range(20))
def test_support_vector_machine_on_few_shots_ends(seed):
    kernel = FidelityKernel(ZZEncoding(), backend=Shots(20, random_state=seed))
    svc = QuantumKernelSVC(kernel, bandwidth=0.1).fit(IRIS_X[:, :2], IRIS_Y)
    assert np.max(svc.n_iter_) < 100_000
    assert svc.score(IRIS_X[:, :2], IRIS_Y) > 0.5
