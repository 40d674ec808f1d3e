"""A training step where data enters before all weights: sweeps of all rows, or products with states computed once."""

from collections.abc import Iterator

import numpy as np

from benchmarks.frame.contest import Contender, Group
from benchmarks.gradients import compiled, skqml


def cases(quick: bool) -> Iterator[Group]:
    """Yield deep circuits of few qubits, where products pay, and one where the engine goes on sweeping."""
    sizes = [(3, 6, 100)] if quick else [(4, 20, 1000), (5, 40, 1000), (6, 40, 1000), (8, 6, 200)]
    for n_qubits, n_layers, n_samples in sizes:
        name = f"Training step, {n_qubits} qubits, {n_layers} layers, {n_samples} rows"
        yield Group(name, list(_contenders(n_qubits, n_layers, n_samples)), reference="as in training")


def _contenders(n_qubits: int, n_layers: int, n_samples: int) -> Iterator[Contender]:
    rng = np.random.default_rng(0)
    X = rng.uniform(0, np.pi, (n_samples, n_qubits))
    w = rng.uniform(0, np.pi, 2 * n_qubits * n_layers)
    rows, sweeps = compiled(n_qubits, n_layers).fix_rows(X), skqml(n_qubits, n_layers)

    def in_training():
        values, pullback = rows.forward(w)
        return values[:, 0], pullback(np.ones_like(values))[1]

    yield Contender("as in training", in_training, read=np.concatenate, note="the cheaper way")
    yield Contender("sweeps", lambda: sweeps(X, w), read=np.concatenate)
