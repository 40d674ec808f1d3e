"""Files that come with the package, read from wherever it is installed."""

import json
from importlib.resources import files

import numpy as np

_FOLDER = files(__package__) / "data"


def read_arrays(name: str) -> dict[str, np.ndarray]:
    """Arrays of an ``.npz`` file; objects are refused, so that nothing is unpickled."""
    with (_FOLDER / name).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}


def read_json(name: str) -> dict:
    """Content of a JSON file."""
    return json.loads((_FOLDER / name).read_text(encoding="utf-8"))
