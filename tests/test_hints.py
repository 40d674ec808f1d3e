"""Return hints: every public function and method says what it returns, and so does every function of the engine."""

import ast
from collections.abc import Iterator

import pytest

from tests.test_layers import MODULES, layer


def functions(node: ast.AST, private: bool) -> Iterator[ast.FunctionDef]:
    """Functions and methods, nested and private ones only where those count too; `__init__` returns nothing."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            if private or child.name.endswith("__") or not child.name.startswith("_"):
                yield child
            if private:
                yield from functions(child, private)
        else:
            yield from functions(child, private)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_functions_say_what_they_return(module):
    tree = ast.parse(MODULES[module].read_text())
    found = functions(tree, private=layer(module) == "engine")
    assert [f"line {f.lineno}: {f.name}" for f in found if f.returns is None and f.name != "__init__"] == []
