"""Wide circuits of little entanglement as matrix products."""

from .backend import MPS

__all__ = ["MPS"]
