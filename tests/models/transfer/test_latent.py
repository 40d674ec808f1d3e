"""The features of a few values on as many qubits are what they must be: products, in another order."""

from functools import reduce

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from skqml import QuantumLatentTransformer, QuantumTransferClassifier, Shots, all_z

DIGITS = load_digits().data[:200]
HALF = np.sqrt(0.5) * np.array([[1, 1], [1, -1]])


def one_qubit_probabilities(angle, rotation, hadamard):
    """Of 0 and 1 behind a rotation, and a Hadamard gate where there is one."""
    c, s = np.cos(angle / 2), np.sin(angle / 2)
    state = {"x": [c, -1j * s], "y": [c, s], "z": [np.exp(-0.5j * angle), 0]}[rotation]
    return np.abs(HALF @ state if hadamard else state) ** 2


@pytest.mark.parametrize("rotation", ["x", "y", "z"])
@pytest.mark.parametrize("hadamard", ["first", "all", "none"])
def test_probabilities_are_a_permutation_of_products(rotation, hadamard):
    model = QuantumLatentTransformer(4, rotation=rotation, hadamard=hadamard, random_state=0).fit(DIGITS)
    values = make_pipeline(PCA(4, random_state=0), MinMaxScaler((0, np.pi))).fit_transform(DIGITS)
    turned = {"first": [0], "all": range(4), "none": []}[hadamard]
    products = [
        reduce(np.kron, (one_qubit_probabilities(t, rotation, q in turned) for q, t in enumerate(row)))
        for row in values
    ]
    found = model.transform(DIGITS)
    np.testing.assert_allclose(np.sort(found), np.sort(products), atol=1e-12)
    # The same permutation for all rows: features that are equal are so in all of them.
    columns = [np.array(sorted(A.T.round(9).tolist())) for A in (found, np.array(products))]
    np.testing.assert_allclose(*columns, atol=1e-8)


def test_any_reducer_and_observables():
    reducer = make_pipeline(StandardScaler(with_std=False), PCA(3, random_state=0))
    model = QuantumLatentTransformer(reducer=reducer, observables=all_z).fit(DIGITS)
    assert model.circuit_.num_qubits == 3 and model.transform(DIGITS).shape == (200, 3)
    assert QuantumLatentTransformer(5).fit(DIGITS[:, 18:20]).circuit_.num_qubits == 2


def test_shots_give_shares_of_outcomes():
    model = QuantumLatentTransformer(3, backend=Shots(100, random_state=0), random_state=0).fit(DIGITS)
    shares = model.transform(DIGITS)
    np.testing.assert_allclose(100 * shares, np.round(100 * shares), atol=1e-9)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_values_beyond_those_of_the_training_rows_are_clipped():
    model = QuantumLatentTransformer(3, random_state=0).fit(DIGITS)
    far = model.reducer_.inverse_transform(10 * model.ranges_)
    ends = model.reducer_.inverse_transform(model.ranges_)
    np.testing.assert_allclose(model.transform(far), model.transform(ends), atol=1e-9)


@pytest.mark.parametrize("n_rows", [20, 200])
@pytest.mark.parametrize("offset", [0.0, 1e6])
@pytest.mark.parametrize("kind", [QuantumLatentTransformer, QuantumTransferClassifier])
def test_what_rows_do_not_have_is_no_feature(kind, offset, n_rows):
    """Columns that hold nothing of their own leave no values of them, whose rounding would fill the range of angles."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 3))
    wide = offset + np.column_stack([X, X[:, 0], X @ [0.1, 0.2, 0.3], np.full(n_rows, 0.1)])
    order, y = rng.permutation(n_rows), (X[:, 0] > 0).astype(int)
    model, shuffled = (kind(5, random_state=0).fit(wide[rows], y[rows]) for rows in (slice(None), order))
    output = model.transform if hasattr(model, "transform") else model.decision_function
    moved = wide + 1e-9 * rng.normal(size=wide.shape) * max(1.0, offset)
    size = np.abs(output(wide)).max()
    assert np.abs(output(moved) - output(wide)).max() < (1e-7 if offset == 0 else 1e-2) * size
    of_shuffled = shuffled.transform if hasattr(model, "transform") else shuffled.decision_function
    np.testing.assert_allclose(of_shuffled(wide), output(wide), atol=1e-4 * size)


def test_a_value_that_is_constant_but_for_rounding_is_constant():
    X = np.random.default_rng(0).normal(size=(20, 2))
    X[:, 1] = 0.3
    model = QuantumLatentTransformer(reducer=FunctionTransformer()).fit(X)
    expected = model.transform(X)
    X[::2, 1] = 0.1 + 0.2
    assert np.ptp(X[:, 1]) > 0
    np.testing.assert_array_equal(model.fit(X).transform(X), expected)
