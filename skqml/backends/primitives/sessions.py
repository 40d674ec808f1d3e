"""The contexts that jobs run in, such as batches and sessions of a provider."""

import logging
import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Self

_LOGGER = logging.getLogger("skqml")


class Sessions:
    """Opens a context when the first job is submitted, and another one after a job of it failed.

    A closed session takes no more jobs, and not every provider says that it is closed. All are left at the end, when
    their jobs are done.

    Parameters
    ----------
    make : callable () -> context manager, or None
        ``None``: jobs run in no context.
    """

    def __init__(self, make: Callable | None):
        self._make, self._stack = make, ExitStack()
        self._number, self._is_open = 0, False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *of_error) -> None:
        try:
            self._stack.__exit__(*of_error)
        except Exception as error:  # results are there already
            _LOGGER.warning("A session could not be closed: %s.", error)

    def enter(self) -> int:
        """Number of the context that is open now; a new one where there is none."""
        if self._make is not None and not self._is_open:
            self._stack.enter_context(self._make())
            self._number, self._is_open = self._number + 1, True
        return self._number

    def leave(self, number: int) -> None:
        """Let no more jobs into a context, one of whose jobs failed."""
        self._is_open = self._is_open and number != self._number

    def ended(self, error: Exception) -> bool:
        """Whether an error says that a session is closed which is not opened here, so that no repetition helps."""
        return self._make is None and re.search(r"\bsession\b.*\bclosed\b", str(error), re.IGNORECASE) is not None
