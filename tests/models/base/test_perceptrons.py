"""Sizes of classical twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import make_classification
from sklearn.neural_network import MLPRegressor

from skqml import FastWeightClassifier, FastWeightRegressor, ReadoutQNNClassifier, VariationalRegressor
from skqml.models.base.perceptrons import hidden_layers, n_parameters_of
from tests.contracts.estimators import fitted, quick


@given(st.integers(1, 300), st.integers(1, 10), st.integers(1, 3000))
def test_a_size_is_met_within_a_tenth_wherever_there_is_a_perceptron_so_small(n_inputs, n_outputs, n_parameters):
    smallest = n_parameters_of((1,), n_inputs, n_outputs)
    layers = hidden_layers(n_parameters, n_inputs, n_outputs)
    if n_parameters >= max(smallest, 30):
        assert n_parameters_of(layers, n_inputs, n_outputs) == pytest.approx(n_parameters, rel=0.1)
    elif n_parameters < n_parameters_of((), n_inputs, n_outputs) <= smallest and smallest > 1.1 * n_parameters:
        assert layers == ()


@given(st.lists(st.integers(1, 9), max_size=3), st.integers(1, 5), st.integers(1, 3))
def test_sizes_are_those_of_scikit_learn(layers, n_inputs, n_outputs):
    rows, targets = np.ones((4, n_inputs)), np.ones((4, n_outputs))
    machine = MLPRegressor(hidden_layer_sizes=layers)
    machine.partial_fit(rows, targets if n_outputs > 1 else targets[:, 0])
    size = sum(part.size for part in [*machine.coefs_, *machine.intercepts_])
    assert n_parameters_of(tuple(layers), n_inputs, n_outputs) == size


@pytest.mark.parametrize("n_features", [1, 3, 30, 64])
@pytest.mark.parametrize("cls", [FastWeightClassifier, FastWeightRegressor, ReadoutQNNClassifier, VariationalRegressor])
def test_twins_of_narrow_and_wide_tables(cls, n_features):
    X, y = make_classification(60, max(n_features, 4), random_state=0)
    model = fitted(quick(cls, max_iter=2, n_thresholds=1), X[:, :n_features], y)
    twin = fitted(model.classical_twin(), X[:, :n_features], y)
    assert twin.n_parameters_ == pytest.approx(model.n_parameters_, rel=0.1)
