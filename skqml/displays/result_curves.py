"""What is drawn of a result of an inspection: a curve, and beside it what is expected."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .._checks import check_numbers, shown

_N_BINS = 40
_STEPS = {"drawstyle": "steps-mid", "marker": ""}


@dataclass(frozen=True)
class Curve:
    """A curve, and beside it what is expected.

    Attributes
    ----------
    x, y : array-like (n_points,)
    frame : dict
        Labels and scales of the axes.
    note : str
        What the legend says behind the name.
    x_expected, y_expected : array-like, default=None
    expected_name : str, default=None
    style : dict, default={}
        How the curve is drawn.
    """

    x: Any
    y: Any
    frame: dict[str, Any]
    note: str
    x_expected: Any = None
    y_expected: Any = None
    expected_name: str | None = None
    style: dict[str, Any] = field(default_factory=dict)


def _spectrum(result) -> Curve:
    frame = {"xlabel": "direction", "ylabel": "eigenvalue of the kernel matrix", "yscale": "log"}
    directions = np.arange(1, len(result.eigenvalues) + 1)
    return Curve(directions, result.eigenvalues, frame, f"effective rank {result.effective_rank:.1f}")


def _difference(result) -> Curve:
    frame = {"xlabel": "regularization", "ylabel": "geometric difference", "xscale": "log", "yscale": "log"}
    most = np.full(len(result.regularization), np.sqrt(result.n_samples))
    found = f"at most {result.difference.max():.3g}"
    return Curve(result.regularization, result.difference, frame, found, result.regularization, most, "sqrt(n_samples)")


def _shots(result) -> Curve:
    if not np.isfinite(result.per_entry):
        raise ValueError("result must be of finite numbers of shots, got a kernel all of whose entries are equal.")
    frame = {"xlabel": "shots for each entry", "ylabel": "error of an entry", "xscale": "log", "yscale": "log"}
    shots = result.per_entry * np.logspace(-2, 2, 21)
    asked = np.full(len(shots), result.precision)
    errors = result.precision * np.sqrt(result.per_entry / shots)
    return Curve(shots, errors, frame, f"{result.per_entry:,.0f} shots", shots, asked, "what is asked for")


def _gradients(result) -> Curve:
    x, label = (result.n_qubits, "qubits") if len(set(result.n_qubits)) > 1 else (result.depth, "depth")
    frame = {"xlabel": label, "ylabel": "variance of derivatives", "yscale": "log", "xticks": x}
    factor = result.factor_per_qubit
    return Curve(x, result.mean, frame, "" if factor is None else f"times {factor:.2f} with each qubit")


def _pairs(result) -> Curve:
    n_bins, frame = len(result.shares), {"xlabel": "fidelity of two states", "ylabel": "share of pairs"}
    middles = (np.arange(n_bins) + 0.5) / n_bins
    found = f"divergence {result.divergence:.3f} (random: {result.bias:.3f})"
    return Curve(middles, result.shares, frame, found, middles, result.haar_shares, "random states", _STEPS)


def _entanglement(result) -> Curve:
    counts, edges = np.histogram(np.clip(result.values, 0.0, 1.0), _N_BINS, (0.0, 1.0))
    shares, mean = counts / counts.sum(), result.haar_mean
    frame = {"xlabel": "entanglement of a state", "ylabel": "share of states"}
    found, style = f"mean {result.mean:.2f}", _STEPS
    x_expected, y_expected = [mean, mean], [0.0, shares.max()]
    return Curve(edges[:-1] + 0.5 / _N_BINS, shares, frame, found, x_expected, y_expected, "random states", style)


def _frequencies(result) -> Curve:
    frequencies = np.unique(np.concatenate(result.frequencies))
    shares = np.zeros(len(frequencies))
    for own, ways in zip(result.frequencies, result.degeneracies, strict=True):
        both = np.where(own > 0, 2.0, 1.0) * ways  # its negative belongs to a frequency
        shares[np.searchsorted(frequencies, own)] += both / both.sum() / len(result.frequencies)
    frame = {"xlabel": "frequency of a feature", "ylabel": "share of the ways to it"}
    return Curve(frequencies, shares, frame, f"{len(frequencies)} frequencies")


def _weights(result) -> Curve:
    frame = {"xlabel": "letters that Pauli strings may have", "ylabel": "score", "xticks": result.weights}
    found = "none suffices" if result.needed is None else f"{result.needed} suffice"
    itself = np.full(len(result.weights), result.score)
    return Curve(result.weights, result.scores, frame, found, result.weights, itself, "model itself")


def _capacities(result) -> Curve:
    """What `information_processing_capacity` returns."""
    degrees = np.arange(1, len(result.by_degree) + 1)
    frame = {"xlabel": "degree", "ylabel": "capacity", "xticks": degrees}
    return Curve(degrees, result.by_degree, frame, f"total {result.capacity:.1f}")


def _fisher(result) -> Curve:
    """Fisher information matrices."""
    F = check_numbers("result", result, (3,))
    if not F.size or F.shape[1] != F.shape[2]:
        raise ValueError(f"result must be Fisher matrices (n_draws, n_weights, n_weights), got {F.shape}.")
    values = np.sort(np.linalg.eigvalsh(F), axis=1)[:, ::-1].mean(axis=0)
    frame = {"xlabel": "direction of the weights", "ylabel": "eigenvalue of the Fisher information"}
    rank = int((values > 1e-9 * max(values[0], 1e-300)).sum())
    return Curve(np.arange(1, len(values) + 1), values, frame, f"{rank} directions matter")


def _concentrations(result) -> Curve:
    """Concentrations of a kernel at several widths."""
    if any(each.n_qubits is None for each in result):
        raise ValueError("result must know its number of qubits: give n_qubits to concentration.")
    n_qubits, variances, haar = ([getattr(r, k) for r in result] for k in ("n_qubits", "variance", "haar_variance"))
    frame = {"xlabel": "qubits", "ylabel": "variance of the kernel's entries", "yscale": "log", "xticks": n_qubits}
    return Curve(n_qubits, variances, frame, "", n_qubits, haar, "random states")


_CONCENTRATION = ("n_qubits", "variance", "haar_variance")
_KINDS: list[tuple[tuple[str, ...], Callable]] = [
    (("eigenvalues", "effective_rank"), _spectrum),
    (("regularization", "difference", "n_samples"), _difference),
    (("precision", "per_entry"), _shots),
    (("mean", "n_qubits", "depth", "factor_per_qubit"), _gradients),
    (("shares", "haar_shares", "divergence", "bias"), _pairs),
    (("values", "mean", "haar_mean"), _entanglement),
    (("frequencies", "degeneracies"), _frequencies),
    (("weights", "scores", "score", "needed"), _weights),
    (("by_degree", "capacity"), _capacities),
    (_CONCENTRATION, lambda result: _concentrations([result])),
]


def curve_of(result) -> Curve:
    """The curve of what a function of `skqml.inspection` returned, which tells by its attributes what it is."""
    if isinstance(result, np.ndarray):
        return _fisher(result)
    if isinstance(result, list | tuple) and result and all(_has(each, _CONCENTRATION) for each in result):
        return _concentrations(result)
    for attributes, draw in _KINDS:
        if _has(result, attributes):
            return draw(result)
    raise TypeError(
        "result must be what a function of skqml.inspection returns that is more than one number, or a list of what "
        f"concentration returned, got {shown(result)}."
    )


def _has(result, attributes) -> bool:
    return all(hasattr(result, name) for name in attributes)
