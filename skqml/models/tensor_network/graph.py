"""Contractions of arrays that remember how they came about, so that derivatives can go back."""

from collections.abc import Callable

import numpy as np


class ContractionGraph:
    """Arrays by number, and the products that made them."""

    def __init__(self):
        self._arrays: list[np.ndarray] = []
        self._steps: list[tuple[int, Callable]] = []

    def __getitem__(self, number) -> np.ndarray:
        return self._arrays[number]

    def keep(self, array: np.ndarray) -> int:
        """Number of an array that is given."""
        self._arrays.append(array)
        return len(self._arrays) - 1

    def contract(self, formula: str, i: int, j: int) -> int:
        """Number of the product of two arrays by `numpy.einsum`; an index of one is in the other or in the product."""
        (of_x, of_y), of_z = formula.split("->")[0].split(","), formula.split("->")[1]
        x, y = self[i], self[j]

        def back(g):
            for_x = np.einsum(f"{of_z},{of_y}->{of_x}", g, y.conj(), optimize=True)
            return [(i, for_x), (j, np.einsum(f"{of_z},{of_x}->{of_y}", g, x.conj(), optimize=True))]

        return self._made(np.einsum(formula, x, y, optimize=True), back)

    def reshape(self, i: int, shape: tuple[int, ...]) -> int:
        """Number of an array in another shape."""
        x = self[i]
        return self._made(x.reshape(shape), lambda g: [(i, g.reshape(x.shape))])

    def _made(self, array, back) -> int:
        number = self.keep(array)
        self._steps.append((number, back))
        return number

    def pullback(self, end: int, g: np.ndarray) -> dict[int, np.ndarray]:
        """Cotangents of all arrays that the one of number ``end`` depends on, for that of it."""
        slopes = {end: g}
        for number, back in reversed(self._steps):
            if number in slopes:
                for i, slope in back(slopes[number]):
                    slopes[i] = slopes[i] + slope if i in slopes else slope
        return slopes
