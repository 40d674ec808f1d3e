"""Circuits in parts: backends around backends that cut wires."""

from .cost import CutCost, cut_cost
from .cut import Cut
from .search import find_cuts

__all__ = ["Cut", "CutCost", "cut_cost", "find_cuts"]
