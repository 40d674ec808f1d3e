"""What the rows of a readout classifier are: features that become bits, or states."""

from abc import ABC, abstractmethod
from typing import Any

from sklearn.base import BaseEstimator


class Inputs(ABC):
    """One kind of rows, a value of ``inputs``; a subclass writes the abstract methods."""

    @abstractmethod
    def read(self, model, X, *y, **options) -> Any:
        """Rows, and labels if there are any, as arrays; see `validate_data`."""

    @abstractmethod
    def check(self, model) -> None:
        """Refuse parameters that do not go with such rows."""

    @abstractmethod
    def learn(self, model, X, weight) -> tuple[Any, int]:
        """How rows X become bits, None if they do not, and the number of bits."""

    @abstractmethod
    def product_gates(self, gates) -> tuple[str, ...]:
        """Those of the gates that entangle nothing, or one that does not; ValueError where all do."""

    @abstractmethod
    def classical_twin(self, model) -> BaseEstimator:
        """Unfitted classical counterpart of a model of such rows."""
