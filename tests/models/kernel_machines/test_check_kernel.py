"""`fit` warns of kernel matrices from which nothing can be learned, and says what to change."""

import warnings
from functools import partial

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.gaussian_process.kernels import ConstantKernel

from skqml import (
    AngleEncoding,
    FidelityKernel,
    KernelAlignmentTrainer,
    QuantumKernelOnlineClassifier,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumKernelSVR,
    QuantumNystroem,
    Shots,
    ZZEncoding,
)
from skqml.inspection import shots_needed
from skqml.kernels.measures.trouble import trouble

X = np.random.default_rng(0).normal(size=(40, 8))
Y = np.arange(40) % 2
MACHINES = [QuantumKernelSVC, QuantumKernelSVR, QuantumKernelRidge]
MACHINES += [partial(cls, n_components=40) for cls in (QuantumNystroem, QuantumKernelOnlineClassifier)]


def said(model, X=X):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, Y)
    return [str(w.message) for w in caught if issubclass(w.category, UserWarning)]


@pytest.mark.parametrize("cls", MACHINES)
@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        (FidelityKernel(ZZEncoding(), scale=30.0), ["close to the identity", "lower the bandwidth"]),
        (FidelityKernel(scale=1e-3), ["nearly constant", "raise the bandwidth"]),
        (
            FidelityKernel(ZZEncoding(), scale=6.0, backend=Shots(20, random_state=0)),
            ["20 shots cannot resolve", "take"],
        ),
    ],
    ids=["identity", "constant", "shots"],
)
def test_it_says_what_is_wrong_once(cls, kernel, words):
    found = said(cls(kernel))
    assert len(found) == 1
    assert all(word in found[0] for word in [*words, "40 training rows", "check_kernel=False"])
    assert said(cls(kernel, check_kernel=False)) == []


@pytest.mark.parametrize("cls", MACHINES)
def test_defaults_are_no_trouble(cls):
    for n_features in (1, 2, 8, 64):
        rows = np.random.default_rng(1).normal(size=(40, n_features))
        assert said(cls(), rows) == []
    assert said(cls(FidelityKernel(backend=Shots(1000, random_state=0)))) == []
    assert said(cls(), X[:, :2] * [1.0, 0.0]) == []
    assert said(cls().classical_twin()) == []


def test_a_trained_kernel_is_checked_as_it_ends():
    """It warns where training ends in a matrix that nothing can be learned from."""
    stuck = KernelAlignmentTrainer(FidelityKernel(scale=1e-3), max_iter=1, tol=10.0)
    assert len(found := said(stuck)) == (trouble(stuck.kernel_(stuck.X_fit_)) is not None) == 1
    assert "40 training rows is nearly constant" in found[0]
    assert said(stuck.set_params(check_kernel=False)) == []
    assert said(KernelAlignmentTrainer(max_iter=2)) == []


@pytest.mark.parametrize("kernel", ["precomputed", FidelityKernel(scale=1e-3) + ConstantKernel()])
def test_matrices_of_other_makings_are_the_users(kernel):
    rows = np.ones((40, 40)) if isinstance(kernel, str) else X
    assert said(QuantumKernelSVC(kernel), rows) == []


def test_few_rows_say_nothing():
    assert trouble(np.eye(19)) is None
    assert trouble(np.zeros((30, 30))) is None


@pytest.mark.parametrize("group_size", [1, 2, None])
def test_noise_of_shots_is_that_of_the_kernel_however_many_runs_it_has(group_size):
    """Of differences of 1.3 deviations of the shots nothing would be said, of 0.5 there is."""
    rows = np.random.default_rng(0).normal(size=(40, 4))
    exact = FidelityKernel(AngleEncoding(), scale=0.15, group_size=group_size)
    spread, quiet = exact(rows)[np.triu_indices(40, 1)].std(), []
    for precision in (spread / 1.3, spread / 0.5):
        shots = int(shots_needed(exact, rows, precision=precision, relative=False).per_entry)
        K = clone(exact).set_params(backend=Shots(shots, 0))(rows)
        quiet.append(trouble(K, shots, exact.n_runs(4)) is None)
    assert quiet == [True, False]


def test_shots_that_resolve_are_those_that_inspection_asks_for():
    """With ten times as many as one standard error takes, nothing is said; with a tenth there is."""
    K = FidelityKernel(ZZEncoding(), scale=0.15)(X)
    needed = shots_needed(K, precision=1.0).per_entry
    rng, quiet = np.random.default_rng(0), []
    for shots in (int(10 * needed), max(1, int(needed / 10))):
        upper = np.triu(rng.binomial(shots, np.clip(K, 0, 1)) / shots, 1)
        quiet.append(trouble(upper + upper.T + np.eye(40), shots) is None)
    assert quiet == [True, False]
