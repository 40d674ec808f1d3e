"""Gates on two qubits that can be cut, and the tensors that they leave."""

from collections.abc import Callable
from math import pi

import numpy as np
from qiskit.circuit import Instruction, QuantumCircuit

from ..engine.reading.angles import Tape
from ..engine.reading.expressions import Atoms
from ..engine.reading.lower import split_parameters
from ..engine.reading.unitary_part import standard_name

# Each is exp(-i t ZZ / 2) with RZ(turn) on both qubits; CX has a Hadamard on both sides of its target, too.
_TURNS = {"cx": pi / 2, "cz": pi / 2, "rzz": 0.0}

# From cotangents of a tensor to (dX, dw), of the columns and weights that it depends on.
TensorPullback = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def is_cuttable(operation: Instruction) -> bool:
    """Whether a gate is one of those that can be cut: CX, CZ or RZZ."""
    return standard_name(operation) in _TURNS and getattr(operation, "ctrl_state", 1) == 1


def turn_of(operation: Instruction) -> float:
    """The angle of the fixed RZ on both sides of a cut gate."""
    return _TURNS[operation.name]


class GateFactor:
    r"""A gate that is cut, as a tensor between its two halves.

    ``U rho U^\dagger = cos^2(t/2) rho + sin^2(t/2) ZZ rho ZZ + sin(t) (B C + C B)``, where a side has
    ``B = (Z rho + rho Z) / 2`` or ``C = (Z rho - rho Z) / 2i``.

    Parameters
    ----------
    circuit : QuantumCircuit
        The whole one.
    operation : Instruction
    axes : (int, int)
        Of both halves.

    References
    ----------
    K. Mitarai and K. Fujii, Constructing a virtual two-qubit gate by sampling single-qubit operations,
    New J. Phys. 23, 023021 (2021).
    """

    n_numbers = 16  # that a sample takes

    def __init__(self, circuit: QuantumCircuit, operation: Instruction, axes: tuple[int, int]):
        data, weights = split_parameters(circuit)
        atoms = Atoms(data, weights)
        self._tape = Tape(atoms, [atoms.read(operation.params[0] if operation.params else -pi / 2)])
        self.columns, self.weights = [*range(len(data))], [*range(len(weights))]
        self.axes = [0, *(2 + axis for axis in axes)]

    def forward(self, X: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, TensorPullback]:
        """Tensor (n_samples, 4, 4), and a function from its cotangents to (dX, dw)."""
        inputs = self._tape.inputs_from(X, w)
        t = self._tape.values(inputs)[:, 0]
        tensor = np.zeros((len(t), 4, 4))
        tensor[:, 0, 0], tensor[:, 1, 1] = np.cos(t / 2) ** 2, np.sin(t / 2) ** 2
        tensor[:, 2, 3] = tensor[:, 3, 2] = np.sin(t)

        def of_tensor(g) -> tuple[np.ndarray, np.ndarray]:
            of_angle = np.sin(t) / 2 * (g[:, 1, 1] - g[:, 0, 0]) + np.cos(t) * (g[:, 2, 3] + g[:, 3, 2])
            return self._tape.inputs_to(self._tape.pullback(inputs, of_angle[:, None]))

        return tensor, of_tensor
