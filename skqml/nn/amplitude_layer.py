"""A layer whose inputs are amplitudes."""

from collections.abc import Callable
from typing import Any

import torch
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from .._checks import check_callable, check_count
from ..backends.base import Backend
from ..circuits import AmplitudeEncoding
from ..circuits.ansatze import Ansatz, as_ansatz, basic_entangler
from ..circuits.weights import fresh_weights
from .quantum_layer import QuantumLayer

_MOST = 2**12  # inputs, each a parameter of the circuit


class AmplitudeLayer(QuantumLayer):
    """Inputs as the amplitudes of qubits, a trained circuit behind them, and expectation values.

    ``y_j(x) = <x| V(w)^H O_j V(w) |x>`` with ``|x> = sum_k x_k |k> / |x|`` for inputs x (..., n_features): 16 inputs
    are 4 qubits. Derivatives by the inputs are exact too; inputs that are all 0 are refused.

    Parameters
    ----------
    n_features : int
    ansatz : callable (qc, weight) or QuantumCircuit, default=None
        ``None`` means ``Ansatz(basic_entangler, n_layers=2)``.
    observables, backend, weights, generator
        As in `QuantumLayer`.

    Examples
    --------
    >>> import torch
    >>> from skqml.nn import AmplitudeLayer
    >>> AmplitudeLayer(16)(torch.ones(10, 16)).shape
    torch.Size([10, 4])
    """

    def __init__(
        self,
        n_features: int,
        ansatz: Callable | QuantumCircuit | None = None,
        observables: Any = None,
        backend: Backend | None = None,
        weights: Any = None,
        generator: torch.Generator | None = None,
    ):
        encoding, x = AmplitudeEncoding(), ParameterVector("x", check_count("n_features", n_features, most=_MOST))
        circuit, weight = QuantumCircuit(encoding.width(len(x))), fresh_weights()[1]
        encoding.draw(circuit, x, weight)
        drawing = as_ansatz(Ansatz(basic_entangler, n_layers=2) if ansatz is None else ansatz)
        check_callable("ansatz", drawing, "None, a function (qc, weight) or a QuantumCircuit")(circuit, weight)
        super().__init__(circuit, None, observables, backend, weights, generator)
