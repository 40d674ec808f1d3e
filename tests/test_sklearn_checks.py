"""scikit-learn's own checks on every estimator that the package exports."""

import warnings
from unittest import SkipTest

import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import has_fit_parameter

import skqml
from skqml._sklearn import StrOptions
from skqml.attacks import AdversarialTrainingClassifier
from skqml.backends.shots import Shots
from tests.contracts.estimators import estimator_classes

WEIGHTS_CHECK = "check_sample_weight_equivalence_on_dense_data"
# libsvm's own: scikit-learn excuses its SVC and SVR from it as well.
EXCUSES = {
    name: {WEIGHTS_CHECK: "libsvm: sample_weight is not equivalent to removing or repeating samples"}
    for name in ("QuantumKernelSVC", "QuantumKernelSVR")
} | {"KernelAlignmentTrainer": {WEIGHTS_CHECK: "its columns are the training rows: a row twice is two of them"}}
# Checks that scikit-learn runs on its own estimators, but `check_estimator` does not on others.
MORE_CHECKS = [
    "check_dataframe_column_names_consistency",
    "check_param_validation",
]
MORE_TRANSFORMER_CHECKS = [
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_get_feature_names_out_error",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_set_output_transform_polars",
    "check_global_output_transform_pandas",
    "check_global_set_output_transform_polars",
]

CAUSED_BY_CHECKS = [
    "n_components=",  # they fit the default on few rows
    "Singular matrix in solving dual problem",  # scikit-learn's: they shift a precomputed matrix until it is indefinite
    "X (has|does not have valid) feature names",  # scikit-learn's: they fit on data frames and transform arrays
]
SHOTS = Shots(shots=256, random_state=0)
MANY_SHOTS = Shots(shots=2**16, random_state=0)


def exported_estimators():
    """Default instances of all estimators that a room shows; one that trains others is checked beside its own tests."""
    return [cls() for cls in estimator_classes("fit") if cls is not AdversarialTrainingClassifier]


def variants():
    """Estimators with a kernel, on precomputed matrices, other kernels and shots."""
    for estimator in exported_estimators():
        if "kernel" not in estimator.get_params(deep=False):
            continue
        cls = type(estimator)
        if cls is skqml.KernelAlignmentTrainer:  # it trains fidelity kernels; with shots, each pair of rows by itself
            small = skqml.ReuploadingEncoding(n_qubits=2, n_blocks=1)
            yield cls(kernel=skqml.FidelityKernel(small, backend=SHOTS), max_iter=1)
            continue
        if any(isinstance(allowed, StrOptions) for allowed in cls._parameter_constraints["kernel"]):
            yield cls(kernel="precomputed")
        yield cls(kernel=skqml.ProjectedKernel())
        yield cls(kernel=skqml.ProjectedKernel(backend=SHOTS))
        # A check sets alpha=0.01, which is too small a ridge for the noise of 256 shots.
        backend = MANY_SHOTS if hasattr(estimator, "alpha") else SHOTS
        yield cls(kernel=skqml.FidelityKernel(backend=backend))


def quietly(check, *args):
    """Run a check; only warnings about what the checks themselves do are let pass."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for message in CAUSED_BY_CHECKS:
            warnings.filterwarnings("ignore", message=message, category=UserWarning)
        check(*args)


def excuses(estimator):
    """Checks that an estimator may fail, with the reason."""
    found = EXCUSES.get(type(estimator).__name__, {})
    weighted = has_fit_parameter(estimator, "sample_weight") and not isinstance(estimator, skqml.QuantumNystroem)
    if get_tags(estimator).non_deterministic and weighted:  # Nystroem draws equal rows once
        found = found | {WEIGHTS_CHECK: "shots of a repeated row differ from those of a row of weight 2"}
    return found


@parametrize_with_checks(exported_estimators(), expected_failed_checks=excuses, xfail_strict=True)
def test_default_estimators(estimator, check):
    quietly(check, estimator)


@parametrize_with_checks(list(variants()), expected_failed_checks=excuses, xfail_strict=True)
def test_variants(estimator, check):
    try:
        quietly(check, estimator)
    except SkipTest:  # how scikit-learn itself leaves out checks for equal results
        assert get_tags(estimator).non_deterministic


@pytest.mark.parametrize("estimator", exported_estimators(), ids=repr)
@pytest.mark.parametrize("check", MORE_CHECKS)
def test_more_checks(estimator, check):
    quietly(getattr(estimator_checks, check), type(estimator).__name__, estimator)


@pytest.mark.parametrize("estimator", [e for e in exported_estimators() if hasattr(e, "transform")], ids=repr)
@pytest.mark.parametrize("check", MORE_TRANSFORMER_CHECKS)
def test_more_transformer_checks(estimator, check):
    quietly(getattr(estimator_checks, check), type(estimator).__name__, estimator)


def test_no_other_excuse():
    excused = {type(e).__name__ for e in exported_estimators() if excuses(e)}
    assert excused == {"QuantumKernelSVC", "QuantumKernelSVR", "KernelAlignmentTrainer"}
    assert all(set(excuses(e)) <= {WEIGHTS_CHECK} for e in [*exported_estimators(), *variants()])


def test_every_estimator_is_found():
    names = {type(estimator).__name__ for estimator in exported_estimators()}
    assert names >= {"QuantumKernelSVC", "QuantumKernelSVR", "QuantumKernelRidge", "QuantumNystroem"}
    assert "KernelAlignmentTrainer" in names


@pytest.mark.parametrize("estimator", exported_estimators(), ids=repr)
def test_default_estimators_are_deterministic(estimator):
    assert not get_tags(estimator).non_deterministic


@pytest.mark.parametrize("estimator", list(variants()), ids=repr)
def test_shots_are_tagged_non_deterministic(estimator):
    backend = getattr(estimator.kernel, "backend", None)
    assert get_tags(estimator).non_deterministic is (backend is not None)
