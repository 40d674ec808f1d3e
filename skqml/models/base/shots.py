"""Models whose results may hold shots."""

from sklearn.base import BaseEstimator
from sklearn.utils import Tags

from ...backends import Backend


class MayHaveShots(BaseEstimator):
    """Tells scikit-learn by a tag whether results differ from call to call; by default those of the ``backend``."""

    @property
    def _has_shots(self) -> bool:
        backend = getattr(self, "backend", None)
        return isinstance(backend, Backend) and backend.random

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = self._has_shots
        return tags
