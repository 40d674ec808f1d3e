"""The pages of docs: their code runs (as doctests), what they name exists, the reference lists all that is public."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import skqml

PAGES = sorted((Path(__file__).parents[1] / "docs").glob("*.rst"))
ROLE = re.compile(r":(?:class|func|meth|mod):`~?([\w.]+)`")
# The engine is private; the rest of the package shows what the lists of its rooms name.
ROOMS = ["skqml"] + [
    room.name
    for room in pkgutil.walk_packages(skqml.__path__, "skqml.")
    if room.ispkg and not room.name.startswith("skqml.engine")
]


def resolve(name: str) -> object:
    """The object behind a dotted name: what the module before the last dot calls so."""
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError:  # a method of a class
        return getattr(resolve(module), attribute)


def listed(page: str) -> list[str]:
    """The full names in the tables of the reference."""
    names, module = [], ""
    for line in page.splitlines():
        if line.startswith(".. currentmodule:: "):
            module = line.split()[-1]
        elif re.fullmatch(r"   \w+", line):
            names.append(f"{module}.{line.strip()}")
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_runs_and_names_exist(page):
    text = page.read_text()
    assert "code-block" not in text, "write it with >>>, so that it runs"
    for name in ROLE.findall(text):
        resolve(name)


@pytest.mark.parametrize("room", ROOMS)
def test_the_reference_lists_all_that_is_public(room):
    shown = {id(resolve(name)) for name in listed((PAGES[0].parent / "api.rst").read_text())}
    module = importlib.import_module(room)
    assert [name for name in getattr(module, "__all__", ()) if id(getattr(module, name)) not in shown] == []
