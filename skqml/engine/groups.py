"""Rows of X in groups, as many as a register has lanes, and groups in chunks, one for a thread."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from .lanes import LANES, aligned_empty


def grouped(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Values (n_samples, k) as (n_groups, k, lanes), with zeros behind the last row."""
    return packed(values[:, None], dtype)


def ungrouped(groups: np.ndarray, n_samples: int) -> np.ndarray:
    """Values (n_samples, k) of rows that are given as (n_groups, k, lanes)."""
    n_groups, k, lanes = groups.shape
    return groups.transpose(0, 2, 1).reshape(n_groups * lanes, k)[:n_samples]


def aligned(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Contiguous copy that starts on a cache line."""
    copy = aligned_empty(values.shape, dtype)
    copy[...] = values
    return copy


def packed(S: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """States (n_rows, parts, 2**n_qubits) as (n_groups, parts 2**n_qubits, lanes), with zeros behind the last row."""
    (n_rows, parts, n), lanes = S.shape, LANES[dtype]
    n_full, n_left = divmod(n_rows, lanes)
    groups = aligned_empty((-(-n_rows // lanes), n * parts, lanes), dtype)
    numbers = groups.reshape(len(groups), n, parts, lanes)
    numbers[:n_full] = S[: n_full * lanes].reshape(n_full, lanes, parts, n).transpose(0, 3, 2, 1)
    if n_left:
        numbers[n_full, :, :, :n_left] = S[n_full * lanes :].transpose(2, 1, 0)
        numbers[n_full, :, :, n_left:] = 0.0
    return groups


def room(n: int, dtype: np.dtype) -> np.ndarray:
    """Uninitialised array (n, lanes) for compiled functions to work in."""
    return aligned_empty((n, LANES[dtype]), dtype)


class Rooms:
    """Arrays that threads take and give back: fresh memory is slow.

    Parameters
    ----------
    make : callable
        Makes one more.
    """

    def __init__(self, make: Callable[[], np.ndarray]):
        self._make = make
        self._free: list[np.ndarray] = []

    @contextmanager
    def one(self) -> Iterator[np.ndarray]:
        """One that nobody else has."""
        try:
            room = self._free.pop()
        except IndexError:
            room = self._make()
        yield room
        self._free.append(room)


def trig_lines(angles: np.ndarray, dtype: np.dtype, n_lines: int = 2) -> np.ndarray:
    """Lines (..., n_lines n_slots, lanes): cos, sin and, if a third, -sin of angles (..., n_slots, lanes)."""
    *groups, n_slots, lanes = angles.shape
    lines = aligned_empty((*groups, n_slots, n_lines, lanes), dtype)
    np.cos(angles, out=lines[..., 0, :])
    np.sin(angles, out=lines[..., 1, :])
    lines[..., 2:, :] = -lines[..., 1:2, :]
    return lines.reshape(*groups, n_slots * n_lines, lanes)


def chunks_of(n_groups: int, step: int) -> list[slice]:
    """Slices of so many groups; sums over them are the same for any number of threads."""
    return [slice(a, min(a + step, n_groups)) for a in range(0, n_groups, step)]
