"""The classifier whose features and weights share their rotations."""

from typing import Any, ClassVar, Self

from sklearn.base import clone

from ..._sklearn import Count
from ...backends.kept import KeptProgram
from ...backends.redrawn import Drawing, draw_encoding
from ...circuits import BlockEncoding, ProductEncoding
from ...circuits.encoding import Encoding
from ...states import floats, instance
from ..base.classifiers import TrainedClassifier
from ..base.readout.circuit import CircuitModel
from .network import OutcomeNetwork, outcome_strings

_SMALL = 0.5  # radians


class BlockEncodingClassifier(CircuitModel, TrainedClassifier):
    r"""A circuit each of whose rotations turns by a feature plus a trained weight; a few qubits are measured.

    ``p(class k | x) = |<k| U(x + w) |0...0>|^2``: the probability that the qubits measured, one for two classes, two
    for three or four, are the bits of k, divided by that of all classes. U is a `BlockEncoding`.

    Parameters
    ----------
    n_qubits : int, default=4
    blocks : sequence of int, default=None
        Number of walls of rotations in each block; ``None`` means three blocks of six, or as many as hold the features
        twice. See `BlockEncoding`.
    readout_qubit : int, default=None
        The first qubit that is measured; ``None`` means the one in the middle.
    entangled : bool, default=True
        Whether CNOT gates stand behind the blocks.
    standardize : bool, default=True
        Whether to standardise features with the weighted mean and deviation of the training rows.
    bandwidth : "auto" or float, default="auto"
        Factor of the standardised features. "auto" looks at the circuit, as in `VariationalClassifier`.
    loss : callable (S, Y), default=None
        From scores log p and targets to the loss of each row and its derivative by the scores; ``None`` means
        `cross_entropy`.
    optimizer : callable, default=None
        See `skqml.training.minimize`. ``None`` means `LBFGS`, or `Adam` where there are batches or shots.
    learning_rate : float, default=0.05
        Of Adam.
    batch_size : int, default=None
        Rows of a mini-batch; ``None`` means all.
    max_iter : int, default=500
        Limit of iterations; with mini-batches, of passes over all rows.
    tol, n_iter_no_change : float or None, int, default=1e-3, 10
        Training stops where the loss fell by no more than ``tol`` in so many iterations; with ``tol=None`` only after
        ``max_iter``.
    early_stopping, validation_fraction, n_restarts, class_weight, warm_start
        As in `VariationalClassifier`.
    backend : Backend, default=None
        Where circuits run; ``None`` means exact simulation.
    random_state : int, RandomState or None, default=None
        Draws the start, mini-batches, splits and shots.
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
    weights_ : ndarray (n_weights,)
        Trained angles; weight k is on qubit ``k % n_qubits``.
    circuit_ : QuantumCircuit
        Of data x and weights w.
    observables_ : tuple of Observable
        Products of Z on the qubits that are measured.
    n_parameters_ : int
        Number of weights.
    loss_, loss_curve_, validation_loss_curve_, n_iter_
        The lowest loss, those of all iterations (of rows held out, if any), and their number.

    Notes
    -----
    The published setting for images of 256 pixels and Euclidean norm 1 is ``BlockEncodingClassifier(10, (8, 6, 6, 6),
    standardize=False, bandwidth=2.0, batch_size=20, optimizer=CyclicAdam(10))``; the offset pi that it adds to
    all features is one of the weights here. Probabilities are kept 1e-6 from 0.

    What it does under attack, beside linear models: see the guide. It is a smooth function of x + w as others are.

    References
    ----------
    W. Ren et al., Experimental quantum adversarial learning with programmable superconducting qubits, Nat. Comput. Sci.
    2, 711 (2022).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml.models.block_encoding import BlockEncodingClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> BlockEncodingClassifier(random_state=0).fit(X[::2], y[::2]).score(X[1::2], y[1::2]) > 0.93
    True
    """

    _contents: ClassVar[dict] = {
        "network_": instance(OutcomeNetwork),
        "weights_": floats("n_parameters"),
    }
    _parameter_constraints: ClassVar[dict] = {
        **CircuitModel._parameter_constraints,
        **TrainedClassifier._parameter_constraints,
        "n_qubits": [Count()],
        "blocks": ["array-like", None],
        "readout_qubit": [Count(0), None],
        "entangled": ["boolean"],
        "loss": [callable, None],
    }

    def __init__(
        self,
        n_qubits=4,
        blocks=None,
        *,
        readout_qubit=None,
        entangled=True,
        standardize=True,
        bandwidth="auto",
        loss=None,
        optimizer=None,
        learning_rate=0.05,
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
            standardize=standardize,
            bandwidth=bandwidth,
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
            backend=backend,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        self.n_qubits = n_qubits
        self.blocks = blocks
        self.readout_qubit = readout_qubit
        self.entangled = entangled
        self.loss = loss

    def _build(self, X, weight):
        measured = self._measured()
        drawing = Drawing(draw_encoding, self._encoding, X.shape[1])
        self._standardize(X, weight, drawing.circuit)
        self.observables_ = outcome_strings(self.n_qubits, measured)
        program = KeptProgram(clone(self._part("backend")), drawing, self.observables_)
        self.network_ = OutcomeNetwork(program, self._n_outputs)
        self.n_parameters_ = self.network_.n_parameters

    def _measured(self) -> list[int]:
        """The qubits that tell the classes apart, the first of which is the least bit."""
        first = (self.n_qubits - 1) // 2 if self.readout_qubit is None else self.readout_qubit
        n_measured = max(1, (self._n_outputs - 1).bit_length())
        if first >= self.n_qubits:
            raise ValueError(f"readout_qubit must be None or a qubit below n_qubits={self.n_qubits}, got {first}.")
        if n_measured > self.n_qubits:
            raise ValueError(
                f"n_qubits must be at least {n_measured} for {self._n_outputs} classes, got {self.n_qubits}."
            )
        return [(first + k) % self.n_qubits for k in range(n_measured)]

    @property
    def _encoding(self) -> Encoding:
        whole = BlockEncoding(self.n_qubits, self.blocks)
        return whole if self.entangled else ProductEncoding(whole)

    def _start(self, rng):
        return rng.normal(0.0, _SMALL, self.n_parameters_)

    def _fitted(self, v) -> dict[str, Any]:
        return {"weights_": v}

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this model with ``entangled=False``."""
        return clone(self).set_params(entangled=False)
