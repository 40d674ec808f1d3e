"""Tags of jobs: names that are given before a job is submitted, by which it is found if its id never arrives."""

import copy
import uuid
from collections.abc import Callable
from typing import Any

from .handles import service_of
from .seeds import own_options

TAG = "skqml-"  # how all begin


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
