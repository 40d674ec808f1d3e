"""The block encoding classifier: probabilities of the circuit, exact gradients, training as in the experiment."""

import numpy as np
import pytest
from qiskit.quantum_info import Statevector
from sklearn.datasets import load_iris, load_wine
from sklearn.model_selection import StratifiedKFold, cross_val_score

import skqml
from skqml import Aer, BlockEncodingClassifier, Shots
from skqml.circuits import BlockEncoding
from skqml.training import CyclicAdam

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(30, 5)), RNG.integers(0, 3, 30)


def few(y=Y, **options):
    """A fitted model of few iterations."""
    return BlockEncodingClassifier(**{"random_state": 0, "max_iter": 3, "tol": None} | options).fit(X, y)


def bound(circuit, x, w):
    """The state of a circuit with numbers for its parameters, by their names."""
    values = {p: {"x": x, "w": w}[p.vector.name][p.index] for p in circuit.parameters}
    return Statevector(circuit.assign_parameters(values))


@pytest.mark.parametrize("n_classes", [2, 3, 4, 5])
@pytest.mark.parametrize("readout", [None, 3])
def test_probabilities_are_those_of_the_state(n_classes, readout):
    """Of the qubits that are measured, the first being the least bit, and of as many outcomes as there are classes."""
    model = few(np.arange(30) % n_classes, readout_qubit=readout)
    first, n_measured = 1 if readout is None else readout, max(1, int(np.ceil(np.log2(n_classes))))
    state = bound(model.circuit_, model.standardizer_.transform(X[:1])[0], model.weights_)
    expected = state.probabilities([(first + k) % 4 for k in range(n_measured)])[:n_classes]
    np.testing.assert_allclose(model.predict_proba(X[:1])[0], expected / expected.sum(), atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"entangled": False}, {"standardize": False, "bandwidth": 0.3}], ids=str)
def test_input_gradients_are_finite_differences(options):
    model, h = few(**options), 1e-6
    S, pullback = model.input_pullback(X[:4])
    g = RNG.normal(size=S.shape)
    numeric = np.empty((4, 5))
    for k, step in enumerate(h * np.eye(5)):
        numeric[:, k] = np.sum(
            g * (model.input_pullback(X[:4] + step)[0] - model.input_pullback(X[:4] - step)[0]), axis=1
        )
    np.testing.assert_allclose(pullback(g), numeric / (2 * h), atol=1e-6)


def test_data_and_weights_share_their_rotations():
    """A row moved by a vector is the same row with all weights of its rotations moved."""
    circuit, d = BlockEncoding(2, (3, 2)).build(4), RNG.normal(size=4)
    w = RNG.normal(size=10)
    moved = w + np.concatenate([d, d, [0.0, 0.0]])  # the row fits twice, and leaves two rotations without a feature
    np.testing.assert_allclose(bound(circuit, d, w).data, bound(circuit, 0 * d, moved).data, atol=1e-12)


def test_the_published_circuit():
    """260 rotations on 10 qubits, 256 of them by a pixel too, and the CNOT gates of a block in two rounds."""
    circuit = BlockEncoding(10, (8, 6, 6, 6)).build(256)
    assert circuit.count_ops() == {"rx": 260, "rz": 256, "cx": 36}
    names = {p.vector.name: len(p.vector) for p in circuit.parameters}
    assert names == {"x": 256, "w": 260}
    pairs = [tuple(map(circuit.find_bit, i.qubits)) for i in circuit.data if i.operation.name == "cx"]
    assert [(a.index, b.index) for a, b in pairs[:9]] == [(q, q + 1) for q in (0, 2, 4, 6, 8, 1, 3, 5, 7)]


@pytest.mark.parametrize("load", [load_iris, load_wine], ids=lambda load: load.__name__)
def test_it_is_good_on_unscaled_tables(load):
    rows, y = load(return_X_y=True)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    assert cross_val_score(BlockEncodingClassifier(random_state=0), rows, y, cv=folds).mean() > 0.93


def test_trained_qubit_by_qubit():
    """As many steps as qubits move each of them once, and no other weight of the step."""
    model = BlockEncodingClassifier(optimizer=CyclicAdam(4), max_iter=1, tol=None, random_state=0)
    model.partial_fit(X, Y, classes=[0, 1, 2])
    before = model.weights_.copy()
    for turn in (1, 2, 3):
        model.partial_fit(X, Y)
        assert set(np.flatnonzero(model.weights_ != before) % 4) == {turn}
        before = model.weights_.copy()


def test_training_qubit_by_qubit_learns():
    rows, y = load_iris(return_X_y=True)
    options = {"batch_size": 20, "max_iter": 25, "tol": None, "random_state": 0}
    assert BlockEncodingClassifier(optimizer=CyclicAdam(4), **options).fit(rows, y).score(rows, y) > 0.9


@pytest.mark.parametrize("backend", [Aer(), Shots(20_000, random_state=0)], ids=lambda b: type(b).__name__)
def test_any_backend(backend):
    model = few(backend=backend, max_iter=1, optimizer=CyclicAdam(4))
    exact = few(max_iter=1, optimizer=CyclicAdam(4))
    atol = 0.05 if backend.random else 1e-6
    np.testing.assert_allclose(model.predict_proba(X), exact.predict_proba(X), atol=atol)


def test_a_file(tmp_path):
    model = few()
    skqml.save(model, tmp_path / "model.skops")
    np.testing.assert_array_equal(skqml.load(tmp_path / "model.skops").predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"readout_qubit": 4}, "readout_qubit must be None or a qubit below n_qubits=4, got 4"),
        ({"n_qubits": 1}, "n_qubits must be at least 2 for 3 classes"),
        ({"blocks": (1,), "n_qubits": 4}, "blocks must have a rotation for each feature, at least 5, got 4"),
        ({"blocks": ()}, "blocks must name the walls of at least one block"),
        ({"blocks": (0, 2)}, "blocks must be an integer from 1"),
    ],
    ids=str,
)
def test_what_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        few(**options)
