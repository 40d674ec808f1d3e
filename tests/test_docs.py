"""The pages of docs: their code runs (as doctests), what they name exists, the reference lists all that is public."""

import ast
import importlib
import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.rooms import HAS_TORCH, OF_TORCH, modules

ROOT = Path(__file__).parents[1]
MADE = {"_build", "_templates", "generated", "auto_examples"}  # by `make docs`
PAGES = sorted(page for page in (ROOT / "docs").rglob("*.rst") if not MADE & set(page.parts))
PROSE = [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
HEADINGS = ["What it is", "When to use it, and when not", "Minimal code", "Choices", "Cost"]
# What leads into the tree: links of Markdown, and paths between backticks.
PATH = re.compile(r"\]\((?!https:)([^)#]+)[^)]*\)|`((?:benchmarks|docs|examples|skqml|tests)/[\w./]+)`")
ROLE = re.compile(r":(?:class|func|meth|mod):`~?([\w.]+)`")
SECTIONS = ["Parameters", "Attributes", "Methods", "Returns", "Yields", "Raises", "Warns", "See Also"]  # of numpydoc
SECTIONS += ["Notes", "References", "Examples"]
SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)
# The engine is private; the rest of the package shows what the lists of its rooms name.
ROOMS = ["skqml"] + [m.name for m in modules() if m.ispkg and not m.name.startswith("skqml.engine")]


def resolve(name: str) -> object:
    """The object behind a dotted name: what the module before the last dot calls so."""
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError:  # a method of a class
        return getattr(resolve(module), attribute)


def calls(text: str) -> list[ast.Call]:
    """Calls by plain names in the code between backticks."""
    found = []
    for code in re.findall(r"(?<!`)``?([^`]+)``?(?!`)", text):
        try:
            found += [node for node in ast.walk(ast.parse(code.strip(), mode="eval")) if isinstance(node, ast.Call)]
        except SyntaxError:  # a file, a formula, a command
            continue
    return [call for call in found if isinstance(call.func, ast.Name)]


@cache
def public() -> dict[str, Callable]:
    """All that the lists of the rooms name."""
    rooms = [importlib.import_module(room) for room in ROOMS]
    return {name: getattr(room, name) for room in rooms for name in getattr(room, "__all__", ())}


@cache
def documented() -> dict[str, Callable]:
    """Public functions and classes, and the methods that the classes write, whose docstrings have sections."""
    found = dict(public())
    for name, call in public().items():
        own = vars(call).items() if isinstance(call, type) else ()
        found |= {f"{name}.{k}": v for k, v in own if inspect.isfunction(v) and k[0] != "_"}
    return {name: call for name, call in found.items() if callable(call) and SECTION.search(inspect.getdoc(call) or "")}


def listed(page: str) -> list[str]:
    """The full names in the tables of the reference."""
    names, module = [], ""
    for line in page.splitlines():
        if line.startswith(".. currentmodule:: "):
            module = line.split()[-1]
        elif re.fullmatch(r"   \w+", line):
            names.append(f"{module}.{line.strip()}")
    return [name for name in names if HAS_TORCH or not name.startswith(OF_TORCH)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_runs_and_names_exist(page):
    text = page.read_text()
    assert "code-block:: py" not in text, "write it with >>>, so that it runs"
    for name in ROLE.findall(text):
        if HAS_TORCH or not name.startswith(OF_TORCH):
            resolve(name)


@pytest.mark.parametrize(
    "page", [p for p in PAGES if p.parent.name == "families" and p.stem != "index"], ids=lambda page: page.stem
)
def test_pages_of_families_have_the_same_headings(page):
    found = re.findall(r"^(.+)\n---+$", page.read_text(), re.MULTILINE)
    assert [heading for heading in found if heading in HEADINGS] == HEADINGS


@pytest.mark.parametrize("room", ROOMS)
def test_the_reference_lists_all_that_is_public(room):
    shown = {id(resolve(name)) for name in listed((ROOT / "docs" / "api.rst").read_text())}
    module = importlib.import_module(room)
    assert [name for name in getattr(module, "__all__", ()) if id(getattr(module, name)) not in shown] == []


def test_no_docstring_breaks_a_line_of_parameters():
    """In a raw docstring the backslash stays, and Sphinx takes what follows for text."""
    names = listed((ROOT / "docs" / "api.rst").read_text())
    assert [name for name in names if "\\\n" in (inspect.getdoc(resolve(name)) or "")] == []


@pytest.mark.parametrize("name", sorted(documented()))
def test_docstrings_have_sections_in_order_and_all_parameters(name):
    _, *parts = SECTION.split(inspect.getdoc(documented()[name]))
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(sections) == [title for title in SECTIONS if title in sections]
    if "Parameters" in sections:
        lines = re.findall(r"^([\w*].*?),?(?: :.*)?$", sections["Parameters"], re.MULTILINE)
        told = [name.strip(" *") for line in lines for name in line.split(",")]
        taken = inspect.signature(documented()[name]).parameters
        assert "\n**" in f"\n{sections['Parameters'].strip()}" or sorted(told) == sorted(taken.keys() - {"self"})


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.stem)
def test_calls_in_sentences_have_parameters_that_exist(page):
    for call in calls(page.read_text()):
        if call.func.id in public():
            keywords = {keyword.arg: None for keyword in call.keywords}
            inspect.signature(public()[call.func.id]).bind_partial(*call.args, **keywords)


@pytest.mark.parametrize("page", sorted({*PROSE, *ROOT.glob("*.md")}), ids=lambda page: page.stem)
def test_paths_lead_to_files(page):
    """Links between pages of the site are held by Sphinx; those of Markdown, and paths in sentences, by nobody else."""
    found = {part for pair in PATH.findall(page.read_text()) for part in pair if part}
    assert [path for path in sorted(found) if not MADE & set(Path(path).parts) and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_are_roles(page):
    """Sphinx looks up where roles lead, and takes addresses, and markup within markup, as they are."""
    assert re.findall(r"<((?!https://)[^<>`]+)>`_", page.read_text()) == []
    assert re.findall(r"(?<!\S)\*\*\w[^*\n]*``[^*\n]*\*\*", page.read_text()) == []


def test_the_file_map_names_all_of_the_engine():
    page = (ROOT / "docs/explanation/engine.rst").read_text()
    named = set(re.findall(r"\w+", page[page.index("The files\n") :]))
    assert {path.stem for path in (ROOT / "skqml/engine").rglob("*.py")} - {"__init__"} <= named
