"""Training on attacked rows: what it gains, what it promises, scikit-learn's checks."""

import warnings
from functools import partial

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_iris
from sklearn.linear_model import SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

import skqml
from skqml import ReuploadingEncoding, VariationalClassifier
from skqml.attacks import AdversarialTrainingClassifier, apgd, fgsm, robust_score
from skqml.models.base.twin import TwinClassifier
from skqml.training import Checkpoint
from tests.models.variational.test_training import Stopper

LINEAR = SGDClassifier(loss="log_loss", alpha=1e-3, learning_rate="constant", eta0=0.01, random_state=0)
SMALL = VariationalClassifier(ReuploadingEncoding(3), random_state=0)
X, Y = load_iris(return_X_y=True)


def weak_and_strong(n_samples=600, n_weak=30):
    """One feature that tells the class within 1, and many that tell it together, but only within 0.2 each."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n_samples)
    sign = 2 * y - 1
    strong = sign * np.where(rng.random(n_samples) < 0.9, 1.0, -1.0)
    return np.column_stack([strong, 0.2 * sign[:, None] + 0.3 * rng.normal(size=(n_samples, n_weak))]), y


def exact(model, X, y, epsilon):
    """Robust accuracy of a linear model."""
    inner = getattr(model, "estimator_", model)
    margins = np.where(y == 1, 1, -1) * inner.decision_function(X)
    return np.mean(margins > epsilon * np.abs(inner.coef_).sum())


def test_a_linear_model_learns_what_no_attack_takes_away():
    """Many weak features are worth more than a strong one, until they can be moved: then only the strong one counts."""
    X, y = weak_and_strong()
    options = {"attack": fgsm, "clean_share": 0.0, "max_iter": 10, "random_state": 0}
    plain, trained = (AdversarialTrainingClassifier(LINEAR, epsilon, **options).fit(X, y) for epsilon in (0.0, 0.4))
    assert plain.score(X, y) > 0.95 and exact(plain, X, y, 0.4) < 0.1
    assert exact(trained, X, y, 0.4) > 0.9
    assert robust_score(trained, X, y, 0.4, attacks=[fgsm]) == pytest.approx(exact(trained, X, y, 0.4))


class Ended(BaseException):
    """Ends a process without its knowing."""


def ends_behind(n_calls):
    """An attack that ends all in one of its calls."""
    left = iter(range(n_calls, -1, -1))

    def attack(*args, **options):
        if next(left) == 0:
            raise Ended
        return fgsm(*args, **options)

    return attack


ATTACKS = {"now": fgsm}


def attack_of_the_moment(*args, **options):
    return ATTACKS["now"](*args, **options)


@pytest.mark.parametrize("inner", [LINEAR, MLPClassifier((3,), random_state=0), GaussianNB(), SMALL])
def test_what_ended_goes_on_to_the_same_model(inner, tmp_path, monkeypatch):
    """Behind the last pass that was kept, with moments, means and random sources of whatever takes the steps."""
    folder = Checkpoint(tmp_path, n_iter=1, seconds=None)
    options = {"attack": attack_of_the_moment, "max_iter": 4, "random_state": 0}
    whole = AdversarialTrainingClassifier(inner, 0.2, **options).fit(X, Y)
    model = AdversarialTrainingClassifier(inner, 0.2, checkpoint=folder, **options)
    monkeypatch.setitem(ATTACKS, "now", ends_behind(8))  # three of a pass
    with pytest.raises(Ended):
        model.fit(X, Y)
    monkeypatch.setitem(ATTACKS, "now", ends_behind(6))
    np.testing.assert_array_equal(model.fit(X, Y).predict_proba(X), whole.predict_proba(X))
    monkeypatch.setitem(ATTACKS, "now", fgsm)
    np.testing.assert_array_equal(model.partial_fit(X, Y).predict_proba(X), whole.partial_fit(X, Y).predict_proba(X))
    assert model.estimator_.get_params(deep=False).keys() == inner.get_params(deep=False).keys()


class Centres(ClassifierMixin, BaseEstimator):
    """A classifier of one's own, which may hold what no file can."""

    def __init__(self, kept=None):
        self.kept = kept

    def partial_fit(self, X, y, classes=None):
        self.classes_ = getattr(self, "classes_", classes)
        self.centres_ = np.array([X[y == label].mean(axis=0) for label in self.classes_])
        return self

    def predict(self, X):
        return self.classes_[np.linalg.norm(X[:, None] - self.centres_, axis=2).argmin(axis=1)]


