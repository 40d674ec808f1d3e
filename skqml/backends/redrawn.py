"""Circuits that travel as what draws them."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar, Self

from qiskit import QuantumCircuit
from sklearn.base import clone

from ..circuits import Encoding
from ..engine.reading.lower import split_parameters
from ..files.digests import digest_of_circuit
from ..files.stand_ins import as_parts
from ..states import CheckedState, count, instance, text


class Drawing(CheckedState):
    """A circuit that is drawn again where it is used: no state holds a circuit, save those that users pass.

    A state has a mark of the circuit; what draws another one by then is refused, before anything is predicted with it.

    Parameters
    ----------
    draw : callable (*given) -> QuantumCircuit
        Of a module.
    *given
        Encodings, ansaetze, numbers, which are cloned.

    Attributes
    ----------
    n_qubits, n_features, n_weights : int
        Known without the circuit.
    """

    _contents: ClassVar[dict] = {
        "draw": instance(Callable),
        "given": instance(tuple),
        "n_qubits": count(least=1),
        "n_features": count(),
        "n_weights": count("n_weights"),
        "mark": text("[0-9a-f]{64}"),
    }
    mark: str | None = None

    def __init__(self, draw: Callable[..., QuantumCircuit], *given: Any) -> None:
        self.draw, self.given = draw, tuple(clone(one, safe=False) for one in given)
        self.n_qubits, self.n_features, self.n_weights = sizes_of(self.circuit)

    @cached_property
    def circuit(self) -> QuantumCircuit:
        """What is drawn; others are not to change it."""
        circuit = self.draw(*self.given)
        if self.mark is not None:
            same_sizes = sizes_of(circuit) == (self.n_qubits, self.n_features, self.n_weights)
            refuse_others(self.mark, mark_of(circuit) if same_sizes else None)
        return circuit

    def __getstate__(self) -> dict[str, Any]:
        if self.mark is None:
            self.mark = mark_of(self.circuit)
        kept = {name: getattr(self, name) for name in self._contents}
        return kept | {"given": as_parts(self.given)}

    def __sklearn_clone__(self) -> Self:
        return self


def as_given(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit of a user."""
    return circuit


def draw_encoding(encoding: Encoding, n_features: int) -> QuantumCircuit:
    """The circuit of an encoding."""
    return encoding.build(n_features)


def sizes_of(circuit: QuantumCircuit) -> tuple[int, int, int]:
    """Numbers of qubits, features and weights."""
    data, weights = split_parameters(circuit)
    return circuit.num_qubits, len(data), len(weights)


def mark_of(circuit: QuantumCircuit) -> str:
    """Digest of what a circuit does with data and weights."""
    data, weights = split_parameters(circuit)
    return digest_of_circuit(circuit, [*data, *weights])


def refuse_others(mark: str, found: str | None) -> None:
    """Refuse a circuit with another mark than that of the circuit that was trained."""
    if mark != found:
        raise ValueError(
            "Expected the circuit that the model was fitted with, but it is drawn differently here, by another version "
            "of skqml or code of yours that changed; fit the model again, or use it with the version that saved it."
        )
