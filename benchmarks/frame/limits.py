"""What the machine can do at most: bytes moved and operations on numbers a second, on one thread."""

from collections.abc import Callable
from time import process_time
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

_TRIES = 5


class Limits(NamedTuple):
    """Rates of one thread.

    Attributes
    ----------
    bandwidth : float
        Bytes read and written a second, by a copy that is larger than all caches.
    flops : float
        Operations a second, by a product of two matrices.
    """

    bandwidth: float
    flops: float

    @classmethod
    @threadpool_limits.wrap(limits=1)
    def measured(cls, quick: bool = False) -> "Limits":
        """The best of a few tries, here and now."""
        n_numbers, n = (2**20, 256) if quick else (2**24, 1024)
        a, b, M = np.ones(n_numbers), np.empty(n_numbers), np.ones((n, n))
        return cls(2 * a.nbytes / fastest(lambda: np.copyto(b, a)), 2 * n**3 / fastest(lambda: M @ M))

    def seconds(self, n_bytes: float, n_operations: float) -> float:
        """The least time for so many of both: one is done while the other is."""
        return max(n_bytes / self.bandwidth, n_operations / self.flops)


def fastest(call: Callable[[], object], clock: Callable[[], float] = process_time) -> float:
    """The least seconds of a few calls."""
    call()
    found = []
    for _ in range(_TRIES):
        start = clock()
        call()
        found.append(clock() - start)
    return max(min(found), 1e-9)
