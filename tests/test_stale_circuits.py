"""A kernel computes with its encoding as it is now, whatever changed inside it since the last call."""

import numpy as np
import pytest
from sklearn.base import clone

from skqml import Encoding, FidelityKernel, ProjectedKernel, QuantumKernelRidge


class Held:
    """An object of a user's own: it hashes, by identity, and its content changes."""

    def __init__(self, angle):
        self.angle = angle

    def __call__(self):
        return self.angle


class Scaled(Encoding):
    """RY of each feature times what an object holds, in a function or inside another encoding if need be."""

    def __init__(self, held):
        self.held = held

    def draw(self, qc, x, weight):
        if isinstance(self.held, Encoding):
            self.held.draw(qc, x, weight)
            return
        for qubit, feature in enumerate(x):
            qc.ry(self.value() * feature, qubit)

    def value(self):
        held = self.held
        held = held[0] if isinstance(held, (tuple, list)) else held.get("angle") if isinstance(held, dict) else held
        return held()


WAYS = [
    lambda held: Scaled(held),
    lambda held: Scaled((held,)),
    lambda held: Scaled([held]),
    lambda held: Scaled({"angle": held}),
    lambda held: Scaled(lambda: held.angle),
    lambda held: Scaled(Scaled(held)),
]


@pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
@pytest.mark.parametrize("way", WAYS)
def test_kernels_follow_what_their_encoding_holds(kind, way):
    X, held = np.random.default_rng(0).normal(size=(4, 2)), Held(1.0)
    kernel = kind(way(held))
    kernel(X)
    held.angle = 0.3
    np.testing.assert_allclose(kernel(X), kind(way(Held(0.3)))(X), atol=1e-12)


@pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
@pytest.mark.parametrize("way", WAYS[:4])
def test_estimators_keep_the_circuits_that_they_were_fitted_with(kind, way):
    """Their copy of the kernel is nobody else's, but for functions, which no copy is made of."""
    X, held = np.random.default_rng(0).normal(size=(12, 2)), Held(1.0)
    model = QuantumKernelRidge(kind(way(held))).fit(X, X[:, 0])
    before = model.predict(X)
    held.angle = 0.3
    np.testing.assert_array_equal(model.predict(X), before)
    model.kernel_.set_params(encoding=way(Held(0.3)))
    assert np.abs(model.predict(X + 0.1) - before).max() > 1e-3  # a parameter that is set counts
    fitted = clone(model).fit(X, X[:, 0])
    np.testing.assert_allclose(fitted.predict(X), QuantumKernelRidge(kind(way(Held(0.3)))).fit(X, X[:, 0]).predict(X))
