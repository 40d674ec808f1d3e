"""A circuit as the kernel of a convolution, with a linear readout."""

from typing import ClassVar

import numpy as np
from torch import nn

from ..._sklearn import Count
from ...circuits import all_z
from ...nn import Patches2d, Quanvolution2d
from .circuits import CircuitClassifier, perceptron
from .seeded_modules import Pad, linear


class QuanvolutionClassifier(CircuitClassifier):
    """Images through a circuit that moves over them, and a linear readout of all its maps.

    ``p(class k | x) = softmax(A f(x) + b)_k``, where f holds the expectation values of the observables for each patch.

    Parameters
    ----------
    encoding : Encoding, default=None
        How the pixels of a patch enter. ``None`` means ``AngleEncoding("x")``.
    ansatz : callable (qc, weight) or QuantumCircuit, default=None
        The trained circuit. ``None`` means ``Ansatz(strongly_entangling, n_layers=3)``.
    observables : Observable, sequence of Observable, or callable (n_qubits) that gives either, default=None
        One a channel; ``None`` means Z of each qubit.
    kernel_size, stride : int, default=2, 2
        Rows and columns of a patch, and pixels from one to the next. In a single row of pixels patches are as long as
        they are large in images.
    trainable : bool, default=True
        Whether the circuit is trained; otherwise its weights stay as they are drawn, uniform angles.
    image_shape : (int, int) or (int, int, int), default=None
        Height, width and channels, which come last, of rows of pixels. ``None``: X may be (n_samples, height, width) or
        (n_samples, height, width, n_channels), and a table is a square if it can be, else one row of pixels.
    standardize : bool, default=True
        Whether to standardise with the weighted mean and deviation of the training rows: of each channel where X holds
        images or ``image_shape`` is given, else of each feature.
    label_smoothing : float, default=0.0
        Share of each target that all classes get.
    optimizer : callable, default=None
        See `skqml.training.minimize`. ``None`` means `TorchOptimizer`, AdamW with a one-cycle schedule, weight decay
        0.01 and gradients of norm 1 at most: ``optimizer__clip`` and others are its parameters.
    learning_rate : float, default=0.1
        Largest of the default optimiser.
    batch_size : int, default=64
        Rows of a mini-batch; ``None`` means all.
    max_iter : int, default=50
        Passes over all rows.
    tol, n_iter_no_change : float or None, int, default=None, 10
        Training stops where the loss fell by no more than ``tol`` in so many iterations; with ``tol=None`` only after
        ``max_iter``.
    early_stopping, validation_fraction, n_restarts, class_weight, warm_start
        As in `VariationalClassifier`.
    backend : Backend, default=None
        Where circuits run; ``None`` means exact simulation.
    device : {"cpu", "cuda"}, default="cpu"
        Where the classical part runs.
    precision : {"single", "double"}, default="double"
        Of the classical part; single is faster on large images.
    random_state : int, RandomState or None, default=None
        Source of starts, batches, splits and shots of the training.
    verbose : int, default=0
        Writes a line every so many iterations.
    checkpoint : str, path or Checkpoint, default=None
        Folder that keeps the training: killed, it goes on there; see `skqml.training.Checkpoint`.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
    image_shape_ : (int, int, int)
        Height, width, channels.
    circuit_ : QuantumCircuit
    observables_ : tuple of Observable
    module_ : torch.nn.Module
        The trained network, a copy.
    n_parameters_ : int
        Number of trained numbers.
    loss_curve_, validation_loss_curve_, n_iter_
        As in `VariationalClassifier`.

    Notes
    -----
    The twin has tanh units in place of the circuit, as many weights, and the same patches. Published twins are linear,
    and a well-known replication cuts the circuit off from the gradient, so that its kernel never trained.

    References
    ----------
    M. Henderson et al., Quanvolutional neural networks, Quantum Mach. Intell. 2, 2 (2020); A. Senokosov et al., Quantum
    machine learning for image classification, arXiv 2304.09224.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skqml import QuanvolutionClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> QuanvolutionClassifier(random_state=0).fit(X[:500], y[:500]).score(X[500:], y[500:]) > 0.85
    True
    """

    _parameter_constraints: ClassVar[dict] = CircuitClassifier._parameter_constraints | {
        "kernel_size": [Count()],
        "stride": [Count()],
        "trainable": ["boolean"],
    }

    def __init__(
        self,
        encoding=None,
        ansatz=None,
        observables=None,
        *,
        kernel_size=2,
        stride=2,
        trainable=True,
        image_shape=None,
        standardize=True,
        label_smoothing=0.0,
        optimizer=None,
        learning_rate=0.1,
        batch_size=64,
        max_iter=50,
        tol=None,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        class_weight=None,
        warm_start=False,
        backend=None,
        device="cpu",
        precision="double",
        random_state=None,
        verbose=0,
        checkpoint=None,
    ):
        super().__init__(
            encoding,
            ansatz,
            observables,
            image_shape=image_shape,
            standardize=standardize,
            label_smoothing=label_smoothing,
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
            device=device,
            precision=precision,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        self.kernel_size = kernel_size
        self.stride = stride
        self.trainable = trainable

    def _module(self, shape):
        in_rows = shape[0] == 1
        size, stride = ((1, k * k) if in_rows else (k, k) for k in (self.kernel_size, self.stride))
        circuit = self._draw(shape[2] * size[0] * size[1], all_z)
        options = {"shape": shape, "n_outputs": self._n_outputs, "circuit": circuit, "size": size, "stride": stride}
        angles = None if self.trainable else self._rng().uniform(0.0, 2 * np.pi, circuit["circuit"].n_weights)
        return quanvolution_network, options | {"angles": angles, "classical": self._is_classical}

    def classical_twin(self) -> "QuanvolutionTwin":
        """Unfitted classical counterpart: tanh units in place of the circuit, as many weights, the same settings."""
        return QuanvolutionTwin(**self.get_params(deep=False))


class QuanvolutionTwin(QuanvolutionClassifier):
    """Images through a small perceptron that moves over them; see `QuanvolutionClassifier`."""

    _is_classical = True


def quanvolution_network(generator, shape, n_outputs, circuit, size, stride, angles, classical) -> nn.Module:
    """A circuit that moves over images, and a linear readout."""
    pad = Pad(shape, size, stride)
    moved: Patches2d = Quanvolution2d(
        **circuit, in_channels=shape[2], kernel_size=size, stride=stride, weights=angles, generator=generator
    )
    n_maps = moved.kernel.program.n_observables
    if classical:
        moved.kernel = perceptron(moved.kernel, generator)
    moved.requires_grad_(angles is None)
    height, width = ((n - k) // s + 1 for n, k, s in zip(pad.size, size, stride, strict=True))
    return nn.Sequential(pad, moved, nn.Flatten(), linear(n_maps * height * width, n_outputs, generator))
