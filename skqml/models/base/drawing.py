"""How models show themselves and what they measure: drawings of circuits, observables, and operators in notebooks."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

from qiskit.quantum_info.operators.base_operator import BaseOperator
from sklearn.utils.validation import check_is_fitted

from ..._checks import check_option
from ...circuits import all_z, all_zz
from ...engine.reading.paulis import as_observables, is_observable
from ...files.parts import PlainState

OUTPUTS = ("text", "mpl", "latex", "latex_source")


class DrawnCircuit(PlainState):
    """The method `draw` of models whose circuit is ``circuit_`` once they are fitted."""

    def draw(self, output="text", **options) -> Any:
        """Return a drawing of the circuit.

        Parameters
        ----------
        output : str, default="text"
            As in `QuantumCircuit.draw`: ``"text"``, ``"mpl"``, ``"latex"``.
        **options
            Passed on to it.
        """
        check_is_fitted(self)
        check_option("output", output, OUTPUTS)
        return self.circuit_.draw(output, **options)


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
