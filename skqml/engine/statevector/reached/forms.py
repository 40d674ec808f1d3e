"""Sums of Pauli strings as quadratic forms of the amplitudes of a few basis states."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from .states import Reached

_String = tuple[int, int, int]  # masks of X and Z, sign


class Forms(NamedTuple):
    """Quadratic forms sum_m C[o, m] s[i_m] s[j_m] of the rows s of a state, in blocks of products of the same forms.

    Attributes
    ----------
    blocks : int64 (n_blocks + 1, 3)
        The first product, form and coefficient of each block.
    products : int32 (n_products, 2)
        i and j.
    forms : int64 (n_lines,)
        Numbers o of the forms of each block.
    coefficients : float (n_coefficients,)
        C of each block, one product after the other.
    """

    blocks: np.ndarray
    products: np.ndarray
    forms: np.ndarray
    coefficients: np.ndarray

    @classmethod
    def of(cls, reached: Reached, is_complex: bool, strings: Sequence[_String], matrix: np.ndarray) -> "Forms":
        """The expectation values of sums of strings, matrix (n_forms, n_strings) the coefficients of these."""
        found = list(_blocks(reached, is_complex, strings, matrix))
        sizes = [(len(products), len(forms), coefficients.size) for products, forms, coefficients in found]
        products, forms, coefficients = zip(*found, strict=True) if found else ([], [], [])
        return cls(
            np.cumsum([(0, 0, 0), *sizes], axis=0, dtype=np.int64),
            np.concatenate([np.empty((0, 2), np.int64), *products]).astype(np.int32),
            np.concatenate([np.empty(0, np.int64), *forms]),
            np.concatenate([np.empty(0), *(c.ravel() for c in coefficients)]),
        )


def _blocks(
    reached: Reached, is_complex: bool, strings: Sequence[_String], matrix: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Products (n, 2), forms (m,) and coefficients (n, m) of the strings that turn over the same bits."""
    kinds = [(x, (x & z).bit_count() & 1) for x, z, _ in strings]
    for (x, odd_y), members in groupby(sorted(range(len(strings)), key=kinds.__getitem__), key=kinds.__getitem__):
        if odd_y and not is_complex:
            continue
        i, j = _pairs(reached, x)
        which = np.array(list(members))
        forms = np.flatnonzero(matrix[:, which].any(axis=1))
        signs = np.stack([_signs(strings[k], reached.states[i]) for k in which], axis=1)
        coefficients = (2.0 if x else 1.0) * signs @ matrix[np.ix_(forms, which)].T
        if len(i):
            products, of_products = _of_rows(i, j, coefficients, is_complex, odd_y)
            yield products, forms, of_products


def _of_rows(
    i: np.ndarray, j: np.ndarray, coefficients: np.ndarray, is_complex: bool, odd_y: int
) -> tuple[np.ndarray, np.ndarray]:
    """Products of rows, the real and imaginary parts of amplitudes, and their coefficients."""
    if not is_complex:
        return np.stack([i, j], axis=1), coefficients
    there, back = np.stack([2 * i + odd_y, 2 * j], axis=1), np.stack([2 * i + 1 - odd_y, 2 * j + 1], axis=1)
    return np.concatenate([there, back]), np.concatenate([coefficients * (1 - 2 * odd_y), coefficients])


def _pairs(reached: Reached, x: int) -> tuple[np.ndarray, np.ndarray]:
    """Places i and j of all pairs of states of which one is the other, some bits turned over."""
    j = reached.places(reached.states ^ x)
    i = np.flatnonzero((j >= 0) & (reached.states <= reached.states ^ x))
    return i, j[i]


def _signs(string: _String, states: np.ndarray) -> np.ndarray:
    """(-1)^(z.b + n_y // 2), with the sign of the string."""
    x, z, sign = string
    return sign * (1.0 - 2.0 * ((np.bitwise_count(states & z) ^ ((x & z).bit_count() >> 1)) & 1))