def unmoved(model, X, y, epsilon, **options):
    return X


def test_estimators_of_ones_own_are_kept_or_refused_before_a_pass(tmp_path):
    """Their classes are those of the estimator that is given, not of the file."""
    options = {"attack": unmoved, "batch_size": None, "max_iter": 2, "random_state": 0, "checkpoint": tmp_path}
    for _ in range(2):
        model = AdversarialTrainingClassifier(Centres(), 0.1, **options).fit(X, Y)
    assert isinstance(model.estimator_, Centres) and len(list(tmp_path.iterdir())) == 1
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ValueError, match="is broken, remove it to train anew"):
        model.fit(X, Y)
    with pytest.raises(TypeError, match=r"checkpoint needs an estimator that .* cannot be written"):
        AdversarialTrainingClassifier(Centres(lambda: 0), 0.1, **options).fit(X, Y)
    with pytest.raises(ValueError, match="checkpoint needs a random_state"):
        clone(model).set_params(random_state=None).fit(X, Y)


def test_a_quantum_model_gains_under_attack():
    X, y = weak_and_strong(300, 5)
    quick = [partial(apgd, steps=20)]
    scores = []
    for epsilon in (0.0, 0.4):
        model = AdversarialTrainingClassifier(SMALL, epsilon, max_iter=8, random_state=0).fit(X, y)
        scores.append(robust_score(model, X, y, 0.4, attacks=quick, random_state=0))
    assert scores[1] > scores[0] + 0.1


@pytest.mark.parametrize("estimator", [SMALL, MLPClassifier((4,)), GaussianNB()], ids=lambda e: type(e).__name__)
def test_it_has_the_methods_of_its_estimator_and_follows_from_the_seed(estimator):
    model = AdversarialTrainingClassifier(estimator, 0.1, attack=fgsm, max_iter=2, random_state=0)
    first, second = (clone(model).fit(X, Y) for _ in range(2))
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    for method in ("decision_function", "predict_log_proba", "input_pullback"):
        assert hasattr(first, method) == hasattr(model, method) == hasattr(estimator, method)
    assert model.estimator is estimator and not hasattr(estimator, "classes_")


def test_small_steps_go_on():
    model = AdversarialTrainingClassifier(SMALL, 0.1, random_state=0)
    for _ in range(15):
        model.partial_fit(X, Y, classes=[0, 1, 2])
    assert model.n_iter_ == 15 and model.score(X, Y) > 0.8
    with pytest.raises(ValueError, match="labels y among classes_"):
        model.partial_fit(X, Y + 1)


@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 0.0, 1: 1.0, 2: 3.0}], ids=str)
@pytest.mark.parametrize("estimator", [SMALL, LINEAR], ids=lambda e: type(e).__name__)
def test_a_weight_is_a_repetition(estimator, class_weight):
    weight = np.arange(len(X)) % 3
    many = np.random.default_rng(0).permutation(np.repeat(np.arange(len(X)), weight))
    model = AdversarialTrainingClassifier(estimator, 0.1, attack=fgsm, max_iter=3, random_state=0)
    model.set_params(class_weight=class_weight)
    weighted = clone(model).fit(X, Y, sample_weight=weight)
    repeated = clone(model).fit(X[many], Y[many])
    np.testing.assert_allclose(weighted.decision_function(X), repeated.decision_function(X), atol=1e-9)
    if class_weight != "balanced":
        steps = [clone(model).partial_fit(X, Y, [0, 1, 2], weight * f).decision_function(X) for f in (1.0, 2.0)]
        assert np.abs(steps[0] - weighted.decision_function(X)).max() > 1e-6 and np.isfinite(steps).all()


