"""Phases of matter: ground states of chains of spins, by exact diagonalisation."""

from .cluster_ising import make_cluster_ising
from .xxz import make_bond_alternating_xxz

__all__ = ["make_bond_alternating_xxz", "make_cluster_ising"]
