"""Qiskit Aer as a backend: the only place that imports it."""

from .backend import Aer

__all__ = ["Aer"]
