"""What can be imported here (modules on PyTorch only where it is installed), and what users may import."""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import skqml
from skqml.models.base import OptionalParts

OF_TORCH = (
    *(f"skqml.{room}" for room in ("nn", "backends.torch", "models.hybrid")),
    *(f"skqml.{name}" for name in ("Torch", *skqml._HYBRID)),
)
HAS_TORCH = find_spec("torch") is not None


def modules() -> list[pkgutil.ModuleInfo]:
    """All modules below skqml."""
    found = pkgutil.walk_packages(skqml.__path__, "skqml.")
    return [module for module in found if HAS_TORCH or not module.name.startswith(OF_TORCH)]


def shown() -> dict[str, Any]:
    """Whatever a room without an underscore has in its ``__all__``, by name."""
    rooms = [import_module(name) for name in ("skqml", *(m.name for m in modules())) if "._" not in name]
    return {name: getattr(room, name) for room in rooms for name in getattr(room, "__all__", ())}


def classes(kind: type = object, *attributes: str) -> list[type]:
    """All classes that a room shows and that can be made, those of a kind which have some attributes."""
    found = [c for c in shown().values() if inspect.isclass(c) and issubclass(c, kind)]
    found = [c for c in found if not inspect.isabstract(c) and c is not OptionalParts]  # which is of no use alone
    return sorted((c for c in found if all(hasattr(c, a) for a in attributes)), key=lambda c: c.__name__)


def defined(kind: type) -> list[type]:
    """All classes of a kind that can be made, shown or not, that the package defines."""
    for module in modules():
        import_module(module.name)
    found, waiting = set(), [kind]
    while waiting:
        waiting += (cls := waiting.pop()).__subclasses__()
        if cls.__module__.startswith("skqml.") and not inspect.isabstract(cls):
            found.add(cls)
    return sorted(found, key=lambda cls: cls.__name__)


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
