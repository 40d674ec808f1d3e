"""A network whose bottleneck is the amplitudes of a small circuit."""

from math import prod
from typing import ClassVar

from torch import nn

from ..._sklearn import Count, Number, StrOptions
from ...circuits import AmplitudeEncoding, all_z
from ...circuits.ansatze import Ansatz, basic_entangler
from ...nn import QuantumLayer
from .circuits import CircuitClassifier
from .fronts import check_filters, convolutions, is_convolutional
from .seeded_modules import Amplitudes, Dropout, linear

_SIDE = 4  # pixels along each axis that convolutions are averaged to


class AmplitudeHybridClassifier(CircuitClassifier):
    """A network with 2^n numbers in its middle that become the amplitudes of n qubits.

    Convolutions (for images) averaged to 4x4 pixels, dense layers to 2^n numbers, their softmax as amplitudes, a
    trained circuit, and dense layers on its expectation values.

    Parameters
    ----------
    encoding : Encoding, default=None
        ``None`` means `AmplitudeEncoding`.
    ansatz : callable (qc, weight) or QuantumCircuit, default=None
        ``None`` means ``Ansatz(basic_entangler, n_layers=2)``.
    observables : Observable, sequence of Observable, or callable (n_qubits) that gives either, default=None
        ``None`` means Z of each qubit.
    n_inputs : int, default=16
        Inputs of the circuit, which with the default encoding are the amplitudes.
    front_end : {"auto", "conv", "dense"}, default="auto"
        Convolutions or none; "auto" has them where images have at least 6 pixels along each axis.
    n_filters : sequence of int, default=(16, 32)
        Channels behind each convolution, which halves the image.
    kernel_size : int, default=3
        Of these convolutions.
    n_hidden, n_head : int, default=32, 32
        Units of the dense layers before and behind the circuit; 256 and 128 are published.
    dropout : float, default=0.3
        Share of the units behind the circuit that each step leaves out, the same for all rows of its batch.
    image_shape, standardize, label_smoothing, optimizer, learning_rate, batch_size, max_iter, tol, n_iter_no_change
        As in `QuanvolutionClassifier`.
    early_stopping, validation_fraction, n_restarts, class_weight, warm_start
        As in `VariationalClassifier`.
    backend, device, precision, random_state, verbose, checkpoint
        As in `QuanvolutionClassifier`.

    Attributes
    ----------
    classes_, image_shape_, circuit_, observables_, module_, n_parameters_, loss_curve_, validation_loss_curve_, n_iter_
        As in `QuanvolutionClassifier`.

    Notes
    -----
    With the published sizes, on images of 28x28 pixels and ten classes, it has 142,530 parameters, 8 of which are
    angles. The published classical network, which it beats, is trained otherwise: with weight decay inside Adam's
    moments and a warm restart of the learning rate every five batches. The twin has a dense layer of tanh units in
    place of the circuit, and the same training. `skqml.attacks` says how both fare under attack.

    References
    ----------
    M. A. Shahzad, Hybrid quantum-classical model for image classification, arXiv 2509.13353.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skqml import AmplitudeHybridClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = AmplitudeHybridClassifier(random_state=0)
    >>> model.fit(X[:500], y[:500]).score(X[500:], y[500:]) > 0.85
    True
    """

    _default_parts: ClassVar[dict] = CircuitClassifier._default_parts | {
        "encoding": lambda self: AmplitudeEncoding(),
        "ansatz": lambda self: Ansatz(basic_entangler, n_layers=2),
    }
    _parameter_constraints: ClassVar[dict] = CircuitClassifier._parameter_constraints | {
        "n_inputs": [Count()],
        "front_end": [StrOptions({"auto", "conv", "dense"})],
        "n_filters": ["array-like"],
        "kernel_size": [Count()],
        "n_hidden": [Count()],
        "n_head": [Count()],
        "dropout": [Number(closed="left", high=1.0)],
    }

    def __init__(
        self,
        encoding=None,
        ansatz=None,
        observables=None,
        *,
        n_inputs=16,
        front_end="auto",
        n_filters=(16, 32),
        kernel_size=3,
        n_hidden=32,
        n_head=32,
        dropout=0.3,
        image_shape=None,
        standardize=True,
        label_smoothing=0.1,
        optimizer=None,
        learning_rate=0.005,
        batch_size=64,
        max_iter=30,
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
        self.n_inputs = n_inputs
        self.front_end = front_end
        self.n_filters = n_filters
        self.kernel_size = kernel_size
        self.n_hidden = n_hidden
        self.n_head = n_head
        self.dropout = dropout

    def _module(self, shape):
        has_convolutions = is_convolutional(self.front_end, shape)
        return amplitude_network, {
            "shape": shape,
            "n_outputs": self._n_outputs,
            "circuit": self._draw(self.n_inputs, all_z),
            "filters": check_filters(self.n_filters) if has_convolutions else (),
            "kernel_size": self.kernel_size,
            "n_units": (self.n_hidden, self.n_head),
            "dropout": self.dropout,
            "classical": self._is_classical,
        }

    def classical_twin(self) -> "AmplitudeHybridTwin":
        """Unfitted classical counterpart: a dense layer of tanh units in place of the circuit, the same settings."""
        return AmplitudeHybridTwin(**self.get_params(deep=False))


class AmplitudeHybridTwin(AmplitudeHybridClassifier):
    """The same network with a dense layer in place of the circuit; see `AmplitudeHybridClassifier`."""

    _is_classical = True


def amplitude_network(
    generator, shape, n_outputs, circuit, filters, kernel_size, n_units, dropout, classical
) -> nn.Module:
    """Convolutions, dense layers to amplitudes, a circuit, dense layers."""
    layers, shape = convolutions(shape, filters, kernel_size, generator)
    if layers:
        layers.append(nn.AdaptiveAvgPool2d(_SIDE))
        shape = (_SIDE, _SIDE, shape[2])
    quantum, (n_hidden, n_head) = QuantumLayer(**circuit, generator=generator), n_units
    n_inputs, n_values = quantum.program.n_features, quantum.program.n_observables
    before = linear(prod(shape), n_hidden, generator), nn.ReLU(), linear(n_hidden, n_inputs, generator), Amplitudes()
    middle = [linear(n_inputs, n_values, generator, bias=False), nn.Tanh()] if classical else [quantum]
    behind = linear(n_values, n_head, generator), nn.BatchNorm1d(n_head), nn.ReLU(), Dropout(dropout)
    return nn.Sequential(*layers, nn.Flatten(), *before, *middle, *behind, linear(n_head, n_outputs, generator))
