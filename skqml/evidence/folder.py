"""Trials on disk, so that what was interrupted goes on where it ended: one JSON file a trial, and no code."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .._checks import check_kind
from ..files.archive import replace_file
from ..files.digests import digest
from .trials import Trial

_PLAN = "plan.json"


class Folder:
    """The trials of one plan.

    Parameters
    ----------
    path : str, path or None
        Where files are; None keeps nothing.
    make_plan : callable
        Returns a dict of all that trials depend on, as text and numbers.

    Raises
    ------
    ValueError
        If the folder holds trials of another plan.
    """

    def __init__(self, path, make_plan: Callable[[], dict[str, Any]]):
        self.path = None if path is None else Path(check_kind("folder", path, (str, os.PathLike), "None or a path"))
        if self.path is None:
            return
        if self.path.exists() and not self.path.is_dir():
            raise ValueError(f"folder must be a folder or no file yet, got the file {str(self.path)!r}.")
        self.path.mkdir(parents=True, exist_ok=True)
        before, plan = _read(self.path / _PLAN), json.loads(json.dumps(make_plan()))
        if before is None:
            _write(self.path / _PLAN, plan)
        elif before != plan:
            changed = sorted(key for key in plan if before.get(key) != plan[key])
            raise ValueError(
                f"folder must be empty or hold trials of the same plan, but {', '.join(changed)} differ from those in "
                f"{str(self.path)!r}; take another folder."
            )

    def find(self, contender: str, seed: int, fold: int) -> Trial | None:
        """A trial that was kept, or None."""
        if self.path is None:
            return None
        found = _read(self.path / f"{contender}-{seed}-{fold}.json")
        return None if found is None else Trial(**found)

    def keep(self, trial: Trial) -> None:
        """Write a trial."""
        if self.path is not None:
            _write(self.path / f"{trial.name}.json", asdict(trial))


def described(*objects) -> str:
    """What objects are as text, the same in each process: without the places of functions in memory."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", ": ".join(map(repr, objects)))


def digest_of(*objects) -> str:
    """Digest of objects, which tells what their text leaves out, such as numbers of an array; none of live handles."""
    try:
        return digest(objects)
    except TypeError:
        return "none"


def _read(path: Path) -> dict | None:
    """What stands in a file; None where there is none, or none that was written to its end."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def _write(path: Path, content: dict) -> None:
    replace_file(path, json.dumps(content).encode())
