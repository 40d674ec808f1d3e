"""Features that approximate a quantum kernel."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from skqml import QuantumNystroem, clear_cache
from skqml.engine.cache import CACHE
from skqml.kernels import GaussianKernel

IRIS_X, IRIS_Y = load_iris(return_X_y=True)


def test_all_rows_give_the_kernel():
    X = np.random.default_rng(0).normal(size=(40, 3))
    nystroem = QuantumNystroem(n_components=40, random_state=0)
    Z = nystroem.fit_transform(X)
    np.testing.assert_allclose(Z @ Z.T, nystroem.kernel_(nystroem.standardizer_.transform(X)), atol=1e-8)
    np.testing.assert_array_equal(nystroem.components_, X[nystroem.component_indices_])
    assert nystroem.normalization_.shape == (40, 40)


def test_more_rows_approximate_better():
    K = QuantumNystroem(n_components=2).fit(IRIS_X)
    K = K.kernel_(K.standardizer_.transform(IRIS_X))
    errors = []
    for n_components in (5, 20, 80):
        Z = QuantumNystroem(n_components=n_components, random_state=0).fit_transform(IRIS_X)
        errors.append(np.abs(Z @ Z.T - K).max())
    assert errors[0] > errors[1] > errors[2]


def test_too_many_components_are_clipped_with_a_warning():
    with pytest.warns(UserWarning, match="n_components=100 is more than the 15 rows"):
        nystroem = QuantumNystroem().fit(IRIS_X[::10])
    assert nystroem.transform(IRIS_X).shape == (150, 15)
    assert nystroem.n_components == 100


def test_names_of_features():
    nystroem = QuantumNystroem(n_components=3, random_state=0).set_output(transform="pandas")
    frame = nystroem.fit_transform(IRIS_X)
    assert list(frame.columns) == ["quantumnystroem0", "quantumnystroem1", "quantumnystroem2"]
    assert list(frame.columns) == list(nystroem.get_feature_names_out())
    polars = nystroem.set_output(transform="polars").transform(IRIS_X)
    assert polars.columns == list(frame.columns)


def test_features_for_a_linear_model():
    model = make_pipeline(QuantumNystroem(n_components=40, random_state=0), LogisticRegression())
    assert cross_val_score(model, IRIS_X, IRIS_Y, cv=5).mean() > 0.92


def test_rows_are_drawn_with_the_chances_of_their_weights():
    """One of three rows, and equal rows as one of the sum of their weights."""
    X, weight = np.array([[0.0], [1.0], [2.0], [2.0], [3.0]]), np.array([1.0, 2.0, 2.0, 3.0, 0.0])
    drawn = [
        QuantumNystroem(GaussianKernel(), n_components=1, random_state=k).fit(X, sample_weight=weight).components_
        for k in range(400)
    ]
    counts = np.bincount(np.ravel(drawn).astype(int), minlength=4)
    assert counts[3] == 0
    np.testing.assert_allclose(counts[:3] / 400, [1 / 8, 2 / 8, 5 / 8], atol=0.07)


def test_equal_rows_are_drawn_once():
    X = np.repeat(np.arange(4.0)[:, None], 5, axis=0)
    nystroem = QuantumNystroem(n_components=4, random_state=0).fit(X)
    assert sorted(nystroem.components_.ravel()) == [0, 1, 2, 3]
    np.testing.assert_array_equal(X[nystroem.component_indices_], nystroem.components_)


def test_blocks_of_a_large_table_are_not_kept():
    """Memory stays what a block takes, however many there are."""
    X = np.random.default_rng(0).normal(size=(400, 3))
    features = QuantumNystroem(n_components=20, random_state=0).fit(X[:50])
    clear_cache()
    held = []
    for block in np.split(X, 8):
        features.transform(block)
        held.append(sum(array.nbytes for array in CACHE._arrays.values()))
    assert len(set(held)) == 1
