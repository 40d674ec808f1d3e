"""Attacks of every kind: within their limits, deterministic, and as strong as can be where that is known."""

import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris, make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skqml import QuantumKernelSVC
from skqml.attacks import adam, apgd, fgsm, logit_ratio, pgd, square
from skqml.attacks.target import Target
from skqml.training import cross_entropy

X, Y = (part[::3] for part in load_iris(return_X_y=True))
ATTACKS = [fgsm, partial(pgd, steps=10), partial(apgd, steps=15), partial(apgd, steps=9, loss=logit_ratio, restarts=2)]
ATTACKS += [partial(square, queries=30), partial(square, queries=30, shape=(2, 2))]
ATTACKS += [partial(adam, step_size=0.1, mask=lambda X: X > 1.0)]
MODELS = [LogisticRegression(max_iter=1000), DecisionTreeClassifier(max_depth=3), QuantumKernelSVC()]
MODELS = [model.fit(X, Y) for model in MODELS]
every_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: getattr(attack, "func", attack).__name__)


def margins(model, Z, y):
    """Decisions for the right one of two classes."""
    return np.where(y == model.classes_[1], 1, -1) * model.decision_function(Z)


@every_attack
@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
@given(epsilon=st.floats(0, 3), norm=st.sampled_from(["inf", 2]), clipped=st.booleans(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=6)
def test_points_lie_within_the_distance_and_the_range_and_follow_from_the_seed(
    attack, model, epsilon, norm, clipped, seed
):
    rows = X[seed % 30 :: 7]
    clip = (rows.min(axis=0) - 0.1, 8.0) if clipped else None
    options = {"norm": norm, "clip": clip, "random_state": seed}
    Z = attack(model, rows, Y[seed % 30 :: 7], epsilon, **options)
    order = np.inf if norm == "inf" else 2
    assert np.linalg.norm(Z - rows, order, axis=1).max() <= epsilon + 1e-9
    assert not clipped or ((Z >= clip[0]).all() and (Z <= clip[1]).all())
    np.testing.assert_array_equal(Z, attack(model, rows, Y[seed % 30 :: 7], epsilon, **options))


@pytest.mark.parametrize("norm", ["inf", 2])
@pytest.mark.parametrize("epsilon", [0.0, 0.3, 50.0])
@pytest.mark.parametrize("attack", ATTACKS[1:], ids=lambda attack: attack.func.__name__)  # `fgsm` goes where it goes
@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_no_row_becomes_one_that_is_worse_for_the_attacker(model, attack, epsilon, norm):
    """What is taken for another class as it is stays so, and no loss is lower than before, however far points go."""
    wrong = np.where(np.arange(len(Y)) % 4, Y, (Y + 1) % 3)  # many rows are taken for another class
    loss = attack.keywords.get("loss", cross_entropy)
    found = attack(model, X, wrong, epsilon, norm=norm, random_state=0)
    before, after = (Target.checked(model, Z, wrong, epsilon, norm, None) for Z in (X, found))
    fooled = [target.fooled(target.scores(target.ball.X)) for target in (before, after)]
    assert (fooled[1] >= fooled[0]).all()
    losses = [loss(target.scores(target.ball.X), target.Y)[0] for target in (before, after)]
    same = fooled[1] == fooled[0]
    assert attack.func is square or (losses[1] >= losses[0] - 1e-12)[same].all()  # which raises a margin


def test_decisions_about_pairs_of_classes_are_no_scores():
    """Three classes have three pairs; scores are probabilities then, or the model is refused."""
    by_pairs = SVC(decision_function_shape="ovo").fit(X, Y)
    for model in (by_pairs, make_pipeline(StandardScaler(), by_pairs).fit(X, Y)):
        with pytest.raises(TypeError, match="scores of classes, not of pairs; set decision_function_shape='ovr'"):
            apgd(model, X, Y, 0.3)
    known = CalibratedClassifierCV(by_pairs).fit(X, Y)
    known.decision_function, known.decision_function_shape = by_pairs.decision_function, "ovo"
    hidden = CalibratedClassifierCV(by_pairs).fit(X, Y)
    options = {"queries": 20, "random_state": 0}
    np.testing.assert_array_equal(square(known, X, Y, 0.3, **options), square(hidden, X, Y, 0.3, **options))
    hidden.decision_function = lambda Z: np.ones((len(Z), 6))
    with pytest.raises(ValueError, match="a decision for each of its 3 classes"):
        apgd(hidden, X, Y, 0.3)


@pytest.mark.parametrize("clip", [None, (-6.0, 4.0)])
@pytest.mark.parametrize(
    "attack",
    [fgsm, pgd, partial(adam, step_size=0.1), partial(apgd, steps=50), partial(apgd, steps=50, loss=logit_ratio)],
)
@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC()], ids=str)
def test_gradient_attacks_on_linear_models_are_as_strong_as_can_be(model, attack, clip):
    """Largest change of a decision w x + b: ``epsilon |w|_1``, feature by feature what the range leaves of it."""
    X, y = make_blobs(80, 5, centers=2, cluster_std=3.0, center_box=(-1, 1), random_state=1)
    X = X if clip is None else np.clip(X, *clip)
    model, epsilon = model.fit(X, y), 0.4
    step = -np.where(y == 1, 1, -1)[:, None] * np.sign(model.coef_) * epsilon
    worst = X + step if clip is None else np.clip(X + step, *clip)
    found = attack(model, X, y, epsilon, clip=clip, random_state=0)
    np.testing.assert_array_equal(margins(model, found, y) < 0, margins(model, worst, y) < 0)
    assert (margins(model, found, y) >= margins(model, worst, y) - 1e-9).all()


