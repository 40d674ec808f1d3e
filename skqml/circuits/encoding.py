"""The base class of all encodings: how features enter a circuit."""

from abc import ABC, abstractmethod

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit

from .._checks import check_count
from ..files.stand_ins import PlainState
from .weights import fresh_weights


class Encoding(PlainState, ABC):
    """Draws features, and trainable weights if it has any, into a circuit.

    A subclass writes `draw`, and `width` if its number of qubits is not the number of features.

    Attributes
    ----------
    limit : float
        Largest absolute value of a feature that the circuit is defined for, infinite unless a subclass says otherwise.
        Estimators that standardise clip at it.

    Examples
    --------
    >>> from skqml.circuits.encoding import Encoding
    >>> class Phases(Encoding):
    ...     def draw(self, qc, x, weight):
    ...         for qubit, feature in enumerate(x):
    ...             qc.h(qubit)
    ...             qc.rz(weight() * feature, qubit)
    >>> [p.name for p in Phases().build(2).parameters]
    ['w[0]', 'w[1]', 'x[0]', 'x[1]']
    """

    limit = np.inf

    @abstractmethod
    def draw(self, qc, x, weight) -> None:
        """Draw the encoding into a circuit.

        Parameters
        ----------
        qc : QuantumCircuit
            Circuit of ``width(len(x))`` qubits in the state 0...0, changed in place.
        x : sequence of Parameter or ParameterExpression
            One a feature.
        weight : callable
            Each call ``weight()`` hands out a fresh trainable parameter.
        """

    def width(self, n_features) -> int:
        """Return the number of qubits for so many features.

        Parameters
        ----------
        n_features : int

        Returns
        -------
        int
            ``n_features`` unless a subclass says otherwise.
        """
        return n_features

    @property
    def divisible(self) -> bool:
        """Whether kernels may deal out many features to several runs of the circuit; False unless overridden."""
        return False

    def build(self, n_features) -> QuantumCircuit:
        """Return the circuit of so many features.

        Parameters
        ----------
        n_features : int

        Returns
        -------
        QuantumCircuit
            Its data are the vector ``x`` (feature k is the element of index k), its weights the
            vector ``w``, both possibly with elements that no gate uses.

        Raises
        ------
        ValueError
            If there is no feature, or if a parameter of the encoding is not valid.
        """
        n_features = check_count("n_features", n_features)
        qc = QuantumCircuit(self.width(n_features))
        self.draw(qc, ParameterVector("x", n_features), fresh_weights()[1])
        return qc
