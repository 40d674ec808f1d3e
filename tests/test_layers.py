"""The structure of the package: what may import what, what an import leaves out, which calls are forbidden."""

import ast
import json
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.rooms import OF_TORCH, private_imports

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "skqml").rglob("*.py"))

# The rooms of the design, the lowest first; rooms on one floor do not import each other.
FLOORS = [
    {"_checks", "_sklearn", "_amplitudes"},
    {"states"},
    {"_parts"},
    {"files"},
    {"circuits", "engine"},
    {"backends"},
    {"mitigation", "cutting"},
    {"kernels", "training", "datasets"},
    {"nn"},
    {"models"},
    {"inspection", "attacks", "displays", "cost", "persistence", "versions"},
    {"evidence"},
    {""},
]
# What stands on one floor but in this order.
WITHIN = {("_amplitudes", "_checks"), ("_sklearn", "_checks"), ("attacks", "persistence")}
DEFERRED = {"matplotlib", "pandas", "pyscf", "polars", "dask", "distributed", "rich", "torch", "skops"}
FORBIDDEN_NAMES = {"print", "eval", "exec"}
UNPICKLERS = {"pickle", "joblib", "dill", "cloudpickle"}


class Import(NamedTuple):
    """One imported module, or one name imported from it."""

    module: str
    name: str | None
    inside_function: bool


def module_name(path: Path) -> str:
    """The dotted name of a file: ``skqml/engine/__init__.py`` is ``skqml.engine``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


def layer(module: str) -> str:
    """The part of the package a module belongs to: ``skqml.backends.aer`` is in ``backends``."""
    return module.split(".")[1] if "." in module else ""


def imports(module: str) -> list[Import]:
    """All imports of a module of the package, relative ones made absolute."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return list(_imports(ast.parse(path.read_text()), package))


def _imports(node: ast.AST, package: str, inside_function: bool = False):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, None, inside_function) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            source = absolute(child, package)
            yield from (Import(source, alias.name, inside_function) for alias in child.names)
        else:
            deeper = inside_function or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, package, deeper)


def absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that a from-import names, seen from a package."""
    if node.level == 0:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def targets(module: str) -> set[str]:
    """The modules of the package that a module imports; a name that is a submodule counts as that."""
    return {target for found in imports(module) if (target := own_module(found)) is not None}


def own_module(found: Import) -> str | None:
    """The module of the package behind an import, None if it is of another package."""
    if found.module.split(".")[0] != "skqml":
        return None
    submodule = f"{found.module}.{found.name}"
    return submodule if submodule in MODULES else found.module


def floor(room: str) -> int:
    """The number of the floor on which a room lies."""
    return next(k for k, rooms in enumerate(FLOORS) if room in rooms)


def points_down(own: str, other: str) -> bool:
    """Whether a module may import another: one of a room below, of its own, or of its own family of models."""
    a, b = layer(own), layer(other)
    if a == b == "models":
        families = [name.split(".")[2] if name.count(".") > 1 else "" for name in (own, other)]
        return families[0] == families[1] or families[1] == "base"
    return a == b or floor(b) < floor(a) or (a, b) in WITHIN


def test_the_package_is_found():
    """Without its files every other test here would pass on nothing, and every room has its floor."""
    assert {"skqml", "skqml.circuits", "skqml.engine"} <= set(MODULES)
    assert {layer(module) for module in MODULES} == set().union(*FLOORS)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_down(module):
    """No room imports one above it or beside it, no family of models another."""
    assert [other for other in targets(module) if not points_down(module, other)] == []


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("circuits", "engine"),
        ("engine", "circuits"),
        ("engine", "backends"),
        ("backends", "mitigation"),
        ("kernels", "training"),
        ("models.vqe", "models.variational"),
        ("models.base", "models.vqe"),
        ("models.vqe", "cost"),
        ("displays", "inspection"),
        ("_checks", "_parts"),
    ],
)
def test_an_upward_or_sideways_import_is_seen(own, other):
    """The rule itself refuses what the design forbids."""
    assert not points_down(f"skqml.{own}.file", f"skqml.{other}.file")


@pytest.mark.parametrize(
    ("own", "other"),
    [("kernels", "engine"), ("models.vqe", "models.base"), ("models.vqe", "mitigation"), ("displays", "models.vqe")],
)
def test_a_downward_import_is_allowed(own, other):
    """The rule itself allows what the design draws."""
    assert points_down(f"skqml.{own}.file", f"skqml.{other}.file")


def test_examples_and_benchmarks_use_public_rooms_alone():
    """They do what users can: what measures the engine does so through backends."""
    users = [path for room in ("benchmarks", "examples") for path in (ROOT / room).rglob("*.py")]
    assert len(users) > 20
    assert {str(path): found for path in users if (found := private_imports(path.read_text()))} == {}


def test_imports_run_in_no_circle():
    """Each module comes after all that it imports, or there is no such order."""
    TopologicalSorter({module: targets(module) & set(MODULES) - {module} for module in MODULES}).prepare()


@pytest.mark.parametrize("module", MODULES)
def test_optional_packages_are_imported_where_they_belong(module):
    """Aer in backends.aer (and in files that hold noise), torch in three rooms, what is optional inside functions."""
    for found in imports(module):
        package = found.module.split(".")[0]
        if package == "qiskit_aer":
            in_files = module == "skqml.files.noise" and found.inside_function
            assert module.startswith("skqml.backends.aer") or in_files
        elif package == "torch":
            assert module.startswith(OF_TORCH)
        elif package in DEFERRED:
            assert found.inside_function


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {"skqml._sklearn"}))
def test_private_names_of_scikit_learn_have_one_door(module):
    """Only _sklearn.py takes what scikit-learn does not promise to keep."""
    private = [
        found
        for found in imports(module)
        if found.module.split(".")[0] == "sklearn"
        and any(part.startswith("_") for part in [*found.module.split("."), found.name or ""])
    ]
    assert not private


@pytest.mark.parametrize("module", MODULES)
def test_no_printing_evaluating_or_unpickling(module):
    """A library neither writes to the terminal nor runs code that it reads."""
    tree = ast.parse(MODULES[module].read_text())
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    unpicklers = {f"{package}.{function}" for package in UNPICKLERS for function in ("load", "loads")}
    assert not set(calls) & (FORBIDDEN_NAMES | unpicklers)
    assert not [found for found in imports(module) if found.module in UNPICKLERS and found.name in {"load", "loads"}]


WITHOUT_TORCH = """
import sys

class Lacking:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, *rest):
        return None if name == "torch" else self.finder.find_spec(name, *rest)

sys.meta_path[:] = [Lacking(finder) for finder in sys.meta_path]
import skqml
assert not set(skqml._HYBRID) & set(skqml.__all__)
named = [lambda name=name: getattr(skqml, name) for name in ("Torch", *skqml._HYBRID)]
for ask in (lambda: __import__("skqml.nn"), *named):
    try:
        ask()
    except ImportError as error:
        assert "pip install 'skqml[torch]'" in str(error), error
    else:
        raise AssertionError("not refused")
"""


def test_what_needs_torch_says_so_where_it_is_missing():
    """One sentence, which says what to install."""
    subprocess.run([sys.executable, "-c", WITHOUT_TORCH], cwd=ROOT, check=True)


def test_import_leaves_optional_packages_out():
    """``import skqml`` loads neither Aer nor what only plots, networks or clusters need."""
    code = "import json, sys, skqml; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "skqml" in loaded
    # Not pandas: scikit-learn itself imports it where it is installed.
    assert not loaded & {"qiskit_aer", "matplotlib", "torch", "dask", "distributed", "polars"}
