"""Tensors of parts put together."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def contract(terms: np.ndarray, operands: Sequence[tuple[np.ndarray, list[int]]], axes: list[int]) -> np.ndarray:
    """Product of an array (n_samples, n_labels) and tensors (n_samples or 1, ...), summed over all but some axes."""
    arguments: list[Any] = [terms, [0, 1]]
    for tensor, own in operands:
        arguments += [np.broadcast_to(tensor, (len(terms), *tensor.shape[1:])), own]
    return np.einsum(*arguments, axes, optimize="greedy")
