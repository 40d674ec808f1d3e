"""Measured Pauli strings, in stages of tiles."""

from itertools import groupby

import numpy as np

from .compiled.measure import Reading
from .stages import StageStep, stages, tile_numbers
from .tables import WideTables


class Measured:
    """What is to be read of the tiles of a state.

    Parameters
    ----------
    tables : WideTables
    strings : int64 (n_strings, 3)
        Masks of X and Z, and the number of Y.

    Attributes
    ----------
    reading : Reading
    order : ndarray of int (n_strings,)
        The strings in the order of the reading.
    signs : ndarray (n_strings, lanes)
        What each lane counts, in this order.
    """

    def __init__(self, tables: WideTables, strings: np.ndarray):
        n_lane_bits, lanes = tables.n_lane_bits, np.arange(1 << tables.n_lane_bits)
        ranks = [(int(x), int(n_y) & 1) for x, _, n_y in strings]
        by_rank = groupby(sorted(range(len(ranks)), key=ranks.__getitem__), key=ranks.__getitem__)
        groups = [StageStep(x, [], lines=(odd_y, list(members))) for (x, odd_y), members in by_rank]
        found = stages(groups, n_lane_bits, tables.n_inside)
        combinations, tiles, _ = tile_numbers([basis for _, basis in found], tables.n_bits)
        low = (1 << n_lane_bits) - 1
        in_order = [(step, basis) for steps, basis in found for step in steps]
        self.order = np.array([k for step, _ in in_order for k in step.lines[1]], dtype=np.int64)
        far = [(int(strings[k, 1]) >> n_lane_bits, b) for step, b in in_order for k in step.lines[1]]
        self.reading = Reading(
            np.array(
                [(b.coordinates(s.x >> n_lane_bits), s.x & low, s.lines[0]) for s, b in in_order], np.int64
            ).reshape(-1, 3),
            np.cumsum([0] + [len(steps) for steps, _ in found]),
            np.cumsum([0] + [len(step.lines[1]) for step, _ in in_order]),
            np.array([(basis.parities(z), z) for z, basis in far], dtype=np.int64).reshape(-1, 2),
            combinations,
            tiles,
        )
        _, z, n_y = strings[self.order].T[..., None]
        self.signs = 1.0 - 2.0 * ((np.bitwise_count(lanes & z) ^ (n_y >> 1)) & 1)
