"""What displays share: where things are drawn, and how."""

from collections.abc import Mapping
from typing import Any

from .._checks import check_kind


def axes(ax=None) -> Any:
    """The axes given, or those of a new figure."""
    import matplotlib.pyplot as plt

    return plt.subplots()[1] if ax is None else check_kind("ax", ax, plt.Axes, "None or matplotlib Axes")


def title(*names) -> str | None:
    """The first name that is not None, or None."""
    given = [check_kind("name", name, str, "None or text") for name in names if name is not None]
    return given[0] if given else None


def keywords(name, value) -> dict:
    """Return the keyword arguments for a function of matplotlib; none where None is given."""
    return {} if value is None else dict(check_kind(name, value, Mapping, "None or a dict"))
