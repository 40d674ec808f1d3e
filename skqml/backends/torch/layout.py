"""How amplitudes of rows lie in a tensor, and functions of basis states as products over two halves of the bits."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Layout(NamedTuple):
    """Amplitudes of rows as a tensor (n_samples, 2**n_high, 2**n_low).

    Attributes
    ----------
    n_qubits : int
    device : torch.device
    real : torch.dtype
        Of angles and signs.
    dtype : torch.dtype
        Of amplitudes, which are real where all gates are.
    """

    n_qubits: int
    device: torch.device
    real: torch.dtype
    dtype: torch.dtype

    @property
    def n_high(self) -> int:
        """Bits of the last qubits."""
        return self.n_qubits // 2

    @property
    def n_low(self) -> int:
        """Bits of the first qubits."""
        return self.n_qubits - self.n_high

    @property
    def shape(self) -> tuple[int, int]:
        """Of the amplitudes of one row."""
        return 1 << self.n_high, 1 << self.n_low

    def tensor(self, values) -> Tensor:
        """Real numbers on the device."""
        return torch.as_tensor(np.ascontiguousarray(values)).to(self.device, self.real)


class Functions:
    """Functions ``f_m(b) = h_m(last bits of b) l_m(first bits of b)`` of basis states b, for m = 1 .. n_functions.

    All sums over them are products of small matrices.

    Parameters
    ----------
    high, low : Tensor (n_functions, 2**n_high), (n_functions, 2**n_low)
    """

    def __init__(self, high: Tensor, low: Tensor):
        self._high, self._low = high, low

    def combined(self, a: Tensor) -> Tensor:
        """``sum_m a_m f_m(b)`` (n_samples, 2**n_high, 2**n_low) for coefficients a (n_samples, n_functions)."""
        return (a[:, :, None] * self._high).transpose(1, 2) @ self._low

    def sums(self, values: Tensor) -> Tensor:
        """``sum_b values(b) f_m(b)`` (n_samples, n_functions) of values (n_samples, 2**n_high, 2**n_low)."""
        return ((values @ self._low.T) * self._high.T).sum(1)


class Walsh(Functions):
    """The signs of many masks, of which there are fewer sums over all masks than over each.

    Parameters
    ----------
    masks : Tensor of int (n_functions,)
    high, low : Tensor (2**n_high, 2**n_high), (2**n_low, 2**n_low)
        Signs of all masks.
    """

    def __init__(self, masks: Tensor, high: Tensor, low: Tensor):
        super().__init__(high, low)
        self._masks = masks

    def combined(self, a: Tensor) -> Tensor:
        """See `Functions.combined`."""
        full = a.new_zeros(len(a), self._high.shape[0] * self._low.shape[0])
        full[:, self._masks] = a
        return self._high @ full.view(len(a), len(self._high), -1) @ self._low

    def sums(self, values: Tensor) -> Tensor:
        """See `Functions.sums`."""
        return (self._high @ values @ self._low).flatten(1)[:, self._masks]


def signs(layout: Layout, masks: Sequence[int]) -> Functions:
    """The functions ``(-1)^(b.m)`` of masks m: strings of Z."""
    n_high, n_low = layout.n_high, layout.n_low
    m = np.array(masks, dtype=np.int64)
    if len(m) > (1 << n_high) + (1 << n_low):
        every = (layout.tensor(parities(np.arange(1 << n), n)) for n in (n_high, n_low))
        return Walsh(torch.from_numpy(m).to(layout.device), *every)
    return Functions(layout.tensor(parities(m >> n_low, n_high)), layout.tensor(parities(m, n_low)))


def parities(masks: np.ndarray, n_bits: int) -> np.ndarray:
    """Signs ``(-1)^(b.m)`` (n_masks, 2**n_bits)."""
    return 1 - 2 * (np.bitwise_count(masks[:, None] & np.arange(1 << n_bits)).astype(int) & 1)


def ones(layout: Layout, masks: Sequence[int]) -> Functions:
    """The functions that are 1 where all bits of a mask are 1, and 0 elsewhere: products of bits."""
    tables = []
    for n, shift in ((layout.n_high, layout.n_low), (layout.n_low, 0)):
        m = np.array(masks, dtype=np.int64)[:, None] >> shift & (1 << n) - 1
        tables.append(layout.tensor(np.arange(1 << n) & m == m))
    return Functions(*tables)
