"""The fast-weight regressor."""

from sklearn.utils import Tags

from ..base.regressors import TrainedRegressor
from .base import FastWeightModel
from .forecasting import WindowForecasts, WindowTwin


class FastWeightRegressor(WindowForecasts, FastWeightModel, TrainedRegressor):
    r"""What follows windows of a series, by a circuit whose angles a linear programmer writes.

    ``y = mean(y) + deviation(y) (A <Z>(x_T, theta_T) + c)``: the circuit turns qubits by the last step x_T
    and by fast weights ``theta_t = theta_{t-1} + a(x_t) b(x_t)^T``, ``theta_0 = 0``, a and b affine functions
    of one hidden vector, itself affine in x_t. All that is trained is classical.

    Parameters
    ----------
    n_qubits : int, default=8
    n_layers : int, default=2
        Layers of CX gates and of RY by the fast weights.
    n_measured : int, default=4
        Number of qubits, from the first, whose Z the readout sees.
    n_latent : int, default=8
        Length of the hidden vector.
    n_channels : int, default=1
        Channels of a step, as many qubits at least. A row of X holds them side by side, step after
        step, as `make_windows` does.
    entangled : bool, default=True
        Whether layers begin with CX gates; without them qubits stay in product states.
    standardize : bool, default=True
        Whether to standardise each channel with its weighted mean and deviation over all steps.
    bandwidth : "auto" or float, default="auto"
        Factor of the standardised channels, "auto" being 0.5; the smaller, the closer is the model
        to a linear one.
    optimizer : callable, default=None
        See `skqml.training.minimize`. ``None`` means `LBFGS` over all rows, or `Adam` where there
        are batches or shots.
    learning_rate : float, default=0.01
        Step of the default `Adam`.
    batch_size : int, default=None
        Rows of a mini-batch; ``None`` means all.
    max_iter : int, default=1000
        Limit of iterations (passes over all rows).
    tol, n_iter_no_change : float or None, int, default=1e-4, 10
        Training stops where the loss fell by no more than ``tol`` in so many iterations; with
        ``tol=None`` only after ``max_iter``.
    early_stopping, validation_fraction, n_restarts
        As in `VariationalRegressor`.
    warm_start : bool, default=False
        Whether `fit` starts from the parameters of the last fit.
    backend : Backend, default=None
        Where the circuit runs; ``None`` means exact simulation.
    random_state : int, RandomState or None, default=None
        Source of starts, batches and shots of the training.
    verbose : int, default=0
        Writes a line every so many iterations.
    checkpoint : str, path or Checkpoint, default=None
        Folder that keeps the training: killed, it goes on there; see `skqml.training.Checkpoint`.

    Attributes
    ----------
    bandwidth_ : float
        Factor of the standardised channels.
    weights_ : ndarray (n_parameters,)
        All that is trained.
    readout_coef_, readout_intercept_ : ndarray (n_targets, n_measured), (n_targets,)
        A and c.
    circuit_ : QuantumCircuit
        Its data are the channels of the last step, then the fast weights.
    past_ : WindowPast
        The last windows and what followed each, from which `forecast` goes on.
    n_parameters_ : int
        Number of trained numbers.
    loss_, loss_curve_, validation_loss_curve_, n_iter_
        The lowest loss, those of all iterations (of rows held out, if any), and their number.

    Notes
    -----
    As the update is a function of x_t alone, theta_T is a sum over steps and **the order of all past
    inputs is ignored**: the model sees x_T, the sum of all x_t and that of their squares (and products,
    of several channels). A linear model of these three has a test error of 2e-6 on windows of 4 of
    `make_damped_pendulum`, and linear autoregression, which sees the order, one of 9.5e-8.

    The published training is ``optimizer=Adam(0.01, beta_1=0.0, beta_2=0.99), batch_size=10,
    max_iter=100, tol=None`` (RMSprop but for its first steps).

    References
    ----------
    S. Y.-C. Chen, Learning to program variational quantum circuits with fast weights,
    arXiv 2402.17760.

    Examples
    --------
    >>> from skqml.datasets import make_damped_pendulum, make_windows
    >>> from skqml.models.fast_weights import FastWeightRegressor
    >>> X, y = make_windows(make_damped_pendulum(), width=4)
    >>> model = FastWeightRegressor(random_state=0).fit(X[:157], y[:157])
    >>> model.score(X[157:], y[157:]) > 0.99
    True
    >>> model.forecast(3).shape
    (3,)
    """

    def __init__(
        self,
        n_qubits=8,
        n_layers=2,
        n_measured=4,
        n_latent=8,
        n_channels=1,
        *,
        entangled=True,
        standardize=True,
        bandwidth="auto",
        optimizer=None,
        learning_rate=0.01,
        batch_size=None,
        max_iter=1000,
        tol=1e-4,
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
            n_qubits,
            n_layers,
            n_measured,
            n_latent,
            n_channels,
            entangled=entangled,
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
            warm_start=warm_start,
            backend=backend,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # of rows that are no windows: which feature is which is lost
        return tags

    def _predict(self, X):
        return self._values(self._scores(X))

    @property
    def _n_channels(self):
        return self.network_.n_channels

    def _of_twin(self):
        return {"kind": WindowTwin, "n_channels": self.n_channels}
