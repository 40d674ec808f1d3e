"""scikit-learn's own checks on every estimator that the package exports."""

import warnings

import pytest
import skqml
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from skqml.engine.shots import Shots

WEIGHTS_CHECK = "check_sample_weight_equivalence_on_dense_data"
# libsvm's own: scikit-learn excuses its SVC and SVR from it as well.
EXCUSES = {
    name: {WEIGHTS_CHECK: "libsvm: sample_weight is not equivalent to removing or repeating samples"}
    for name in ("QuantumKernelSVC", "QuantumKernelSVR")
}
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


def exported_estimators():
    """Default instances of all classes in ``skqml.__all__`` that have `fit`."""
    exported = (getattr(skqml, name) for name in skqml.__all__)
    return [cls() for cls in exported if isinstance(cls, type) and hasattr(cls, "fit")]


def variants():
    """Estimators with a kernel, on precomputed matrices, other kernels and shots."""
    shots = Shots(shots=256, random_state=0)
    for estimator in exported_estimators():
        if "kernel" not in estimator.get_params(deep=False):
            continue
        cls = type(estimator)
        if hasattr(cls, "predict"):
            yield cls(kernel="precomputed")
        if cls is not skqml.KernelAlignmentTrainer:  # it trains fidelity kernels
            yield cls(kernel=skqml.ProjectedKernel())
            yield cls(kernel=skqml.ProjectedKernel(backend=shots))
        yield cls(kernel=skqml.FidelityKernel(backend=shots))


def quietly(check, *args):
    """Run a check; only warnings about what the checks themselves do are let pass."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", message="n_components=", category=UserWarning)
        check(*args)


@parametrize_with_checks(
    exported_estimators(), expected_failed_checks=lambda e: EXCUSES.get(type(e).__name__, {}), xfail_strict=True
)
def test_default_estimators(estimator, check):
    quietly(check, estimator)


@parametrize_with_checks(
    list(variants()), expected_failed_checks=lambda e: EXCUSES.get(type(e).__name__, {}), xfail_strict=True
)
def test_variants(estimator, check):
    quietly(check, estimator)


@pytest.mark.parametrize("estimator", exported_estimators(), ids=repr)
@pytest.mark.parametrize("check", MORE_CHECKS)
def test_more_checks(estimator, check):
    quietly(getattr(estimator_checks, check), type(estimator).__name__, estimator)


@pytest.mark.parametrize("estimator", [e for e in exported_estimators() if hasattr(e, "transform")], ids=repr)
@pytest.mark.parametrize("check", MORE_TRANSFORMER_CHECKS)
def test_more_transformer_checks(estimator, check):
    quietly(getattr(estimator_checks, check), type(estimator).__name__, estimator)


def test_no_other_excuse():
    assert set(EXCUSES) == {"QuantumKernelSVC", "QuantumKernelSVR"}
    assert all(set(excuses) == {WEIGHTS_CHECK} for excuses in EXCUSES.values())


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
