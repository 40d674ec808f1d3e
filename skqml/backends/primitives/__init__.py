"""Qiskit's V2 primitives as a backend: simulators and hardware alike."""

from .backend import Primitive

__all__ = ["Primitive"]
