"""Results of jobs on disk, and ids of jobs that have none yet, named by what they depend on."""

import hashlib
import logging
import os
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from ..._checks import check_kind
from ...files.archive import replace_file
from ...files.plain import read_plain, write_plain

_LOGGER = logging.getLogger("skqml")
_N_SUM = hashlib.sha256().digest_size


class Store:
    """A folder with a file for each key: of arrays (``.result``), or of the id of a job (``.job``).

    A file is a checksum and then what `write_plain` makes. Files appear whole or not at all; one that was changed since
    counts as absent.

    Parameters
    ----------
    folder : str or path
    """

    def __init__(self, folder):
        self.folder = Path(check_kind("folder", folder, str | os.PathLike, "None, or the name of a folder"))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(f"The 'folder' parameter must name a folder, got {str(folder)!r}: {error}.") from error

    def path(self, key, kind: str) -> Path:
        """The file of a key."""
        return self.folder / f"{joblib.hash(key)}.{kind}"

    def load(self, key) -> list[np.ndarray] | None:
        """Arrays that were saved for a key, None if there are none."""
        return _read(self.path(key, "result"))

    def save(self, key, arrays) -> None:
        """Keep arrays for a key in place of the id of their job; a full disk costs the copy, not the result."""
        if self._write(self.path(key, "result"), arrays):
            self.forget_id(key)

    def load_id(self, key) -> str | None:
        """The id of a job that was submitted for a key and has no result here, None if there is none."""
        return _read(self.path(key, "job"))

    def save_id(self, key, job_id: str) -> None:
        """Keep the id of a job."""
        self._write(self.path(key, "job"), job_id)

    def forget_id(self, key) -> None:
        """Drop the id of a job."""
        try:
            self.path(key, "job").unlink(missing_ok=True)
        except OSError as error:
            _LOGGER.warning("The id of a job could not be removed from %s: %s.", self.folder, error)

    def _write(self, path: Path, value) -> bool:
        data = write_plain(value)
        try:
            replace_file(path, hashlib.sha256(data).digest() + data)
        except OSError as error:
            _LOGGER.warning("A result could not be kept in %s: %s.", self.folder, error)
            return False
        return True


def _read(path: Path) -> Any:
    try:
        data = path.read_bytes()
        if hashlib.sha256(data[_N_SUM:]).digest() != data[:_N_SUM]:
            raise OSError("it was changed after it was written")
        return read_plain(data[_N_SUM:])
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _LOGGER.warning("The kept file %s cannot be read (%s); its job runs again.", path, error)
        return None
