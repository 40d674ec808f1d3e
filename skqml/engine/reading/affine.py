"""Gates that permute basis states and multiply them by phases, such as CX, SWAP and CZ: they are never run."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..walsh import walsh

EXACT = 1e-14  # entries and angles this small are rounding errors


class Affine(NamedTuple):
    """Gate |b> -> phase |A b + c>, bits modulo 2: rotations about strings of Z, and then a permutation.

    Qubits are numbered as the gate's own, and a mask has bit k for the k-th.

    Attributes
    ----------
    rotations : tuple of (int, float)
        Mask m and angle t of each factor exp(-i t Z_m / 2) of the phases, up to a global one.
    z_from, x_from : tuple of tuple of int
        The qubits of whose Z, or X, the Z or X of each qubit is made: rows of A and columns of its inverse.
    shift : int
        The bits c.
    """

    rotations: tuple[tuple[int, float], ...]
    z_from: tuple[tuple[int, ...], ...]
    x_from: tuple[tuple[int, ...], ...]
    shift: int


def affine(matrix: np.ndarray) -> Affine | None:
    """A unitary matrix as an affine permutation with phases; None for other matrices."""
    return _affine(len(matrix), matrix.tobytes())


@lru_cache(maxsize=256)  # a circuit asks for the same CX again and again
def _affine(size: int, entries: bytes) -> Affine | None:
    matrix = np.frombuffer(entries, dtype=complex).reshape(size, size)
    image = np.abs(matrix).argmax(axis=0)
    phase = matrix[image, np.arange(size)]
    rest = matrix.copy()
    rest[image, np.arange(size)] -= phase / np.maximum(np.abs(phase), 0.5)
    if not np.abs(rest).max() < EXACT:  # what is left out adds up where a gate comes again and again
        return None
    shift, bits, b = int(image[0]), np.arange(size.bit_length() - 1), np.arange(size)
    columns = image[1 << bits] ^ shift  # of A
    if not np.array_equal(np.bitwise_xor.reduce(columns[:, None] * (b >> bits[:, None] & 1)) ^ shift, image):
        return None
    inverse = np.argsort(image)[shift ^ 1 << bits]
    angles = walsh(np.angle(phase)) * (-2.0 / size)
    return Affine(
        tuple((int(m), float(angles[m])) for m in np.flatnonzero(np.abs(angles) > EXACT)),
        tuple(tuple(np.flatnonzero(columns >> k & 1).tolist()) for k in bits),
        tuple(tuple(np.flatnonzero(column >> bits & 1).tolist()) for column in inverse),
        shift,
    )
