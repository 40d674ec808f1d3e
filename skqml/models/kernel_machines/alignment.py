"""Kernels trained to suit the targets."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin, clone
from sklearn.utils import Tags
from sklearn.utils.validation import validate_data

from ..._checks import as_generator
from ..._sklearn import Count, Number, check_sample_weight, fit_context
from ...circuits import ReuploadingEncoding
from ...kernels import FidelityKernel, GaussianKernel, QuantumKernel, alignment_loss
from ...kernels.measures.alignment import constant, target_factor
from ...states import count
from ...training import Adam, Training, minimize
from ..base.iterations import CHECKPOINT, ToldOfFits, recorded
from .base import KernelMachine
from .bounded import BoundedLBFGS
from .memory import refuse_large_matrix


class KernelAlignmentTrainer(ToldOfFits, ClassNamePrefixFeaturesOutMixin, TransformerMixin, KernelMachine):
    r"""Trains the hyperparameters and weights of a quantum kernel, and transforms rows to kernel values.

    By default it maximises the centred kernel-target alignment ``<H K H, T> / (||H K H|| ||H T H||)`` with
    H the centring matrix and T the ideal kernel: 1 for rows of the same class (times class
    frequencies' centring), or the products of centred targets. The gradient of a `FidelityKernel` or `ProjectedKernel`
    is analytic, by one reverse sweep a step.

    In a pipeline before ``SVC(kernel="precomputed")`` it is trained anew in each fold.

    Parameters
    ----------
    kernel : QuantumKernel, default=None
        Start of the training; ``None`` means a `FidelityKernel` of a trainable `ReuploadingEncoding`. All free
        hyperparameters are trained, such as ``scale`` unless ``scale_bounds="fixed"``, and the weights of the encoding,
        whether given or not.
    standardize, bandwidth, check_kernel
        As in `QuantumKernelSVC`; the matrix of the trained kernel is checked.
    loss : callable (K, Y, sample_weight) -> (float, ndarray), default=None
        What is minimised, of the kernel matrix of some rows, their targets and weights, and its derivative by K;
        ``None`` means `alignment_loss`. `svc_loss` and `ridge_loss` are what the machine behind it will reach.
    batch_size : int, default=None
        Rows of one step of `Adam`, drawn anew in each pass over all rows: its matrix has ``batch_size ** 2`` entries
        and not one for each pair of rows, which costs a circuit on hardware. ``None`` means all rows and L-BFGS.
    max_iter : int, default=30
        Limit of L-BFGS iterations, or the number of passes.
    tol : float, default=1e-3
        Relative decrease of the loss below which L-BFGS stops.
    random_state : int, RandomState or None, default=None
        Deals out rows to batches.
    verbose : int, default=0
        Writes a line every so many iterations.
    checkpoint : str, path or Checkpoint, default=None
        Folder that keeps the training, so that one whose process was killed goes on; needs a ``random_state``.

    Attributes
    ----------
    kernel_ : QuantumKernel
        The trained kernel.
    alignment_ : float
        Its alignment with the targets.
    loss_ : float
        Its loss on all training rows.
    loss_curve_ : list of float
        Loss of each iteration; with batches the mean over a pass.
    bandwidth_ : float
        Factor of the standardised features, to which the trained kernel adds its own.
    n_parameters_ : int
        Number of trained numbers: hyperparameters and weights.
    circuit_ : QuantumCircuit
        Circuit of ``kernel_``.
    X_fit_ : ndarray (n_samples, n_features)
        Standardised training rows, the columns of the result.
    n_iter_ : int
        Iterations done.

    References
    ----------
    C. Cortes, M. Mohri and A. Rostamizadeh, Algorithms for learning kernels based on centered
    alignment, JMLR 13, 795 (2012); T. Hubregtsen et al., Training quantum embedding kernels on
    near-term quantum computers, Phys. Rev. A 106, 042431 (2022); M. Sahin et al., Efficient parameter optimisation for
    quantum kernel alignment: a sub-sampling approach in variational training, Quantum 8, 1502 (2024).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> from skqml import KernelAlignmentTrainer
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(KernelAlignmentTrainer(max_iter=3), SVC(kernel="precomputed"))
    >>> model.fit(X, y).score(X, y) > 0.95
    True
    """

    _contents: ClassVar[dict] = {
        "_n_features_out": count("n_rows", 1),
        "n_parameters_": count(),
    }
    _default_parts: ClassVar[dict] = {"kernel": lambda self: FidelityKernel(ReuploadingEncoding(trainable=True))}
    _parameter_constraints: ClassVar[dict] = {
        **KernelMachine._parameter_constraints,
        "kernel": [QuantumKernel, None],
        "loss": [callable, None],
        "batch_size": [Count(2), None],
        "max_iter": [Count()],
        "tol": [Number(closed="left")],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "checkpoint": CHECKPOINT,
    }

    def __init__(
        self,
        kernel=None,
        *,
        standardize=True,
        bandwidth="auto",
        check_kernel=True,
        loss=None,
        batch_size=None,
        max_iter=30,
        tol=1e-3,
        random_state=None,
        verbose=0,
        checkpoint=None,
    ):
        super().__init__(kernel, standardize=standardize, bandwidth=bandwidth, check_kernel=check_kernel)
        self.loss = loss
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.verbose = verbose
        self.checkpoint = checkpoint

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None) -> Self:
        """Train the kernel on rows X and targets y (labels, or numbers for regression).

        Parameters
        ----------
        X : array-like (n_samples, n_features)
        y : array-like (n_samples,)
        sample_weight : array-like (n_samples,), default=None
            How often each row counts; the columns of the result stay the rows as given.

        Returns
        -------
        self
        """
        with self._told(X, y) as told:
            X, y = validate_data(self, X, y, dtype=float)
            refuse_large_matrix(len(X), 8)
            weight = check_sample_weight(sample_weight, X)
            Y = _targets_that_count(y, weight)
            if constant(Y, weight):
                raise ValueError("y must be targets that differ among the rows that count, got a constant y.")
            self._fit_kernel(X, None if sample_weight is None else weight)
            self._keep_rows(X, weight)
            self._train(Y, weight, told)
            K = self.kernel_.symmetric_matrix(self.X_fit_)
            self.alignment_, self.loss_ = -alignment_loss(K, Y, weight)[0], self._loss(K, Y, weight)[0]
            self._warn_of(K)
            if self.standardize:
                self.standardizer_ = replace(self.standardizer_, limit=self.kernel_.limit)
            self._n_features_out = len(X)
        return self

    @property
    def _loss(self) -> Callable:
        return alignment_loss if self.loss is None else self.loss

    def _train(self, Y, weight, told) -> None:
        """Minimise the loss from the kernel as it is."""
        if hasattr(self.kernel_, "initial_weights") and len(w := self.kernel_.initial_weights(self.X_fit_.shape[1])):
            self.kernel_.set_params(weights=w)
        start, bounds = self.kernel_.theta, self._bounds(weight)
        if not len(start):
            raise ValueError(f"kernel must have a hyperparameter that is not fixed, got {self.kernel_!r}.")

        counted = np.flatnonzero(weight)

        def loss_and_grad(theta, rows=None) -> tuple[float, np.ndarray]:
            rows = counted if rows is None else counted[rows]
            self.kernel_.theta = np.clip(theta, *bounds.T)
            X = self.X_fit_[rows]
            loss, A = self._loss(self.kernel_.symmetric_matrix(X), Y[rows], weight[rows])
            return loss, self.kernel_.pullback(X, A)

        progress = told(lambda theta: {"kernel_": self.kernel_.clone_with_theta(np.clip(theta, *bounds.T))})
        with recorded(self, self.random_state, self.X_fit_, Y, weight, start) as checkpoint:
            options = {"callback": progress, "verbose": self.verbose, "checkpoint": checkpoint}
            training = self._minimised(loss_and_grad, start, bounds, len(counted), options)
        progress.close()
        self.kernel_.theta = np.clip(training.w, *bounds.T)
        self.loss_curve_, self.n_iter_ = training.losses, max(1, training.n_iter)
        self.n_parameters_ = len(start)

    def _minimised(self, loss_and_grad, start, bounds, n_samples: int, options) -> Training:
        options |= {"tol": None, "max_iter": self.max_iter}
        if self.batch_size is None:
            return minimize(loss_and_grad, start, BoundedLBFGS(bounds, self.tol), **options)
        options |= {"rng": as_generator("random_state", self.random_state)}
        options |= {"n_samples": n_samples, "batch_size": self.batch_size}
        return minimize(loss_and_grad, start, Adam(), **options)

    def _bounds(self, weight) -> np.ndarray:
        """Bounds (n_dims, 2) of ``theta``: none of angles, of the scale what the encoding takes of rows that count."""
        kernel, bounds = self.kernel_, [np.empty((0, 2))]
        for h in kernel.hyperparameters:
            if h.fixed:
                continue
            if h.name in kernel.linear_hyperparameters:
                bounds.append(np.tile([-np.inf, np.inf], (h.n_elements, 1)))
                continue
            bounds.append(np.log(h.bounds))
            if h.name == "scale":
                largest = np.abs(self.X_fit_[weight > 0]).max()
                bounds[-1] = np.minimum(bounds[-1], np.log(kernel.scale * kernel.limit / max(1e-9, largest)))
        return np.concatenate(bounds)

    def transform(self, X) -> np.ndarray:
        """Kernel values (n_samples, n_training_rows) of rows X and the training rows."""
        return self._by_blocks(lambda K: K, X)

    def classical_twin(self) -> BaseEstimator:
        """Unfitted classical counterpart: this trainer with an RBF kernel of as many weights, on linear features."""
        kernel = self._part("kernel")
        like = kernel if hasattr(kernel, "initial_weights") else None
        return clone(self).set_params(kernel=GaussianKernel(like=like), bandwidth="auto")


def _targets_that_count(y, weight) -> np.ndarray:
    """Targets (n_samples, n_outputs) of rows, zeros for those of weight 0: a class of such rows alone is none."""
    used = weight > 0
    counted = target_factor(y[used])
    Y = np.zeros((len(y), counted.shape[1]))
    Y[used] = counted
    return Y
