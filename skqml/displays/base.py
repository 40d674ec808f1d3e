"""What displays share: where things are drawn, under which name, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._checks import check_kind


@dataclass(kw_only=True, eq=False, repr=False)
class Display:
    """Base class: what is stored under a name, and drawn by `plot`."""

    name: str | None = None

    def _axes(self, ax, text: str | None = None) -> Any:
        """The axes given, or those of a new figure, under a title."""
        try:
            import matplotlib.pyplot as plt
        except ImportError as error:
            raise ImportError("Displays need the package matplotlib: pip install 'skqml[plot]'.") from error
        self.ax_ = plt.subplots()[1] if ax is None else check_kind("ax", ax, plt.Axes, "None or matplotlib Axes")
        self.figure_ = self.ax_.figure
        if text is not None:
            self.ax_.set_title(text)
        return self.ax_


def title(*names) -> str | None:
    """The first name that is not None, or None."""
    given = [check_kind("name", name, str, "None or text") for name in names if name is not None]
    return given[0] if given else None


def keywords(name, value) -> dict:
    """Return the keyword arguments for a function of matplotlib; none where None is given."""
    return {} if value is None else dict(check_kind(name, value, Mapping, "None or a dict"))
