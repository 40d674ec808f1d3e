"""What a forward sweep leaves for one backwards."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass
class Run:
    """Angles and final states of some rows, as the sweeps that made them read them."""

    angles: Any
    states: np.ndarray
