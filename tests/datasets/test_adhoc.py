"""Data made by formulas: the ad hoc set against an independent simulation."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, Statevector, random_unitary
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC

from skqml.backends.shots import Shots
from skqml.circuits import ZZEncoding
from skqml.datasets import make_adhoc
from skqml.kernels import FidelityKernel
from skqml.models.kernel_machines import QuantumKernelSVC


@pytest.mark.parametrize("n_features", [2, 3])
def test_labels_are_signs_of_an_expectation_value_with_a_gap(n_features):
    """Recomputed with Qiskit's statevectors, V being the first thing that is drawn."""
    X, y = make_adhoc(30, n_features, gap=0.25, random_state=5)
    seed = np.random.RandomState(5).randint(2**31)
    V = random_unitary(2**n_features, seed=seed)
    circuit, observable = ZZEncoding(reps=2).build(n_features), SparsePauliOp("Z" * n_features)
    values = [Statevector(circuit.assign_parameters(row)).evolve(V).expectation_value(observable) for row in X]
    assert (np.abs(values) >= 0.25).all()
    np.testing.assert_array_equal(y, np.real(values) > 0)
    assert ((X >= 0) & (X < 2 * np.pi)).all()


@pytest.mark.parametrize(("n_samples", "counts"), [(10, (5, 5)), (7, (3, 4)), ((2, 9), (2, 9))])
def test_classes_have_their_numbers_of_rows(n_samples, counts):
    _, y = make_adhoc(n_samples, random_state=0)
    assert tuple(np.bincount(y)) == counts


def test_same_seed_same_rows():
    (X, y), (X_again, y_again) = (make_adhoc(20, random_state=3) for _ in range(2))
    np.testing.assert_array_equal(X, X_again)
    np.testing.assert_array_equal(y, y_again)
    assert not np.array_equal(X, make_adhoc(20, random_state=4)[0])


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"gap": 1.0}, "gap"),
        ({"n_samples": 1}, "n_samples"),
        ({"n_samples": (0, 3)}, "n_samples"),
        ({"n_samples": 5.5}, "n_samples"),
        ({"n_features": 30}, "n_features"),
        ({"n_features": 0}, "n_features"),
        ({"gap": 0.999, "n_features": 4}, "rare"),
    ],
)
def test_bad_arguments_are_named(arguments, match):
    with pytest.raises(ValueError, match=match):
        make_adhoc(random_state=0, **arguments)


def test_the_kernel_of_the_same_feature_map_tells_the_classes_apart():
    """Mean of ten random unitaries, 40 rows to train on and 40 to test: 0.99, where an RBF kernel guesses."""
    models = {
        "exact": kernel_machine(C=1e3),
        "1,024 shots": kernel_machine(C=10.0, backend=Shots(1024, random_state=0)),
        "RBF": SVC(),
    }
    scores = {name: [] for name in models}
    for seed in range(10):
        X, y = make_adhoc(80, random_state=seed)
        for name, model in models.items():
            scores[name].append(model.fit(X[:40], y[:40]).score(X[40:], y[40:]))
    assert np.mean(scores["exact"]) >= 0.99
    assert np.mean(scores["1,024 shots"]) >= 0.95
    assert np.mean(scores["RBF"]) < 0.7


def kernel_machine(C, backend=None):
    return QuantumKernelSVC(FidelityKernel(ZZEncoding(), backend=backend), C=C, standardize=False, bandwidth=1.0)


def test_labels_balance_random_guessing():
    """A linear model of the rows is no better than chance."""
    X, y = make_adhoc(200, random_state=0)
    assert cross_val_score(SVC(kernel="linear"), X, y).mean() < 0.65
