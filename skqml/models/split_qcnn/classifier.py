"""The split QCNN classifier."""

from typing import ClassVar, Self

from sklearn.base import clone

from ..._sklearn import Count, StrOptions
from ...backends.kept import KeptProgram
from ...backends.redrawn import Drawing
from ...circuits import DenseAngleEncoding, all_z
from ...circuits.ansatze import ry_cz
from ...cutting import Cut, cut_cost
from ..base.classifiers import TrainedClassifier
from ..base.readout.circuit import ReadoutModel
from ..base.readout.network import ReadoutNetwork
from .circuit import cuts_behind, ladder_circuit, qubits_of_layers

_SMALL = 0.1  # radians


class SplitQCNNClassifier(ReadoutModel, TrainedClassifier):
    r"""A quantum convolutional network that is cut into two smaller circuits, with a linear readout.

    ``p(class k | x) = softmax(A z(x, w) + b)_k`` with ``z_j = <Z_j>`` behind a ladder of trained blocks on the qubits
    (0, 1), (1, 2), ..., on ``prod_j RY(x_j) |+...+>``. Results are the same with and without the cut, exactly.

    Parameters
    ----------
    n_qubits : int, default=8
        Features beyond turn the same qubits about another axis; fewer are drawn again.
    n_layers : int, default=1
        Ladders; each takes another cut.
    block : callable (qc, weight, a, b), default=None
        Draws the trained block on two qubits. ``None`` means `ry_cz`, of 4 weights: RY on both, CZ, RY on both.
    pooling : bool, default=False
        Whether every second qubit is left behind after each ladder, and Z read of the others alone.
    cut : "auto", int or None, default="auto"
        The qubit whose wire is cut: the first part runs on ``cut + 1`` qubits, the second on the others and this one.
        "auto" is one in the middle, 4 of 8. ``None`` runs the circuit whole.
    entangled : bool, default=True
        Whether blocks entangle their qubits; without, nothing is cut.
    standardize : bool, default=True
        Whether to standardise features with the weighted mean and deviation of the training rows.
    bandwidth : "auto" or float, default="auto"
        Factor of the standardised features. "auto" looks at the circuit, as in `VariationalClassifier`.
    alpha : float, default=0.1
        Ridge penalty ``alpha |A|^2 / 2`` beside the summed losses of all rows.
    optimizer : callable, default=None
        See `skqml.training.minimize`. ``None`` means `LBFGS`, or `Adam` where there are batches or shots.
    learning_rate : float, default=0.01
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
        Runs the parts; ``None`` means exact simulation.
    n_jobs : int, default=None
        Parts that run at the same time, by joblib; see `Cut`.
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
        Trained angles, in the order of the circuit's parameters.
    readout_coef_, readout_intercept_ : ndarray (n_classes, n_observables), (n_classes,)
        A and b.
    circuit_ : QuantumCircuit
        Whole, of data x and weights w.
    observables_ : tuple of Observable
        Z of the qubits that are read.
    cut_cost_ : CutCost
        Circuits a row, factor of the shots, and qubits of the parts.
    n_parameters_ : int
        Number of trained numbers.
    loss_, loss_curve_, validation_loss_curve_, n_iter_
        The lowest loss, those of all iterations (of rows held out, if any), and their number.

    Notes
    -----
    The published network stands behind one of 2 million parameters for images, which is to be compared with the same
    one without the quantum part. On 8 principal components `classical_twin` is as good, and so is a linear model.

    References
    ----------
    Y. Li et al., Distributed hybrid quantum convolutional neural network for medical images, arXiv 2501.06225; T. Peng,
    A. W. Harrow, M. Ozols and X. Wu, Phys. Rev. Lett. 125, 150504 (2020).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skqml.models.split_qcnn import SplitQCNNClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = SplitQCNNClassifier(random_state=0).fit(X[::2], y[::2])
    >>> model.score(X[1::2], y[1::2]) > 0.93
    True
    >>> model.cut_cost_
    CutCost(circuits=7, overhead=16.0, qubits=(5, 4))
    """

    _parameter_constraints: ClassVar[dict] = {
        **ReadoutModel._parameter_constraints,
        **TrainedClassifier._parameter_constraints,
        "n_qubits": [Count()],
        "n_layers": [Count()],
        "block": [callable, None],
        "pooling": ["boolean"],
        "cut": [StrOptions({"auto"}), Count(0), None],
        "entangled": ["boolean"],
        "n_jobs": [Count(-(2**15)), None],
    }

    def __init__(
        self,
        n_qubits=8,
        n_layers=1,
        block=None,
        *,
        pooling=False,
        cut="auto",
        entangled=True,
        standardize=True,
        bandwidth="auto",
        alpha=0.1,
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
        backend=None,
        n_jobs=None,
        random_state=None,
        verbose=0,
        checkpoint=None,
    ):
        super().__init__(
            standardize=standardize,
            bandwidth=bandwidth,
            alpha=alpha,
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
        self.n_layers = n_layers
        self.block = block
        self.pooling = pooling
        self.cut = cut
        self.entangled = entangled
        self.n_jobs = n_jobs

    def _build(self, X, weight):
        last = self._last_of_the_first_part()
        self._standardize(X, weight)
        block = ry_cz if self.block is None else self.block
        layers = self.n_layers, self.pooling
        drawing = Drawing(ladder_circuit, self._encoding, block, *layers, self.entangled, X.shape[1])
        cuts = [] if last is None else cuts_behind(drawing.circuit, last)
        self.cut_cost_ = cut_cost(drawing.circuit, cuts=cuts or None)
        self.observables_ = tuple(all_z(self.n_qubits)[q] for q in qubits_of_layers(self.n_qubits, *layers)[-1])
        backend = clone(self._part("backend"))
        if cuts:
            backend = Cut(backend, cuts=cuts, n_jobs=self.n_jobs)
        program = KeptProgram(backend, drawing, self.observables_)
        self.network_ = ReadoutNetwork(program, self._n_outputs, "affine")
        self.n_parameters_ = self.network_.n_parameters

    def _last_of_the_first_part(self) -> int | None:
        most = self.n_qubits - 2
        if self.cut == "auto":
            return min(self.n_qubits // 2, most) if most >= 0 else None
        if self.cut is not None and self.cut > most:
            raise ValueError(
                f"cut must be None, or a qubit with another behind it, at most {most} for n_qubits={self.n_qubits}, "
                f"got {self.cut}."
            )
        return self.cut

    @property
    def _encoding(self) -> DenseAngleEncoding:
        return DenseAngleEncoding(self.n_qubits)

    def _start(self, rng):
        return self.network_.start(rng.normal(0.0, _SMALL, self.network_.program.n_weights))

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this model with ``entangled=False``."""
        return clone(self).set_params(entangled=False)
