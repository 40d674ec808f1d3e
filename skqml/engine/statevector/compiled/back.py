"""Compiled sweeps of cotangents alone, back through operations whose derivatives nobody asks for."""

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
    work : float (3 n_shared, lanes), overwritten
    """
    join_shared(work, shared)
    for g in range(cotangents.shape[0]):
        for k in range(ops.shape[0] - 1, -1, -1):
            apply(cotangents[g], ops[k], phases, work)
