"""The fast-weight classifier."""

from typing import ClassVar

from ..base.classifiers import TrainedClassifier
from .base import FastWeightModel


class FastWeightClassifier(FastWeightModel, TrainedClassifier):
    r"""Classes of windows of a series, by a circuit whose angles a linear programmer writes.

    ``p(class k | x_1, ..., x_T) = softmax(A <Z>(x_T, theta_T) + c)_k`` with
    ``theta_t = theta_{t-1} + a(x_t) b(x_t)^T``; see `FastWeightRegressor`, also for what is not
    named below.

    Parameters
    ----------
    n_qubits, n_layers, n_measured, n_latent, n_channels, entangled, standardize, bandwidth
        See `FastWeightRegressor`.
    optimizer, learning_rate, batch_size, max_iter, tol, n_iter_no_change, warm_start, backend, random_state, verbose,
    checkpoint
        See `FastWeightRegressor`.
    early_stopping, validation_fraction, n_restarts, class_weight
        As in `VariationalClassifier`.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
        Labels.
    readout_coef_, readout_intercept_ : ndarray (n_classes, n_measured), (n_classes,)
        A and c.
    bandwidth_, weights_, circuit_, n_parameters_, loss_, loss_curve_, validation_loss_curve_, n_iter_
        See `FastWeightRegressor`.

    Notes
    -----
    Scores do not change when the steps before the last change places.

    References
    ----------
    S. Y.-C. Chen, Learning to program variational quantum circuits with fast weights,
    arXiv 2402.17760.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml.models.fast_weights import FastWeightClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> FastWeightClassifier(random_state=0).fit(X, y).score(X, y) > 0.95
    True
    """

    _parameter_constraints: ClassVar[dict] = (
        FastWeightModel._parameter_constraints | TrainedClassifier._parameter_constraints
    )

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
        class_weight=None,
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
            class_weight=class_weight,
            warm_start=warm_start,
            backend=backend,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )
