"""Exact simulation under noise models."""

from .backend import Noisy

__all__ = ["Noisy"]