def test_weights_need_an_estimator_that_takes_them():
    class Bare(SGDClassifier):
        def partial_fit(self, X, y, classes=None):
            return super().partial_fit(X, y, classes)

    model = AdversarialTrainingClassifier(Bare(random_state=0), 0.1, attack=fgsm, max_iter=2, random_state=0)
    assert model.fit(X, Y).score(X, Y) > 0.5
    with pytest.raises(ValueError, match="partial_fit takes sample_weight"):
        model.fit(X, Y, sample_weight=np.ones(len(X)))


def test_the_twin_is_trained_alike():
    model = AdversarialTrainingClassifier(SMALL, 0.2, max_iter=2, random_state=0).fit(X, Y)
    twin = model.classical_twin().fit(X, Y)
    assert twin.get_params(deep=False) == model.get_params(deep=False) | {"estimator": twin.estimator}
    assert isinstance(twin.estimator_, TwinClassifier) and twin.score(X, Y) > 0.5


@pytest.mark.parametrize(
    ("options", "words"),
    [({"epsilon": -1.0}, "epsilon"), ({"clip": (0, 1)}, "within clip"), ({"estimator": 3}, "estimator")],
    ids=str,
)
def test_what_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        AdversarialTrainingClassifier(**({"estimator": LINEAR} | options)).fit(X, Y)


@pytest.mark.parametrize(
    "moved",
    [lambda X: X + 1.0, lambda X: X[:1], lambda X: np.full(X.shape, np.nan), lambda X: X.astype(str), np.ravel],
    ids=["outside", "one row", "nan", "text", "flat"],
)
def test_an_attack_that_returns_something_else_trains_nothing(moved):
    """One row would stand for all, and rows outside of the distance are none that `robust_score` knows."""
    model = AdversarialTrainingClassifier(GaussianNB(), 0.2, max_iter=1, random_state=0).fit(X, Y)
    before = model.predict_proba(X)
    model.set_params(attack=lambda model, X, y, epsilon, **options: moved(X))
    for method in (model.partial_fit, model.fit):
        with pytest.raises(ValueError, match="attack must return rows within epsilon and clip"):
            method(X, Y)
    with pytest.raises(TypeError, match="attack must be a function that returns an array"):
        model.set_params(attack=lambda *arguments, **options: None).partial_fit(X, Y)
    np.testing.assert_array_equal(model.predict_proba(X), before)


class Named:
    """An attack whose text is no address, which would name tests differently in each process."""

    def __call__(self, *args, **options):
        return fgsm(*args, **options)

    def __repr__(self):
        return "fgsm"


SHORT = {"attack": Named(), "max_iter": 10}  # the default attack takes eight times as long, and is checked above


@parametrize_with_checks([AdversarialTrainingClassifier(**SHORT), AdversarialTrainingClassifier(LINEAR, **SHORT)])
def test_checks_of_scikit_learn(estimator, check):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "X (has|does not have valid) feature names", UserWarning)  # the checks' own
        check(estimator)


def test_it_is_kept_in_a_file_and_trained_on_as_before(tmp_path):
    model = AdversarialTrainingClassifier(SMALL, 0.1, attack=fgsm, max_iter=2, random_state=0).fit(X, Y)
    skqml.save(model, tmp_path / "model.skqml")
    loaded = skqml.load(tmp_path / "model.skqml")
    scores = [m.partial_fit(X, Y).decision_function(X) for m in (model, loaded)]
    np.testing.assert_array_equal(*scores)


def test_callbacks_see_models_that_work_and_can_stop():
    X, y = load_iris(return_X_y=True)
    stopper = Stopper(2)
    model = AdversarialTrainingClassifier(SGDClassifier(random_state=0), max_iter=5, random_state=0)
    model.set_callbacks(stopper).fit(X, y)
    assert model.n_iter_ == 2 and stopper.torn_down
    np.testing.assert_array_equal(stopper.seen[-1], model.predict(X))
