"""When lanes hold numbers of one noisy state, and when rows: whichever costs less."""

from ...lanes import LANES
from ..slot_angles import DTYPE
from ..tables import NoisyTables
from .stages import most_inside, qubits_of

FEWEST_QUBITS = 6  # below, a call takes longer than its sweeps
_OVERHEAD = 1_000  # vector operations, for each of the circuit, that a row takes in its calls
_FACTOR = 1.4  # and those of its sweeps, for as many rows as there are lanes
_LARGEST = 9, 8  # qubits of rows in lanes that are as quick for each as fewer: values, and gradients, which keep states


def can_be_wide(tables: NoisyTables) -> bool:
    """Whether lanes may hold numbers of one state: with enough qubits, and operations that each act on few."""
    n = tables.n_qubits
    return n >= FEWEST_QUBITS and all(len(qubits) <= most_inside(n) for qubits in qubits_of(tables))


def wide_pays(n_qubits: int, n_samples: int, gradient: bool) -> bool:
    """Whether numbers of one state in lanes take less time."""
    size, lanes = 4**n_qubits, LANES[DTYPE]
    of_rows = -(-n_samples // lanes) * size * (1 if n_qubits <= _LARGEST[gradient] else 2)
    return n_samples * (_OVERHEAD + _FACTOR * size / lanes) < of_rows
