"""Memory and information processing capacities of reservoirs whose capacities are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, TransformerMixin

from skqml.inspection.capacity import information_processing_capacity, memory_capacity


def delay_line(length):
    """Features u_{t-1}, ..., u_{t-length}."""

    def features(u):
        return np.stack([np.concatenate([np.zeros(k), u])[: len(u)] for k in range(1, length + 1)], axis=1)

    return features


def echo_state_network(n_units, radius=0.9, activation=np.tanh, seed=0):
    """A random network: ``s_t = activation(W s_{t-1} + v u_t)``."""
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(n_units, n_units))
    W *= radius / np.abs(np.linalg.eigvals(W)).max()
    v = rng.uniform(-1, 1, n_units)

    def features(u):
        s, found = np.zeros(n_units), []
        for value in u:
            s = activation(W @ s + v * value)
            found.append(s)
        return np.array(found)

    return features


@settings(max_examples=10)
@given(st.integers(1, 12), st.integers(0, 100))
def test_a_delay_line_remembers_its_length(length, seed):
    result = memory_capacity(delay_line(length), max_delay=15, n_steps=2000, random_state=seed)
    np.testing.assert_array_equal(result.delays, np.arange(1, 16))
    np.testing.assert_allclose(result.capacities, result.delays <= length, atol=1e-9)
    assert result.capacity == pytest.approx(length)


def test_capacity_does_not_depend_on_the_basis():
    mix = np.random.default_rng(0).normal(size=(5, 8))
    mixed = memory_capacity(lambda u: delay_line(5)(u) @ mix + 3.0, max_delay=10, random_state=0)
    assert mixed.capacity == pytest.approx(5.0)


def test_a_linear_network_remembers_as_much_as_it_has_units():
    """Jaeger's theorem, delay 0 included: the eight units hold eight independent sums of past inputs."""
    linear = echo_state_network(8, radius=0.8, activation=lambda a: a)
    result = information_processing_capacity(linear, 1, 80, random_state=0)
    assert result.capacity == pytest.approx(8.0, rel=0.01)
    later = memory_capacity(linear, 80, n_steps=10000, random_state=0)
    assert later.capacity == pytest.approx(result.capacity - result.capacities[0])


def test_capacity_is_bounded_by_the_number_of_features():
    result = information_processing_capacity(echo_state_network(10), 4, (40, 12, 6, 4), random_state=0)
    assert 7.0 < result.capacity <= 10.1
    assert result.by_degree[0] > result.by_degree[2] > 0
    assert result.by_degree[[1, 3]].sum() < 0.1  # an odd function of its input has no even terms
    assert result.capacity == pytest.approx(result.by_degree.sum())


def test_products_are_found_where_they_are():
    """Features u_t^2, u_t u_{t-2} and u_{t-1}: degrees 2, 2 and 1."""

    def features(u):
        return np.stack([u**2, u * np.roll(u, 2), np.roll(u, 1)], axis=1)

    result = information_processing_capacity(features, 2, 4, random_state=0)
    found = {t: c for t, c in zip(result.targets, result.capacities, strict=True) if c > 0.5}
    assert set(found) == {((1, 1),), ((0, 2),), ((0, 1), (2, 1))}
    np.testing.assert_allclose(result.by_degree, [1.0, 2.0], atol=0.02)


def test_number_of_targets():
    """Degree 1: 6 delays; degree 2: 4 squares and 6 products; degree 3: one delay."""
    result = information_processing_capacity(delay_line(1), 3, (5, 3, 0), n_steps=500, random_state=0)
    assert len(result.targets) == 6 + 10 + 1
    assert result.targets[-1] == ((0, 3),)


def test_noise_and_constants_have_no_capacity():
    noise = np.random.default_rng(1).normal(size=(5000, 20))
    assert memory_capacity(lambda u: noise, random_state=0).capacity == 0.0
    assert memory_capacity(lambda u: np.ones((len(u), 3)), random_state=0).capacity == 0.0


def test_input_scale_drives_out_of_the_linear_range():
    weak, strong = (
        memory_capacity(echo_state_network(10), 30, input_scale=scale, random_state=0).capacity for scale in (0.1, 3.0)
    )
    assert weak > 1.5 * strong


class Reservoir(TransformerMixin, BaseEstimator):
    """A transformer of sequences (n_sequences, n_steps, n_channels)."""

    def fit(self, X, y=None):
        self.mean_ = X.mean()
        return self

    def transform(self, X):
        return np.stack([delay_line(4)(x[:, 0] - self.mean_) for x in X])


@pytest.mark.parametrize("reservoir", [Reservoir(), Reservoir().fit(np.zeros((1, 5, 1)))], ids=["unfitted", "fitted"])
def test_transformers(reservoir):
    attributes = set(vars(reservoir))
    assert memory_capacity(reservoir, 9, random_state=0).capacity == pytest.approx(4.0)
    assert information_processing_capacity(reservoir, 1, 9, random_state=0).capacity == pytest.approx(4.0)
    assert set(vars(reservoir)) == attributes


def test_same_seed_same_capacity():
    network = echo_state_network(5)
    first, second, other = (memory_capacity(network, 9, n_steps=500, random_state=s).capacity for s in (1, 1, 2))
    assert first == second != other


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"max_delay": 0}, "max_delay"),
        ({"n_steps": 0}, "n_steps"),
        ({"washout": -1}, "washout"),
        ({"n_steps": 60}, "exceed washout and max_delay, 100"),
        ({"n_steps": 102}, "2 features need more"),
    ],
)
def test_bad_arguments_are_named(arguments, match):
    with pytest.raises(ValueError, match=match):
        memory_capacity(delay_line(2), **{"random_state": 0} | arguments)


@pytest.mark.parametrize(
    ("reservoir", "match"),
    [
        (lambda u: u, "one row a step"),
        (lambda u: np.zeros((7, 2)), "one row a step"),
        (lambda u: np.full((len(u), 2), np.nan), "NaN"),
    ],
)
def test_bad_features_are_named(reservoir, match):
    with pytest.raises(ValueError, match=match):
        memory_capacity(reservoir, random_state=0)


def test_bad_degrees_are_named():
    with pytest.raises(ValueError, match="max_degree"):
        information_processing_capacity(delay_line(2), 0)
    with pytest.raises(ValueError, match="one for each of 3 degrees"):
        information_processing_capacity(delay_line(2), 3, (1, 2))
    with pytest.raises(ValueError, match="max_delay"):
        information_processing_capacity(delay_line(2), 2, (1, -1))
