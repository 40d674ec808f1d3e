"""Hyperparameters of kernels as scikit-learn's Gaussian processes train them: one vector of all that are free."""

from inspect import signature

import numpy as np
from sklearn.gaussian_process.kernels import Hyperparameter, Kernel

from .._parts import OptionalParts, equal_parameters


class Hyperparameters(OptionalParts, Kernel):
    """Base class of kernels with hyperparameters, properties ``hyperparameter_NAME`` as in scikit-learn.

    ``linear_hyperparameters`` names those that are no scales: their ``theta`` is the value itself, not its logarithm.
    Kernels are equal where their parameters are.
    """

    linear_hyperparameters: tuple[str, ...] = ()

    def __init__(self):
        """Store parameters, if a subclass has some."""

    def __eq__(self, other) -> bool:  # by parameters, and therefore without a hash, as scikit-learn's kernels
        if type(self) is not type(other):
            return NotImplemented
        return equal_parameters(self.get_params(deep=False), other.get_params(deep=False))

    @property
    def hyperparameters(self) -> list[Hyperparameter]:
        """Hyperparameters in use."""
        return [h for h in super().hyperparameters if h is not None]

    def _free(self) -> list[Hyperparameter]:
        return [h for h in self.hyperparameters if not h.fixed]

    def _of_free(self, **slopes) -> np.ndarray:
        """Slopes by hyperparameters of these names, those that are free in the order of ``theta``."""
        return np.concatenate([np.empty(0), *(np.atleast_1d(slopes[h.name]) for h in self._free())])

    @property
    def theta(self) -> np.ndarray:
        """Free hyperparameters, one after another: logarithms, save for linear ones."""
        values = [np.atleast_1d(np.asarray(getattr(self, h.name), dtype=float)) for h in self._free()]
        return np.concatenate([np.empty(0), *(self._to_theta(h, v) for h, v in zip(self._free(), values, strict=True))])

    @theta.setter
    def theta(self, theta) -> None:
        sizes = [h.n_elements for h in self._free()]
        if sum(sizes) != len(theta):
            raise ValueError(f"theta must have {sum(sizes)} entries, got {len(theta)}.")
        parts = np.split(np.asarray(theta, dtype=float), np.cumsum(sizes)[:-1]) if sizes else []
        for h, part in zip(self._free(), parts, strict=True):
            value = part.copy() if h.name in self.linear_hyperparameters else np.exp(part)
            setattr(self, h.name, value if np.ndim(getattr(self, h.name)) else float(value[0]))

    @property
    def bounds(self) -> np.ndarray:
        """Bounds (n_dims, 2) of ``theta``."""
        return np.concatenate([np.empty((0, 2)), *(self._to_theta(h, h.bounds) for h in self._free())])

    def _to_theta(self, h, values) -> np.ndarray:
        return values if h.name in self.linear_hyperparameters else np.log(values)

    def __repr__(self) -> str:
        defaults = {name: p.default for name, p in signature(type(self)).parameters.items()}
        changed = (
            f"{name}={_short(value)}"
            for name, value in self.get_params(deep=False).items()
            if not equal_parameters(value, defaults[name])
        )
        return f"{type(self).__name__}({', '.join(changed)})"


def _short(value) -> str:
    if isinstance(value, np.ndarray):
        return f"<array of {value.size}>"
    return " ".join(repr(value).split())
