"""Autoencoders: what they are equal to, and what stands behind them."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skqml import AutoencoderTransformer, QuantumTransferClassifier
from skqml.training import Checkpoint
from skqml.training.progress import Report

DIGITS, TARGETS = load_digits(return_X_y=True)


def error(model, X):
    """Mean square error of standardised rows that come back from their values."""
    scaler = StandardScaler().fit(DIGITS)
    return np.mean((scaler.transform(model.inverse_transform(model.transform(X))) - scaler.transform(X)) ** 2)


def test_a_linear_one_is_as_good_as_principal_components():
    """Its best is theirs, of standardised rows."""
    linear = AutoencoderTransformer(6, (), learning_rate=0.02, max_iter=60, random_state=0).fit(DIGITS)
    best = error(make_pipeline(StandardScaler(), PCA(6)).fit(DIGITS), DIGITS)
    assert best - 1e-9 < error(linear, DIGITS) < 1.03 * best


def test_hidden_layers_know_more():
    options = {"learning_rate": 5e-3, "max_iter": 40, "random_state": 0}
    linear, deep = (AutoencoderTransformer(4, hidden, **options).fit(DIGITS) for hidden in ((), (64,)))
    assert error(deep, DIGITS) < 0.9 * error(linear, DIGITS)
    assert deep.n_parameters_ == 2 * (64 * 64 + 64 * 4) + 64 + 4 + 64 + 64
    assert deep.score(DIGITS) > linear.score(DIGITS)


def test_scores_are_those_of_rows_as_often_as_they_weigh():
    X, weight = DIGITS[:60], np.arange(60) % 3
    model = AutoencoderTransformer(2, (), max_iter=2, random_state=0).fit(X)
    repeated = np.repeat(X, weight, axis=0)
    expected = -np.mean((model.inverse_transform(model.transform(repeated)) - repeated) ** 2)
    np.testing.assert_allclose(model.score(X, sample_weight=weight), expected)


def test_constant_columns_come_back_as_they_were():
    X = np.column_stack([DIGITS[:50, 20:24], np.full(50, 7.0)])
    model = AutoencoderTransformer(2, (4,), max_iter=2, random_state=0).fit(X)
    np.testing.assert_array_equal(model.inverse_transform(model.transform(X))[:, 4], 7.0)


def test_values_before_a_quantum_classifier():
    reducer = make_pipeline(AutoencoderTransformer(16, (32,), learning_rate=5e-3, random_state=0), PCA(5))
    model = QuantumTransferClassifier(reducer=reducer).fit(DIGITS[:900], TARGETS[:900])
    assert model.circuit_.num_qubits == 5
    assert model.score(DIGITS[900:], TARGETS[900:]) > 0.6


def test_what_does_not_fit_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="needs a GPU"):
        AutoencoderTransformer(device="cuda").fit(DIGITS)
    with pytest.raises(ValueError, match="hidden_layer_sizes must be"):
        AutoencoderTransformer(hidden_layer_sizes=(0,)).fit(DIGITS)
    with pytest.raises(ValueError, match="X must have 2 columns"):
        AutoencoderTransformer(2, (4,), max_iter=1).fit(DIGITS[:50]).inverse_transform(DIGITS)


class Ended(BaseException):
    """Ends a process without its knowing."""


def test_a_reducer_goes_on_from_its_checkpoint(tmp_path, monkeypatch):
    """Within the fit of what stands behind it, with its own folder."""
    folder = Checkpoint(tmp_path, n_iter=1, seconds=None)

    def model(checkpoint=None):
        reducer = AutoencoderTransformer(4, (8,), max_iter=4, random_state=0, checkpoint=checkpoint)
        return QuantumTransferClassifier(2, make_pipeline(reducer, PCA(2)))

    undisturbed = model().fit(DIGITS[:200], TARGETS[:200])
    told, left = Report.__call__, iter(range(2, -1, -1))

    def ends(report, w, loss):
        if next(left) == 0:
            raise Ended
        told(report, w, loss)

    with monkeypatch.context() as patch:
        patch.setattr(Report, "__call__", ends)
        with pytest.raises(Ended):
            model(folder).fit(DIGITS[:200], TARGETS[:200])
    losses = []
    monkeypatch.setattr(Report, "__call__", lambda *told_: losses.append(told_[-1]) or told(*told_))
    found = model(folder).fit(DIGITS[:200], TARGETS[:200])
    assert len(losses) == 2
    np.testing.assert_array_equal(found.predict_proba(DIGITS), undisturbed.predict_proba(DIGITS))
