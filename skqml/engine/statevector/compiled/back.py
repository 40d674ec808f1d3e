"""Compiled sweeps of cotangents alone, back through operations whose derivatives nobody asks for."""

from ...indexing import at, behind
from .cubes import n_together, set_passes, turn_together
from .forward import apply, join_shared
from .kinds import jit


@jit
def turn_back(ops, phases, shared, cotangents, work) -> None:
    """Undo operations, none of which depends on rows, in groups of cotangents.

    Parameters
    ----------
    ops, phases, shared : ndarray
        As in the forward sweep, but with minus the sines.
    cotangents : float (n_groups, parts 2**n_qubits, lanes), overwritten
    work : float (3 n_shared + n_lines(ops), lanes), overwritten
    """
    lines = behind(work, 3 * shared.shape[0])
    join_shared(work, shared)
    set_passes(lines, work, ops, 0, shared.shape[0], 0)
    for g in range(cotangents.shape[0]):
        k = ops.shape[0] - 1
        while k >= 0:
            n = n_together(at(ops, k, 4))
            if n > 1:
                turn_together(at(cotangents, g), ops, k - n + 1, n, lines)
            else:
                apply(at(cotangents, g), at(ops, k), phases, work)
            k -= n
