"""Exact simulation of statevectors."""

from .backend import Exact

__all__ = ["Exact"]
