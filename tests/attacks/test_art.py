"""The Adversarial Robustness Toolbox attacks the same models no better; it comes with the extra ``bench``.

It computes in single precision, and takes models through an estimator of its own, whose scores and gradients are ours.
"""

import warnings
from functools import cache, partial

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skqml import BlockEncodingClassifier, QuantumKernelSVC
from skqml.attacks import apgd, fgsm, pgd, square
from skqml.training import cross_entropy

with warnings.catch_warnings(action="ignore"):  # of PyTorch, which is not needed
    from art.attacks.evasion import (
        AutoProjectedGradientDescent,
        FastGradientMethod,
        ProjectedGradientDescentNumpy,
        SquareAttack,
    )
    from art.estimators.classification.classifier import ClassifierMixin
    from art.estimators.estimator import BaseEstimator, LossGradientsMixin, NeuralNetworkMixin

EPSILON, STEPS = 0.06, 20
X, Y = load_digits(n_class=3, return_X_y=True)
X, X_TEST, Y, Y_TEST = X[:100] / 16, X[100:160] / 16, Y[:100], Y[100:160]


class Peer(LossGradientsMixin, ClassifierMixin, NeuralNetworkMixin, BaseEstimator):
    """A fitted model of skqml as the toolbox takes it: images of one channel, ones at the classes."""

    input_shape = (8, 8, 1)

    def __init__(self, model):
        super().__init__(channels_first=False, model=model, clip_values=(0.0, 1.0))
        self.nb_classes = 3

    def fit(self, x, y, **options):
        raise NotImplementedError

    def get_activations(self, x, layer, batch_size, framework=False):
        raise NotImplementedError

    def predict(self, x, **options):
        return self.model.input_pullback(flat(x))[0].astype(np.float32)

    def loss_gradient(self, x, y, **options):
        S, pullback = self.model.input_pullback(flat(x))
        return pullback(cross_entropy(S, y)[1]).reshape(x.shape).astype(np.float32)

    def compute_loss(self, x, y, **options):
        return cross_entropy(self.predict(x).astype(float), y)[0]


def flat(x):
    return np.asarray(x, dtype=float).reshape(len(x), -1)


@cache
def fitted(name):
    options = {"standardize": False, "bandwidth": 1.0, "max_iter": 60, "tol": None, "random_state": 0}
    model = QuantumKernelSVC() if name == "kernel" else BlockEncodingClassifier(**options)
    return model.fit(X, Y)


def theirs(attack, model, **options):
    """Rows that an attack of the toolbox gives, which draws from NumPy's global source."""
    np.random.seed(0)  # noqa: NPY002
    return flat(
        attack(Peer(model), eps=EPSILON, **options).generate(
            X_TEST.reshape(-1, 8, 8, 1).astype(np.float32), np.eye(3)[Y_TEST]
        )
    )


every_model = pytest.mark.parametrize("name", ["block encoding", "kernel"])


@every_model
def test_one_step_is_the_same(name):
    model = fitted(name)
    ours = fgsm(model, X_TEST, Y_TEST, EPSILON, clip=(0, 1))
    np.testing.assert_allclose(ours, theirs(FastGradientMethod, model), atol=1e-6)
    assert model.score(ours, Y_TEST) < model.score(X_TEST, Y_TEST)


@every_model
@pytest.mark.parametrize(
    ("attack", "peer", "options", "slack"),
    [
        (
            partial(pgd, steps=STEPS),
            ProjectedGradientDescentNumpy,
            {"max_iter": STEPS, "eps_step": 2.5 * EPSILON / STEPS, "num_random_init": 1, "verbose": False},
            0.02,
        ),
        (
            partial(apgd, steps=STEPS),
            AutoProjectedGradientDescent,
            {
                "max_iter": STEPS,
                "eps_step": 2 * EPSILON,
                "nb_random_init": 1,
                "batch_size": len(X_TEST),
                "verbose": False,
            },
            0.02,
        ),
        (
            partial(square, queries=200, shape=(8, 8)),
            SquareAttack,
            {"max_iter": 200, "nb_restarts": 1, "verbose": False},
            0.05,
        ),
    ],
    ids=["pgd", "apgd", "square"],
)
def test_ours_are_at_least_as_strong(name, attack, peer, options, slack):
    model = fitted(name)
    ours = attack(model, X_TEST, Y_TEST, EPSILON, clip=(0, 1), random_state=0)
    scores = [model.score(found, Y_TEST) for found in (ours, theirs(peer, model, **options))]
    assert scores[0] <= scores[1] + slack
    assert scores[0] < model.score(X_TEST, Y_TEST)
