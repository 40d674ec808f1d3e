"""The readout classifier: learning, states, batches, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit.circuit.library import StatePreparation
from qiskit.quantum_info import Statevector
from sklearn.callback import ScoringMonitor
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score

from skqml import Exact
from skqml.backends.shots import Shots
from skqml.models.readout_qnn import ReadoutQNNClassifier
from skqml.models.readout_qnn.bits import ThresholdBits, superposition
from skqml.training import Adam, linear_loss, logistic_loss
from tests.models.readout_qnn.networks import all_bits, network, random_states, seeds


def test_majority_of_a_subset_is_learned():
    Z = all_bits(6)
    y = Z[:, [0, 1, 3, 4, 5]].sum(axis=1) > 2
    model = ReadoutQNNClassifier(threshold=0.5, random_state=0).fit(Z, y)
    assert model.score(Z, y) == 1.0
    assert model.n_parameters_ == 3 * 2 * 6 + 1


def test_parity_is_learned_from_a_start_nearby_only():
    """One layer at w = pi / 2 is the parity; far away there is no slope towards it."""
    Z = all_bits(4)
    y = Z.sum(axis=1) % 2
    near = np.full((1, 5), np.pi / 2) + np.random.default_rng(0).normal(0, 0.3, (1, 5))
    options = {"n_layers": 1, "gates": ("ZX",), "threshold": 0.5}
    assert ReadoutQNNClassifier(init=near, **options).fit(Z, y).score(Z, y) == 1.0
    far = [ReadoutQNNClassifier(random_state=s, **options).fit(Z, y).score(Z, y) for s in range(5)]
    assert np.mean(far) < 0.7


def test_defaults_near_the_twin_on_several_classes():
    X, y = load_iris(return_X_y=True)
    model = ReadoutQNNClassifier(random_state=0)
    score, twin = (cross_val_score(m, X, y, cv=5).mean() for m in (model, model.classical_twin()))
    assert score > 0.9
    assert score > twin - 0.03
    assert model.fit(X, y).weights_.shape == (3, 3 * 2 * len(model.thresholds_.cut_) + 1)


def images():
    """Two classes of images as 16 numbers between 0 and 1: the digits 3 and 6."""
    X, y = load_digits(return_X_y=True)
    used = np.isin(y, (3, 6))
    return X[used].reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16) / 16, y[used]


def test_threes_and_sixes_at_sixteen_bits():
    X, y = images()
    half = len(X) // 2
    model = ReadoutQNNClassifier(threshold=0.2, random_state=0)
    twin = model.classical_twin().fit(X[:half], y[:half])
    assert model.fit(X[:half], y[:half]).score(X[half:], y[half:]) > twin.score(X[half:], y[half:]) - 0.015
    codes = model.thresholds_.transform(X) @ (1 << np.arange(16))
    counts = [np.bincount(codes, y == label, 2**16) for label in np.unique(y)]
    clear = np.minimum(*counts)[codes] == 0
    clear[:half] = False
    assert model.score(X[clear], y[clear]) > 0.95


def test_a_superposition_is_a_state_with_the_probabilities_of_its_rows():
    bits = all_bits(3)[[1, 1, 6]] == 1
    psi = superposition(bits, np.array([0.1, 0.2, 0.3]), np.random.default_rng(0))
    np.testing.assert_allclose(np.abs(psi) ** 2, [0, 0.5, 0, 0, 0, 0, 0.5, 0], atol=1e-15)
    assert Statevector(psi).equiv(Statevector(StatePreparation(psi)))


def test_superpositions_have_the_rows_readout_on_average():
    rng = np.random.default_rng(0)
    products, w = network(rng, 4, ("ZX", "XX"), True)
    bits = rng.random((6, 4)) > 0.5
    states = np.stack([superposition(bits, np.full(6, 1 / 6), rng) for _ in range(4000)])
    f = products.forward(states, w)[0]
    expected = products.forward(bits, w)[0].mean(axis=0)
    assert np.all(np.abs(f.mean(axis=0) - expected) < 5 * f.std(axis=0) / np.sqrt(4000) + 1e-12)


def test_superposition_batches_learn():
    Z = all_bits(6)
    y = Z[:, :3].sum(axis=1) > 1
    model = ReadoutQNNClassifier(
        threshold=0.5, loss=linear_loss, superposition_batches=True, max_iter=100, tol=0.01, random_state=0
    )
    assert model.fit(Z, y).score(Z, y) > 0.95
    assert model.loss_curve_[-1] < model.loss_curve_[0]


def test_states_are_classified():
    rng = np.random.default_rng(0)
    psi = random_states(rng, 400, 2)
    y = np.abs(psi[:, 0]) ** 2 > np.abs(psi[:, 3]) ** 2  # the sign of <Z_1 + Z_2>
    model = ReadoutQNNClassifier(inputs="state", random_state=0).fit(psi[:300], y[:300])
    assert model.n_features_in_ == 4
    assert model.score(psi[300:], y[300:]) > 0.9
    np.testing.assert_allclose(model.predict_proba(1j * psi), model.predict_proba(psi), atol=1e-12)
    assert model.classical_twin().fit(psi[:300], y[:300]).score(psi[300:], y[300:]) > 0.9


def test_states_and_bits_agree():
    Z, y = all_bits(3), all_bits(3)[:, 0]
    options = {"init": np.random.default_rng(0).normal(size=(1, 19)), "max_iter": 5, "tol": 0.0}
    with pytest.warns(ConvergenceWarning, match="max_iter=5"):
        of_bits = ReadoutQNNClassifier(threshold=0.5, **options).fit(Z, y)
    with pytest.warns(ConvergenceWarning, match="max_iter=5"):
        of_states = ReadoutQNNClassifier(inputs="state", **options).fit(np.eye(8, dtype=complex), y)
    np.testing.assert_allclose(of_bits.decision_function(Z), of_states.decision_function(np.eye(8)), atol=1e-6)


def test_complex_rows_are_refused_by_default():
    with pytest.raises(ValueError, match="Complex data not supported"):
        ReadoutQNNClassifier().fit(np.eye(4, dtype=complex), [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.ones((2, 2)), "norm 1"),
        (np.eye(3), "2\\^n amplitudes"),
        (np.full((2, 2), np.nan), "norm 1"),
        (np.ones(4), "2\\^n amplitudes"),
    ],
)
def test_what_is_no_state_is_refused(X, message):
    with pytest.raises(ValueError, match=message):
        ReadoutQNNClassifier(inputs="state").fit(X, np.arange(len(X)))


def test_backend_gives_the_same_training():
    Z, y = all_bits(3), all_bits(3)[:, 1]
    options = {"threshold": 0.5, "n_layers": 1, "random_state": 0}
    of_products = ReadoutQNNClassifier(**options).fit(Z, y)
    of_circuits = ReadoutQNNClassifier(backend=Exact(), **options).fit(Z, y)
    np.testing.assert_allclose(of_circuits.weights_, of_products.weights_, atol=1e-6)


def test_shots_train_too():
    Z, y = all_bits(2), all_bits(2)[:, 0]
    model = ReadoutQNNClassifier(
        n_layers=1, threshold=0.5, backend=Shots(shots=200, random_state=0), learning_rate=0.3, tol=0.05, random_state=0
    )
    assert model.fit(Z, y).score(Z, y) == 1.0


@given(st.lists(st.integers(0, 6), min_size=2, max_size=30), seeds)
def test_weighted_quantiles_are_those_of_repeated_rows(values, seed):
    X = np.array(values, dtype=float)[:, None]
    weight = np.random.default_rng(seed).integers(1, 4, len(X))
    weighted = ThresholdBits().fit(X, sample_weight=weight)
    repeated = ThresholdBits().fit(np.repeat(X, weight, axis=0))
    np.testing.assert_array_equal(weighted.cut_, repeated.cut_)


def test_quantile_bits_tell_values_apart():
    X = np.array([[0.0, 5.0], [0.0, 5.0], [0.0, 5.0], [1.0, 5.0]])
    bits = ThresholdBits().fit(X)
    np.testing.assert_array_equal(bits.feature_, [0, 1])
    np.testing.assert_array_equal(bits.transform(X)[:, 0], [0, 0, 0, 1])


@pytest.mark.parametrize("loss", [linear_loss, logistic_loss])
def test_losses_have_the_derivative_of_differences(loss):
    f, labels = np.linspace(-0.9999, 0.99, 30)[:, None], np.where(np.arange(30) % 2, 1.0, -1.0)[:, None]
    up, down = loss(f + 1e-7, labels)[0], loss(f - 1e-7, labels)[0]
    np.testing.assert_allclose(loss(f, labels)[1][:, 0], (up - down) / 2e-7, rtol=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gates": ("YX",)}, "gates must be"),
        ({"gates": ()}, "gates must be"),
        ({"init": [1.0]}, "init must be"),
        ({"inputs": "state", "backend": Exact()}, "backend=None"),
        ({"superposition_batches": True, "n_thresholds": 30}, "fewer features"),
        ({"threshold": "mean"}, "threshold"),
    ],
)
def test_bad_parameters_leave_the_model_as_it_was(options, message):
    X, y = load_iris(return_X_y=True)
    model = ReadoutQNNClassifier(max_iter=20, tol=0.1, random_state=0).fit(X, y)
    before = model.predict_proba(X)
    model.set_params(**options)
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)
    np.testing.assert_array_equal(model.set_params(inputs="bits").predict_proba(X), before)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="one class"):
        ReadoutQNNClassifier().fit(np.eye(3), [1, 1, 1])


def test_mini_batches_and_optimizers_of_ones_own():
    X, y = load_iris(return_X_y=True)
    model = ReadoutQNNClassifier(batch_size=16, optimizer=Adam(0.01), random_state=0)
    assert model.fit(X, y).score(X, y) > 0.9
    np.testing.assert_array_equal(model.weights_, model.fit(X, y).weights_)


def test_the_circuit_is_drawn():
    model = ReadoutQNNClassifier(n_layers=1, threshold=0.5, random_state=0).fit(all_bits(2), [0, 1, 1, 1])
    assert model.circuit_.num_qubits == 3
    assert "q_2" in str(model.draw())


def test_callbacks_can_score_models_of_states():
    psi = random_states(np.random.default_rng(0), 40, 2)
    y = np.abs(psi[:, 0]) > np.abs(psi[:, 3])
    monitor = ScoringMonitor(scoring="accuracy")
    model = ReadoutQNNClassifier(inputs="state", random_state=0).set_callbacks(monitor).fit(psi, y)
    log = monitor.get_logs().data
    assert len(log) == model.n_iter_ + 1
    assert {row["accuracy"] for row in log if row["task_name"] == "fit"} == {model.score(psi, y)}
