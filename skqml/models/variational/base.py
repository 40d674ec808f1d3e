"""What variational classifier and regressor share: parameters, circuit, network, starts."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Self

from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from sklearn.base import clone

from ..._sklearn import StrOptions
from ...backends.kept import KeptProgram
from ...backends.redrawn import Drawing
from ...circuits import Encoding, Observable, ProductAnsatz, ProductEncoding, ReuploadingEncoding
from ...circuits.ansatze import Ansatz, as_ansatz, hardware_efficient
from ...training import Training
from ..base.circuits import draw_model, drawn_encoding
from ..base.drawing import ShownOperators, resolve_observables
from ..base.readout.circuit import ReadoutModel
from ..base.readout.network import ReadoutNetwork
from .initial import grow, initial_weights


class VariationalModel(ShownOperators, ReadoutModel):
    """Base class of variational models, beside `TrainedClassifier` or `TrainedRegressor`."""

    _default_parts: ClassVar[dict] = ReadoutModel._default_parts | {
        "encoding": lambda self: ReuploadingEncoding(),
        "ansatz": lambda self: Ansatz(hardware_efficient, n_layers=10),
    }
    _parameter_constraints: ClassVar[dict] = ReadoutModel._parameter_constraints | {
        "encoding": [Encoding, None],
        "ansatz": [callable, QuantumCircuit, None],
        "observables": [callable, Sequence, Observable, SparsePauliOp, None],
        "loss": [callable, None],
        "init": [StrOptions({"small", "identity", "layerwise"}), callable, "array-like", None],
        "trained_readout": [StrOptions({"affine", "bias"}), None],
    }

    def __init__(
        self,
        encoding,
        ansatz,
        observables,
        *,
        loss,
        init,
        trained_readout,
        **options,
    ):
        super().__init__(**options)
        self.encoding = encoding
        self.ansatz = ansatz
        self.observables = observables
        self.loss = loss
        self.init = init
        self.trained_readout = trained_readout

    @property
    def _encoding(self):
        return self._part("encoding")

    def _build(self, X, weight):
        encoding, backend, n_features = self._encoding, self._part("backend"), X.shape[1]
        backend.check_width(encoding.width(n_features))
        drawing = Drawing(draw_model, encoding, as_ansatz(self._part("ansatz")), n_features)
        self._standardize(X, weight, drawn_encoding(drawing.circuit))
        self.observables_ = resolve_observables(self.observables, drawing.n_qubits)
        program = KeptProgram(clone(backend), drawing, self.observables_)
        n_encoding = drawing.circuit.metadata["n_encoding"]
        self.network_ = ReadoutNetwork(program, self._n_outputs, self.trained_readout, n_encoding)
        self.n_parameters_ = self.network_.n_parameters

    def _start(self, rng):
        n_encoding, n_weights = self.network_.n_encoding, self.network_.program.n_weights
        return self.network_.start(initial_weights(self.init, n_encoding, n_weights - n_encoding, rng))

    def _grow(self, risk, v, rng, checkpoint):
        if not (isinstance(self.init, str) and self.init == "layerwise"):
            return Training(v)
        new_optimizer = partial(clone, self._part("optimizer"), safe=False)
        layer = 2 * self.network_.program.n_qubits
        return grow(risk, v, self.network_.program.n_weights, layer, new_optimizer, rng, checkpoint)

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this model, its circuits without entangling gates."""
        encoding, ansatz = ProductEncoding(self._encoding), ProductAnsatz(self._part("ansatz"))
        return clone(self).set_params(encoding=encoding, ansatz=ansatz)
