"""Several circuits side by side between the layers of a network."""

from math import prod
from typing import ClassVar

import torch
from torch import Tensor, nn

from ..._sklearn import Count, StrOptions
from ...circuits import Observable, all_z
from ...nn import QuantumLayer
from .circuits import CircuitClassifier, perceptron
from .fronts import check_filters, convolutions, is_convolutional
from .seeded_modules import linear


class ParallelHybridClassifier(CircuitClassifier):
    """A network whose middle is several small circuits side by side: HQNN-Parallel.

    Convolutions (for images), a dense layer with batch normalisation and ReLU, whose outputs are dealt out to the
    circuits as angles, and a dense layer on all their expectation values.

    Parameters
    ----------
    encoding : Encoding, default=None
        How numbers enter each circuit. ``None`` means ``AngleEncoding("x")``.
    ansatz : callable (qc, weight) or QuantumCircuit, default=None
        ``None`` means ``Ansatz(strongly_entangling, n_layers=3)``.
    observables : Observable, sequence of Observable, or callable (n_qubits) that gives either, default=None
        Of each circuit; ``None`` means Y of each qubit.
    n_circuits, n_inputs : int, default=4, 5
        Number of circuits, and of inputs of each, which with the default encoding is that of qubits.
    front_end : {"auto", "conv", "dense"}, default="auto"
        Convolutions or none; "auto" has them where images have at least 6 pixels along each axis.
    n_filters : sequence of int, default=(16, 32)
        Channels behind each convolution, which halves the image.
    kernel_size : int, default=5
        Of these convolutions.
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
    On images of 28x28 pixels and ten classes it has 45,154 parameters, 180 of which are angles; the published
    network normalises its scores too, which leaves no room for weights of classes. That it is eight times
    smaller than the published classical network comes from the layer of 20 in the middle, not from the circuits; the
    twin has that layer, and tanh units with as many weights in place of each circuit.

    References
    ----------
    A. Senokosov et al., Quantum machine learning for image classification, Mach. Learn.: Sci. Technol. 5, 015040
    (2024), arXiv 2304.09224.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skqml import ParallelHybridClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = ParallelHybridClassifier(n_filters=(8,), kernel_size=3, max_iter=15, random_state=0)
    >>> model.fit(X[:500], y[:500]).score(X[500:], y[500:]) > 0.85
    True
    """

    _parameter_constraints: ClassVar[dict] = CircuitClassifier._parameter_constraints | {
        "n_circuits": [Count()],
        "n_inputs": [Count()],
        "front_end": [StrOptions({"auto", "conv", "dense"})],
        "n_filters": ["array-like"],
        "kernel_size": [Count()],
    }

    def __init__(
        self,
        encoding=None,
        ansatz=None,
        observables=None,
        *,
        n_circuits=4,
        n_inputs=5,
        front_end="auto",
        n_filters=(16, 32),
        kernel_size=5,
        image_shape=None,
        standardize=True,
        label_smoothing=0.0,
        optimizer=None,
        learning_rate=0.01,
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
        self.n_circuits = n_circuits
        self.n_inputs = n_inputs
        self.front_end = front_end
        self.n_filters = n_filters
        self.kernel_size = kernel_size

    def _module(self, shape):
        has_convolutions = is_convolutional(self.front_end, shape)
        return parallel_network, {
            "shape": shape,
            "n_outputs": self._n_outputs,
            "circuit": self._draw(self.n_inputs, all_y),
            "n_circuits": self.n_circuits,
            "filters": check_filters(self.n_filters) if has_convolutions else (),
            "kernel_size": self.kernel_size,
            "classical": self._is_classical,
        }

    def classical_twin(self) -> "ParallelHybridTwin":
        """Unfitted classical counterpart: tanh units in place of each circuit, as many weights, the same settings."""
        return ParallelHybridTwin(**self.get_params(deep=False))


class ParallelHybridTwin(ParallelHybridClassifier):
    """The same network with small perceptrons in place of the circuits; see `ParallelHybridClassifier`."""

    _is_classical = True


def all_y(n_qubits: int) -> tuple[Observable, ...]:
    """Y of each qubit."""
    return tuple(Observable(z.labels[0].replace("Z", "Y")) for z in all_z(n_qubits))


class Parallel(nn.Module):
    """Inputs that are dealt out to several modules, and their outputs side by side."""

    def __init__(self, modules):
        super().__init__()
        self.parts = nn.ModuleList(modules)

    def forward(self, x: Tensor) -> Tensor:
        """Inputs (n_samples, n_modules * n_inputs)."""
        return torch.cat([part(z) for part, z in zip(self.parts, x.chunk(len(self.parts), -1), strict=True)], -1)


def parallel_network(generator, shape, n_outputs, circuit, n_circuits, filters, kernel_size, classical) -> nn.Module:
    """Convolutions, a dense layer, circuits side by side, a dense layer."""
    layers, shape = convolutions(shape, filters, kernel_size, generator)
    circuits = [QuantumLayer(**circuit, generator=generator) for _ in range(n_circuits)]
    n_inputs, n_values = (n_circuits * n for n in (circuits[0].program.n_features, circuits[0].program.n_observables))
    middle = Parallel(perceptron(c, generator) for c in circuits) if classical else Parallel(circuits)
    before = linear(prod(shape), n_inputs, generator), nn.BatchNorm1d(n_inputs), nn.ReLU()
    behind = linear(n_values, n_outputs, generator)
    return nn.Sequential(*layers, nn.Flatten(), *before, middle, behind)
