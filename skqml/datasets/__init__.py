"""Data sets made by formulas."""

from .adhoc import make_adhoc
from .series import make_bessel, make_damped_pendulum, make_mackey_glass, make_narma
from .windows import make_windows

__all__ = [
    "make_adhoc",
    "make_bessel",
    "make_damped_pendulum",
    "make_mackey_glass",
    "make_narma",
    "make_windows",
]
