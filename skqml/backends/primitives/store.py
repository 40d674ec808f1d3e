"""Results of jobs on disk, named by what they depend on."""

import hashlib
import io
import logging
import os
import tempfile
from pathlib import Path

import joblib
import numpy as np

from ..._checks import check_kind

_LOGGER = logging.getLogger("skqml")
_N_SUM = hashlib.sha256().digest_size


class Store:
    """A folder of arrays, one file for each key: a checksum, then an ``.npz``.

    Files appear whole or not at all; one that was changed since counts as absent.

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

    def _path(self, key) -> Path:
        return self.folder / f"{joblib.hash(key)}.result"

    def load(self, key) -> list[np.ndarray] | None:
        """Arrays that were saved for a key, None if there are none."""
        path = self._path(key)
        if not path.exists():
            return None
        try:
            data = path.read_bytes()
        except OSError as error:
            _warn_of(path, error)
            return None
        if hashlib.sha256(data[_N_SUM:]).digest() != data[:_N_SUM]:
            _warn_of(path, "it was changed after it was written")
            return None
        with np.load(io.BytesIO(data[_N_SUM:]), allow_pickle=False) as arrays:
            return [arrays[name] for name in arrays.files]

    def save(self, key, arrays) -> None:
        """Keep arrays for a key; a full disk costs the copy, not the result."""
        path, temporary, archive = self._path(key), None, io.BytesIO()
        np.savez(archive, *arrays)
        try:
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as file:
                temporary = file.name
                file.write(hashlib.sha256(archive.getvalue()).digest() + archive.getvalue())
            os.replace(temporary, path)
        except OSError as error:
            _LOGGER.warning("A result could not be kept in %s: %s.", self.folder, error)
            if temporary is not None and os.path.exists(temporary):
                os.unlink(temporary)


def _warn_of(path: Path, reason) -> None:
    _LOGGER.warning("The kept result %s cannot be read (%s); its job runs again.", path, reason)
