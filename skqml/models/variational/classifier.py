"""The variational classifier."""

from typing import ClassVar

from ..base.classifiers import TrainedClassifier
from .base import VariationalModel


class VariationalClassifier(VariationalModel, TrainedClassifier):
    r"""Trained quantum circuit with a linear readout, for classes.

    ``p(class k | x) = softmax(A f(x, w) + b)_k`` with the expectation values ``f_j = <O_j>`` of
    observables in the state ``V(w) U(x, w) |0...0>``, U the encoding and V the ansatz.

    Parameters
    ----------
    encoding : Encoding, default=None
        How features enter; its weights are trained with those of the ansatz. ``None`` means
        `ReuploadingEncoding`.
    ansatz : callable (qc, weight) or QuantumCircuit, default=None
        Draws the trained circuit, or is it, all its parameters being weights. ``None`` means
        ``Ansatz(hardware_efficient, n_layers=10)``, so that depth is ``ansatz__n_layers``.
    observables : Observable, sequence of Observable, or callable (n_qubits) that gives either, default=None
        ``None`` means Z of each qubit and Z Z of each pair.
    standardize : bool, default=True
        Whether to standardise features with the weighted mean and deviation of the training rows.
    bandwidth : "auto" or float, default="auto"
        Bandwidth: factor of the standardised features. "auto" looks at the encoding's circuit:
        its state then moves with the data as far as an RBF kernel's.
    loss : callable (S, Y), default=None
        From scores and targets to the loss of each row and its derivative by the scores. ``None``
        means `cross_entropy`; `squared_error` and `shot_error` are others.
    init : {"small", "identity", "layerwise"}, callable (n_weights, rng) or array-like, default=None
        Start of the weights. "small" (the default): normal with deviation 0.1. "identity": random,
        but the ansatz (which must be `mirrored`) is the identity. "layerwise": small, and the
        first weights are trained for a few iterations before the next 2 n_qubits join them.
    trained_readout : {"affine", "bias"} or None, default="affine"
        Which of A and b is trained: both, b alone, or neither. Without A, observables are as many
        as classes, or one for two classes, whose scores are then -<O> and <O>.
    alpha : float, default=0.1
        Ridge penalty ``alpha |A|^2 / 2`` beside the summed losses of all rows.
    optimizer : callable, default=None
        See `skqml.training.minimize`. ``None`` means `LBFGS` over all rows, or `Adam` where there
        are batches or shots.
    learning_rate : float, default=0.05
        Step of the default `Adam`.
    batch_size : int, default=None
        Rows of a mini-batch; ``None`` means all.
    max_iter : int, default=1000
        Limit of iterations (passes over all rows).
    tol, n_iter_no_change : float or None, int, default=1e-3, 10
        Training stops where the loss fell by no more than ``tol`` in so many iterations; with
        ``tol=None`` only after ``max_iter``.
    early_stopping : bool, default=False
        Whether the loss that counts is that of rows held out.
    validation_fraction : float, default=0.1
        Share of these rows.
    n_restarts : int, default=1
        Number of starts, the best of which is kept.
    class_weight : dict or "balanced", default=None
        Factors of the weights of rows for each class.
    warm_start : bool, default=False
        Whether `fit` starts from the parameters of the last fit.
    backend : Backend, default=None
        Where circuits run; ``None`` means exact simulation.
    random_state : int, RandomState or None, default=None
        Source of starts, batches, splits and shots of the training.
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
        Encoding and ansatz, of data x and weights w.
    observables_ : tuple of Observable
    n_parameters_ : int
        Number of trained numbers.
    loss_curve_, validation_loss_curve_ : list of float
        One value an iteration; the second is None without early stopping.
    n_iter_ : int
        Number of iterations.

    Notes
    -----
    Training takes until the loss stands still, which a warning says if it does not: on 1,257 rows of digits, test
    accuracy is 0.91 after 100 iterations and 0.94 after 400, where a support vector classifier has 0.98; on 420 rows
    of `make_classification` of 20 features (10 informative) in 3 classes it is 0.744 after 100 and after all 265,
    beside 0.750.

    The classifier of Havlicek et al. is the setting ``VariationalClassifier(ZZEncoding(),
    Ansatz(hardware_efficient, n_layers=4), parity, standardize=False, trained_readout="bias",
    loss=shot_error, optimizer=SPSA(), max_iter=250, tol=None,
    init=lambda n, rng: rng.uniform(0, 2 * np.pi, n))``.

    References
    ----------
    M. Schuld et al., Circuit-centric quantum classifiers, Phys. Rev. A 101, 032308 (2020);
    A. Perez-Salinas et al., Data re-uploading for a universal quantum classifier, Quantum 4,
    226 (2020).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml.models.variational import VariationalClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> VariationalClassifier(random_state=0).fit(X, y).score(X, y) > 0.95
    True
    """

    _parameter_constraints: ClassVar[dict] = (
        VariationalModel._parameter_constraints | TrainedClassifier._parameter_constraints
    )

    def __init__(
        self,
        encoding=None,
        ansatz=None,
        observables=None,
        *,
        standardize=True,
        bandwidth="auto",
        loss=None,
        init=None,
        trained_readout="affine",
        alpha=0.1,
        optimizer=None,
        learning_rate=0.05,
        batch_size=None,
        max_iter=1000,
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
            encoding,
            ansatz,
            observables,
            standardize=standardize,
            bandwidth=bandwidth,
            loss=loss,
            init=init,
            trained_readout=trained_readout,
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
