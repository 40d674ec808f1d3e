"""Trainings on disk, so that one whose process was killed goes on to what it would have reached."""

import os
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator

from .._checks import check_count, check_kind, check_number
from ..files.archive import replace_file
from ..files.plain import read_plain, write_plain
from ..states import CheckedState
from .kept_optimizer import KeptOptimizer
from .progress import Training

FORMAT = 1
_SHARE = 0.05  # of the time that writing may take


class Checkpoint(CheckedState, BaseEstimator):
    """A folder that keeps trainings, and how often; for the parameter ``checkpoint`` of all trained models.

    Each fit has a file of its own, named by all that it depends on: the class and parameters of the model, data, seed
    and versions of packages. So searches and reports may share a folder. A fit that is not at its end goes on, and one
    that is gives its result again; with anything else changed, a fit begins anew.

    Parameters
    ----------
    folder : str or path
        It is made if it is not there. Files in it may be removed at any time.
    n_iter : int, default=None
        A file is written every so many iterations.
    seconds : float, default=10.0
        And where this time has passed since the last one, as long as writing takes up to 5 % of the time; ``None``
        means never.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from skqml import VariationalClassifier
    >>> from skqml.training import Checkpoint
    >>> X, y = np.random.default_rng(0).normal(size=(20, 2)), np.arange(20) % 2
    >>> model = VariationalClassifier(checkpoint=Checkpoint(tempfile.mkdtemp(), n_iter=50), random_state=0)
    >>> again = model.fit(X, y).n_iter_  # killed in between, the same call goes on
    >>> model.fit(X, y).n_iter_ == again  # and here it reads what was reached
    True
    """

    def __init__(self, folder, n_iter=None, seconds=10.0):
        self.folder = folder
        self.n_iter = n_iter
        self.seconds = seconds

    def checked_folder(self) -> Path:
        """The folder, which is made; parameters that do not fit are refused."""
        folder = Path(check_kind("checkpoint", self.folder, (str, os.PathLike), "a path of a folder"))
        if self.n_iter is not None:
            check_count("n_iter", self.n_iter)
        if self.seconds is not None:
            check_number("seconds", self.seconds, closed="left")
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"checkpoint must be a folder or no file yet, got the file {str(folder)!r}.")
        folder.mkdir(parents=True, exist_ok=True)
        return folder


class Record:
    """The trainings of one fit in a file: each call of `minimize` with it is the next one.

    Parameters
    ----------
    checkpoint : Checkpoint
    name : str
        Of the file, which tells all that the fit depends on.
    beside : pair of callables () -> dict and (dict), default=None
        Arrays that belong to the trainings and are kept with them.
    clock : callable () -> float, default=time.monotonic
        Seconds.
    """

    def __init__(self, checkpoint: Checkpoint, name: str, clock: Callable[[], float] = time.monotonic):
        self.path = checkpoint.checked_folder() / f"{name}.checkpoint"
        self.beside: tuple[Callable[[], dict], Callable[[dict], None]] = (dict, lambda kept: None)
        self._checkpoint, self._clock = checkpoint, clock
        self._trainings: list[dict[str, Any]] = self._read()
        self._n_begun, self._cost, self._unwritten = 0, 0.0, False
        self._last = clock()

    def around(self, optimizer: Callable, training: Training) -> Callable:
        """The optimiser of the next training, which goes on where that was, and keeps it."""
        self._n_begun += 1
        return KeptOptimizer(self, self._n_begun - 1, optimizer, training)

    def find(self, place: int) -> dict[str, Any] | None:
        """What is kept of a training, or None."""
        return self._trainings[place] if place < len(self._trainings) else None

    def keep(self, place: int, state: dict[str, Any], write: bool) -> None:
        """Keep what a training has reached, in place of all that was kept of it and of those behind it."""
        self._trainings[place:], self._unwritten = [deepcopy(state)], True
        if write:
            self.write()

    def is_due(self, n_iter: int) -> bool:
        """Whether it is time to write, so many iterations into a training."""
        often, seconds = self._checkpoint.n_iter, self._checkpoint.seconds
        if often is not None and n_iter % often == 0:
            return True
        return seconds is not None and self._clock() - self._last >= max(seconds, self._cost / _SHARE)

    def write(self) -> None:
        """Write the file, unless it is up to date."""
        if not self._unwritten:
            return
        start = self._clock()
        replace_file(self.path, write_plain({"format": FORMAT, "trainings": self._trainings}))
        self._last, self._unwritten = self._clock(), False
        self._cost = self._last - start

    def broken(self, error: Exception) -> ValueError:
        """What is said of a file that is not as it was written."""
        text = " ".join(str(error).split()) or type(error).__name__
        return ValueError(f"The checkpoint {str(self.path)!r} is broken, remove it to train anew: {text}")

    def _read(self) -> list[dict[str, Any]]:
        try:
            content = read_plain(self.path.read_bytes())
        except FileNotFoundError:
            return []
        except ValueError as error:
            raise self.broken(error) from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise self.broken(ValueError(f"expected format {FORMAT}, got another one."))
        trainings = content.get("trainings")
        if not isinstance(trainings, list) or not all(isinstance(kept, dict) for kept in trainings):
            raise self.broken(ValueError("expected a list of trainings, got something else."))
        return trainings
