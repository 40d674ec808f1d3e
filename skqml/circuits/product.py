"""Circuits without entanglers: what is left of a model that needs no entanglement."""

from operator import attrgetter
from typing import Any

import numpy as np
from qiskit.circuit import Barrier, ParameterExpression, QuantumCircuit

from .._amplitudes import AmplitudePreparation, n_qubits_for
from .._checks import check_callable, check_kind
from ..files.stand_ins import PlainState
from .ansatze import as_ansatz
from .encoding import Encoding

_DEEPEST = 50  # definitions inside definitions
_MOST_AMPLITUDES = 64  # whose formulas take a quarter of a second to build
_MOVES = {"swap"}  # gates on several qubits that make no entanglement


def without_entanglers(circuit) -> QuantumCircuit:
    """Return a circuit without the gates that entangle its qubits.

    Gates on several qubits are opened until they consist of one-qubit gates and CX; the CX are left out. So
    ``exp(-i t P Q / 2)`` leaves a rotation of its last qubit by t or -t, and a controlled rotation leaves nothing.
    Amplitudes leave one rotation a qubit, which gives its outcomes the probabilities that they have in the whole state.

    Parameters
    ----------
    circuit : QuantumCircuit

    Returns
    -------
    QuantumCircuit
        On the same qubits, of gates on one of them, and SWAP.

    References
    ----------
    J. Bowles, S. Ahmed and M. Schuld, Better than classical? The subtle art of benchmarking quantum machine learning
    models, arXiv:2403.07059 (2024).

    Examples
    --------
    >>> from skqml import ZZEncoding
    >>> from skqml.circuits import without_entanglers
    >>> dict(without_entanglers(ZZEncoding(reps=1).build(3)).count_ops())
    {'p': 6, 'h': 3}
    """
    check_kind("circuit", circuit, QuantumCircuit, "a QuantumCircuit")
    product = circuit.copy_empty_like()
    product.global_phase = 0
    _add(product, circuit, list(product.qubits), 0)
    return product


def _add(product, circuit, qubits, depth) -> None:
    """Add the gates of a circuit on some qubits of the product, those on several of them opened."""
    if depth > _DEEPEST:
        raise ValueError(f"circuit must hold gates that are made of one-qubit gates and CX, got {circuit.name}.")
    places = dict(zip(circuit.qubits, qubits, strict=True))
    for instruction in circuit.data:
        operation, own = instruction.operation, [places[q] for q in instruction.qubits]
        if operation.num_qubits == 1 or operation.name in _MOVES:
            product.append(operation, own, instruction.clbits)
        elif isinstance(operation, AmplitudePreparation):
            for qubit, angle in zip(own, _marginal_angles(operation.params), strict=True):
                product.ry(angle, qubit)
        elif getattr(operation, "definition", None) is not None and not isinstance(operation, Barrier):
            _add(product, operation.definition, own, depth + 1)
        elif any(isinstance(p, ParameterExpression) and p.parameters for p in operation.params):
            raise ValueError(f"circuit must hold data and weights in gates with a definition, got {operation.name}.")


def _marginal_angles(amplitudes) -> list:
    """Angles of rotations RY of 0 that give each qubit, measured alone, the probabilities of a state."""
    if len(amplitudes) > _MOST_AMPLITUDES:
        raise ValueError(
            f"circuit must prepare at most {_MOST_AMPLITUDES} amplitudes to be drawn without entanglers, got "
            f"{len(amplitudes)}: each angle is a formula of them all."
        )
    squares = [a * a for a in amplitudes]
    total, angles = sum(squares), []
    for bit in range(n_qubits_for(len(squares))):
        ones = sum(square for k, square in enumerate(squares) if k >> bit & 1)
        z = 1 - 2 * ones / total
        angles.append(z.arccos() if isinstance(z, ParameterExpression) else float(np.arccos(z)))
    return angles


class ProductEncoding(Encoding):
    """Another encoding without its entanglers, which leaves qubits in product states.

    Parameters
    ----------
    encoding : Encoding

    Examples
    --------
    >>> from skqml.circuits import IQPEncoding, ProductEncoding
    >>> dict(ProductEncoding(IQPEncoding()).build(3).count_ops())
    {'rz': 6, 'h': 3}
    """

    def __init__(self, encoding):
        self.encoding = encoding

    limit: Any = property(attrgetter("_inner.limit"), doc="That of the encoding inside.")
    divisible: Any = property(attrgetter("_inner.divisible"), doc="Whether the encoding inside is.")

    @property
    def _inner(self) -> Encoding:
        return check_kind("encoding", self.encoding, Encoding, "an Encoding, such as ZZEncoding()")

    def width(self, n_features) -> int:
        return self._inner.width(n_features)

    def draw(self, qc, x, weight) -> None:
        whole = QuantumCircuit(qc.num_qubits)
        self._inner.draw(whole, x, weight)
        qc.compose(without_entanglers(whole), inplace=True)


class ProductAnsatz(PlainState):
    """Another ansatz without its entanglers.

    Parameters
    ----------
    ansatz : callable (qc, weight) or QuantumCircuit

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from skqml.circuits import ProductAnsatz
    >>> from skqml.circuits.ansatze import hardware_efficient
    >>> from skqml.circuits.weights import fresh_weights
    >>> qc = QuantumCircuit(2)
    >>> ProductAnsatz(hardware_efficient)(qc, fresh_weights()[1])
    >>> dict(qc.count_ops())
    {'rz': 4, 'ry': 4, 'h': 2}
    """

    def __init__(self, ansatz):
        self.ansatz = ansatz

    def __call__(self, qc, weight) -> None:
        """Draw into a circuit."""
        whole = QuantumCircuit(qc.num_qubits)
        check_callable("ansatz", as_ansatz(self.ansatz), "a function (qc, weight) or a QuantumCircuit")(whole, weight)
        qc.compose(without_entanglers(whole), inplace=True)
