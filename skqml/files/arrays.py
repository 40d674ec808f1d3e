"""Bytes of NumPy arrays, checked before memory is set aside for them."""

import io
import math

from numpy.lib import format as npy

_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
_KINDS = "biufcUSmM"


def check_array(data: bytes, kinds: str = _KINDS) -> None:
    """Refuse bytes that are not those of an array of numbers or text, as large as they say."""
    stream = io.BytesIO(data)
    try:
        shape, _, dtype = _HEADERS[npy.read_magic(stream)](stream)
    except Exception as error:  # NumPy evaluates the header, and raises what its text leads to
        raise ValueError(f"Expected the bytes of a NumPy array, but they are broken: {error}.") from error
    if dtype.kind not in kinds or dtype.hasobject or not dtype.itemsize:
        raise ValueError(f"Expected arrays of numbers or text, got one of {dtype}.")
    size = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or size != len(data) - stream.tell():
        raise ValueError(f"Expected {size} bytes of an array of shape {shape}, got {len(data) - stream.tell()}.")
