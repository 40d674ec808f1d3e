"""Ground states by the variational quantum eigensolver, with the noise extrapolated away."""

from .estimator import ZNEVQE

__all__ = ["ZNEVQE"]
