"""Training on rows that are attacked anew at each step."""

from copy import deepcopy
from functools import partial
from inspect import signature
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import gen_batches
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from .._checks import check_labels
from .._parts import OptionalParts
from .._sklearn import Count, HasMethods, Number, Options, StrOptions, check_sample_weight, fit_context
from ..models.base.classifiers import CLASS_WEIGHT
from ..models.base.distinct_rows import kinds_of_rows
from ..models.base.failures import unchanged_on_error
from ..models.base.iterations import CHECKPOINT, ToldOfFits, recorded
from ..models.base.labels import (
    class_factors,
    class_factors_of_step,
    classes_of_fit,
    classes_of_partial_fit,
    one_hot,
)
from ..models.variational import VariationalClassifier
from ..states import count, instance, labels
from .ball import MOST, Ball
from .gradient_steps import pgd
from .kept_passes import KeptPasses

_SEEDS = 2**31


def _delegate(name: str) -> Any:
    """A method that is the inner estimator's, where that has it."""

    def inner_has(self) -> bool:
        return hasattr(self.estimator_ if hasattr(self, "estimator_") else self._part("estimator"), name)

    def method(self, X, *args) -> Any:
        check_is_fitted(self)
        return getattr(self.estimator_, name)(validate_data(self, X, dtype=float, reset=False), *args)

    method.__name__, method.__doc__ = name, f"As `{name}` of the estimator that is trained."
    return available_if(inner_has)(method)


