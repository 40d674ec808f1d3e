"""Copies of primitives for each job: with a seed, so that no two rows share their noise, and with a tag.

A tag is a name that is given before a job is submitted, by which it is found if its id never arrives.
"""

import copy
import uuid
from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
from qiskit.primitives import StatevectorEstimator, StatevectorSampler

from .identity import device_of
from .job_handles import service_of

TAG = "skqml-"  # how all begin


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


def new_tag() -> str:
    """A tag that no other job has."""
    return f"{TAG}{uuid.uuid4().hex}"


def finder_of(primitive) -> Callable[[str], Any] | None:
    """How the service behind a primitive finds a job by its tag, None where jobs take none."""
    find = getattr(service_of(primitive), "jobs", None)
    environment = getattr(getattr(primitive, "options", None), "environment", None)
    if not callable(find) or not hasattr(environment, "job_tags"):
        return None
    return lambda tag: next(iter(find(job_tags=[tag], limit=1)), None)


def tagged(primitive, tag: str) -> Any:
    """A copy of a primitive that gives its jobs a tag, besides those that they have."""
    fresh = copy.copy(primitive)
    environment = own_options(fresh).environment
    before = environment.job_tags if isinstance(environment.job_tags, list) else []
    environment.job_tags = [*before, tag]
    return fresh
