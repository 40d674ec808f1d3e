"""Scores under attack, and curves of them."""

from functools import partial

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression

from skqml.attacks import apgd, fgsm, robust_score, robustness_curve, square

X, Y = make_blobs(100, 4, centers=2, cluster_std=3.0, center_box=(-1, 1), random_state=1)
MODEL = LogisticRegression().fit(X, Y)
FAST = [fgsm, partial(apgd, steps=10), partial(square, queries=30)]


def exact(epsilon):
    """Robust accuracy in the largest change, by the closed form of linear models."""
    margins = np.where(Y == 1, 1, -1) * MODEL.decision_function(X)
    return np.mean(margins > epsilon * np.abs(MODEL.coef_).sum())


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.5, 3.0])
def test_score_of_a_linear_model_is_the_closed_form(epsilon):
    assert robust_score(MODEL, X, Y, epsilon, random_state=0) == pytest.approx(exact(epsilon))


def test_curve_holds_the_scores():
    epsilons = [0.0, 0.2, 0.4, 0.8]
    curve = robustness_curve(MODEL, X, Y, epsilons, attacks=FAST, random_state=0)
    np.testing.assert_allclose(curve.scores, [exact(epsilon) for epsilon in epsilons])
    np.testing.assert_array_equal(curve.epsilons, epsilons)


def test_worst_of_several_attacks_counts():
    """Each attack sees what the ones before have left; an attack that does nothing changes nothing."""

    def nothing(model, X, y, epsilon, **options):
        return X

    scores = [robust_score(MODEL, X, Y, 0.5, attacks=attacks) for attacks in ([nothing], [nothing, fgsm], [fgsm])]
    assert scores[0] == MODEL.score(X, Y) > scores[1] == scores[2]


def test_attack_that_leaves_the_ball_is_refused():
    def far(model, X, y, epsilon, **options):
        return X + 1.01 * epsilon

    with pytest.raises(ValueError, match="within epsilon"):
        robust_score(MODEL, X, Y, 0.5, attacks=[far])


@pytest.mark.parametrize("epsilons", [[], [0.2, 0.1], [-0.1, 0.1], 0.3])
def test_distances_rise_from_zero(epsilons):
    with pytest.raises(ValueError, match="epsilons"):
        robustness_curve(MODEL, X, Y, epsilons, attacks=FAST)