class AdversarialTrainingClassifier(ToldOfFits, ClassifierMixin, MetaEstimatorMixin, OptionalParts, BaseEstimator):
    """Trains a classifier on rows that an attack on its present state has moved.

    Each pass goes through all rows in batches: an attack on the classifier as it is moves a share of the batch, and the
    classifier takes one ``partial_fit`` on it. What it loses in accuracy on rows as they are, and what it gains under
    attack, `robust_score` of the trained model tells.

    Parameters
    ----------
    estimator : classifier with ``partial_fit``, default=None
        ``None`` means ``VariationalClassifier()``.
    epsilon : float, default=0.1
        Largest distance of a row from what it becomes, in the units of X.
    attack : callable, default=None
        As `robust_score` takes them. ``None`` means `pgd` of 7 steps.
    norm : {"inf", 2}, default="inf"
        What distance is: the largest change of a feature, or the Euclidean norm.
    clip : pair (low, high), default=None
        Range of the features.
    clean_share : float, default=0.5
        Part of the rows of each batch, drawn anew, that stays as it is.
    max_iter : int, default=50
        Passes over all rows.
    batch_size : int, default=50
        Rows of a batch; ``None`` means all.
    class_weight : dict or "balanced", default=None
        Factors of the weights of rows for each class.
    random_state : int, RandomState or None, default=None
        Source of batches, attacks, and of the estimator's start where it has no source of its own.
    checkpoint : str, path or Checkpoint, default=None
        Folder that keeps the training: killed, it goes on behind the last pass that was kept; needs a ``random_state``,
        and an estimator that `skqml.save` can write. See `skqml.training.Checkpoint`.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
        Labels.
    estimator_ : classifier
        Trained.
    n_iter_ : int
        Passes over all rows, or calls of `partial_fit`.

    References
    ----------
    A. Madry et al., Towards deep learning models resistant to adversarial attacks, ICLR 2018; W. Ren et al.,
    Experimental quantum adversarial learning with programmable superconducting qubits, Nat. Comput. Sci. 2, 711 (2022).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import ReuploadingEncoding, VariationalClassifier
    >>> from skqml.attacks import AdversarialTrainingClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> small = VariationalClassifier(ReuploadingEncoding(3), random_state=0)
    >>> AdversarialTrainingClassifier(small, 0.2, max_iter=20, random_state=0).fit(X, y).score(X, y) > 0.9
    True
    """

    _rng: np.random.RandomState
    _default_parts: ClassVar[dict] = {"estimator": lambda self: VariationalClassifier()}
    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "classes_": labels("n_classes"),
        "estimator_": instance(BaseEstimator),
        "_rng": instance(np.random.RandomState),
    }
    _parameter_constraints: ClassVar[dict] = {
        "estimator": [HasMethods(["partial_fit", "predict"]), None],
        "epsilon": [Number(0.0, MOST, closed="both")],
        "attack": [callable, None],
        "norm": [StrOptions({"inf"}), Options(int, {2})],
        "clip": ["array-like", None],
        "clean_share": [Number(0.0, 1.0, closed="left")],
        "max_iter": [Count()],
        "batch_size": [Count(), None],
        "class_weight": CLASS_WEIGHT,
        "random_state": ["random_state"],
        "checkpoint": CHECKPOINT,
    }

    def _check_whole(self) -> None:
        n_classes = len(getattr(self.estimator_, "classes_", self.classes_))
        if n_classes != len(self.classes_):
            raise ValueError(f"an estimator of {n_classes} classes where {len(self.classes_)} belong")

    def __init__(
        self,
        estimator=None,
        epsilon=0.1,
        *,
        attack=None,
        norm="inf",
        clip=None,
        clean_share=0.5,
        max_iter=50,
        batch_size=50,
        class_weight=None,
        random_state=None,
        checkpoint=None,
    ):
        self.estimator = estimator
        self.epsilon = epsilon
        self.attack = attack
        self.norm = norm
        self.clip = clip
        self.clean_share = clean_share
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.class_weight = class_weight
        self.random_state = random_state
        self.checkpoint = checkpoint

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None) -> Self:
        """Train from the beginning, on rows X (n_samples, n_features) and labels y (n_samples,).

        With ``sample_weight`` (n_samples,) or ``class_weight`` the estimator's `partial_fit` has to take weights; a
        weight of 2 is the row twice, and moved as one.
        """
        with self._told(X, y) as told:
            X, y, weight = self._read(X, y, sample_weight, reset=True)
            self.classes_ = classes_of_fit(self, y, weight)
            members = y[:, None] == self.classes_
            weight = weight * class_factors(self, members, weight)
            if self._takes_weights:
                rows, _, weight = kinds_of_rows(weight, X, members)
                X, y = X[rows], y[rows]
            with recorded(self, self.random_state, X, y, weight) as record:
                self._train(X, y, weight, record, told)
        return self

    def _train(self, X, y, weight, record, told) -> None:
        """All passes over the rows, or those that a record does not have yet."""
        start = self._new_estimator()
        passes = KeptPasses(record, self._rng)
        self.estimator_, n_done = passes.take_up(start)
        if not n_done:
            self._begin(clone(start), X, y, weight)
            passes.check(self.estimator_, start)
        self.n_iter_, progress = n_done, told(lambda passes: {"estimator_": deepcopy(self.estimator_)})
        for n_iter in range(n_done + 1, self.max_iter + 1):
            order = self._rng.permutation(len(X))
            for batch in gen_batches(len(X), self.batch_size or len(X)):
                self._step(X[order[batch]], y[order[batch]], weight[order[batch]])
            passes.keep(self.estimator_, n_iter, last=n_iter == self.max_iter)
            self.n_iter_ = n_iter
            if progress(np.array([n_iter]), None):
                break
        progress.close()

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None) -> Self:
        """Train on one batch of rows; ``classes``, all labels there will be, is needed in the first call."""
        with unchanged_on_error(self):
            X, y, weight = self._read(X, y, sample_weight, reset=not self._is_trained)
            self.classes_ = classes_of_partial_fit(self, classes)
            weight = weight * class_factors_of_step(self, one_hot(y, self.classes_), weight)
            X, y, weight = (part[weight > 0] for part in (X, y, weight))
            if not self._is_trained:
                self._begin(self._new_estimator(), X, y, weight)
            self._rng = deepcopy(self._rng)  # what a step that fails has drawn is not drawn
            self._step(X, y, weight)
            self.n_iter_ = getattr(self, "n_iter_", 0) + 1
        return self

    def _read(self, X, y, sample_weight, reset) -> tuple[np.ndarray, ...]:
        X, y = validate_data(self, X, y, dtype=float, reset=reset)
        check_labels(y)
        Ball.checked(X, self.epsilon, self.norm, self.clip)
        if not self._takes_weights and (sample_weight is not None or self.class_weight is not None):
            raise ValueError(
                "Weights of rows or classes need an estimator whose partial_fit takes sample_weight, got "
                f"{self._part('estimator')!r}."
            )
        return X, y, check_sample_weight(sample_weight, X)

    @property
    def _takes_weights(self) -> bool:
        return "sample_weight" in signature(self._part("estimator").partial_fit).parameters

    @property
    def _is_trained(self) -> bool:
        return hasattr(self, "estimator_")

    def _new_estimator(self) -> BaseEstimator:
        """An estimator that is not trained, and the source of all else."""
        self._rng = np.random.RandomState(self._seed())
        estimator = clone(self._part("estimator"))
        if estimator.get_params(deep=False).get("random_state", 0) is None:
            estimator.set_params(random_state=self._rng.randint(_SEEDS))
        return estimator

    def _begin(self, estimator, X, y, weight) -> None:
        """Become an estimator whose first step, on rows as they are, may learn their scale."""
        self.estimator_ = estimator
        self._take(X, y, weight, classes=self.classes_)

    def _take(self, X, y, weight, **options) -> None:
        """One step of the estimator."""
        self.estimator_.partial_fit(X, y, **options, **({"sample_weight": weight} if self._takes_weights else {}))

    def _step(self, X, y, weight) -> None:
        """One step on a batch, part of which is attacked."""
        attack = partial(pgd, steps=7) if self.attack is None else self.attack
        X, moved = X.copy(), self._rng.rand(len(X)) >= self.clean_share
        if moved.any():
            options = {"norm": self.norm, "clip": self.clip, "random_state": self._rng.randint(_SEEDS)}
            ball = Ball.checked(X[moved], self.epsilon, self.norm, self.clip)
            X[moved] = ball.taken(attack(self.estimator_, X[moved], y[moved], self.epsilon, **options), attack)
        self._take(X, y, weight)

    predict = _delegate("predict")
    predict_proba = _delegate("predict_proba")
    predict_log_proba = _delegate("predict_log_proba")
    decision_function = _delegate("decision_function")
    input_pullback = _delegate("input_pullback")

    def classical_twin(self) -> BaseEstimator:
        """Unfitted classical counterpart: this training of the twin of the estimator, which has to have one."""
        estimator = self.estimator_ if self._is_trained else self._part("estimator")
        return clone(self).set_params(estimator=estimator.classical_twin())

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this training of the estimator's own."""
        return clone(self).set_params(estimator=self._part("estimator").product_twin())
