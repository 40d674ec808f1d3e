"""Classical machines that treat rows, weights and targets as the quantum models do that they stand beside."""

from abc import abstractmethod
from copy import deepcopy
from typing import ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.validation import check_is_fitted, check_random_state, has_fit_parameter

from ..._sklearn import Count, HasMethods, Number, StrOptions, fit_context, prepare_steps
from ...states import CheckedState, count, instance, machine, nullable
from ...training.optimizers import WARM_UP
from .classifiers import CLASS_WEIGHT, ClassTargets
from .failures import unchanged_on_error
from .inputs import Standardizer
from .regressors import NumberTargets
from .targets import Targets


class _Twin(CheckedState, BaseEstimator, Targets):
    """What both twins share: standardised rows, restarts.

    Parameters
    ----------
    machine : estimator
        Unfitted; takes weights of rows.
    transformer : transformer, default=None
        Goes before it, behind the standardisation.
    standardize, bandwidth
        As in the model; a ``bandwidth`` counts as what it is beside "auto", which here is 1.
    auto_bandwidth : callable (n_features), default=None
        The bandwidth that "auto" means to the model; ``None`` stands for 1.
    n_restarts : int, default=1
        Number of starts of a perceptron, that of the lowest loss is kept.
    """

    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "standardizer_": instance(Standardizer, n_features="n_features"),
        "machine_": machine(BaseEstimator),
        "transformer_": nullable(instance(BaseEstimator)),
        "n_parameters_": count(),
    }
    _parameter_constraints: ClassVar[dict] = {
        "machine": [HasMethods(["fit", "predict"])],
        "transformer": [HasMethods(["fit", "transform"]), None],
        "standardize": ["boolean"],
        "bandwidth": [StrOptions({"auto"}), Number()],
        "auto_bandwidth": [callable, None],
        "n_restarts": [Count()],
    }

    def __init__(
        self, machine, *, transformer=None, standardize=True, bandwidth="auto", auto_bandwidth=None, n_restarts=1
    ):
        self.machine = machine
        self.transformer = transformer
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.auto_bandwidth = auto_bandwidth
        self.n_restarts = n_restarts

    @abstractmethod
    def _given(self, Y) -> np.ndarray:
        """Targets Y as the machine takes them."""

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None) -> Self:
        """Fit to rows X (n_samples, n_features) and labels or targets y, a weight of 2 being the row twice."""
        with unchanged_on_error(self):
            X, Y, weight = self._read(X, y, sample_weight)
            self._fit_machine(X, self._given(Y), weight)
        return self

    def _fit_rows(self, X, weight) -> None:
        """Learn how rows become those of the machine."""
        bandwidth = 1.0 if isinstance(self.bandwidth, str) else self.bandwidth
        if self.standardize and self.auto_bandwidth is not None and not isinstance(self.bandwidth, str):
            bandwidth /= self.auto_bandwidth(X.shape[1])
        self.standardizer_ = Standardizer.fit(
            X, weight, standardize=self.standardize, bandwidth=bandwidth, auto_bandwidth=np.ones_like
        )
        self.transformer_ = None if self.transformer is None else clone(self.transformer)
        if self.transformer_ is not None:
            weights = {"sample_weight": weight} if has_fit_parameter(self.transformer_, "sample_weight") else {}
            self.transformer_.fit(self.standardizer_.transform(X), **weights)

    def _rows(self, X):
        X = self.standardizer_.transform(X)
        return X if self.transformer_ is None else self.transformer_.transform(X)

    def _fit_machine(self, X, y, weight) -> None:
        """Fit the machine to rows of weights above 0, from several starts."""
        if getattr(self.machine, "warm_start", False) and hasattr(self, "machine_"):
            starts = [deepcopy(self.machine_).set_params(**self.machine.get_params())]  # should it fail, one is left
        else:
            self._fit_rows(X, weight)
            starts = [clone(self.machine) for _ in range(self.n_restarts)]
        if len(starts) > 1:
            rng = check_random_state(starts[0].random_state)
            for machine in starts[1:]:
                machine.set_params(random_state=rng.randint(2**31))
        rows = self._rows(X)
        fitted = [machine.fit(rows, y, sample_weight=weight) for machine in starts]
        self._keep(fitted[0] if len(fitted) == 1 else min(fitted, key=lambda machine: machine.loss_))

    def _step_machine(self, X, y, weight, **classes) -> None:
        """One step of Adam of a perceptron, the first of which sets the scale of the rows.

        What is trained over all rows takes one step for all rows of a batch too.
        """
        if not isinstance(self.machine, MLPClassifier | MLPRegressor):
            raise TypeError(f"partial_fit needs a perceptron, got {self.machine!r}; use fit.")
        if self._is_trained:
            machine = deepcopy(self.machine_)
            prepare_steps(machine, WARM_UP)
        else:
            self._fit_rows(X, weight)
            machine = clone(self.machine).set_params(solver="adam", early_stopping=False)
        if self.machine.solver != "adam":
            machine.set_params(batch_size=len(X))
        self._keep(machine.partial_fit(self._rows(X), y, sample_weight=weight, **classes))

    def _keep(self, machine) -> None:
        self.machine_ = machine
        matrices = [np.ravel(getattr(machine, name)) for name in ("coef_", "intercept_") if hasattr(machine, name)]
        matrices += [A for name in ("coefs_", "intercepts_") for A in getattr(machine, name, [])]
        self.n_parameters_ = sum(A.size for A in matrices)