@pytest.mark.parametrize("attack", [fgsm, pgd, partial(apgd, steps=50), partial(square, queries=300)])
def test_attacks_in_the_euclidean_norm_reach_the_closed_form(attack):
    """A row of a linear model stands exactly if it is further than epsilon from the plane."""
    X, y = make_blobs(80, 3, centers=2, cluster_std=3.0, center_box=(-1, 1), random_state=1)
    model, epsilon = LogisticRegression().fit(X, y), 0.7
    exact = margins(model, X, y) > epsilon * np.linalg.norm(model.coef_)
    found = margins(model, attack(model, X, y, epsilon, norm=2, random_state=0), y) > 0
    if attack in (fgsm, pgd):
        np.testing.assert_array_equal(found, exact)
    assert np.mean(found) <= np.mean(exact) + 0.02 and (found >= exact).all()


def test_random_search_finds_what_gradients_find():
    """On a linear model the worst point is a corner, which single flips reach one by one."""
    X, y = make_blobs(60, 6, centers=2, cluster_std=3.0, center_box=(-1, 1), random_state=1)
    model = LogisticRegression().fit(X, y)
    exact = margins(model, fgsm(model, X, y, 0.5), y) < 0
    np.testing.assert_array_equal(margins(model, square(model, X, y, 0.5, queries=500, random_state=0), y) < 0, exact)


def test_finite_differences_are_as_good_as_gradients():
    """A kernel machine that hides its gradients, behind a step that is not affine, is attacked as well."""
    step = FunctionTransformer(partial(np.clip, a_min=-1.0, a_max=9.0))  # where no row goes
    hidden = make_pipeline(step, QuantumKernelSVC()).fit(X, Y)
    found = [apgd(model, X, Y, 0.3, steps=20, random_state=0) for model in (MODELS[-1], hidden)]
    np.testing.assert_allclose(*found, atol=1e-4)


def test_gradient_of_the_model_alone_is_enough():
    class OwnGradient(LogisticRegression):
        def input_gradient(self, X, y):
            return (self.predict_proba(X) - np.eye(3)[y]) @ self.coef_

    model = OwnGradient(max_iter=1000).fit(X, Y)
    np.testing.assert_allclose(fgsm(model, X, Y, 0.3), fgsm(MODELS[0], X, Y, 0.3))


@pytest.mark.parametrize("n_classes", [2, 3, 5])
@pytest.mark.parametrize("loss", [logit_ratio, cross_entropy])
def test_losses_have_their_slopes(loss, n_classes):
    rng = np.random.default_rng(0)
    S, T = rng.normal(size=(20, n_classes)), np.eye(n_classes)[rng.integers(0, n_classes, 20)]
    numeric = np.empty(S.shape)
    for k, step in enumerate(np.eye(n_classes) * 1e-6):
        numeric[:, k] = (loss(S + step, T)[0] - loss(S - step, T)[0]) / 2e-6
    np.testing.assert_allclose(loss(S, T)[1], numeric, atol=1e-7)


def test_logit_ratio_does_not_see_the_scale_of_scores():
    """So a model whose cross-entropy has underflown is attacked all the same."""
    model = MLPClassifier((8,), max_iter=2000, random_state=0).fit(X, Y)
    sure = MLPClassifier((8,), max_iter=2000, random_state=0).fit(X, Y)
    sure.coefs_[-1], sure.intercepts_[-1] = 1e4 * sure.coefs_[-1], 1e4 * sure.intercepts_[-1]
    sure.decision_function, model.decision_function = (
        lambda Z, m=m: np.maximum(Z @ m.coefs_[0] + m.intercepts_[0], 0) @ m.coefs_[1] + m.intercepts_[1]
        for m in (sure, model)
    )
    found = [m.score(apgd(m, X, Y, 0.5, loss=logit_ratio, random_state=0), Y) for m in (model, sure)]
    assert found[0] == found[1] < model.score(X, Y) - 0.2


def test_labels_of_any_kind_and_tables_with_names():
    table, words = pd.DataFrame(X, columns=list("abcd")), np.array(["x", "y", "z"])[Y]
    model = QuantumKernelSVC().fit(table, words)
    with warnings.catch_warnings(action="error"):
        found = apgd(model, table, words, 0.3, steps=10, random_state=0)
    np.testing.assert_allclose(found, apgd(MODELS[-1], X, Y, 0.3, steps=10, random_state=0), atol=1e-12)


@pytest.mark.parametrize(
    ("model", "options", "error", "words"),
    [
        (Ridge().fit(X, Y), {}, TypeError, "model must have classes_"),
        (SVC(), {}, NotFittedError, "not fitted"),
        ("svc", {}, TypeError, "model must be a fitted classifier"),
        (MODELS[0], {"epsilon": -1.0}, ValueError, "epsilon"),
        (MODELS[0], {"norm": 1}, ValueError, "norm"),
        (MODELS[0], {"clip": (0.0, 1.0)}, ValueError, "X must lie within clip"),
        (MODELS[0], {"clip": (1.0, 0.0)}, ValueError, "clip must be a pair"),
        (MODELS[0], {"y": Y + 1}, ValueError, "labels y among classes_"),
        (MODELS[0], {"y": Y[1:]}, ValueError, "inconsistent numbers of samples"),
        (QuantumKernelSVC("precomputed").fit(X @ X.T, Y), {"X": X @ X.T}, ValueError, "precomputed"),
    ],
    ids=lambda value: str(value)[:30],
)
@every_attack
def test_what_is_refused(attack, model, options, error, words):
    if words == "precomputed" and getattr(attack, "func", None) is square:
        return  # needs no gradient: kernel values are features like others
    with pytest.raises(error, match=words):
        attack(**{"model": model, "X": X, "y": Y, "epsilon": 0.1} | options)
