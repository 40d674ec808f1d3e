"""How labels or numbers y become targets Y of a training."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from sklearn.utils.validation import validate_data


class FitTargets(ABC):
    """Base class of classifiers and regressors that are fitted to targets Y, one column an output.

    A subclass writes the abstract methods, and has ``n_parameters_`` once it is trained.
    """

    _default_loss: Callable

    @property
    @abstractmethod
    def _n_outputs(self) -> int:
        """Columns of Y."""

    @abstractmethod
    def _read(self, X, y, sample_weight) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Distinct rows (n_samples, n_features) of a fit, their targets Y and weights."""

    def _strata(self, Y) -> np.ndarray | None:
        """Groups of rows of which a validation split takes equal shares; None for any split."""
        return None

    def _validate(self, X, *y, **options):
        """Rows, and targets if there are any, as arrays; see `validate_data`."""
        return validate_data(self, X, *y, dtype=float, **options)

    @property
    def _is_trained(self) -> bool:
        return hasattr(self, "n_parameters_")


class Targets(FitTargets):
    """Base class of those that can go on with further rows too.

    A subclass writes the abstract methods.
    """

    @abstractmethod
    def _step(self, X, Y, weight) -> None:
        """One step of the optimiser on rows X of targets Y, for `partial_fit`."""
