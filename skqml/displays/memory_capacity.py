"""Memory of reservoirs by delay."""

from typing import Self

import numpy as np

from .._checks import check_numbers, shown
from .axes import axes, keywords, title


class MemoryCapacityDisplay:
    """The capacity of a reservoir for each delay.

    Create it with `from_result`; with ``ax`` of another one, curves can be compared.

    Parameters
    ----------
    delays : ndarray (n_delays,)
    capacities : ndarray (n_delays,)
        Between 0 and 1.
    name : str, default=None
        What the legend calls the curve, beside the total.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    line_ : matplotlib Line2D

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.displays import MemoryCapacityDisplay
    >>> from skqml.inspection.capacity import memory_capacity
    >>> result = memory_capacity(lambda u: np.stack([np.roll(u, 1), np.roll(u, 2)], axis=1), random_state=0)
    >>> display = MemoryCapacityDisplay.from_result(result, name="two delays")
    >>> display.line_.get_label()
    'two delays: 2.0'
    """

    def __init__(self, *, delays, capacities, name=None):
        self.delays = delays
        self.capacities = capacities
        self.name = name

    @classmethod
    def from_result(cls, result, *, ax=None, name=None, line_kwargs=None) -> Self:
        """Plot what `memory_capacity` returned.

        Parameters
        ----------
        result : Bunch
        ax : matplotlib Axes, default=None
        name : str, default=None
            What the legend calls the curve.
        line_kwargs : dict, default=None
            Passed on to ``plot``.

        Returns
        -------
        MemoryCapacityDisplay
        """
        if not hasattr(result, "delays") or not hasattr(result, "capacities"):
            raise TypeError(f"Expected result to be what memory_capacity returns, got {shown(result)}.")
        display = cls(delays=result.delays, capacities=result.capacities, name=name)
        return display.plot(ax, line_kwargs=line_kwargs)

    def plot(self, ax=None, *, name=None, line_kwargs=None) -> Self:
        """Draw the capacities over the delays.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
        name : str, default=None
            What the legend calls the curve.
        line_kwargs : dict, default=None
            Passed on to ``plot``.

        Returns
        -------
        self
        """
        name = title(name, self.name)
        self.delays = check_numbers("delays", self.delays)
        self.capacities = check_numbers("capacities", self.capacities)
        if len(self.delays) != len(self.capacities):
            raise ValueError(f"delays and capacities must be as many, got {len(self.delays)}, {len(self.capacities)}.")
        ax = axes(ax)
        label = f"{'capacity' if name is None else name}: {np.sum(self.capacities):.1f}"
        options = {"marker": ".", "label": label} | keywords("line_kwargs", line_kwargs)
        (self.line_,) = ax.plot(self.delays, self.capacities, **options)
        ax.set(xlabel="delay", ylabel="capacity", ylim=(-0.02, 1.05))
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self
