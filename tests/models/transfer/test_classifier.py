"""The pipeline of circuits of a few values, as one classifier."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml import QuantumLatentTransformer, QuantumTransferClassifier
from skqml.models.transfer.reduction import Reduction

DIGITS, TARGETS = load_digits(return_X_y=True)


def test_it_is_the_pipeline():
    pipeline = make_pipeline(
        QuantumLatentTransformer(hadamard="none"), StandardScaler(), LogisticRegression(C=10, max_iter=1000)
    )
    pipeline.fit(DIGITS[:900], TARGETS[:900])
    model = QuantumTransferClassifier().fit(DIGITS[:900], TARGETS[:900])
    np.testing.assert_allclose(model.predict_proba(DIGITS[900:]), pipeline.predict_proba(DIGITS[900:]), atol=1e-3)
    assert model.n_parameters_ == 330


def test_entanglement_changes_nothing():
    model = QuantumTransferClassifier().fit(DIGITS[:900], TARGETS[:900])
    product = model.product_twin().fit(DIGITS[:900], TARGETS[:900])
    np.testing.assert_allclose(product.predict_proba(DIGITS[900:]), model.predict_proba(DIGITS[900:]), atol=1e-3)


@pytest.mark.parametrize("n_values", [2, 5])
def test_principal_components_of_weighted_rows_are_those_of_rows_repeated(n_values):
    rng = np.random.default_rng(0)
    X, weight = rng.normal(size=(30, 6)) * np.arange(1, 7), rng.integers(1, 4, 30)
    found = Reduction.fit(None, n_values, X, None, weight.astype(float)).transform(X)
    np.testing.assert_allclose(found, PCA(n_values).fit(np.repeat(X, weight, axis=0)).transform(X), atol=1e-10)


def test_reducers_and_heads_are_the_users():
    reducer, head = (
        make_pipeline(StandardScaler(), PCA(3)),
        MLPClassifier((8,), alpha=1.0, solver="lbfgs", max_iter=2000, random_state=0),
    )
    model = QuantumTransferClassifier(reducer=reducer, head=head).fit(DIGITS[:300], TARGETS[:300] > 4)
    assert model.circuit_.num_qubits == 3
    assert isinstance(model.head_.machine_, MLPClassifier)
    assert model.n_parameters_ == 8 * 8 + 8 + 8 + 1
    assert model.score(DIGITS, TARGETS > 4) > 0.7
    with pytest.raises(ValueError, match="head"):
        clone(model).set_params(head=PCA()).fit(DIGITS, TARGETS)


def test_a_hadamard_gate_folds_its_value():
    """Of one value z, of which the sine is left: rows on both sides of the middle become the same."""
    X, model = np.linspace(-1, 1, 41)[:, None], QuantumTransferClassifier(hadamard="first")
    assert model.fit(X, X[:, 0] > 0).score(X, X[:, 0] > 0) < 0.6
    assert model.set_params(hadamard="none").fit(X, X[:, 0] > 0).score(X, X[:, 0] > 0) > 0.95
