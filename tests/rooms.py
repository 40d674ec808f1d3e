"""What can be imported here (modules on PyTorch only where it is installed), and what users may import."""

import ast
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import skqml

OF_TORCH = (
    *(f"skqml.{room}" for room in ("nn", "backends.torch", "models.hybrid")),
    *(f"skqml.{name}" for name in ("Torch", *skqml._HYBRID)),
)
HAS_TORCH = find_spec("torch") is not None


def modules() -> list[pkgutil.ModuleInfo]:
    """All modules below skqml."""
    found = pkgutil.walk_packages(skqml.__path__, "skqml.")
    return [module for module in found if HAS_TORCH or not module.name.startswith(OF_TORCH)]


def private_imports(source: str) -> list[tuple[str, str | None]]:
    """Modules, with the names taken from them, that code imports although no room of the package shows them."""
    return [pair for pair in _imported(source) if not _is_public(*pair)]


def _imported(source: str) -> Iterator[tuple[str, str | None]]:
    """Modules and names that code takes from the package; a module alone is taken whole."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in getattr(node, "names", [])]
        pairs = [(node.module, name) for name in names] if isinstance(node, ast.ImportFrom) else []
        pairs += [(name, None) for name in names] if isinstance(node, ast.Import) else []
        yield from (pair for pair in pairs if (pair[0] or "").split(".")[0] == "skqml")


def _is_public(module: str, name: str | None) -> bool:
    """Whether a room, but for the engine, says that it shows a name."""
    if module.startswith("skqml.engine") or "._" in module:
        return False
    if not HAS_TORCH and f"{module}.{name}".startswith(OF_TORCH):
        return True  # nothing to ask
    return name is None or name in getattr(import_module(module), "__all__", ())
