"""What holds for every estimator and its classical twin: it stands where its model stands, on the same terms."""

import inspect
import warnings
from functools import cache

import numpy as np
import pytest
from sklearn.base import clone, is_regressor
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted

import skqml
from skqml import KernelAlignmentTrainer, SplitQCNNClassifier
from tests.contracts.estimators import IRIS_X, IRIS_Y, WIDTH, estimator_classes, fitted, quick, rows, scores, settings

CLASSES = estimator_classes("classical_twin")
METHODS = [
    "fit",
    "partial_fit",
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "transform",
    "fit_transform",
    "score",
    "forecast",
    "get_feature_names_out",
]
# Settings of learning and of the training, none of them the default.
SETTINGS = {
    "learning_rate": 0.007,
    "C": 3.0,
    "epsilon": 0.2,
    "alpha": 0.3,
    "class_weight": {0: 1.0, 1: 2.0, 2: 3.0},
    "n_components": 17,
    "standardize": False,
    "max_iter": 23,
    "batch_size": 16,
    "early_stopping": True,
    "validation_fraction": 0.3,
    "n_iter_no_change": 7,
    "n_restarts": 2,
    "warm_start": True,
    "random_state": 3,
    "washout": 2,
    "n_reservoirs": 3,
    "train_cell": True,
    "truncation": 3,
    "input_scale": 0.2,
    "weight_scale": 0.7,
    "n_jobs": 1,
}
PIPELINES = {
    skqml.KernelAlignmentTrainer: SVC(kernel="precomputed"),
    skqml.QuantumNystroem: LogisticRegression(max_iter=1000),
    skqml.QRNNFeatures: Ridge(),
    skqml.QuantumFeatures: LogisticRegression(max_iter=1000),
    skqml.QuantumLatentTransformer: LogisticRegression(C=10, max_iter=1000),
    skqml.QuanvolutionTransformer: make_pipeline(StandardScaler(), LogisticRegression(C=1e4, max_iter=5000)),
}


@cache
def fitted_model(cls):
    return fitted(quick(cls), *rows(cls()))


def pair(cls):
    """A model and the twin of a fitted one, both not fitted."""
    return quick(cls), fitted_model(cls).classical_twin()


def test_the_estimators_are_found():
    assert {skqml.QuantumKernelSVC, skqml.VariationalRegressor, skqml.QRNNFeatures} <= set(CLASSES)
    with_transform = {cls for cls in CLASSES if hasattr(cls, "transform")}
    assert with_transform == set(PIPELINES)


@pytest.mark.parametrize("cls", CLASSES)
def test_it_has_what_the_model_has(cls):
    model, twin = fitted_model(cls), fitted_model(cls).classical_twin()
    with pytest.raises(NotFittedError):
        check_is_fitted(twin)
    for method in METHODS:
        assert hasattr(twin, method) >= hasattr(model, method), method
    for method in ("fit", "partial_fit"):
        if hasattr(model, method):
            names = [set(inspect.signature(getattr(m, method)).parameters) for m in (model, twin)]
            assert names[0] <= names[1]
    tags = [get_tags(m) for m in (model, twin)]
    for part in ("estimator_type", "target_tags", "input_tags"):
        assert getattr(tags[0], part) == getattr(tags[1], part)
    X, y = rows(model)
    shapes = [scores(m)(X[:5]).shape for m in (model, fitted(twin, X, y))]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("is_fitted", [False, True])
def test_settings_are_the_models(cls, is_fitted):
    given = settings(cls(), SETTINGS)
    if cls is SplitQCNNClassifier:  # these jobs are parts of circuits, which its twin has none of
        del given["n_jobs"]
    model = cls().set_params(**given)
    if is_fitted:
        X, y = rows(model)
        model = fitted(model, X[::3, :3] / 8, y[::3])
    found = {}
    for name, value in model.classical_twin().get_params().items():
        found.setdefault(name.rpartition("__")[2], []).append(value)
    for name, value in given.items():
        assert value in found.get(name, []) + found.get(f"{name}_init", []), name


