"""What hybrid classifiers share whose module has one circuit in it."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import torch
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from sklearn.base import clone
from torch import nn

from ...backends.base import Backend
from ...backends.exact.backend import Exact
from ...backends.redrawn import Drawing
from ...circuits import AngleEncoding, Encoding, Observable, ProductAnsatz, ProductEncoding
from ...circuits.ansatze import Ansatz, as_ansatz, strongly_entangling
from ...nn import QuantumLayer
from ..base.circuits import draw_model
from ..base.drawing import KeptCircuit, ShownOperators, resolve_observables
from .base import HybridClassifier
from .seeded_modules import linear


class CircuitClassifier(KeptCircuit, ShownOperators, HybridClassifier):
    """Base class: encoding, ansatz and observables of one circuit, which the module may have several times."""

    _is_classical = False  # whether classical layers stand in place of the circuits
    _default_parts: ClassVar[dict] = HybridClassifier._default_parts | {
        "encoding": lambda self: AngleEncoding("x"),
        "ansatz": lambda self: Ansatz(strongly_entangling, n_layers=3),
        "backend": lambda self: Exact(),
    }
    _parameter_constraints: ClassVar[dict] = HybridClassifier._parameter_constraints | {
        "encoding": [Encoding, None],
        "ansatz": [callable, QuantumCircuit, None],
        "observables": [callable, Sequence, Observable, SparsePauliOp, None],
        "backend": [Backend, None],
    }

    def __init__(self, encoding, ansatz, observables, *, backend, **hybrid):
        super().__init__(**hybrid)
        self.encoding = encoding
        self.ansatz = ansatz
        self.observables = observables
        self.backend = backend

    def _draw(self, n_inputs: int, default) -> dict[str, Any]:
        """Options of `QuantumLayer` for a circuit of so many inputs, an option ``circuit`` of the network."""
        encoding, backend = self._part("encoding"), self._part("backend")
        backend.check_width(encoding.width(n_inputs))
        drawing = Drawing(draw_model, encoding, as_ansatz(self._part("ansatz")), n_inputs)
        observables = default if self.observables is None else self.observables
        self.observables_ = resolve_observables(observables, drawing.n_qubits)
        return {"circuit": drawing, "observables": self.observables_, "backend": clone(backend)}

    def _kept_circuit(self) -> QuantumCircuit:
        return self.network_.options["circuit"]["circuit"].circuit

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this model, its circuits without gates between qubits."""
        encoding, ansatz = ProductEncoding(self._part("encoding")), ProductAnsatz(self._part("ansatz"))
        return clone(self).set_params(encoding=encoding, ansatz=ansatz)


def perceptron(layer: QuantumLayer, generator: torch.Generator) -> nn.Module:
    """Two layers of tanh units with the inputs, the outputs and about the number of weights of a circuit."""
    program = layer.program
    n_inputs, n_outputs, n_weights = program.n_features, program.n_observables, program.n_weights

    def size(choice) -> int:
        n_units, first, second = choice
        return n_units * (n_inputs + first + n_outputs) + second * n_outputs

    most = n_weights // (n_inputs + n_outputs) + 2
    choices = [(k, first, second) for k in range(1, most) for first in (True, False) for second in (True, False)]
    n_units, first, second = min(choices, key=lambda choice: abs(size(choice) - n_weights))
    layers = linear(n_inputs, n_units, generator, first), nn.Tanh(), linear(n_units, n_outputs, generator, second)
    return nn.Sequential(*layers, nn.Tanh())
