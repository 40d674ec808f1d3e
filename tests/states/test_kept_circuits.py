"""No fitted model holds a circuit in its state, save those that users pass; one that is drawn otherwise is refused."""

import copy
import io
import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import zz_feature_map
from sklearn.base import clone

import skqml
from skqml import persistence
from skqml.backends.redrawn import mark_of
from skqml.circuits.ansatze import Ansatz
from skqml.files.qpy import CircuitPart
from tests.contracts.estimators import estimator_classes, fitted, rows, scores
from tests.contracts.examples import LABELS, X
from tests.contracts.test_states import model


class Looking(pickle.Pickler):
    """Notes the circuits that it writes, as they are or as QPY."""

    def reducer_override(self, value):
        if isinstance(value, QuantumCircuit | CircuitPart):
            self.found.append(value)
        return NotImplemented


def circuits_in(value):
    pickler = Looking(io.BytesIO())
    pickler.found = []
    pickler.dump(value)
    return pickler.found


def copies(whole, path):
    """What comes back of a model."""
    skqml.save(whole, path)
    yield from (pickle.loads(pickle.dumps(whole)), copy.deepcopy(whole), skqml.load(path))
    yield pickle.loads(pickle.dumps(skqml.load(path)))  # before it has drawn anything


def check_copies(whole, X, path):
    assert not circuits_in(whole)
    assert not any("CircuitPart" in name for name in persistence.names_in(whole))
    for again in copies(whole, path):
        np.testing.assert_array_equal(scores(again)(X), scores(whole)(X))
        if isinstance(getattr(whole, "circuit_", None), QuantumCircuit):
            assert mark_of(again.circuit_) == mark_of(whole.circuit_)
            assert str(again.draw()) == str(whole.draw())
        assert not hasattr(clone(again), "circuit_")


@pytest.mark.parametrize("cls", estimator_classes("fit"))
def test_states_hold_no_circuits(cls, tmp_path):
    """Of models with defaults: pickles, copies and files hold none, and predict the same."""
    check_copies(*model(cls), tmp_path / "model.skops")


@pytest.mark.parametrize(
    "estimator",
    [
        skqml.ReadoutQNNClassifier(n_layers=1, n_thresholds=1),
        skqml.QuantumFieldRegressor(n_qubits=2),
        skqml.QuantumFieldRegressor(n_qubits=2, state="mixed"),
    ],
    ids=repr,
)
def test_nor_do_those_that_need_one_on_a_backend_alone(estimator, tmp_path):
    estimator.set_params(backend=skqml.Exact(), max_iter=2)
    X, y = rows(estimator)
    check_copies(fitted(estimator, X[::8], y[::8]), X[:2], tmp_path / "model.skops")


def test_truth_tables_are_kept_as_tables(tmp_path):
    bits = np.array([[0, 0], [1, 0], [1, 1]])
    check_copies(skqml.ReadoutQNNClassifier.from_truth_table([0, 1, 1, 0]), bits, tmp_path / "model.skops")


class Turned(skqml.Encoding):
    """An encoding whose code changes."""

    angle = 1.0

    def __init__(self, n_turns=1):
        self.n_turns = n_turns

    def draw(self, qc, x, weight):
        for qubit, feature in enumerate(x):
            for _ in range(self.n_turns):
                qc.ry(self.angle * feature, qubit)


MODELS = {
    "kernel": lambda encoding: skqml.QuantumKernelSVC(skqml.FidelityKernel(encoding)),
    "kernel inside": lambda encoding: skqml.QuantumKernelSVC(
        skqml.DepolarizingMitigatedKernel(skqml.FidelityKernel(encoding))
    ),
    "variational": lambda encoding: skqml.VariationalClassifier(encoding, max_iter=1, tol=None, random_state=0),
    "features": lambda encoding: skqml.QuantumFeatures(encoding, random_state=0),
    "surrogate": lambda encoding: skqml.QuantumFeatures(encoding, random_state=0).surrogate(),
    "images": lambda encoding: skqml.QuanvolutionTransformer(encoding, kernel_size=1, stride=1, random_state=0),
}


def drawing_of(whole):
    """Text of the circuit, None of surrogates, which have the frequencies of one."""
    return str(whole.draw()) if hasattr(whole, "circuit_") else None


@pytest.mark.parametrize("name", MODELS)
def test_other_circuits_are_refused(name, monkeypatch):
    """Where the code that draws them has changed since the fit, in whatever it is that reads the model back."""
    whole = fitted(MODELS[name](Turned()), X, LABELS)
    data, expected = pickle.dumps(whole), scores(whole)(X)
    monkeypatch.setattr(Turned, "angle", 1.01)
    np.testing.assert_array_equal(scores(whole)(X + 0.0), expected)
    for again in (pickle.loads(data), pickle.loads(pickle.dumps(pickle.loads(data)))):
        with pytest.raises(ValueError, match="drawn differently here, by another version of skqml or code of yours"):
            scores(again)(X)
    monkeypatch.setattr(Turned, "angle", 1.0 + 1e-13)  # another rounding
    scores(pickle.loads(data))(X)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", MODELS)
def test_what_is_kept_is_a_copy(name):
    """Of the encoding as it was in the fit."""
    encoding = Turned()
    whole = MODELS[name](encoding).fit(X, LABELS)
    shown, expected = drawing_of(whole), scores(whole)(X)
    encoding.n_turns = 3
    for one in (whole, pickle.loads(pickle.dumps(whole))):
        np.testing.assert_array_equal(scores(one)(X), expected)
        assert drawing_of(one) == shown and "n_turns=3" in repr(one)


def test_circuits_of_users_are_kept():
    """Those that they passed, in encodings and ansaetze, as QPY."""
    ansatz = QuantumCircuit(2)
    ansatz.cx(0, 1)
    whole = skqml.VariationalClassifier(skqml.CircuitEncoding(zz_feature_map(2)), ansatz, max_iter=1, tol=None)
    whole.fit(X, LABELS)
    assert {type(found) for found in circuits_in(whole)} == {CircuitPart}
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(whole)).predict(X), whole.predict(X))


def test_changing_what_is_shown_changes_no_model():
    whole = skqml.VariationalClassifier(skqml.AngleEncoding(), max_iter=1, tol=None).fit(X, LABELS)
    expected = whole.predict_proba(X)
    whole.circuit_.x(0)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(whole)).predict_proba(X), expected)


def random_turns(qc, weight):
    """An ansatz that is another one at each call."""
    qc.ry(weight() + np.random.default_rng().normal(), 0)


def test_random_drawings_stay_while_they_are_there():
    """And are refused where they would be drawn anew."""
    whole = skqml.VariationalClassifier(skqml.AngleEncoding(), Ansatz(random_turns), max_iter=1, tol=None)
    whole.fit(X, LABELS)
    np.testing.assert_array_equal(whole.predict(X), whole.predict(X))
    with pytest.raises(ValueError, match="drawn differently"):
        pickle.loads(pickle.dumps(whole)).predict(X)


@pytest.mark.parametrize("name", MODELS)
def test_what_was_read_draws_once(name, monkeypatch):
    """Not as it is read, and not for each row that it predicts."""
    data, drawn, draw = pickle.dumps(fitted(MODELS[name](Turned()), X, LABELS)), [], Turned.draw
    monkeypatch.setattr(Turned, "draw", lambda self, *given: drawn.append(self) or draw(self, *given))
    again = pickle.loads(data)
    assert not drawn
    for few in (X[:1], X):
        scores(again)(few)
        assert drawing_of(again) != "" and len(drawn) == 1
