"""What hardware would take, before anything runs."""

from .estimate import EstimatorCost, estimate_cost

__all__ = ["EstimatorCost", "estimate_cost"]
