"""A few values of a row as the probabilities of all outcomes of as many qubits."""

from typing import ClassVar

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit
from sklearn.base import clone

from ..._sklearn import Count, HasMethods, StrOptions
from ...backends.redrawn import Drawing
from ...circuits import projectors
from ...states import floats, instance
from ..base.features.circuit_features import CircuitFeatures
from ..base.features.fourier_surrogate import FourierSurrogate
from ..base.features.fourier_twin import FourierTwin
from .reduction import Reduction

_ROUNDING = 10 * np.finfo(float).eps  # by which values of one column may differ and are one, as in `Standardizer`


class QuantumLatentTransformer(CircuitFeatures):
    r"""A few values of a row as angles of as many qubits, and the probabilities of all outcomes as features.

    ``phi_b(x) = |<b| CX...CX H R(z_n) ... R(z_1) |0...0>|^2``: a reducer, fitted to the training rows, makes n values
    of a row, which are brought to angles from 0 to pi; each turns a qubit, a Hadamard gate follows, then CX gates from
    each qubit to the next. Nothing is trained.

    All that comes out is known beforehand: rotations and Hadamard gates leave a product state, and CX gates permute its
    outcomes. So the 2^n features are a permutation of the products of n one-qubit probabilities, entanglement or not,
    and hold no more than the n values. Compare with a model on these, not on all features of the rows.

    Parameters
    ----------
    n_qubits : int, default=5
        Qubits, and values of a row; fewer where there are not so many features or rows.
    reducer : transformer, default=None
        Makes the values of a row, as many as it likes. ``None`` means principal components, ``PCA(n_qubits)``; where
        rows have fewer dimensions, the others are 0.
    rotation : {"x", "y", "z"}, default="y"
        Axis.
    hadamard : {"first", "all", "none"}, default="first"
        Qubits with a Hadamard gate.
    entangled : bool, default=True
        Whether CX gates follow; without them the same features come in another order.
    observables : Observable, sequence of Observable, or callable (n_qubits) that gives either, default=None
        ``None`` means the projectors on all outcomes: features are probabilities.
    backend : Backend, default=None
        Where circuits run; ``None`` means `Exact`. The paper's are ``Shots(1000)``.
    n_jobs : int, default=None
        Jobs for blocks of rows.
    random_state : int, RandomState or None, default=None
        Of the default reducer.

    Attributes
    ----------
    reducer_ : transformer
        Fitted.
    ranges_ : ndarray (2, n_values)
        Smallest and largest values of the training rows, which become the angles 0 and pi; others are clipped.
    circuit_ : QuantumCircuit
    observables_ : tuple
    n_parameters_ : int
        0, as nothing is trained in the circuit.

    Notes
    -----
    The twin has as many random Fourier features of the same values. On 4,000 and 1,000 images of MNIST, behind
    ``StandardScaler()``, an ``SVC(C=10)`` has 0.944 on 64 principal components, 0.739 on five, 0.704 on these features
    of the five and 0.719 on those of the twin; ``LogisticRegression()`` has 0.894, 0.656, 0.675 and 0.711.

    References
    ----------
    S. Sarkar, Quantum transfer learning for MNIST classification using a hybrid quantum-classical approach, arXiv
    2408.03351v2 (2025).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skqml import QuantumLatentTransformer
    >>> X, _ = load_digits(return_X_y=True)
    >>> P = QuantumLatentTransformer(random_state=0).fit_transform(X)
    >>> P.shape, bool(abs(P.sum(axis=1) - 1).max() < 1e-9)
    ((1797, 32), True)
    """

    _parameter_constraints: ClassVar[dict] = CircuitFeatures._parameter_constraints | {
        "n_qubits": [Count()],
        "reducer": [HasMethods(["fit", "transform"]), None],
        "rotation": [StrOptions({"x", "y", "z"})],
        "entangled": ["boolean"],
        "hadamard": [StrOptions({"first", "all", "none"})],
    }

    def __init__(
        self,
        n_qubits=5,
        reducer=None,
        rotation="y",
        hadamard="first",
        entangled=True,
        observables=None,
        *,
        backend=None,
        n_jobs=None,
        random_state=None,
    ):
        super().__init__(observables, backend=backend, n_jobs=n_jobs, random_state=random_state)
        self.n_qubits = n_qubits
        self.reducer = reducer
        self.rotation = rotation
        self.hadamard = hadamard
        self.entangled = entangled

    _contents: ClassVar[dict] = {
        "_reduction": instance(Reduction),
        "ranges_": floats(2, "n_values"),
    }

    def _check_whole(self):
        super()._check_whole()
        if len(self.ranges_[0]) != self.program_.n_qubits:
            raise ValueError(f"ranges of {len(self.ranges_[0])} values on {self.program_.n_qubits} qubits")

    def _learn(self, X):
        self._reduction = Reduction.fit(self.reducer, self.n_qubits, X, self.random_state)
        self.reducer_, Z = self._reduction.reducer, self._reduction.transform(X)
        self._part("backend").check_width(Z.shape[1])
        self.ranges_ = np.array([Z.min(axis=0), Z.max(axis=0)])

    def _inputs(self, X):
        low, high = self.ranges_
        Z = np.clip(self._reduction.transform(X), low, high)
        wide = high - low > _ROUNDING * np.maximum(np.abs(low), np.abs(high))
        return np.pi * np.where(wide, (Z - low) / np.where(wide, high - low, 1.0), 0.0)

    def _draw(self, n_inputs):
        return Drawing(latent_circuit, n_inputs, self.rotation, self.hadamard, self.entangled)

    def _resolved(self, n_qubits):
        return projectors(n_qubits) if self.observables is None else super()._resolved(n_qubits)

    def product_twin(self) -> "QuantumLatentTransformer":
        """Unfitted counterpart without entanglement, that is CX gates: its features are the same in another order."""
        return clone(self).set_params(entangled=False)

    def classical_twin(self) -> "LatentTwin":
        """Unfitted classical counterpart: as many random Fourier features of the same values, the same settings."""
        return LatentTwin(**self.get_params(deep=False))

    def surrogate(self) -> "LatentSurrogate":
        """Unfitted classical surrogate: as many random Fourier features with the frequencies of the rotations."""
        return LatentSurrogate(**self.get_params(deep=False))


def latent_circuit(n_inputs: int, rotation: str, hadamard: str, entangled: bool) -> QuantumCircuit:
    """A rotation of each qubit, Hadamard gates, and CX gates from each qubit to the next."""
    circuit = QuantumCircuit(n_inputs)
    for q, angle in enumerate(ParameterVector("x", n_inputs)):
        getattr(circuit, f"r{rotation}")(angle, q)
    for q in {"first": range(1), "all": range(n_inputs), "none": range(0)}[hadamard]:
        circuit.h(q)
    for q in range(n_inputs - 1 if entangled else 0):
        circuit.cx(q, q + 1)
    return circuit


class LatentTwin(FourierTwin, QuantumLatentTransformer):
    """Random Fourier features of a few values of a row; see `QuantumLatentTransformer`."""


class LatentSurrogate(FourierSurrogate, QuantumLatentTransformer):
    """Random Fourier features with the frequencies of rotations; see `QuantumLatentTransformer`."""
