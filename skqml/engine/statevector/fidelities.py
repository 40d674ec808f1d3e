"""Fidelities |<t|s>|^2 of states that sweeps leave in groups of rows."""

import numpy as np

from ..groups import chunks_of
from ..lane_sums import n_sums
from ..lanes import aligned_empty
from ..threads import map_chunks, n_threads
from .compiled.fidelities import fill

_FEW_SUMS, _FEW_QUBITS = 2, 6
_CACHE = 2**20  # bytes of states that stay in a processor's own cache, with others passing by
_MOST = 16  # groups of a panel: few enough that threads share the work evenly
_LARGE = 2**26  # multiplications; a few milliseconds


def lanes_pay(n_qubits: int) -> bool:
    """Whether this is quicker than the matrix library, which takes three products, and states row by row.

    With 32 wide registers always; with 16 of half the width large products reach two thirds of the library's speed.
    """
    return n_sums() > _FEW_SUMS or n_qubits <= _FEW_QUBITS


def fill_fidelities(S: np.ndarray, T: np.ndarray, parts: int, out: np.ndarray) -> None:
    """Set out to the fidelities of states S with T, panels of rows shared out between threads.

    Parameters
    ----------
    S, T : float (n_groups, parts 2**n_qubits, lanes)
        The same object for a symmetric matrix.
    parts : int
        Whether states have an imaginary part (2) or not (1).
    out : float64 (n_samples_S, n_samples_T)
    """
    own, (n_groups, n_lines, lanes) = S is T, S.shape
    S, T = _read_only(S), _read_only(T)

    def panel(groups: slice) -> None:
        fill(S, T, parts, groups.start, groups.stop, own, aligned_empty((lanes, lanes), S.dtype), out)

    n_together = max(1, _CACHE // (n_lines * lanes * S.itemsize))
    threads = n_threads() if out.size * n_lines >= _LARGE else 1
    map_chunks(panel, chunks_of(n_groups, min(n_together, _MOST) if threads > 1 else n_together), threads)


def _read_only(states: np.ndarray) -> np.ndarray:
    """A view: arrays that can be written are other types for Numba, and the function would be compiled again."""
    view = states.view()
    view.flags.writeable = False
    return view
