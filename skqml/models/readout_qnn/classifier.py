"""The classifier of one readout qubit."""

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, clone

from ...backends.exact.backend import Exact
from ...backends.redrawn import Drawing
from ..base.trained import TrainingState
from .base import ReadoutQubits
from .bits import ThresholdBits
from .network import CircuitNetwork
from .truth_table import truth_table_circuit


class ReadoutQNNClassifier(ReadoutQubits):
    r"""Bit strings, or quantum states, into a circuit that turns one readout qubit.

    ``f(z) = <z, 0| U^H Y_r U |z, 0>`` with ``U = prod_k exp(-i w_k P_k X_r / 2)``, P_k being Z or X of
    one data qubit and X_r that of the readout, and ``p(outcome 1) = (1 + f) / 2``. More than two
    classes have a circuit each, and probabilities in proportion to ``1 + f_k``.

    Simulated as ``f(z) = Im prod_j c_j(z_j)``, exactly and for any number of bits, as all generators commute with X_r.

    Parameters
    ----------
    n_layers : int, default=3
    gates : sequence of {"ZX", "XX"}, default=("ZX", "XX")
        A layer: one rotation of each kind for each data qubit.
    bias : bool, default=True
        Whether the readout has a rotation ``exp(-i w X_r / 2)`` of its own. Without it, as
        published, f changes its sign with all bits flipped.
    inputs : {"bits", "state"}, default="bits"
        Whether rows are features to be thresholded, or 2^n complex amplitudes of norm 1 (the
        first bit is the least).
    threshold : "quantiles", float, default="quantiles"
        Features above are bits 1. "quantiles" makes ``n_thresholds`` bits of each feature.
    n_thresholds : int, default=4
        Number of quantiles.
    loss : callable (S, Y), default=None
        From readouts S and labels Y of +-1, both (n_samples, n_readouts), to the loss of each row and its derivative
        by S. ``None`` means `skqml.training.logistic_loss`; `linear_loss` is the published one.
    init : array-like (n_readouts, n_weights), default=None
        Weights to start with; ``None`` means small random ones.
    superposition_batches : bool, default=False
        Whether each step trains on one state a class, the superposition of all its rows of the
        batch with random phases; for `linear_loss`, whose mean over phases is that of the rows.
    optimizer : callable, default=None
        See `skqml.training.minimize`. ``None`` means `LBFGS`, or `Adam` where losses are random.
    learning_rate, batch_size, max_iter, tol, n_iter_no_change, early_stopping, validation_fraction
        As in `VariationalClassifier`.
    n_restarts, class_weight, warm_start, verbose, checkpoint
        As in `VariationalClassifier`.
    backend : Backend, default=None
        Runs the circuit of n + 1 qubits instead of the product formula.
    random_state : int, RandomState or None, default=None
        Draws the start, mini-batches and phases.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
    weights_ : ndarray (n_readouts, n_weights)
        Trained weights, in the order of ``circuit_.parameters``.
    circuit_ : QuantumCircuit
        The circuit of all readouts, its last qubit being the readout.
    thresholds_ : ThresholdBits
        How features become bits; None for states.
    n_parameters_ : int
        Number of trained numbers.
    loss_, loss_curve_, validation_loss_curve_, n_iter_
        The lowest loss, those of all iterations (of rows held out, if any), and their number.

    Notes
    -----
    On bits this is a linear classifier with a periodic output: ``c_j(1)`` is the conjugate of
    ``c_j(0)``, so ``f(z) = R sin(b + sum_j phi_j (-1)^z_j)``, n + 2 numbers whatever the depth. No
    quantum resource is used. Parity is learned from a start nearby, not from a random one.

    References
    ----------
    E. Farhi and H. Neven, Classification with quantum neural networks on near term processors,
    arXiv 1802.06002.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml.models.readout_qnn import ReadoutQNNClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> ReadoutQNNClassifier(random_state=0).fit(X, y).score(X, y) > 0.9
    True
    >>> ReadoutQNNClassifier.from_truth_table([0, 1, 1, 0]).predict([[0, 1], [1, 1]])
    array([1, 0])
    """

    def __init__(
        self,
        n_layers=3,
        gates=("ZX", "XX"),
        *,
        bias=True,
        inputs="bits",
        threshold="quantiles",
        n_thresholds=4,
        loss=None,
        init=None,
        superposition_batches=False,
        optimizer=None,
        learning_rate=0.02,
        batch_size=None,
        max_iter=500,
        tol=1e-3,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        class_weight=None,
        warm_start=False,
        backend=None,
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
        self.gates = gates
        self.bias = bias
        self.inputs = inputs
        self.threshold = threshold
        self.n_thresholds = n_thresholds
        self.loss = loss
        self.init = init
        self.superposition_batches = superposition_batches
        self.backend = backend

    @classmethod
    def from_truth_table(cls, table) -> Self:
        """Return a classifier, already fitted, of any Boolean function; it makes no errors.

        Parameters
        ----------
        table : array-like of 0 and 1 (2^n,)
            ``table[k]`` is the value for the bits of k, the least bit being feature 0.

        Returns
        -------
        ReadoutQNNClassifier
            Its circuit is that of `truth_table_circuit`; there is nothing to train.
        """
        drawing, model = Drawing(truth_table_circuit, np.asarray(table)), cls(threshold=0.5)
        model.classes_, model.n_features_in_ = np.array([0, 1]), drawing.n_features
        model.thresholds_ = ThresholdBits(0.5).fit(np.zeros((1, drawing.n_features)))
        model.network_ = CircuitNetwork(Exact(), drawing)
        model._state, model.weights_, model.n_parameters_ = TrainingState(np.zeros(0)), np.zeros((1, 0)), 0
        return model

    def predict_proba(self, X) -> np.ndarray:
        """Probabilities (n_samples, n_classes): in proportion to ``1 + f_k``, with two classes ``(1 +- f) / 2``."""
        S = self._validated_scores(X)
        # The floor is for rows that every readout refuses with certainty.
        p = np.maximum(0.5 + S if S.shape[1] == 2 else 1 + S, 1e-12)
        return p / p.sum(axis=1, keepdims=True)

    def predict_log_proba(self, X) -> np.ndarray:
        """Logarithms of `predict_proba`."""
        return np.log(self.predict_proba(X))

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: the gates ZX alone, which on bits turn the readout alone."""
        return clone(self).set_params(gates=self._inputs.product_gates(self.gates))

    def classical_twin(self) -> BaseEstimator:
        """Unfitted classical counterpart: a perceptron on the same bits, of about as many parameters.

        Before `fit` it has 16 hidden units. For states it is logistic regression on the density matrix.
        """
        return self._inputs.classical_twin(self)
