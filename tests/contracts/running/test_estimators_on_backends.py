"""The same scripts on every kind of backend: digits 0 against 1, by a kernel and by a trained circuit."""

from functools import cache

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from examples.studies.backends_table import backends, digits, models

BACKENDS = backends(shots=128)
X, X_TEST, Y, Y_TEST = digits(n_train=12, n_test=16)


@cache
def fitted(name, kind):
    """One of the example's estimators on one of its backends."""
    return make_pipeline(PCA(2, random_state=0), models(BACKENDS[name], max_iter=6)[kind]).fit(X, Y)


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("kind", ["QuantumKernelSVC", "VariationalClassifier"])
def test_scripts_run_unchanged(name, kind):
    """Two groups of points this far apart are told apart, shots and noise or not; 13 of 16 by luck: one in 100."""
    assert fitted(name, kind).score(X_TEST, Y_TEST) >= 13 / 16


@pytest.mark.parametrize("name", BACKENDS)
def test_kernel_decisions_are_those_of_exact_simulation_up_to_noise(name):
    exact, other = (fitted(n, "QuantumKernelSVC").decision_function(X_TEST) for n in ("Exact", name))
    assert np.corrcoef(exact, other)[0, 1] > 0.9
    assert (name == "Exact") == np.array_equal(exact, other)


def test_mitigation_brings_the_kernel_nearer_to_the_exact_one():
    rows = X[:, 20:22] / 8
    K = {name: models(BACKENDS[name])["QuantumKernelSVC"].kernel(rows) for name in ("Exact", "Noisy", "ZNE(Noisy)")}
    errors = {name: np.abs(K[name] - K["Exact"]).mean() for name in K}
    assert errors["ZNE(Noisy)"] < errors["Noisy"]


@pytest.mark.parametrize("name", ["Shots", "Noisy, shots", "Primitive"])
def test_seeds_repeat_whole_fits(name):
    model = clone(models(BACKENDS[name], max_iter=1)["VariationalClassifier"])
    weights = [clone(model).fit(X[:6, 20:22], Y[:6]).weights_ for _ in range(2)]
    assert np.array_equal(*weights)


@pytest.mark.parametrize("name", BACKENDS)
def test_estimators_say_whether_they_repeat_themselves(name):
    for model in models(BACKENDS[name]).values():
        assert model.__sklearn_tags__().non_deterministic is (name in {"Shots", "Noisy, shots", "Primitive"})
