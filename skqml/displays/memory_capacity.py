"""Memory of reservoirs by delay."""

from typing import ClassVar

import numpy as np

from .curve import CurveDisplay


class MemoryCapacityDisplay(CurveDisplay):
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

    _source, _columns = "memory_capacity", ("delays", "capacities")
    _frame: ClassVar = {"xlabel": "delay", "ylabel": "capacity", "ylim": (-0.02, 1.05)}

    def __init__(self, *, delays, capacities, name=None):
        super().__init__(delays=delays, capacities=capacities, name=name)

    def _label(self, name, y):
        return f"{'capacity' if name is None else name}: {np.sum(y):.1f}"
