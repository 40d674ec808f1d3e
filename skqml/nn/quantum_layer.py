"""A circuit as a layer of a network."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from qiskit import QuantumCircuit
from torch import Tensor, nn

from .._checks import check_count, check_numbers, shown
from ..backends.base import Backend
from ..backends.exact.backend import Exact
from ..backends.kept import KeptProgram
from ..backends.redrawn import Drawing, as_given, draw_encoding
from ..circuits import Encoding, all_z
from ..engine.reading.paulis import is_observable
from .expectations import expectations

_SMALL = 0.1  # radians: angles for which gradients do not vanish


class QuantumLayer(nn.Module):
    """Expectation values of a circuit's observables, as a layer with trained angles.

    ``y_j(x) = <0| U(x, w)^H O_j U(x, w) |0>`` for inputs x (..., n_features) of any leading shape; all rows of a batch
    are one call of a compiled program, and derivatives by x and w are exact.

    Parameters
    ----------
    circuit : QuantumCircuit or Encoding
        The elements of the parameter vector ``x`` are inputs, all other parameters are weights.
    n_features : int, default=None
        Number of inputs; needed with an encoding, a circuit knows it.
    observables : Observable, sequence of Observable, or callable (n_qubits) that gives either, default=None
        ``None`` means Z of each qubit.
    backend : Backend, default=None
        Where circuits run; ``None`` means exact simulation.
    weights : array-like (n_weights,) or callable (tensor), default=None
        Where training starts: values, or a function that fills a tensor in place, such as
        ``torch.nn.init.uniform_``. ``None`` means normal ones of deviation 0.1.
    generator : torch.Generator, default=None
        Source of these normal ones; ``None`` means PyTorch's global one.

    Attributes
    ----------
    weights : Parameter (n_weights,)
        In the order of the circuit's parameters.
    program : Program
    rng : numpy.random.Generator or None
        Source of shots; with None it is the backend's.

    Examples
    --------
    >>> import torch
    >>> from skqml import ReuploadingEncoding
    >>> from skqml.nn import QuantumLayer
    >>> layer = QuantumLayer(ReuploadingEncoding(n_qubits=3, trainable=True), n_features=5)
    >>> network = torch.nn.Sequential(torch.nn.Linear(8, 5), layer, torch.nn.Linear(3, 2))
    >>> network(torch.zeros(10, 8)).shape
    torch.Size([10, 2])
    """

    def __init__(
        self,
        circuit: QuantumCircuit | Encoding | Drawing,
        n_features: int | None = None,
        observables: Any = None,
        backend: Backend | None = None,
        weights: Sequence | Callable | np.ndarray | Tensor | None = None,
        generator: torch.Generator | None = None,
    ):
        super().__init__()
        if backend is not None and not isinstance(backend, Backend):
            raise TypeError(f"backend must be None or a Backend, such as Exact(), got {shown(backend)}.")
        n_features = n_features if n_features is None else check_count("n_features", n_features)
        drawing = _drawing(circuit, n_features)
        self.program = KeptProgram(backend or Exact(), drawing, _measured(observables, drawing.n_qubits))
        if not self.program.n_features:
            raise ValueError(
                "circuit must take data, the elements of a parameter vector x, but all its parameters are weights; "
                "name the vector of the inputs x, or wrap the circuit, CircuitEncoding(circuit, data=...)."
            )
        if n_features not in (None, self.program.n_features):
            raise ValueError(f"n_features must be {self.program.n_features}, as the circuit has, got {n_features}.")
        self.rng: np.random.Generator | None = None
        self.weights = nn.Parameter(torch.empty(self.program.n_weights))
        self._start(weights, generator)

    @torch.no_grad()
    def _start(self, weights, generator) -> None:
        if weights is None:
            self.reset_parameters(generator)
        elif callable(weights) and not isinstance(weights, Tensor):
            weights(self.weights)
        else:
            values = check_numbers("weights", weights)
            if values.shape != self.weights.shape:
                raise ValueError(f"weights must be {len(self.weights)} numbers, one an angle, got {len(values)}.")
            self.weights.copy_(torch.from_numpy(values))

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw the weights anew, normal ones of deviation 0.1."""
        nn.init.normal_(self.weights, std=_SMALL, generator=generator)

    @torch.compiler.disable  # compiled networks call it as it is
    def forward(self, x: Tensor) -> Tensor:
        """Expectation values (..., n_observables) for inputs (..., n_features) of float32 or float64."""
        n_features = self.program.n_features
        check_inputs(x)
        if x.ndim == 0 or x.shape[-1] != n_features:
            raise ValueError(f"x must be of shape (..., {n_features}), as the circuit has inputs, got {(*x.shape,)}.")
        if x.ndim == 2:
            return expectations(self.program, x, self.weights, self.rng)
        values = expectations(self.program, x.reshape(-1, n_features), self.weights, self.rng)
        return values.reshape(*x.shape[:-1], self.program.n_observables)

    def extra_repr(self) -> str:
        """What a print of the network says of the layer."""
        program = self.program
        return (
            f"n_features={program.n_features}, n_weights={program.n_weights}, n_observables={program.n_observables}, "
            f"n_qubits={program.n_qubits}"
        )


def check_inputs(x: Tensor) -> None:
    """Refuse what is no tensor of float32 or float64."""
    if not isinstance(x, Tensor) or x.dtype not in (torch.float32, torch.float64):
        got = x.dtype if isinstance(x, Tensor) else shown(x)
        raise TypeError(f"x must be a tensor of torch.float32 or torch.float64, got {got}.")


def _drawing(circuit, n_features) -> Drawing:
    if isinstance(circuit, Drawing):
        return circuit
    if isinstance(circuit, QuantumCircuit):
        return Drawing(as_given, circuit)
    if not isinstance(circuit, Encoding):
        raise TypeError(f"circuit must be a QuantumCircuit or an Encoding, got {shown(circuit)}.")
    return Drawing(draw_encoding, circuit, check_count("n_features", n_features, also="with an encoding, "))


def _measured(observables, n_qubits: int) -> Any:
    if observables is None:
        return all_z(n_qubits)
    is_function = callable(observables) and not is_observable(observables)  # Qiskit's can be called, with qubits
    return observables(n_qubits) if is_function else observables
