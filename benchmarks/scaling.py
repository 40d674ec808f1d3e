"""Values and all derivatives against rows, qubits, layers, strings and threads: time, memory, slopes and limits.

With ``--folder`` a figure, ``scaling.svg``, is drawn there.
"""

import os
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from qiskit.quantum_info import SparsePauliOp, random_pauli_list

from benchmarks.frame.contest import Contender, Group
from benchmarks.frame.limits import Limits, fastest
from benchmarks.gradients import ring_circuit
from skqml import Exact, all_z

# A real number and rotation: 3 forwards; backwards 3 for state and for cotangent, and 2 for the derivative.
_OPERATIONS = 11
_OF_STRINGS = 4  # a real number and strings with the same X and Y: 2 for the value, 2 for the cotangent
_SWEEPS = 3  # forwards the state, backwards the state and its cotangent
_CACHE = 2**20  # bytes of a state that need not be moved from memory and back


@dataclass(frozen=True)
class Point:
    """What one size takes: seconds, bytes allocated at most, and the least seconds that the machine allows."""

    size: int
    seconds: float
    bytes: int
    limit: float


@dataclass(frozen=True)
class Curve:
    """Points along one axis, and what stays the same."""

    axis: str
    rest: str
    points: list[Point]

    def law(self, what: str = "seconds") -> str:
        """How a figure grows through the larger half of the sizes: by a factor a qubit, or as a power."""
        half = self.points[-max(2, (len(self.points) + 1) // 2) :]
        sizes, figures = (np.array([getattr(p, name) for p in half], dtype=float) for name in ("size", what))
        if self.axis == "qubits":
            return f"{np.exp(np.polyfit(sizes, np.log(figures), 1)[0]):.2f} a qubit"
        return f"power {np.polyfit(np.log(sizes), np.log(figures), 1)[0]:.2f}"


def cases(quick: bool, folder: Path | None = None) -> Iterator[Group]:
    """Yield one group an axis, each size a row."""
    limits, curves = Limits.measured(quick), []
    for measure in (rows, qubits, layers, strings, threads):
        curves.append(measure(limits, quick))
        yield _group(curves[-1], limits)
    if folder is not None:
        draw(curves, limits, folder / "scaling.svg")


def rows(limits: Limits, quick: bool) -> Curve:
    """8 qubits, 4 layers."""
    sizes = (1, 8, 32) if quick else (1, 8, 32, 128, 512, 2048)
    return Curve("rows", "8 qubits, 4 layers, all Z", [_point(limits, n, 8, 4, n) for n in sizes])


def qubits(limits: Limits, quick: bool) -> Curve:
    """One row, 4 layers."""
    sizes = (4, 6, 8) if quick else range(4, 21, 2)
    return Curve("qubits", "4 layers, 1 row, all Z", [_point(limits, n, n, 4, 1) for n in sizes])


def layers(limits: Limits, quick: bool) -> Curve:
    """8 qubits, 64 rows."""
    sizes = (2, 4, 8) if quick else (2, 4, 8, 16, 32, 64)
    return Curve("layers", "8 qubits, 64 rows, all Z", [_point(limits, n, 8, n, 64) for n in sizes])


def strings(limits: Limits, quick: bool) -> Curve:
    """One sum of random strings."""
    n_qubits, sizes = (6, (4, 16, 64)) if quick else (12, (16, 64, 256, 1024, 4096))
    sums = [[SparsePauliOp(random_pauli_list(n_qubits, n, seed=0, phase=False))] for n in sizes]
    points = [_point(limits, n, n_qubits, 2, 1, found) for n, found in zip(sizes, sums, strict=True)]
    return Curve("strings", f"{n_qubits} qubits, 2 layers, 1 row, one sum", points)


def threads(limits: Limits, quick: bool) -> Curve:
    """As many as there are processors."""
    n_qubits, n_rows = (6, 64) if quick else (10, 256)
    sizes = range(1, (os.cpu_count() or 1) + 1)
    points = [_point(limits, n, n_qubits, 4, n_rows, n_threads=n) for n in sizes]
    return Curve("threads", f"{n_qubits} qubits, 4 layers, {n_rows} rows, all Z", points)


def _point(
    limits: Limits, size: int, n_qubits: int, n_layers: int, n_rows: int, observables=None, n_threads=None
) -> Point:
    """CPU time on one thread, time by the clock where threads are counted."""
    program = Exact(threads=n_threads or 1).compile(ring_circuit(n_qubits, n_layers), observables or all_z(n_qubits))
    rng = np.random.default_rng(0)
    X, w = rng.normal(size=(n_rows, n_qubits)), rng.normal(size=program.n_weights)
    call = partial(_value_and_slopes, program, X, w)
    seconds = fastest(call, process_time if n_threads is None else perf_counter)
    tables = program.sweeps.tables
    numbers = n_rows * tables.parts << n_qubits
    moved = 2 * 8 * numbers * _SWEEPS * n_layers if 8 * numbers > _CACHE * n_rows else 0
    n_read = len(np.unique(program.sweeps.strings[:, 0]))  # of strings with the same X and Y one pass reads all
    operations = (_OPERATIONS * len(tables.ops) + _OF_STRINGS * n_read) * numbers
    least = limits.seconds(moved, operations) / (n_threads or 1)
    return Point(size, seconds, _peak(call), least)


def _value_and_slopes(program, X: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    values, pullback = program.forward(X, w)
    return pullback(np.ones_like(values))


def _peak(call: Callable[[], object]) -> int:
    """Most bytes of arrays at one time during a call."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _group(curve: Curve, limits: Limits) -> Group:
    """The points as contenders that know their figures; the first is the reference."""
    rates = f"{limits.flops / 1e9:.1f} Gflop/s, {limits.bandwidth / 1e9:.1f} GB/s a thread"
    return Group(
        f"{curve.axis.capitalize()} ({curve.rest}): time {curve.law()}, memory {curve.law('bytes')}; {rates}",
        [_contender(point, curve.axis) for point in curve.points],
        f"{curve.points[0].size} {curve.axis}",
        reports=True,
        rounds=1,
    )


def _contender(point: Point, axis: str) -> Contender:
    note = f"{point.seconds / point.limit:.1f} x limit of {point.limit:.1e} s, {point.bytes / 2**20:.2g} MiB"
    return Contender(f"{point.size} {axis}", lambda: point.seconds, note=note)


def draw(curves: list[Curve], limits: Limits, path: Path) -> None:
    """A panel of time for each axis, with the limit below the points, and of memory for rows and qubits."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 4, figsize=(12, 5.4), layout="constrained")
    for ax, curve in zip(axes.flat, curves, strict=False):
        _plot(ax, curve, "seconds")
        ax.plot([p.size for p in curve.points], [p.limit for p in curve.points], "k--", label="limit of the machine")
        ax.legend(fontsize=7)
    for ax, curve in zip(axes.flat[len(curves) : -1], curves, strict=False):
        _plot(ax, curve, "bytes")
        ax.legend(fontsize=7)
    axes.flat[-1].set_axis_off()
    figure.suptitle(f"{limits.flops / 1e9:.0f} Gflop/s and {limits.bandwidth / 1e9:.0f} GB/s a thread", fontsize=9)
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "scaling"}):
        figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _plot(ax, curve: Curve, what: str) -> None:
    """Seconds or bytes, on an axis whose ticks are the sizes."""
    sizes, figures = ([getattr(p, name) for p in curve.points] for name in ("size", what))
    ax.set_yscale("log")
    if curve.axis not in ("qubits", "threads"):
        ax.set_xscale("log")
    ax.plot(sizes, figures, "o-", label=f"skqml, {curve.law(what)}")
    ax.minorticks_off()
    ax.set_xticks(sizes, labels=map(str, sizes))
    ax.set_xlabel(f"{curve.axis} ({curve.rest})", fontsize=8)
    ax.set_ylabel(what, fontsize=8)
    ax.tick_params(labelsize=7)
