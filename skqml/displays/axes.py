"""Where plots are drawn, and how."""

from collections.abc import Mapping

from .._checks import check_kind


def axes(ax=None):
    """The axes given, or those of a new figure."""
    import matplotlib.pyplot as plt

    return plt.subplots()[1] if ax is None else check_kind("ax", ax, plt.Axes, "None or matplotlib Axes")


def keywords(name, value) -> dict:
    """Keyword arguments for a function of matplotlib; none for None."""
    return {} if value is None else dict(check_kind(name, value, Mapping, "None or a dict"))
