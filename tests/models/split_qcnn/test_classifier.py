"""The split QCNN: the same model cut and whole, parts that are as wide as promised, and scores on real data."""

import numpy as np
import pytest
from qiskit.quantum_info import Statevector
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml import MPS, Aer, Shots, SplitQCNNClassifier
from skqml.circuits.ansatze import su4
from skqml.cutting import cut_cost
from skqml.models.split_qcnn.circuit import cuts_behind

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(30, 8)), RNG.integers(0, 3, 30)


def few(**options):
    """A fitted model of few iterations."""
    return SplitQCNNClassifier(**{"random_state": 0, "max_iter": 3, "tol": None} | options).fit(X, Y)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"pooling": True},
        {"n_layers": 2},
        {"n_layers": 3, "pooling": True},
        {"block": su4},
        {"n_qubits": 5, "cut": 1},
    ],
    ids=lambda options: ",".join(options),
)
def test_predictions_are_those_of_the_whole_circuit(options):
    """Scores, training, and derivatives by features."""
    cut = few(**options)
    whole = few(**options | {"cut": None})
    assert len(cut.cut_cost_.qubits) == 2
    np.testing.assert_allclose(cut.weights_, whole.weights_, atol=1e-9)
    np.testing.assert_allclose(cut.predict_proba(X), whole.predict_proba(X), atol=1e-9)
    np.testing.assert_array_equal(cut.predict(X), whole.predict(X))
    np.testing.assert_allclose(cut.input_gradient(X, Y), whole.input_gradient(X, Y), atol=1e-9)


@pytest.mark.parametrize("n_features", [3, 8, 20])
def test_scores_are_those_of_the_statevector(n_features):
    """What is drawn is what is scored: Z of the qubits that are read, for any number of features."""
    rows = RNG.normal(size=(12, n_features))
    model = SplitQCNNClassifier(n_qubits=5, cut=2, pooling=True, max_iter=2, tol=None, random_state=0)
    model.fit(rows, np.arange(12) % 3)
    angles = dict(zip((p for p in model.circuit_.parameters if p.name[0] == "w"), model.weights_, strict=True))
    values = model.standardizer_.transform(rows[:1])[0]
    angles |= {p: values[p.index] for p in model.circuit_.parameters if p.name[0] == "x"}
    state = Statevector(model.circuit_.assign_parameters(angles))
    z = [np.diff(state.probabilities([q]))[0] * -1 for q in (1, 3)]
    expected = model.readout_coef_ @ z + model.readout_intercept_
    np.testing.assert_allclose(model.decision_function(rows[:1])[0], expected, atol=1e-10)


@pytest.mark.parametrize(
    ("options", "cost"),
    [
        ({}, (7, 16.0, (5, 4))),
        ({"cut": 3}, (7, 16.0, (4, 5))),
        ({"cut": 0}, (7, 16.0, (1, 8))),
        ({"cut": None}, (1, 1.0, (8,))),
        ({"entangled": False}, (1, 1.0, (8,))),
        ({"n_layers": 2, "pooling": True}, (25, 256.0, (5, 5))),
        ({"n_layers": 2}, (25, 256.0, (5, 5))),
    ],
    ids=str,
)
def test_parts_are_as_wide_as_promised(options, cost):
    """One cut for each ladder, as few as there can be."""
    found = few(**options, max_iter=1).cut_cost_
    assert (found.circuits, found.overhead, found.qubits) == cost


def test_cuts_leave_nothing_between_the_parts():
    """The parts at the cuts of a model hold no qubit of the other side."""
    circuit = few(n_layers=2, max_iter=1).circuit_
    assert cut_cost(circuit, cuts=cuts_behind(circuit, 4)).qubits == cut_cost(circuit, max_qubits=5).qubits == (5, 5)


@pytest.mark.parametrize("backend", [Aer(), MPS(16)], ids=lambda b: type(b).__name__)
def test_any_backend_runs_the_parts(backend):
    np.testing.assert_allclose(few(backend=backend).predict_proba(X), few().predict_proba(X), atol=1e-8)


def test_shots_are_near():
    """A step of training by shots, and what the model says of itself."""
    model = few(backend=Shots(5000, random_state=0), max_iter=1)
    assert model.__sklearn_tags__().non_deterministic
    exact = few(optimizer=model._state.optimizer, max_iter=1)
    np.testing.assert_allclose(model.predict_proba(X), exact.predict_proba(X), atol=0.05)


@pytest.mark.parametrize(("load", "least"), [("cancer", 0.93), ("digits", 0.97)])
def test_scores_on_eight_components(load, least):
    """The bars of the specification."""
    X, y = load_breast_cancer(return_X_y=True) if load == "cancer" else load_digits(n_class=2, return_X_y=True)
    model = make_pipeline(StandardScaler(), PCA(8), SplitQCNNClassifier(cut=None, n_layers=2, random_state=0))
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    assert cross_val_score(model, X, y, cv=folds).mean() >= least


def test_a_search_over_cuts_finds_them_equal():
    model = SplitQCNNClassifier(max_iter=3, tol=None, random_state=0)
    search = GridSearchCV(model, {"cut": [None, 2, 4]}, cv=2).fit(X, Y)
    assert np.ptp(search.cv_results_["mean_test_score"]) == 0


@pytest.mark.parametrize("cut", [7, 20])
def test_a_cut_with_no_qubit_behind_it_is_refused(cut):
    with pytest.raises(ValueError, match="cut must be None, or a qubit with another behind it, at most 6"):
        few(cut=cut)


def test_product_twin_has_no_entanglement():
    """Each Z is then that of a qubit by itself."""
    model = few().product_twin().fit(X, Y)
    assert all(instruction.operation.num_qubits == 1 for instruction in model.circuit_.data)
    assert model.n_parameters_ == few().n_parameters_
