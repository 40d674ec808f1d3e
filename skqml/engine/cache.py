"""The one piece of process-wide state: recent Gram blocks and states, bounded in bytes.

Entries are keyed by content (lowered arrays and the bytes of X), because a grid search runs
candidate by candidate on fresh, equal arrays.
"""

import pickle
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from io import BytesIO
from threading import Lock
from typing import Any

import numpy as np


def digest(cache_key) -> str:
    """Text that stands for arrays, text, numbers and what is made of them.

    That of the bytes of a pickle, which C writes: `joblib.hash` takes 3 ms to walk through a compiled circuit.
    """
    buffer = BytesIO()
    _Pickler(buffer, protocol=5).dump(cache_key)
    return blake2b(buffer.getbuffer(), digest_size=16).hexdigest()


class _Pickler(pickle.Pickler):
    """Writes arrays by what they hold: pickle refers to a type that came before, but one out of a file is another."""

    def reducer_override(self, value) -> Any:
        if type(value) is not np.ndarray or value.dtype.hasobject:
            return NotImplemented
        return tuple, ((value.shape, value.dtype.str, value.tobytes()),)


class ByteCache:
    """Least recently used arrays, at most so many bytes of them.

    Parameters
    ----------
    max_bytes : int
    """

    def __init__(self, max_bytes: int):
        self.max_bytes = max_bytes
        self._arrays: OrderedDict[str | None, np.ndarray] = OrderedDict()
        self._lock = Lock()

    def get(self, cache_key, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """Array that belongs to a key of arrays, text and numbers, read-only; computed if it is not there."""
        key = digest(cache_key)
        array = self.find(key)
        return self.keep(key, compute()) if array is None else array

    def find(self, key: str | None) -> np.ndarray | None:
        """Return the array that is kept under the digest of a key, or None; under None nothing is kept."""
        with self._lock:
            array = self._arrays.get(key)
            if array is not None:
                self._arrays.move_to_end(key)
            return array

    def keep(self, key: str | None, array: np.ndarray) -> np.ndarray:
        """Keep an array under the digest of a key, as long as there is room, and return it, read-only.

        Under None nothing is kept, and the array stays as it is.
        """
        if key is None:
            return array
        array.flags.writeable = False
        if 4 * array.nbytes > self.max_bytes:  # it would push out everything else
            return array
        with self._lock:
            self._arrays[key] = array
            while sum(a.nbytes for a in self._arrays.values()) > self.max_bytes:
                self._arrays.popitem(last=False)
        return array

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._arrays.clear()


CACHE = ByteCache(2**30)


def clear_cache() -> None:
    """Forget all Gram blocks and states kept for reuse (at most 1 GiB).

    Examples
    --------
    >>> from skqml import clear_cache
    >>> clear_cache()
    """
    CACHE.clear()
