"""Seeds inside primitives: found, and replaced by one for each job, so that no two rows share their noise."""

import copy
from numbers import Integral
from typing import Any

import numpy as np
from qiskit.primitives import StatevectorEstimator, StatevectorSampler

from .identity import device_of


def is_live(primitive) -> bool:
    """Whether it is a primitive itself, not something that makes one from a seed."""
    return hasattr(primitive, "run") and not isinstance(primitive, type)


def fixed_seed(primitive) -> int | None:
    """The integer that a primitive was given as its seed, None where there is none."""
    holders = [(primitive, "_seed"), *_holders(getattr(primitive, "options", None))]
    holders.append((getattr(device_of(primitive), "options", None), "seed_simulator"))
    found = (_get(holder, name) for holder, name in holders)
    return next((int(seed) for seed in found if isinstance(seed, Integral)), None)


def reseeded(primitive, seed: int) -> Any:
    """A copy whose noise follows from a seed and is another for every row; the primitive itself if it has no seed.

    Qiskit's reference primitives begin with an integer seed anew for each row, but go on with a generator.
    """
    if fixed_seed(primitive) is None:
        return primitive
    fresh = copy.copy(primitive)
    if isinstance(primitive, StatevectorSampler | StatevectorEstimator):
        fresh._seed = np.random.default_rng(seed)
        return fresh
    if hasattr(fresh, "_seed"):
        fresh._seed = seed
    for holder, name in _holders(own_options(fresh)):
        if isinstance(holder, dict):
            holder[name] = seed
        elif hasattr(holder, name):
            setattr(holder, name, seed)
    return fresh


def own_options(fresh) -> Any:
    """Give a copy of a primitive options of its own, and return them."""
    options = copy.deepcopy(getattr(fresh, "options", None))
    setattr(fresh, "_options" if hasattr(fresh, "_options") else "options", options)
    return options


def _holders(options) -> list[tuple]:
    """Where options of Qiskit's, Aer's and IBM's primitives keep the seed of a simulator: (object, name)."""
    places = (options, getattr(options, "run_options", None), getattr(options, "simulator", None))
    return [(place, "seed_simulator") for place in places if place is not None]


def _get(holder, name: str) -> Any:
    return holder.get(name) if isinstance(holder, dict) else getattr(holder, name, None)
