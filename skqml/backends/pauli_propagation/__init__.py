"""Observables carried backwards through wide circuits as sums of Pauli strings."""

from .backend import PauliPropagation

__all__ = ["PauliPropagation"]
