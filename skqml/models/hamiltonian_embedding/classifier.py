"""The Hamiltonian embedding classifier."""

from typing import ClassVar, Self

import numpy as np
from qiskit.circuit import Gate, QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from sklearn.base import BaseEstimator, clone
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.validation import check_is_fitted

from ..._sklearn import Count, Number, StrOptions
from ...circuits.hamiltonian import HamiltonianEncoding
from ...states import instance
from ..base.classifiers import TrainedClassifier
from ..base.input_gradients import InputGradients
from ..base.inputs import Standardizer
from ..base.perceptrons import perceptron_twin
from .blocks import Layers, brickwall, checked_block, single_qubits
from .network import ChunkedRisk, EmbeddingNetwork, Spectra

_ENTRIES = 2**24  # matrix elements of the rows that are decomposed at one time: 128 MiB


class HamiltonianEmbeddingClassifier(TrainedClassifier, InputGradients):
    r"""Images as Hamiltonians, uploaded again and again between trained layers.

    ``psi(x) = W_L exp(-i t_L A(x) / 2) ... W_1 exp(-i t_1 A(x) / 2) |+...+>`` with the symmetric
    matrix A of `HamiltonianEncoding`, and ``p(class k | x) = softmax(s P(psi(x)))_k``, where P_k is
    the probability of outcome k of the first qubits. Times t, layers W and the scale s are trained.
    Qubits are as many as the image needs, or the classes.

    Simulated exactly: one eigendecomposition a row, then two products with its eigenvectors a layer.

    Parameters
    ----------
    n_layers : int, default=10
        Number of layers L.
    ansatz : callable (n_qubits), default=None
        Qubits of each block of a layer W, a block being ``exp(i sum_P w_P P)`` over all Pauli
        strings of its qubits. ``None`` means `brickwall`; `full_pauli` is the other published one.
    entangled : bool, default=True
        Whether qubits get entangled. Without, blocks are single qubits, and A is cut down to its one-qubit operators.
    standardize : bool, default=True
        Whether to standardise features with the weighted mean and deviation of the training rows.
    bandwidth : "auto" or float, default="auto"
        Factor of the standardised features. "auto" gives Hamiltonians with eigenvalues of about 2.
    logit_scale : float, default=None
        The scale s; ``None`` trains it.
    alpha : float, default=1.0
        Ridge penalty ``alpha s^2 / 2`` of a trained scale, against the sum of losses.
    optimizer : callable, default=None
        See `skqml.training.minimize`. ``None`` means `LBFGS`, or `Adam` with a ``batch_size``.
    learning_rate : float, default=0.01
        Of Adam.
    batch_size : int, default=None
        Rows of a mini-batch; ``None`` means all.
    max_iter : int, default=500
        Limit of iterations; with mini-batches, of passes over all rows.
    tol, n_iter_no_change : float or None, int, default=1e-3, 10
        Training stops where the loss fell by no more than ``tol`` in so many iterations; with
        ``tol=None`` only after ``max_iter``.
    early_stopping, validation_fraction, n_restarts, class_weight, warm_start
        As in `VariationalClassifier`.
    random_state : int, RandomState or None, default=None
        Draws the start and the mini-batches.
    verbose : int, default=0
        Writes a line every so many iterations.
    checkpoint : str, path or Checkpoint, default=None
        Folder that keeps the training: killed, it goes on there; see `skqml.training.Checkpoint`.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
        Labels.
    bandwidth_ : float
        Factor of the standardised features.
    encoding_ : HamiltonianEncoding
        How rows become Hamiltonians.
    times_ : ndarray (n_layers,)
    weights_ : ndarray (n_layers, n_weights)
    logit_scale_ : float
    n_parameters_ : int
        Number of trained numbers.
    circuit_ : QuantumCircuit
        The trained circuit, the evolution under the image being a gate without a definition;
        `circuit` gives that of one row.
    loss_, loss_curve_, validation_loss_curve_, n_iter_
        The lowest loss, those of all iterations (of rows held out, if any), and their number.

    Notes
    -----
    An image and its transpose are the same Hamiltonian and get the same output. With ``s = 1``, as
    published, probabilities of at most 1 as logits keep the cross-entropy of 8 classes above 1.27.
    The published comparison, 10,240 parameters against the 99 of a quantum convolutional network, is
    not one of equals; `classical_twin` sees the same symmetric matrix with as many parameters.

    References
    ----------
    P. Wang, C. R. Myers, L. C. L. Hollenberg and U. Parampalli, Quantum Hamiltonian embedding of
    images for data reuploading classifiers, arXiv 2407.14055.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml.models.hamiltonian_embedding import HamiltonianEmbeddingClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> HamiltonianEmbeddingClassifier(random_state=0).fit(X, y).score(X, y) > 0.95
    True
    """

    _contents: ClassVar[dict] = {
        "standardizer_": instance(Standardizer, n_features="n_features"),
        "encoding_": instance(HamiltonianEncoding),
        "network_": instance(EmbeddingNetwork, n_classes="n_classes"),
    }
    _parameter_constraints: ClassVar[dict] = {
        **TrainedClassifier._parameter_constraints,
        "n_layers": [Count()],
        "ansatz": [callable, None],
        "entangled": ["boolean"],
        "standardize": ["boolean"],
        "bandwidth": [StrOptions({"auto"}), Number()],
        "logit_scale": [Number(), None],
        "alpha": [Number(closed="left")],
    }

    def __init__(
        self,
        n_layers=10,
        ansatz=None,
        *,
        entangled=True,
        standardize=True,
        bandwidth="auto",
        logit_scale=None,
        alpha=1.0,
        optimizer=None,
        learning_rate=0.01,
        batch_size=None,
        max_iter=500,
        tol=1e-3,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        class_weight=None,
        warm_start=False,
        random_state=None,
        verbose=0,
        checkpoint=None,
    ):
        super().__init__(
            optimizer=optimizer,
            learning_rate=learning_rate,
            batch_size=batch_size,
            max_iter=max_iter,
            tol=tol,
            n_iter_no_change=n_iter_no_change,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_restarts=n_restarts,
            class_weight=class_weight,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        self.n_layers = n_layers
        self.ansatz = ansatz
        self.entangled = entangled
        self.standardize = standardize
        self.bandwidth = bandwidth
        self.logit_scale = logit_scale
        self.alpha = alpha

    def _check_whole(self):
        super()._check_whole()
        if self.network_.layers.n_qubits != self._n_qubits(self.n_features_in_):
            raise ValueError(f"{self.network_.layers.n_qubits} qubits for {self.n_features_in_} features")

    def _n_qubits(self, n_features: int) -> int:
        return max(self.encoding_.width(n_features), (self._n_outputs - 1).bit_length())

    def _build(self, X, weight):
        self.encoding_ = encoding = HamiltonianEncoding(entangled=self.entangled)
        self.standardizer_ = Standardizer.fit(
            X, weight, standardize=self.standardize, bandwidth=self.bandwidth, auto_bandwidth=encoding.eigen_scale
        )
        self.bandwidth_ = self.standardizer_.bandwidth
        n_qubits = self._n_qubits(X.shape[1])
        draw = (brickwall if self.ansatz is None else self.ansatz) if self.entangled else single_qubits
        blocks = [checked_block(b, n_qubits) for b in draw(n_qubits)]
        if not blocks:
            raise ValueError(f"ansatz must give at least one block of qubits, got none for {n_qubits} qubits.")
        layers = Layers(n_qubits, tuple(blocks))
        self.network_ = EmbeddingNetwork(layers, self.n_layers, self._n_outputs, self.logit_scale)
        self.n_parameters_ = self.network_.n_parameters

    def _prepare(self, X):
        n_qubits = self.network_.layers.n_qubits
        return Spectra(*self.encoding_.eigen(self.standardizer_.transform(X), n_qubits))

    def _pullback(self, X):
        S, pullback = self.network_.input_pullback(self._prepare(X), self._state.v)
        slopes, encoding = self.standardizer_.slopes(X), self.encoding_
        return S, lambda g: encoding.features(pullback(g), X.shape[1]) * slopes

    def _start(self, rng):
        # Short times first: the output is then a smooth function of the image.
        v = rng.normal(0.0, 0.1, self.n_parameters_)
        v[: self.n_layers] *= 3.0
        if self.logit_scale is None:
            v[-1] = np.log(8.0)
        return v

    def _risk(self, X, Y, weight, penalty, rng):
        return ChunkedRisk(self.network_, self._loss, self._prepare(X), Y, weight, penalty, rng)

    def _penalty(self, v, n_samples):
        slope = np.zeros_like(v)
        if self.logit_scale is not None:
            return 0.0, slope
        slope[-1] = self.alpha * np.exp(2 * v[-1]) / n_samples
        return 0.5 * slope[-1], slope

    def _fitted(self, v):
        times, weights, scale = self.network_.unpack(v)
        return {"times_": times, "weights_": weights, "logit_scale_": float(scale)}

    def _scores(self, X):
        step = max(1, _ENTRIES // 4**self.network_.layers.n_qubits)
        blocks = (X[a : a + step] for a in range(0, len(X), step))
        return np.concatenate([self.network_.scores(self._prepare(X), self._state.v) for X in blocks])

    @property
    def circuit_(self) -> QuantumCircuit:
        """The trained circuit, the image being a gate without a definition."""
        check_is_fitted(self)
        return self._draw_layers(lambda t: Gate(f"exp(-i {t:.3g} A/2)", self.network_.layers.n_qubits, []))

    def circuit(self, x) -> QuantumCircuit:
        """Return the trained circuit of one row, ready to be transpiled.

        Parameters
        ----------
        x : array-like (n_features,)

        Returns
        -------
        QuantumCircuit
            Outcome k of its first qubits, as many as the classes need, is class k.
        """
        check_is_fitted(self)
        spectrum = self._prepare(self._validate(np.reshape(x, (1, -1)), reset=False))
        values, Q = spectrum.values[0], spectrum.Q[0]
        return self._draw_layers(lambda t: UnitaryGate((Q * np.exp(-0.5j * t * values)) @ Q.T, label=f"A, t={t:.3g}"))

    def _draw_layers(self, evolution):
        layers = self.network_.layers
        qc = QuantumCircuit(layers.n_qubits)
        qc.h(qc.qubits)
        unitaries = layers.unitaries(self.weights_)
        for i, t in enumerate(self.times_):
            qc.append(evolution(t), qc.qubits)
            for qubits, U in zip(layers.blocks, unitaries, strict=True):
                qc.append(UnitaryGate(U[i], label=f"SU({len(U[i])})"), qubits)
        return qc

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this model with ``entangled=False``."""
        return clone(self).set_params(entangled=False)

    def classical_twin(self) -> BaseEstimator:
        """Unfitted classical counterpart on the same symmetric matrix, with about as many parameters.

        It is a perceptron, of 16 hidden units before `fit`; of none where one is too many on the d (d + 1) / 2 entries
        of images of d x d.
        """
        n_inputs = _symmetric_part(np.zeros((1, self.n_features_in_))).size if self._is_trained else None
        return perceptron_twin(
            self,
            n_inputs,
            standardize=self.standardize,
            transformer=FunctionTransformer(_symmetric_part),
            bandwidth=self.bandwidth,
            auto_bandwidth=_auto_bandwidth,
        )


def _auto_bandwidth(n_features):
    return HamiltonianEncoding().eigen_scale(n_features)  # a method has no name in a file


def _symmetric_part(X):
    A = HamiltonianEncoding().matrices(X)
    return A[:, *np.triu_indices(A.shape[1])]
