"""Sums over rows, from which a least-squares fit to all of them is solved."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...states import CheckedState, floats


@dataclass(frozen=True)
class RidgeSums(CheckedState):
    """Sums of ``w f f^T`` and ``w f y^T`` over rows with features f, the last of which is 1.

    Attributes
    ----------
    products : ndarray (n_features, n_features)
    targets : ndarray (n_features, n_targets)
    """

    products: np.ndarray
    targets: np.ndarray

    _contents: ClassVar[dict] = {
        "products": floats("n_sums", "n_sums"),
        "targets": floats("n_sums", "n_targets"),
    }

    @classmethod
    def empty(cls, n_features: int, n_targets: int) -> "RidgeSums":
        """Those of no rows."""
        return cls(np.zeros((n_features, n_features)), np.zeros((n_features, n_targets)))

    def further(self, F, Y, weight) -> "RidgeSums":
        """With further rows of features F, targets Y and weights (n_samples,)."""
        weighted = F.T * weight
        return RidgeSums(self.products + weighted @ F, self.targets + weighted @ Y)

    def solve(self, alpha: float) -> np.ndarray:
        """Coefficients (n_features, n_targets) with a penalty ``alpha`` on all but those of the last feature."""
        penalty = np.append(np.full(len(self.products) - 1, alpha), 0.0)
        return np.linalg.lstsq(self.products + np.diag(penalty), self.targets)[0]
