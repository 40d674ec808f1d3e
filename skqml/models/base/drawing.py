"""How models show themselves and what they measure: drawings, observables, operators in notebooks, a tag for shots."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from qiskit import QuantumCircuit
from qiskit.quantum_info.operators.base_operator import BaseOperator
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from ..._checks import check_option
from ...backends import Backend
from ...circuits import all_z, all_zz
from ...engine.reading.paulis import as_observables, is_observable
from ...files.stand_ins import PlainState

OUTPUTS = ("text", "mpl", "latex", "latex_source")
_MOST_QUBITS, _MOST_GATES = 32, 500  # of a drawing in a notebook


class DrawnCircuit(PlainState):
    """Shows the circuit of a model, ``circuit_`` once it is fitted: by `draw`, and in diagrams of notebooks."""

    def _shown_circuit(self) -> QuantumCircuit:
        """The circuit; ValueError where there is none, or none yet."""
        check_is_fitted(self)
        return self.circuit_

    def draw(self, output="text", **options) -> Any:
        """Return a drawing of the circuit.

        Parameters
        ----------
        output : str, default="text"
            As in `QuantumCircuit.draw`: ``"text"``, ``"mpl"``, ``"latex"``.
        **options
            Passed on to it.
        """
        circuit = self._shown_circuit()
        check_option("output", output, OUTPUTS)
        return circuit.draw(output, **options)

    def _get_fitted_attr_html(self, doc_link=""):
        """The fitted attributes in a diagram, and the circuit below them, also inside pipelines and searches."""
        table = super()._get_fitted_attr_html(doc_link)
        try:
            circuit = self._shown_circuit()
        except (AttributeError, TypeError, ValueError):  # inside a fitted diagram a part may be wrong or not fitted
            return table
        written = table._repr_html_inner
        table._repr_html_inner = lambda: written() + _as_html(circuit)
        return table


class KeptCircuit(ABC):
    """Has the circuit of a fitted model, which stands in no state, as ``circuit_``; beside `DrawnCircuit`."""

    @abstractmethod
    def _kept_circuit(self) -> QuantumCircuit:
        """The circuit, drawn once and kept."""

    @property
    def circuit_(self) -> QuantumCircuit:
        """A copy of the circuit."""
        check_is_fitted(self)
        return self._kept_circuit().copy()


def _as_html(circuit: QuantumCircuit) -> str:
    """A drawing that unfolds, or the size of a circuit too large for one."""
    size = f"Circuit of {circuit.num_qubits} qubits and {circuit.size()} gates"
    if circuit.num_qubits > _MOST_QUBITS or circuit.size() > _MOST_GATES:
        return f"<p>{size}, which draw() shows.</p>"
    text = escape(str(circuit.draw("text", fold=-1)))
    style = "overflow-x: auto; white-space: pre; line-height: 1.15; font-family: monospace"
    return f'<details><summary>{size}</summary><pre style="{style}">{text}</pre></details>'


class MayHaveShots(BaseEstimator):
    """Tells scikit-learn by a tag whether results differ from call to call; by default those of the ``backend``."""

    @property
    def _has_shots(self) -> bool:
        backend = getattr(self, "backend", None)
        return isinstance(backend, Backend) and backend.random

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = self._has_shots
        return tags


class ShownOperators(PlainState):
    """Shows operators among the parameters by their text.

    In a notebook scikit-learn compares parameters with their defaults as arrays, and an operator makes itself a dense
    matrix of ``4**n_qubits`` entries then.
    """

    def _get_params_html(self, deep=True, doc_link=""):
        stand_in = copy.copy(self)
        for name, value in self.get_params(deep=False).items():
            setattr(stand_in, name, _by_text(value))
        return super(ShownOperators, stand_in)._get_params_html(deep, doc_link)


class _Text(str):
    __slots__ = ()
    __repr__ = str.__str__


def _by_text(value):
    if isinstance(value, BaseOperator):
        return _Text(repr(value))
    if type(value) in (list, tuple):
        return type(value)(map(_by_text, value))
    return value


def resolve_observables(observables: Sequence | Callable | None, n_qubits: int) -> tuple:
    """The observables of a model on so many qubits.

    Parameters
    ----------
    observables : Observable or SparsePauliOp, sequence of those, callable n_qubits -> such, or None
        ``None`` means Z of each qubit and Z Z of each pair.
    n_qubits : int
    """
    if observables is None:
        return all_z(n_qubits) + (all_zz(n_qubits) if n_qubits > 1 else ())
    if callable(observables) and not is_observable(observables):  # Qiskit's can be called, with qubits
        observables = observables(n_qubits)
    found = as_observables(observables)
    if not found:
        raise ValueError("observables must hold at least one observable, got none.")
    return found
