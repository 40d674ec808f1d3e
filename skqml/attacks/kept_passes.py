"""Checkpoints of trainings by `partial_fit`: after each pass the whole estimator, as `skqml.save` writes it."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone

from ..persistence import from_bytes, names_in, to_bytes
from ..training.checkpoints import Record


class KeptPasses:
    """What passes over all rows have made of an estimator, in the one training of a record.

    Parameters
    ----------
    record : Record or None
        None keeps nothing.
    rng : numpy.random.RandomState
        Source of all that the passes draw; it goes on where it was.
    """

    def __init__(self, record: Record | None, rng: np.random.RandomState):
        self._record, self._rng = record, rng

    def take_up(self, estimator: BaseEstimator) -> tuple[Any, int]:
        """The estimator as it was kept, with the parameters of one that was not trained, and the number of passes.

        Without any, None and 0.
        """
        if self._record is None or (kept := self._record.find(0)) is None:
            return None, 0
        try:
            found = self._read(kept["estimator"].tobytes(), estimator)
            self._rng.set_state(kept["source"])
            return found, int(kept["n_iter"])
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise self._record.broken(error) from error

    def check(self, trained: BaseEstimator, estimator: BaseEstimator) -> None:
        """Refuse an estimator that could not be taken up; `take_up` is called with the second one."""
        if self._record is None:
            return
        try:
            self._read(to_bytes(trained), estimator)
        except TypeError as error:
            raise TypeError(f"checkpoint needs an estimator that skqml.save writes and reads: {error}") from error

    def keep(self, trained: BaseEstimator, n_iter: int, last: bool) -> None:
        """Keep what a pass has ended with, where it is time, or behind the last one."""
        if self._record is not None and (self._record.is_due(n_iter) or last):
            content = np.frombuffer(to_bytes(trained), dtype=np.uint8)
            source = self._rng.get_state(legacy=False)
            self._record.keep(0, {"estimator": content, "source": source, "n_iter": n_iter}, write=True)

    @staticmethod
    def _read(data: bytes, estimator: BaseEstimator) -> Any:
        """A trained estimator; folders, callbacks and live handles, which no file holds, are the other's."""
        found = from_bytes(data, names_in(clone(estimator)))
        return found.set_params(**estimator.get_params(deep=False))
