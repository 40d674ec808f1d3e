"""Modules and names of the package that can be imported here: those on PyTorch only where it is installed."""

import pkgutil
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
