"""Fidelities |<t|s>|^2 of states that sweeps leave in groups of rows."""

from collections.abc import Callable

import numpy as np

from ..groups import chunks_of
from ..lane_sums import n_sums
from ..lanes import aligned_empty
from ..threads import map_chunks, n_threads
from .compiled.fidelities import fill
from .compiled.large_fidelities import SUMS, TOGETHER, fill_panels

_FEW_SUMS, _FEW_QUBITS = 2, 6
_CACHE = 2**20  # bytes of states that stay in a processor's own cache, with others passing by
_MOST = 16  # groups of a panel: few enough that threads share the work evenly
_PANEL = 8  # groups whose sums stay in the first cache
_MANY_LINES, _MANY_GROUPS = 1024, 16  # of a state and of others, from which on three products for four pay
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
    S, T, own = _read_only(S), _read_only(T), S is T
    n_groups, n_lines, lanes = S.shape
    n_cached = max(1, _CACHE // (n_lines * lanes * S.itemsize))
    threads = n_threads() if out.size * n_lines >= _LARGE else 1
    large = n_sums() > _FEW_SUMS and n_lines >= _MANY_LINES and len(T) >= _MANY_GROUPS
    fill_groups = (
        _in_panels(S, T, parts, own, min(n_cached, _PANEL), out) if large else _in_tiles(S, T, parts, own, out)
    )
    most = n_groups if large else n_cached
    map_chunks(fill_groups, chunks_of(n_groups, min(most, _MOST) if threads > 1 else most), threads)


def _in_tiles(S: np.ndarray, T: np.ndarray, parts: int, own: bool, out: np.ndarray) -> Callable[[slice], None]:
    def fill_groups(groups: slice) -> None:
        tile = aligned_empty((S.shape[2], S.shape[2]), S.dtype)
        fill(S, T, parts, groups.start, groups.stop, own, tile, out)

    return fill_groups


def _in_panels(
    S: np.ndarray, T: np.ndarray, parts: int, own: bool, n_together: int, out: np.ndarray
) -> Callable[[slice], None]:
    def fill_groups(groups: slice) -> None:
        lanes = S.shape[2]
        work = aligned_empty((TOGETHER + n_together * SUMS * lanes, lanes), S.dtype)
        fill_panels(S, T, parts, groups.start, groups.stop, own, n_together, work, out)

    return fill_groups


def _read_only(states: np.ndarray) -> np.ndarray:
    """A view: arrays that can be written are other types for Numba, and the function would be compiled again."""
    view = states.view()
    view.flags.writeable = False
    return view