class TwinClassifier(ClassTargets, _Twin):
    """A classical classifier beside a quantum one.

    Parameters
    ----------
    machine, transformer, standardize, bandwidth, auto_bandwidth, n_restarts
        Classifier with probabilities; what goes before it; see `VariationalClassifier`.
    class_weight : dict or "balanced", default=None
        Factors of the weights of rows for each class.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
    machine_ : estimator
        Fitted, on numbers of classes.
    n_parameters_ : int
        Number of trained numbers.
    """

    _parameter_constraints: ClassVar[dict] = {
        **_Twin._parameter_constraints,
        "class_weight": CLASS_WEIGHT,
    }

    def __init__(
        self,
        machine,
        *,
        transformer=None,
        standardize=True,
        bandwidth="auto",
        auto_bandwidth=None,
        n_restarts=1,
        class_weight=None,
    ):
        super().__init__(
            machine,
            transformer=transformer,
            standardize=standardize,
            bandwidth=bandwidth,
            auto_bandwidth=auto_bandwidth,
            n_restarts=n_restarts,
        )
        self.class_weight = class_weight

    def _given(self, Y):
        return Y.argmax(axis=1)

    def _step(self, X, Y, weight):
        self._step_machine(X, self._given(Y), weight, classes=np.arange(Y.shape[1]))

    def _validated_scores(self, X):
        check_is_fitted(self)
        p = self.machine_.predict_proba(self._rows(self._validate(X, reset=False)))
        return np.log(np.maximum(p, np.finfo(float).tiny))


class TwinRegressor(NumberTargets, _Twin):
    """A classical regressor beside a quantum one, of targets with mean 0 and deviation 1.

    Parameters
    ----------
    machine, transformer, standardize, bandwidth, auto_bandwidth, n_restarts
        Regressor; what goes before it; see `VariationalRegressor`.

    Attributes
    ----------
    machine_ : estimator
        Fitted.
    n_parameters_ : int
        Number of trained numbers.
    """

    def _given(self, Y):
        return Y[:, 0] if Y.shape[1] == 1 else Y

    def _step(self, X, Y, weight):
        self._step_machine(X, self._given(Y), weight)

    def predict(self, X) -> np.ndarray:
        """Values (n_samples[, n_targets])."""
        check_is_fitted(self)
        Y = self.machine_.predict(self._rows(self._validate(X, reset=False)))
        return self._values(Y.reshape(len(Y), -1))
