"""Pages of the reference: what this package wrote, not what it inherits; layers for PyTorch also without it."""

import re


def itself(mocked: object, other: object) -> object:
    """A stand-in for a type of PyTorch in hints such as ``Tensor | None``."""
    return mocked


def skip_foreign(app, what: str, name: str, member: object, skip: bool, options: dict) -> bool | None:
    """Leave out members that another package defines."""
    function = getattr(member, "fget", member)
    return True if not str(getattr(function, "__module__", None) or "skqml").startswith("skqml") else None


def name_modules(app, docname: str, source: list[str]) -> None:
    """Make each module in the tables of the reference a place that pages can point to."""
    if docname == "api":
        names = sorted(set(re.findall(r"^\.\. currentmodule:: (\S+)", source[0], re.MULTILINE)))
        source[0] += "".join(f"\n.. module:: {name}\n" for name in names)


def setup(app) -> dict:
    """For all of autodoc."""
    from sphinx.ext.autodoc.mock import _MockObject

    _MockObject.__or__ = _MockObject.__ror__ = itself
    app.connect("source-read", name_modules)
    app.connect("autodoc-skip-member", skip_foreign)
    return {"parallel_read_safe": True}
