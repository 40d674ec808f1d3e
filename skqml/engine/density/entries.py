"""States given by a few of their Pauli expectation values."""

from typing import NamedTuple

import numpy as np


class Entries(NamedTuple):
    """Some entries of the states of some rows; all others are 0.

    Attributes
    ----------
    values : ndarray (n_samples, n_indices), or (n_indices,) for all rows
    indices : slice or ndarray of int
    """

    values: np.ndarray
    indices: slice | np.ndarray = slice(None)

    def of(self, rows: int | slice) -> np.ndarray:
        """Those of some rows."""
        return self.values if self.values.ndim == 1 else self.values[rows]
