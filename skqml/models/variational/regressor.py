"""The variational regressor."""

from ..base.regressors import TrainedRegressor
from .base import VariationalModel


class VariationalRegressor(VariationalModel, TrainedRegressor):
    """Trained quantum circuit with a linear readout, for numbers.

    ``y(x) = mean(y) + deviation(y) (A f(x, w) + b)`` with the expectation values ``f_j = <O_j>`` of
    observables in the state ``V(w) U(x, w) |0...0>``, U the encoding and V the ansatz.

    Parameters
    ----------
    encoding, ansatz, observables, standardize, bandwidth, init, optimizer, learning_rate, batch_size, max_iter, tol
        As in `VariationalClassifier`.
    n_iter_no_change, early_stopping, validation_fraction, n_restarts, warm_start, backend, random_state, verbose
        As in `VariationalClassifier`.
    checkpoint : str, path or Checkpoint, default=None
        As in `VariationalClassifier`.
    loss : callable (S, Y), default=None
        ``None`` means `squared_error`, of targets with mean 0 and deviation 1.
    alpha : float, default=1.0
        Ridge penalty ``alpha |A|^2 / 2`` beside the summed losses of all rows.
    trained_readout : {"affine", "bias"} or None, default="affine"
        Which of A and b is trained: both, b alone, or neither. Without A there is one observable
        for each target, and with neither targets are not standardised.

    Attributes
    ----------
    bandwidth_ : float
        Factor of the standardised features.
    weights_ : ndarray (n_weights,)
        Trained angles, in the order of the circuit's parameters.
    readout_coef_, readout_intercept_ : ndarray (n_targets, n_observables), (n_targets,)
        A and b.
    circuit_ : QuantumCircuit
        Encoding and ansatz, of data x and weights w.
    n_parameters_ : int
        Number of trained numbers.
    loss_curve_, validation_loss_curve_ : list of float
        One value an iteration; the second is None without early stopping.
    n_iter_ : int
        Number of iterations.

    References
    ----------
    K. Mitarai et al., Quantum circuit learning, Phys. Rev. A 98, 032309 (2018).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.variational import VariationalRegressor
    >>> X = np.linspace(-2, 2, 40)[:, None]
    >>> VariationalRegressor(random_state=0).fit(X, np.sin(2 * X.ravel())).score(X, np.sin(2 * X.ravel())) > 0.95
    True
    """

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
        alpha=1.0,
        optimizer=None,
        learning_rate=0.05,
        batch_size=None,
        max_iter=1000,
        tol=1e-3,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
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
            warm_start=warm_start,
            backend=backend,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )

    @property
    def _standardizes_targets(self):
        return self.trained_readout is not None
