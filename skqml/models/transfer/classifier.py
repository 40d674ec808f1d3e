"""A classifier behind the probabilities of circuits of a few values of a row."""

from typing import Any, ClassVar, Self

from qiskit import QuantumCircuit
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import check_is_fitted

from ..._parts import OptionalParts
from ..._sklearn import HasMethods, fit_context
from ...states import count, instance
from ..base.classifiers import CLASS_WEIGHT, FittedClasses
from ..base.drawing import DrawnCircuit, MayHaveShots, ShownOperators
from ..base.failures import unchanged_on_error
from ..base.twin import TwinClassifier
from .latent import QuantumLatentTransformer
from .reduction import Reduction


class QuantumTransferClassifier(
    FittedClasses, MayHaveShots, ShownOperators, DrawnCircuit, OptionalParts, BaseEstimator
):
    """A few values of a row, the probabilities of a circuit of them, and a classical classifier behind.

    ``p(class k | x) = head(phi(reducer(x)))_k`` with the features phi of `QuantumLatentTransformer`, which are
    standardised for the head. "Transfer" is that the reducer may have been learned without labels, on other rows too.

    Parameters
    ----------
    n_qubits : int, default=5
        Qubits, and values of a row; fewer where there are not so many features or rows.
    reducer : transformer, default=None
        Makes the values of a row; ``None`` means principal components, and a pipeline of others, such as
        an autoencoder and 5 of its principal components, is another.
    rotation, entangled, observables
        As in `QuantumLatentTransformer`.
    hadamard : {"none", "first", "all"}, default="none"
        Qubits with a Hadamard gate. The paper's is "first", which loses half of the first value: it leaves the sine of
        an angle from 0 to pi, which is the same on both sides of the middle.
    head : classifier, default=None
        Takes weights of rows; ``None`` means ``LogisticRegression(C=10, max_iter=1000)``. The paper's is a dense
        network, such as ``MLPClassifier((128, 64))``.
    class_weight : dict or "balanced", default=None
        Factors of the weights of rows for each class.
    backend : Backend, default=None
        Where circuits run; ``None`` means `Exact`.
    n_jobs : int, default=None
        Jobs for blocks of rows.
    random_state : int, RandomState or None, default=None
        Of the default reducer.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
    reducer_ : transformer
        Fitted.
    latent_ : QuantumLatentTransformer
        Fitted to the values.
    head_ : TwinClassifier
        The fitted head behind a standardisation, on numbers of classes.
    circuit_ : QuantumCircuit
    observables_ : tuple
    n_parameters_ : int
        Trained numbers of a head that is linear or a perceptron.

    Notes
    -----
    Nothing quantum is trained, and the features say no more than the values do, see `QuantumLatentTransformer`: a
    classifier on all that the reducer started from is far ahead. In cross-validation on digits of 8 x 8 pixels the
    default has 0.863, ``hadamard="first"`` 0.781, "all" 0.569. The twin has as many random Fourier features of the
    same values before the same head.

    References
    ----------
    S. Sarkar, Quantum transfer learning for MNIST classification using a hybrid quantum-classical approach, arXiv
    2408.03351v2 (2025).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import QuantumTransferClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> QuantumTransferClassifier().fit(X, y).score(X, y) > 0.9
    True
    """

    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "_reduction": instance(Reduction),
        "latent_": instance(QuantumLatentTransformer),
        "head_": instance(TwinClassifier, n_classes="n_classes"),
        "n_parameters_": count(),
    }
    _default_parts: ClassVar[dict] = {
        "head": lambda self: LogisticRegression(C=10, max_iter=1000),
        "backend": QuantumLatentTransformer._default_parts["backend"],
    }
    _parameter_constraints: ClassVar[dict] = QuantumLatentTransformer._parameter_constraints | {
        "head": [HasMethods(["fit", "predict_proba"]), None],
        "class_weight": CLASS_WEIGHT,
    }

    def __init__(
        self,
        n_qubits=5,
        reducer=None,
        rotation="y",
        hadamard="none",
        entangled=True,
        observables=None,
        *,
        head=None,
        class_weight=None,
        backend=None,
        n_jobs=None,
        random_state=None,
    ):
        self.n_qubits = n_qubits
        self.reducer = reducer
        self.rotation = rotation
        self.hadamard = hadamard
        self.entangled = entangled
        self.observables = observables
        self.head = head
        self.class_weight = class_weight
        self.backend = backend
        self.n_jobs = n_jobs
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None) -> Self:
        """Fit the reducer to rows X, and the head to what the circuit makes of its values.

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,)
            Labels of any kind.
        sample_weight : array-like (n_samples,), default=None
            A weight of 2 is the row twice.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            X, Y, weight = self._read(X, y, sample_weight)
            self._reduction = Reduction.fit(self.reducer, self.n_qubits, X, self.random_state, weight)
            self.reducer_, Z = self._reduction.reducer, self._reduction.transform(X)
            self.latent_ = self._latent(Z.shape[1]).fit(Z)
            head = TwinClassifier(clone(self._part("head")))
            self.head_ = head.fit(self.latent_.transform(Z), Y.argmax(axis=1), weight)
            self.n_parameters_ = self.head_.n_parameters_
        return self

    def _latent(self, n_values: int) -> Any:
        """The transformer of values that are reduced already."""
        names = ("rotation", "hadamard", "entangled", "observables", "backend", "n_jobs", "random_state")
        settings = {name: getattr(self, name) for name in names}
        return QuantumLatentTransformer(n_values, FunctionTransformer(), **settings)

    @property
    def circuit_(self) -> QuantumCircuit:
        """That of the transformer."""
        check_is_fitted(self)
        return self.latent_.circuit_

    @property
    def observables_(self) -> tuple:
        """Those of the transformer."""
        check_is_fitted(self)
        return self.latent_.observables_

    def _validated_scores(self, X):
        check_is_fitted(self)
        Z = self._reduction.transform(self._validate(X, reset=False))
        return self.head_._validated_scores(self.latent_.transform(Z))

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement, that is CX gates: its features are the same in another order."""
        return clone(self).set_params(entangled=False)

    def classical_twin(self) -> "QuantumTransferTwin":
        """Unfitted classical counterpart: as many random Fourier features of the same values before the same head."""
        return QuantumTransferTwin(**self.get_params(deep=False))

    def surrogate(self) -> "QuantumTransferSurrogate":
        """Unfitted classical surrogate: random Fourier features of the circuit's frequencies before the same head."""
        return QuantumTransferSurrogate(**self.get_params(deep=False))


class QuantumTransferTwin(QuantumTransferClassifier):
    """A classifier behind random Fourier features of a few values of a row; see `QuantumTransferClassifier`."""

    def _latent(self, n_values):
        return super()._latent(n_values).classical_twin()


class QuantumTransferSurrogate(QuantumTransferClassifier):
    """A classifier behind random Fourier features of given frequencies; see `QuantumTransferClassifier`."""

    def _latent(self, n_values):
        return super()._latent(n_values).surrogate()
