"""Hamiltonian embedding: against Qiskit's statevectors and differences, on images, with bad input."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import Operator, Pauli, Statevector
from scipy.linalg import expm
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import train_test_split

from skqml.circuits.hamiltonian import HamiltonianEncoding
from skqml.models.hamiltonian_embedding import HamiltonianEmbeddingClassifier, brickwall, full_pauli, network
from skqml.models.hamiltonian_embedding.blocks import Layers, PauliGenerators, exponentials
from skqml.models.hamiltonian_embedding.network import EmbeddingNetwork, Spectra
from skqml.training import LBFGS, Adam, TrainingError

seeds = st.integers(0, 2**32 - 1)


def images(classes=8, n_samples=None):
    """Digits of 8 x 8 pixels, the first classes only."""
    X, y = load_digits(return_X_y=True)
    return X[y < classes][:n_samples], y[y < classes][:n_samples]


def quick(**options):
    """A model that trains in no time."""
    return HamiltonianEmbeddingClassifier(**{"n_layers": 3, "random_state": 0, "tol": 0.1} | options)


@pytest.mark.parametrize(("n_features", "n_classes"), [(7, 3), (1, 5)])
def test_derivatives_by_pixels_also_where_the_image_is_padded(n_features, n_classes):
    rng = np.random.default_rng(0)
    X, g = rng.normal(size=(10, n_features)), rng.normal(size=(10, n_classes))
    model = quick(max_iter=3, tol=None).fit(X, np.arange(10) % n_classes)
    steps = 1e-5 * np.eye(n_features)
    slopes = [np.sum(g * (model.input_pullback(X + e)[0] - model.input_pullback(X - e)[0]), axis=1) for e in steps]
    np.testing.assert_allclose(model.input_pullback(X)[1](g), np.stack(slopes, axis=1) / 2e-5, atol=1e-7)


def problem(seed, n_qubits, n_classes, ansatz=brickwall, logit_scale=None):
    """A network with rows, targets, factors and parameters."""
    rng = np.random.default_rng(seed)
    net = EmbeddingNetwork(Layers(n_qubits, tuple(ansatz(n_qubits))), 2, n_classes, logit_scale)
    X = rng.normal(size=(5, 4**n_qubits - 1))
    rows = Spectra(*HamiltonianEncoding().eigen(X, n_qubits))
    Y = np.eye(n_classes)[rng.integers(n_classes, size=5)]
    return net, X, rows, Y, rng.random(5), rng.normal(size=net.n_parameters)


@given(st.integers(1, 3))
def test_generators_are_qiskits_pauli_strings(n_qubits):
    generators = PauliGenerators(n_qubits)
    for place, G in enumerate(generators.matrices(np.eye(generators.n_weights)), start=1):
        x, z = ([bool(mask >> q & 1) for q in range(n_qubits)] for mask in divmod(place, 2**n_qubits))
        np.testing.assert_array_equal(G, Pauli((z, x)).to_matrix())


@settings(max_examples=20)
@given(seeds, st.sampled_from([0.0, 1e-9, 1.0, 30.0]))
def test_exponentials_and_their_derivative(seed, size):
    """A size of 0 makes all eigenvalues equal."""
    rng = np.random.default_rng(seed)
    G, direction = PauliGenerators(2).matrices(rng.normal(size=(2, 15)))
    dU = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    U, pullback = exponentials(size * G)
    np.testing.assert_allclose(U, expm(1j * size * G), atol=1e-11)
    up, down = (np.sum(dU.conj() * expm(1j * (size * G + e * direction))).real for e in (1e-5, -1e-5))
    np.testing.assert_allclose(np.sum(pullback(dU).conj() * direction).real, (up - down) / 2e-5, atol=1e-6)


@given(seeds, st.sampled_from([(1, brickwall), (3, brickwall), (4, brickwall), (2, full_pauli)]))
def test_layers_are_products_of_their_blocks(seed, case):
    n_qubits, ansatz = case
    layers = Layers(n_qubits, tuple(ansatz(n_qubits)))
    theta = np.random.default_rng(seed).normal(size=(2, layers.n_weights))
    W, _ = layers.forward(theta)
    for i in range(2):
        qc = QuantumCircuit(n_qubits)
        for qubits, U in zip(layers.blocks, layers.unitaries(theta), strict=True):
            qc.append(UnitaryGate(U[i]), qubits)
        np.testing.assert_allclose(W[i], Operator(qc).data, atol=1e-12)


@settings(max_examples=10)
@given(
    seeds,
    st.sampled_from([(1, 2, brickwall), (2, 3, brickwall), (3, 8, brickwall), (3, 5, full_pauli)]),
    st.sampled_from([None, 2.0]),
)
def test_gradient_is_that_of_differences(seed, case, logit_scale):
    net, _, rows, Y, share, v = problem(seed, *case, logit_scale)
    direction = np.random.default_rng(seed).normal(size=len(v))
    up, down = (net.cross_entropy(rows, Y, share, v + e * direction)[0] for e in (1e-5, -1e-5))
    np.testing.assert_allclose(
        net.cross_entropy(rows, Y, share, v)[1] @ direction, (up - down) / 2e-5, rtol=1e-6, atol=1e-7
    )


def test_chunks_of_rows_add_up(monkeypatch):
    net, _, rows, Y, share, v = problem(0, 3, 8)
    whole, scores = net.cross_entropy(rows, Y, share, v), net.scores(rows, v)
    monkeypatch.setattr(network, "_ENTRIES", 2 * 64)  # two rows a chunk
    parts = net.cross_entropy(rows, Y, share, v)
    np.testing.assert_allclose(parts[0], whole[0])
    np.testing.assert_allclose(parts[1], whole[1], atol=1e-12)
    np.testing.assert_allclose(net.scores(rows, v), scores, atol=1e-12)


@pytest.mark.parametrize(("classes", "n_features", "ansatz"), [(8, 64, None), (3, 64, full_pauli), (5, 4, None)])
def test_scores_are_probabilities_of_the_circuit(classes, n_features, ansatz):
    X, y = images(classes, 120)
    model = quick(ansatz=ansatz).fit(X[:, 20 : 20 + n_features], y)
    X = X[:4, 20 : 20 + n_features]
    n_measured = (classes - 1).bit_length()
    p = [Statevector(model.circuit(x)).probabilities(range(n_measured))[:classes] for x in X]
    np.testing.assert_allclose(model.decision_function(X), model.logit_scale_ * np.array(p), atol=1e-9)


def test_an_image_and_its_transpose_give_the_same_output():
    X, y = images(4, 200)
    model = quick(standardize=False, bandwidth=1 / 16).fit(X, y)
    transposed = X.reshape(-1, 8, 8).swapaxes(1, 2).reshape(-1, 64)
    assert np.abs(X - transposed).max() > 1
    np.testing.assert_allclose(model.predict_proba(transposed), model.predict_proba(X), atol=1e-10)


def test_digits_zero_to_seven():
    """Mean of five splits and starts."""
    X, y = images()
    scores = []
    for seed in range(5):
        X_train, X_test, y_train, y_test = train_test_split(X, y, train_size=1200, stratify=y, random_state=seed)
        model = HamiltonianEmbeddingClassifier(random_state=seed).fit(X_train, y_train)
        scores.append(model.score(X_test, y_test))
    assert np.mean(scores) > 0.93
    assert model.n_parameters_ == 10 * (1 + 30) + 1


def test_twin_sees_the_same_half_of_the_image():
    X, y = images()
    X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
    model = quick(n_layers=10, standardize=False, bandwidth=1.0, max_iter=2000, tol=1e3, n_iter_no_change=1)
    twin = model.fit(X_train, y_train).classical_twin().fit(X_train, y_train)
    transposed = X_test.reshape(-1, 8, 8).swapaxes(1, 2).reshape(-1, 64)
    np.testing.assert_allclose(twin.predict_proba(transposed), twin.predict_proba(X_test))
    assert 0.9 < twin.score(X_test, y_test) < 1


def test_a_larger_model_has_a_perceptron_of_its_size_as_twin():
    X, y = images(4, 200)
    model = quick(ansatz=full_pauli, n_layers=12).fit(X, y)
    twin = model.classical_twin().fit(X, y).machine_
    assert model.n_parameters_ == 12 * 64 + 1
    n_twin = sum(a.size for a in twin.coefs_ + twin.intercepts_)
    assert abs(n_twin - model.n_parameters_) < 41  # one hidden unit


def test_probabilities_as_logits_have_a_floor():
    """One class can have at most probability 1, the others 0."""
    X, y = images(8, 400)
    model = quick(logit_scale=1.0).fit(X, y)
    assert model.loss_ > np.log(np.e + 7) - 1
    assert quick().fit(X, y).loss_ < model.loss_


def test_weights_are_repeated_rows():
    X, y = load_iris(return_X_y=True)
    weight = np.random.default_rng(0).integers(0, 4, len(y))
    weighted = quick().fit(X, y, sample_weight=weight)
    order = np.random.default_rng(1).permutation(weight.sum())
    repeated = quick().fit(np.repeat(X, weight, axis=0)[order], np.repeat(y, weight)[order])
    np.testing.assert_array_equal(weighted.weights_, repeated.weights_)


def test_the_same_seed_gives_the_same_model():
    X, y = images(4, 300)
    models = [quick(batch_size=100, optimizer=Adam(0.02), random_state=7).fit(X, y) for _ in range(2)]
    np.testing.assert_array_equal(models[0].weights_, models[1].weights_)
    assert models[0].score(X, y) > 0.8
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(models[0])).predict_proba(X), models[0].predict_proba(X))


def test_more_classes_than_the_image_has_outcomes_take_more_qubits():
    X, y = load_iris(return_X_y=True)
    assert quick().fit(X, y).circuit_.num_qubits == 2
    assert quick().fit(X[:, :1], y > 0).circuit_.num_qubits == 1


def test_max_iter_warns_and_keeps_the_best():
    X, y = load_iris(return_X_y=True)
    with pytest.warns(ConvergenceWarning, match="max_iter=2"):
        model = quick(max_iter=2, tol=0.0).fit(X, y)
    assert model.n_iter_ == 2
    assert model.loss_ == min(model.loss_curve_)


class Recorder:
    """Callback that scores the model of each iteration, and stops after the third."""

    def __init__(self):
        self.scores = []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, X, y, fitted_estimator):
        if fitted_estimator is not None and context.task_name == "iteration":
            self.scores.append(fitted_estimator.score(X, y))
        return len(self.scores) >= 3


def test_callbacks_see_each_iteration_and_stop_it():
    X, y = load_iris(return_X_y=True)
    recorder = Recorder()
    model = quick().set_callbacks(recorder).fit(X, y)
    assert model.n_iter_ == len(recorder.scores) == 3


def test_a_failure_halfway_keeps_what_was_reached():
    X, y = load_iris(return_X_y=True)

    def failing(objective, w, report, rng):
        def twice(w, loss):
            report(w, loss)
            if len(calls := report.training.losses) == 2:
                raise OSError(f"the power went off after {len(calls)} iterations")

        LBFGS()(objective, w, twice, rng)

    model = quick(optimizer=failing)
    with pytest.raises(TrainingError, match=r"iteration 3.*the power went off"):
        model.fit(X, y)
    assert len(model.loss_curve_) == 2
    assert model.predict(X).shape == y.shape


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ansatz": lambda n: []}, "at least one block"),
        ({"ansatz": lambda n: [(0, n)]}, "blocks of different qubits below 2"),
        ({"ansatz": lambda n: [(0, 0)]}, "blocks of different qubits"),
        ({"bandwidth": "wide"}, "bandwidth"),
        ({"logit_scale": 0.0}, "logit_scale"),
        ({"n_layers": 0}, "n_layers"),
    ],
)
def test_bad_parameters_leave_the_model_as_it_was(options, message):
    X, y = load_iris(return_X_y=True)
    model = quick().fit(X, y)
    before = model.predict_proba(X)
    with pytest.raises(ValueError, match=message):
        model.set_params(**options).fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), before)


def test_bad_input_is_refused():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="one class"):
        quick().fit(X, np.zeros(150))
    with pytest.raises(ValueError, match="NaN"):
        quick().fit(np.where(X > 7, np.nan, X), y)
    with pytest.raises(NotFittedError):
        quick().draw()
    with pytest.raises(ValueError, match="2 features"):
        quick().fit(X, y).circuit([1.0, 2.0])


def test_the_circuit_is_drawn():
    X, y = load_iris(return_X_y=True)
    drawing = str(quick().fit(X, y).draw(fold=-1))
    assert drawing.count("A/2") == 3
    assert "SU(4)" in drawing