@pytest.mark.parametrize("cls", CLASSES)
def test_size_is_the_models(cls):
    """Numbers that are fitted, within 10 %; kernel machines and transformers without training have none to compare."""
    model, twin = fitted_model(cls), fitted(fitted_model(cls).classical_twin(), *rows(cls()))
    if hasattr(model, "dual_coef_") or not getattr(model, "n_parameters_", 0):
        return
    n_parameters = getattr(twin, "n_parameters_", None)
    machine = getattr(twin, "machine_", None)
    if machine is not None:
        assert n_parameters == sum(A.size for A in [*machine.coefs_, *machine.intercepts_])
    assert n_parameters == pytest.approx(model.n_parameters_, rel=0.1)


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if is_regressor(cls())])
@pytest.mark.parametrize("unit", [1e-3, 1e4])
def test_unit_and_offset_of_targets_change_nothing(cls, unit):
    """Up to what the end of a training makes of rounding."""
    for model in pair(cls):
        values = [fitted(model, IRIS_X, f * (WIDTH + d)).score(IRIS_X, f * (WIDTH + d)) for f, d in ((1, 0), (unit, 7))]
        assert values[0] == pytest.approx(values[1], abs=2e-3)
        assert values[0] > 0.8


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if is_regressor(cls())])
def test_several_targets(cls):
    if not get_tags(cls()).target_tags.multi_output:
        return
    Y = np.stack([WIDTH, 3 - 2 * WIDTH], axis=1)
    for model in pair(cls):
        model = fitted(model, IRIS_X, Y)
        assert model.predict(IRIS_X[:4]).shape == (4, 2)
        assert model.score(IRIS_X, Y) > 0.8


@pytest.mark.parametrize("cls", CLASSES)
def test_weights_of_rows_are_repetitions_in_the_twin(cls):
    model, twin = pair(cls)
    if "sample_weight" not in inspect.signature(model.fit).parameters:
        return
    if "class_weight" in model.get_params():
        twin.set_params(class_weight="balanced")
    if "tol" in twin.get_params():
        twin.set_params(tol=1e-10)
    X, y = rows(model)
    weight = np.arange(len(X)) % 3
    once = fitted(clone(twin), X, y, sample_weight=weight)
    often = fitted(twin, np.repeat(X, weight, axis=0), np.repeat(y, weight))
    if cls is KernelAlignmentTrainer:  # its columns are the training rows
        outputs = [model.kernel_(model.standardizer_.transform(X)) for model in (once, often)]
    else:
        outputs = [scores(model)(X) for model in (once, often)]
    np.testing.assert_allclose(*outputs, atol=1e-6)


@pytest.mark.parametrize("cls", CLASSES)
def test_it_stands_where_the_model_stands(cls):
    """In cross-validation, alone or in the pipeline of its documentation, unfitted or fitted before."""
    behind = PIPELINES.get(cls)
    regress = is_regressor(cls() if behind is None else behind)
    X, y = IRIS_X, WIDTH if regress else IRIS_Y
    order = np.random.default_rng(0).permutation(len(X))
    for twin in (quick(cls).classical_twin(), fitted_model(cls).classical_twin()):
        model = twin if behind is None else make_pipeline(twin, behind)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            found = cross_val_score(model, X[order], y[order], cv=3, error_score="raise")
        assert found.min() > 0.8


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if "class_weight" in cls().get_params()])
def test_class_weights_move_the_decisions_of_twins(cls):
    twin, counts = quick(cls).classical_twin(), []
    for factor in (0.05, 1.0, 20.0):
        twin.set_params(class_weight={0: 1.0, 1: factor, 2: 1.0})
        counts.append(np.sum(fitted(twin, IRIS_X[:, :2], IRIS_Y).predict(IRIS_X[:, :2]) == 1))
    assert counts[0] < counts[1] < counts[2]


@pytest.mark.filterwarnings("error::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("cls", CLASSES)
def test_twins_are_trained_to_the_end(cls):
    """Within the default number of iterations, alone and in folds."""
    model = cls().set_params(**settings(cls(), {"random_state": 0, "n_components": 30}))
    X, y = rows(model)
    cross_validate(model.classical_twin(), X, y, cv=2, scoring=lambda model, X, y: 0.0, error_score="raise")


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if hasattr(quick(cls).classical_twin(), "machine")])
def test_perceptrons_pass_scikit_learns_checks(cls):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of few iterations
        check_estimator(quick(cls).classical_twin(), on_skip=None)
