"""What hardware would take, before anything runs."""

from .estimate import Cost, estimate_cost

__all__ = ["Cost", "estimate_cost"]
