"""Circuits of the user's own as encodings."""

from collections.abc import Sequence

from qiskit.circuit import Parameter, ParameterVector, QuantumCircuit

from .._checks import check_count, check_kind
from .encoding import Encoding


class CircuitEncoding(Encoding):
    """A circuit of the user's own, transpiled or not.

    Parameters
    ----------
    circuit : QuantumCircuit
        Its data parameters are the features, all its other parameters are weights.
    data : str or sequence of Parameter, default="x"
        Name of the parameter vector that holds the features (feature k is the element of index k),
        or single parameters in the order of the features.

    Notes
    -----
    The number of features is the length of the vector, even if the circuit uses only some of its
    elements.

    Examples
    --------
    >>> from qiskit.circuit.library import zz_feature_map
    >>> from skqml.circuits import CircuitEncoding
    >>> encoding = CircuitEncoding(zz_feature_map(2))
    >>> encoding
    CircuitEncoding(<ZZFeatureMap: 2 qubits, 14 gates>, data='x')
    >>> encoding.build(2).num_parameters
    2
    """

    def __init__(self, circuit, data="x"):
        self.circuit = circuit
        self.data = data

    def width(self, n_features) -> int:
        return self._checked_circuit().num_qubits

    def draw(self, qc, x, weight) -> None:
        circuit = self._checked_circuit().remove_final_measurements(inplace=False)
        data = self._data_parameters(len(x))
        weights = [p for p in circuit.parameters if p not in set(data)]
        values = list(x) + [weight() for _ in weights]
        qc.compose(_replaced(circuit, [*data, *weights], values), inplace=True)

    def build(self, n_features) -> QuantumCircuit:
        """Return a copy of the circuit whose features are the vector ``x``.

        Parameters
        ----------
        n_features : int

        Returns
        -------
        QuantumCircuit
            Unless the features are the vector ``x`` already, weights become the vector ``w``, in
            their order.

        Raises
        ------
        TypeError
            If ``circuit`` is no `QuantumCircuit`, or ``data`` neither a name nor parameters.
        ValueError
            If the circuit has no data parameter, or not ``n_features`` of them.
        """
        circuit, n_features = self._checked_circuit(), check_count("n_features", n_features)
        data = self._data_parameters(n_features)
        if self.data == "x":
            return circuit.copy()
        weights = [p for p in circuit.parameters if p not in set(data)]
        x, w = ParameterVector("x", n_features), ParameterVector("w", len(weights))
        # In two steps, through names that no circuit has, because a weight may be called x[0].
        aside = [Parameter(f"_{k}") for k in range(len(data) + len(weights))]
        return _replaced(_replaced(circuit, [*data, *weights], aside), aside, [*x, *w])

    def _checked_circuit(self) -> QuantumCircuit:
        return check_kind("circuit", self.circuit, QuantumCircuit, "a QuantumCircuit")

    def _data_parameters(self, n_features) -> list[Parameter]:
        """Return the parameters of the features, refusing another number of them."""
        data = self._given_parameters()
        if len(set(data)) < len(data):
            raise ValueError(f"The data parameters must differ, got data={self.data!r}.")
        if not data:
            names = [p.name for p in self.circuit.parameters]
            raise ValueError(
                f"The circuit has no data parameter: data={self.data!r} is not among "
                f"its parameters {names}; name another vector in data."
            )
        if len(data) != n_features:
            raise ValueError(
                f"The circuit takes {len(data)} features as data={self.data!r}, got n_features={n_features}."
            )
        return data

    def _given_parameters(self) -> list[Parameter]:
        """Return the elements of the vector named, or the parameters listed; none if the circuit has none of them."""
        used = self.circuit.parameters
        if isinstance(self.data, str):
            vectors = [getattr(p, "vector", None) for p in used]
            return list(max((v for v in vectors if v is not None and v.name == self.data), key=len, default=()))
        if _are_parameters(self.data):
            return list(self.data) if set(self.data) & set(used) else []
        raise TypeError(f"data must be the name of a parameter vector or a sequence of parameters, got {self.data!r}.")

    # Without __hash__, for circuits compare by content, which may change.
    def __eq__(self, other) -> bool:
        if not isinstance(other, CircuitEncoding):
            return NotImplemented
        same_data = self.data == other.data if isinstance(self.data, str) else list(self.data) == list(other.data)
        return same_data and self.circuit == other.circuit

    def __repr__(self) -> str:
        circuit, data = self.circuit, self.data
        if not isinstance(circuit, QuantumCircuit):
            return f"CircuitEncoding({circuit!r}, data={data!r})"
        if _are_parameters(data):
            data = [p.name for p in data]
        return f"CircuitEncoding(<{circuit.name}: {circuit.num_qubits} qubits, {circuit.size()} gates>, data={data!r})"


def _are_parameters(data) -> bool:
    """Tell whether data is a sequence of parameters; it may also be a name, or nonsense."""
    return (
        isinstance(data, (Sequence, ParameterVector))
        and not isinstance(data, str)
        and all(isinstance(p, Parameter) for p in data)
    )


def _replaced(circuit, old, new) -> QuantumCircuit:
    """Return the circuit with new parameters in place of old ones; old ones that it lacks are passed over."""
    used = set(circuit.parameters)
    return circuit.assign_parameters({p: q for p, q in zip(old, new, strict=True) if p in used})
