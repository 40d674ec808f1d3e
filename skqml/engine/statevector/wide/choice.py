"""When lanes hold amplitudes, and when rows: whichever costs less."""

import numpy as np

from ...lanes import LANES
from ..tables import Tables

FEWEST_QUBITS = 10  # below, a call takes longer than its sweeps
_OVERHEAD = 40_000  # vector operations that a call with amplitudes in lanes takes longer than one with rows
_FACTOR = 1.6  # and its sweeps, for as many rows as there are lanes
_CACHE = 2**19  # bytes of a group of rows that stays in cache; twice as slow beyond
_MOST_TURNS = 4  # times the operations: phases about many Z are rotations here, and not one vector


def can_be_wide(tables: Tables) -> bool:
    """Whether lanes may hold amplitudes: with enough qubits, no prepared rows, and phases of few strings."""
    long = int((np.bitwise_count(tables.phases.mask) > 2).sum())
    few = not long if tables.parts == 1 else long <= _MOST_TURNS * len(tables.ops)
    return tables.n_qubits >= FEWEST_QUBITS and tables.preparation is None and few


def wide_pays(tables: Tables, dtype: np.dtype, n_samples: int) -> bool:
    """Whether amplitudes in lanes take less time; a circuit of up to 12 qubits with rows for all lanes keeps these."""
    lanes = LANES[dtype]
    in_cache = dtype.itemsize * lanes * tables.parts << tables.n_qubits <= _CACHE
    if in_cache and n_samples >= lanes:
        return False
    n_groups, n_long = -(-n_samples // lanes), int((np.bitwise_count(tables.phases.mask) > 2).sum())
    turns = 1.0 + n_long / max(1, len(tables.ops))
    of_rows = n_groups * tables.cost * (1.0 if in_cache else 2.0)
    return _OVERHEAD + _FACTOR * turns * n_samples / lanes * tables.cost < of_rows
