"""The cell of physicists: qubits that remember, and qubits that are reset to take each input."""

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit
from qiskit.quantum_info import Operator

from ...._checks import MOST, check_count
from ....backends.base import Backend
from ....circuits import one_qubit_paulis, without_entanglers
from ...base.drawing import resolve_observables
from .base import Cell, Step
from .compiled.density_loop import Memory
from .layered import draw_layer


class MemoryCell(Cell):
    r"""Quantum reservoir whose state is the density matrix of memory qubits.

    At each step the input qubits are reset and encoded, a random unitary acts on all qubits, and the inputs are traced
    out: ``rho <- Tr_in[U (|phi(x)><phi(x)| (x) rho) U^dagger]``, phi(x) being H, RY(arctan x_i), RZ(arctan x_i^2).
    Features are expectation values on all qubits before that. Exact: the cost of a step grows with 8^n_memory.

    With temporal multiplexing U is a product of ``n_nodes`` pieces, and features are measured behind each. Channels
    beyond the input qubits follow in further blocks, each with a reset and a unitary; the last block is measured.

    Parameters
    ----------
    n_memory : int, default=4
        Number of qubits that remember.
    n_inputs : int, default=1
        Number of qubits that are reset; fewer channels are repeated on them.
    n_layers : int, default=2
        Layers of each piece of U: rings of CX from i to i + 1 and to i + 2, and RZ, RY, RZ of random angles.
    n_nodes : int, default=1
        Number of pieces ("virtual nodes").
    observables : Observable or SparsePauliOp, sequence of those, or callable, default=None
        As in `QRNNCell`; ``None`` means Z of each qubit, Z Z of each pair and X of each qubit.

    References
    ----------
    K. Fujii and K. Nakajima, Harnessing disordered-ensemble quantum dynamics for machine learning,
    Phys. Rev. Applied 8, 024030 (2017).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import Exact
    >>> from skqml.models.recurrent import MemoryCell
    >>> cell = MemoryCell(n_memory=2, n_nodes=3)
    >>> step = cell.compile(1, Exact())
    >>> state, out = step(cell.init_state(1), np.ones((1, 1)), np.zeros((1, step.n_weights)))
    >>> state.shape, out.shape  # 3 Z, 3 ZZ, 3 X at each node
    ((1, 32), (1, 27))
    """

    def __init__(self, n_memory=4, n_inputs=1, n_layers=2, n_nodes=1, *, observables=None):
        self.n_memory = n_memory
        self.n_inputs = n_inputs
        self.n_layers = n_layers
        self.n_nodes = n_nodes
        self.observables = observables

    def init_state(self, n_rows) -> np.ndarray:
        """Return ``|0...0><0...0|`` of each row (n_rows, 2 4^n_memory), real parts first."""
        state = np.zeros((n_rows, 2 * 4 ** check_count("n_memory", self.n_memory, 1, 7)))
        state[:, 0] = 1.0
        return state

    def compile(self, n_channels, backend) -> Step:
        """Return the step for inputs of so many channels; see `Cell.compile`."""
        for name, high in (("n_memory", 7), ("n_inputs", 4), ("n_layers", MOST), ("n_nodes", MOST)):
            check_count(name, getattr(self, name), 1, high)
        check_count("n_channels", n_channels)
        if not (isinstance(backend, Backend) and backend.statevector):
            raise ValueError(
                f"MemoryCell follows a density matrix: it needs backend=Exact(), got {backend!r}; QRNNCell takes any."
            )
        return MemoryStep(self, n_channels, backend)

    def without_entanglers(self) -> "ProductMemoryCell":
        """Return this cell with unitaries that entangle no qubits: what remembers then never sees an input."""
        return ProductMemoryCell(**self.get_params(deep=False))

    def circuit(self, n_channels=1) -> QuantumCircuit:
        """Return the circuit of one piece of U, without the encoding; the input qubits are the last ones."""
        qc = QuantumCircuit(self.n_memory + self.n_inputs)
        weights = iter(ParameterVector("w", 3 * qc.num_qubits * self.n_layers))
        for _ in range(self.n_layers):
            draw_layer(qc, lambda: next(weights))
        return qc


class ProductMemoryCell(MemoryCell):
    """A `MemoryCell` without entanglers."""

    def circuit(self, n_channels=1) -> QuantumCircuit:
        """Return the circuit of one piece of U; see `MemoryCell.circuit`."""
        return without_entanglers(super().circuit(n_channels))


class MemoryStep(Step):
    """Step of a `MemoryCell`.

    Parameters
    ----------
    cell : MemoryCell
    n_channels : int
    backend : Exact
    """

    def __init__(self, cell, n_channels, backend):
        n_qubits = cell.n_memory + cell.n_inputs
        observables = _observables(cell.observables, n_qubits)
        self.cell = cell
        self.n_blocks = -(-n_channels // cell.n_inputs)
        self._channels = np.arange(self.n_blocks * cell.n_inputs) % n_channels
        self._piece = cell.circuit()
        self.n_weights = self.n_blocks * cell.n_nodes * self._piece.num_parameters
        self.n_outputs = cell.n_nodes * len(observables)
        self._memory = Memory(observables, cell.n_inputs, cell.n_memory, backend.threads)

    def __call__(self, state, x, w, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Return the next state and what is measured; see `Step.__call__`."""
        rows = [self.run(x[k : k + 1, None], w[k : k + 1], state[k : k + 1, None]) for k in range(len(x))]
        return np.concatenate([s[:, 0] for s, _ in rows]), np.concatenate([out[:, 0, 0] for _, out in rows])

    def run(self, X, W, state, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Run every sequence through every reservoir; see `Step.run`."""
        return self._memory(np.stack([self._unitaries(w) for w in W]), X[:, :, self._channels], state)

    def _unitaries(self, w) -> np.ndarray:
        """Unitaries (n_blocks, n_nodes, 2^n, 2^n) from the beginning of a block up to each node."""
        w = w.reshape(self.n_blocks, self.cell.n_nodes, -1)
        out = np.empty((*w.shape[:2], *(2 * (1 << self._piece.num_qubits,))), dtype=complex)
        for block, pieces in enumerate(w):
            U = np.eye(out.shape[2])
            for node, angles in enumerate(pieces):
                U = out[block, node] = Operator(self._piece.assign_parameters(angles)).data @ U
        return out


def _observables(observables, n_qubits: int) -> tuple:
    found = resolve_observables(observables, n_qubits)
    return found if observables is not None else (*found, *one_qubit_paulis(n_qubits)[::3])
