"""Results of jobs on disk, named by what they depend on."""

import logging
import os
import tempfile
from pathlib import Path
from zipfile import BadZipFile

import joblib
import numpy as np

from ..._checks import check_kind

_LOGGER = logging.getLogger("skqml")


class Store:
    """A folder of arrays, one file for each content.

    Files appear whole or not at all; one that cannot be read counts as absent.

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

    def _path(self, content) -> Path:
        return self.folder / f"{joblib.hash(content)}.npz"

    def load(self, content) -> list[np.ndarray] | None:
        """Arrays that were saved for a content, None if there are none."""
        path = self._path(content)
        if not path.exists():
            return None
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return [arrays[name] for name in arrays.files]
        except (OSError, ValueError, EOFError, BadZipFile) as error:
            _LOGGER.warning("The kept result %s cannot be read (%s); its job runs again.", path, error)
            return None

    def save(self, content, arrays) -> None:
        """Keep arrays for a content; a full disk costs the copy, not the result."""
        path, temporary = self._path(content), None
        try:
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as file:
                temporary = file.name
                np.savez(file, *arrays)
            os.replace(temporary, path)
        except OSError as error:
            _LOGGER.warning("A result could not be kept in %s: %s.", self.folder, error)
            if temporary is not None and os.path.exists(temporary):
                os.unlink(temporary)
