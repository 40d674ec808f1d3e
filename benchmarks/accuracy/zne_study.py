"""Zero-noise extrapolation of random circuits: the mean errors of networks and of the curves of physics."""

from collections.abc import Iterator
from functools import cache

from benchmarks.frame.contest import Contender, Group
from examples.studies.zne_study import METHODS, errors_of_methods

# Only the first comparison has a bar: networks at least 5 times below unmitigated.
STUDIES = [(None, 1), (8192, 1), (None, 10), (8192, 10)]


def cases(quick: bool) -> Iterator[Group]:
    """Yield exact values and 8,192 shots, with CX gates as noisy as the others and ten times as noisy."""
    n_circuits = 6 if quick else 100
    for shots, ratio in STUDIES:
        name = f"Mean |error| of {n_circuits} circuits, {shots or 'exact'}{' shots' if shots else ''}"
        study = cache(lambda shots=shots, ratio=ratio: errors_of_methods(n_circuits, shots, ratio))
        yield Group(
            f"{name}, CX {ratio} times the rate of other gates",
            [Contender(method, lambda method=method, study=study: study()[method]) for method in METHODS],
            reference="unmitigated",
            unit="mean |error|",
            reports=True,
            rounds=1,
        )
