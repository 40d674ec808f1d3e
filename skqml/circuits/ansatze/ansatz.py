"""Trainable circuits as objects with parameters."""

from inspect import signature
from typing import Any

from qiskit import QuantumCircuit

from ..._checks import check_callable, check_count
from ..._parts import with_nested
from ...files.stand_ins import PlainState
from ..weights import fresh_weights


class Ansatz(PlainState):
    """A function that draws a trainable circuit, with its options as parameters, or a circuit of the user's own.

    Options can then be set and searched: ``ansatz__n_layers`` in a `GridSearchCV`. Several circuits are searched over
    as ``[Ansatz(first), Ansatz(second)]``; NumPy, which a search asks, cannot hold the bare ones.

    Parameters
    ----------
    draw : callable ``(qc, weight, **options)`` or QuantumCircuit
        Changes ``qc`` in place and takes a fresh parameter from each call ``weight()``. Of a circuit all parameters
        become weights, in their order.
    **options
        Of the function.

    Examples
    --------
    >>> from skqml import Ansatz
    >>> from skqml.circuits.ansatze import hardware_efficient
    >>> ansatz = Ansatz(hardware_efficient, n_layers=3)
    >>> ansatz.set_params(n_layers=2)
    Ansatz(hardware_efficient, n_layers=2)
    >>> ansatz.get_params()["entanglement"]
    'ring'
    >>> ansatz.build(3).num_parameters
    18
    """

    def __init__(self, draw, **options):
        self.draw = draw
        self.__dict__.update(options)

    def get_params(self, deep=True) -> dict[str, Any]:
        """The function, and its options with their values; nested ones (``ansatz__n_layers``) if deep."""
        params = {"draw": self.draw} | self._defaults() | self._given()
        return with_nested(params) if deep else params

    def _given(self) -> dict:
        return {name: value for name, value in vars(self).items() if name != "draw" and not name.startswith("_")}

    def _defaults(self) -> dict:
        """What the function takes beside ``qc`` and ``weight``, if it can be left out."""
        if not callable(self.draw):
            return {}
        return {p.name: p.default for p in signature(self.draw).parameters.values() if p.default is not p.empty}

    def __call__(self, qc, weight) -> None:
        """Draw into a circuit."""
        if isinstance(self.draw, QuantumCircuit):
            return self._compose(qc, weight)
        draw = check_callable("draw", self.draw, "a function (qc, weight, ...) or a QuantumCircuit")
        return draw(qc, weight, **self._given())

    def build(self, n_qubits) -> QuantumCircuit:
        """The circuit on so many qubits, its weights the vector ``w``."""
        qc = QuantumCircuit(check_count("n_qubits", n_qubits))
        self(qc, fresh_weights()[1])
        return qc

    def _compose(self, qc, weight) -> None:
        circuit = self.draw
        if circuit.num_qubits != qc.num_qubits:
            raise ValueError(
                f"Expected an ansatz on {qc.num_qubits} qubits, as the encoding or the Hamiltonian has, got a circuit "
                f"on {circuit.num_qubits}; give one of as many, or change them."
            )
        circuit = circuit.remove_final_measurements(inplace=False)
        qc.compose(circuit.assign_parameters({p: weight() for p in circuit.parameters}), inplace=True)

    def __repr__(self) -> str:
        draw = self.draw
        if isinstance(draw, QuantumCircuit):
            return f"Ansatz(<{draw.name}: {draw.num_qubits} qubits, {draw.size()} gates>)"
        options = "".join(f", {name}={value!r}" for name, value in self._given().items())
        return f"Ansatz({getattr(draw, '__name__', repr(draw))}{options})"


def as_ansatz(ansatz) -> Any:
    """The function that draws an ansatz: a circuit becomes an `Ansatz`."""
    return Ansatz(ansatz) if isinstance(ansatz, QuantumCircuit) else ansatz
