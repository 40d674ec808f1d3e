"""The size of things: files, functions, folders, and that no two places hold the same lines."""

import ast
import re
from collections import defaultdict
from functools import cache
from keyword import iskeyword
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path for room in ("skqml", "tests", "examples", "benchmarks") for path in (ROOT / room).rglob("*.py"))
LONG = {"__init__"}
OURS = [path for path in FILES if path.is_relative_to(ROOT / "skqml")]


def body(node):
    """Statements of a function, class or module without its docstring."""
    return node.body[ast.get_docstring(node, clean=False) is not None :]


def functions(path):
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]


def n_lines(function):
    lines = body(function)
    return lines[-1].end_lineno - lines[0].lineno + 1 if lines else 0


def test_files_are_short():
    assert len(OURS) > 200
    assert {str(path): n for path in FILES if (n := len(path.read_text().splitlines())) >= 300} == {}


def test_the_formatter_makes_no_exceptions():
    here = Path(__file__)
    assert not [str(path) for path in FILES if path != here and "fmt: skip" in path.read_text()]


def test_functions_are_short():
    """Save constructors that only store, one line a parameter, and one loop over many arrays that all change."""
    found = {(str(path), f.name): n_lines(f) for path in OURS for f in functions(path) if f.name not in LONG}
    assert {key: n for key, n in found.items() if n > 25} == {}


def test_folders_hold_few_files():
    n_modules = defaultdict(int)
    for path in FILES:
        n_modules[str(path.parent)] += not path.stem.startswith("__")
    assert {folder: n for folder, n in n_modules.items() if n > 15} == {}


def test_tests_mirror_sources():
    """Each room has a folder of tests; compiled loops are tested by what calls them."""
    rooms = {path.parent.relative_to(ROOT / "skqml") for path in OURS if path.stem != "__init__"}
    tested = {path.parent.relative_to(ROOT / "tests") for path in FILES if path.name.startswith("test_")}
    assert {str(room) for room in rooms if room.name != "compiled"} - {str(room) for room in tested} == set()


@cache
def logic(path):
    """Lines of a file in one form, without docstrings, and without those that import or store an argument."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            node.body = body(node) or [ast.Pass()]
    lines = [line.strip() for line in ast.unparse(tree).splitlines()]
    return [line for line in lines if line and not re.match(r"import |from |@|self\.(\w+) = \1$", line)]


def anonymous(line):
    """A line with one name for all names."""
    return re.sub(r"[A-Za-z_]\w*", lambda name: name[0] if iskeyword(name[0]) else "_", line)


@pytest.mark.parametrize(("form", "most"), [(str, 7), (anonymous, 10)], ids=["as they are", "whatever the names"])
def test_no_two_places_hold_the_same_lines(form, most):
    places = defaultdict(list)
    for path in OURS:
        lines = list(map(form, logic(path)))
        for i in range(len(lines) - most):
            places["\n".join(lines[i : i + most + 1])].append(str(path))
    assert {text: paths for text, paths in places.items() if len(paths) > 1} == {}


def test_no_two_classes_share_a_name():
    """A name means one thing in all rooms; an underscore before it makes no difference."""
    places = defaultdict(list)
    for path in OURS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(str(path.relative_to(ROOT)))
    assert len(places) > 400
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_the_reverse_pass_has_one_name():
    """Methods that take cotangents back are pullbacks; only PyTorch asks for another name."""
    others = {"backward", "vjp", "transpose", "pulled_back", "cotangents"}
    found = {
        f"{path.relative_to(ROOT)}: {method.name}"
        for path in OURS
        if path.parent.name != "nn"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name.lstrip("_") in others
    }
    assert found == set()
