"""The attack by Adam: its steps are those of the optimiser, and what is masked stays."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from skqml import QuantumKernelSVC
from skqml.attacks import adam, fgsm
from skqml.training import Adam, cross_entropy, minimize

X, Y = (part[::3] for part in load_iris(return_X_y=True))
MODELS = [model.fit(X, Y) for model in (LogisticRegression(max_iter=1000), QuantumKernelSVC())]
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)


@every_model
def test_one_step_of_full_length_is_that_of_the_gradient_sign(model):
    """The first step of Adam forgets the size of the gradient."""
    np.testing.assert_allclose(adam(model, X, Y, 0.2, steps=1, step_size=0.2), fgsm(model, X, Y, 0.2), atol=1e-6)


def test_steps_are_those_of_the_optimizer():
    """One row of a quantum model, climbed by the optimiser of trainings, while nothing is at a limit."""
    model, row, label = MODELS[1], X[20:21], Y[20:21]

    def falling(z, rows=None):
        S, pullback = model.input_pullback(z[None])
        losses, slopes = cross_entropy(S, np.eye(3)[label])
        return -losses[0], -pullback(slopes)[0]

    expected = minimize(falling, row[0], Adam(0.01), max_iter=7, tol=None)
    assert expected.losses[-1] == min(expected.losses)  # so that the last point is the best
    np.testing.assert_allclose(adam(model, row, label, 10.0, steps=7)[0], expected.w, atol=1e-6)


@every_model
@pytest.mark.parametrize("mask", [lambda X: X > 2.0, [True, False, True, True]], ids=["of rows", "of features"])
def test_masked_features_stay(model, mask):
    free = mask(X) if callable(mask) else np.broadcast_to(mask, X.shape)
    moved = adam(model, X, Y, 0.5, step_size=0.1, mask=mask) != X
    assert not moved[~free].any()
    assert moved[free].mean() > 0.5


@pytest.mark.parametrize(
    "mask", [[True], "all", lambda X: X[:, :1] > 0, lambda X: None, np.ones((len(X), 3))], ids=range(5)
)
def test_masks_of_other_shapes_are_refused(mask):
    with pytest.raises(ValueError, match="mask must be"):
        adam(MODELS[0], X, Y, 0.5, mask=mask)
