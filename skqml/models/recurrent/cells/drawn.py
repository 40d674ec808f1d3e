"""The circuit that a cell draws, and how the values that it feeds in become the data columns of programs."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from qiskit.circuit import Parameter, ParameterExpression, ParameterVector, QuantumCircuit

from ....engine.reading.lower import DATA, flatten
from ....states.shared import Shared
from .compiled.circuit_loop import ARCTAN, ARCTAN_OF_SQUARE, ITSELF, angles_of, slopes_of
from .compiled.reading import Reader


class Columns:
    """A circuit whose data are functions of the values that a cell feeds in, and behind them its weights.

    Parameters
    ----------
    circuit : QuantumCircuit
    values, weights : sequence of Parameter

    Attributes
    ----------
    circuit : QuantumCircuit
        All parameters are elements of the vector ``x``.
    used : ndarray of int (n_columns, 2)
        What each column in front of the weights is: a function, and the number of a value.
    """

    def __init__(self, circuit: QuantumCircuit, values: Sequence[Parameter], weights: Sequence[Parameter]):
        known: dict[ParameterExpression, tuple[int, int]] = {}
        for k, v in enumerate(values):
            known |= {v.arctan(): (ARCTAN, k), (v**2).arctan(): (ARCTAN_OF_SQUARE, k), v: (ITSELF, k)}
        gates = list(flatten(circuit, keep_fixed=True))
        used = sorted({key for gate, _ in gates for p in gate.params for key in _keys(p, known)})
        self.used = np.array(used, dtype=int).reshape(-1, 2)
        x = ParameterVector(DATA, len(used) + len(weights))
        new = dict(zip(used, x, strict=False))
        places = {values[k]: p for (function, k), p in new.items() if function == ITSELF}
        places |= dict(zip(weights, x[len(used) :], strict=True))
        self.circuit = QuantumCircuit(circuit.num_qubits)
        for gate, qubits in gates:
            angles = [new[known[p]] if p in known else _moved(p, places) for p in gate.params]
            self.circuit.append(gate.base_class(*angles) if angles != gate.params else gate, qubits)

    def forward(self, v, w) -> np.ndarray:
        """Data (n_rows, n_columns + n_weights) for values (n_rows, n_values) and weights (n_rows, n_weights)."""
        out = np.empty((len(v), len(self.used) + w.shape[1]))
        angles_of(self.used, v, out)
        out[:, len(self.used) :] = w
        return out

    def pullback(self, v, g) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents of values and weights for those of the data."""
        dv = np.zeros(v.shape)
        slopes_of(self.used, v, g, dv)
        return dv, g[:, len(self.used) :]


def _moved(angle, places: dict):
    """An angle with other parameters in the places of its own."""
    inside = getattr(angle, "parameters", ())
    return angle.subs({p: places[p] for p in inside}) if inside else angle


def _keys(angle, known: dict) -> list[tuple[int, int]]:
    """The columns that an angle needs: its own, or those of all values in it."""
    if angle in known:
        return [known[angle]]
    return [known[p] for p in getattr(angle, "parameters", ()) if p in known]


class Drawn(Shared):
    """A circuit, and what it is read as, each when it is first asked for.

    Parameters
    ----------
    circuit : QuantumCircuit
    values, weights : sequence of Parameter
        What a cell feeds in, and angles.
    """

    def __init__(self, circuit: QuantumCircuit, values: Sequence[Parameter], weights: Sequence[Parameter]):
        self.circuit, self.values, self.weights = circuit, values, weights

    @cached_property
    def reader(self) -> Reader | None:
        """Its operations in the compiled loop; None where it is none of those that the loop knows."""
        try:
            return Reader(self.circuit, self.values, self.weights)
        except NotImplementedError:  # steps are taken one by one
            return None

    @cached_property
    def columns(self) -> Columns:
        """The circuit that programs run, and its data."""
        return Columns(self.circuit, self.values, self.weights)
