"""Displays of estimators whose parameters are operators."""

import copy

from qiskit.quantum_info.operators.base_operator import BaseOperator


class ShownOperators:
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
