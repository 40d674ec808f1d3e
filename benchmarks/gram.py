"""The Gram matrix of a ZZ feature map against the bare matrix product of the same shape, and against the peers."""

from collections.abc import Iterator
from importlib import import_module

import numpy as np

from benchmarks.frame.contest import Contender, Group
from benchmarks.peers import closed_form


def cases(quick: bool) -> Iterator[Group]:
    """Yield 10 qubits with 1,000 rows and 4 qubits with 200 rows, or small ones."""
    sizes = [(6, 100), (4, 50)] if quick else [(10, 1000), (4, 200)]
    for n_qubits, n_samples in sizes:
        X = np.random.default_rng(0).uniform(0, 2 * np.pi, (n_samples, n_qubits))
        name = f"Gram matrix, ZZ feature map of 2 repetitions, {n_qubits} qubits, {n_samples} rows"
        yield Group(name, [*_contenders(X)], reference="skqml")


def _contenders(X: np.ndarray) -> Iterator[Contender]:
    yield _peer("skqml", "ours", X, note="whole call, circuit compiled before, cache emptied")
    S = closed_form.states(X)
    yield Contender(
        "S @ S.conj().T",
        lambda: S @ S.conj().T,
        read=lambda overlaps: np.abs(overlaps) ** 2,
        note="the machine's limit: the bare product, states given",
    )
    yield _peer("NumPy, closed form", "closed_form", X, note="phases written by hand for this map, complex product")
    yield _peer("PennyLane, JAX", "pennylane_jax", X, note="jit and vmap, compiled before")
    yield _peer("sQUlearn, qulacs", "squlearn", X)
    yield _peer("qiskit-ml FidelityStatevectorKernel", "qiskit_ml", X)
    yield _peer("qiskit-ml FidelityQuantumKernel", "qiskit_ml", X, "gram_by_pairs", n_rows=8)


def _peer(label: str, module: str, X: np.ndarray, function: str = "gram", n_rows: int | None = None, note: str = ""):
    """Return the contender of a peer, on its first n_rows only where a whole matrix would take hours."""
    try:
        peer = import_module(f"benchmarks.peers.{module}")
    except ModuleNotFoundError as error:
        return Contender(label, None, note=f"no module {error.name}")
    compute = getattr(peer, function)
    forget = getattr(peer, "forget", None)
    if n_rows is None:
        return Contender(label, lambda: compute(X), before=forget, note=note)
    pairs, all_pairs = (m * (m - 1) // 2 for m in (n_rows, len(X)))
    return Contender(
        label,
        lambda: compute(X[:n_rows]),
        before=forget,
        part=lambda K: K[:n_rows, :n_rows],
        share=pairs / all_pairs,
        note=f"ran {pairs} pairs, scaled to {all_pairs} by time per pair",
    )
