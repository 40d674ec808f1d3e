"""Versions of packages and system, for a report of a mistake."""

import platform
import re
import sys
from importlib.metadata import requires

from .files.versions import versions_of


def show_versions() -> None:
    """Print the versions of Python, of this package and of all that it can use, and the machine.

    Examples
    --------
    >>> import skqml
    >>> skqml.show_versions()
    Python: 3...
    machine: ...
    skqml: ...
    numpy: ...
    """
    names = ["skqml", *_used()]
    found = {"Python": platform.python_version(), "machine": platform.platform()}
    found |= dict.fromkeys(names, "not installed") | versions_of(names)
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in found.items()))


def _used() -> list[str]:
    """Names of the packages that this one requires or, with an extra, can use."""
    lines = [line for line in requires("skqml") or () if not re.search(r'extra == "(all|test|bench|docs|dist)"', line)]
    return [re.split(r"[^\w.-]", line)[0] for line in lines]
