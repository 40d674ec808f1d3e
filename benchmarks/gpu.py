"""A GPU: values and gradients, a Gram matrix of 60,000 rows, epochs of a hybrid network, beside JAX on the same GPU.

All results are compared with those of exact simulation on the processor before any time is shown.
"""

import os
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from benchmarks import gradients
from benchmarks.frame.contest import Contender, Group
from benchmarks.frame.runner import NothingToMeasure

DOUBLE, SINGLE, OTHERS = 1e-9, 1e-4, 1e-6  # how far results may be from those of `Exact`
SHOWN = slice(None, None, 59)  # rows and columns of a Gram matrix that are compared


def cases(quick: bool) -> Iterator[Group]:
    """Yield all comparisons on a GPU, or small ones on the processor."""
    if quick and find_spec("torch") is None:  # nobody is left to compare with
        return
    device = "cpu" if quick else found_gpu()
    sizes = [(3, 1, 5), (4, 1, 2)] if quick else [(8, 6, 2000), (12, 6, 500), (16, 6, 50), (20, 2, 8), (24, 2, 1)]
    for size in sizes:
        yield values_and_gradients(device, *size)
    yield gram(device, *((3, 70) if quick else (10, 60_000)))
    for size in [(3, 1, 40)] if quick else [(5, 3, 10_000), (10, 3, 10_000)]:
        yield epoch(device, *size)


def found_gpu() -> str:
    """The device, where there is one."""
    if find_spec("torch") is None or not import_module("torch").cuda.is_available():
        raise NothingToMeasure(
            "No GPU that PyTorch can use is on this machine, so nothing was measured; --quick makes the same "
            "comparisons, small ones, on the processor."
        )
    return "cuda"


def memory(device: str) -> int:
    """Bytes for states: half of a GPU's."""
    cuda = import_module("torch").cuda
    return 2**32 if device == "cpu" else cuda.get_device_properties(0).total_memory // 2


def ours(device: str) -> list[tuple]:
    """Labels, backends, and how far results may be from those of the first."""
    from skqml import Exact, Torch

    n_bytes = memory(device)
    return [
        ("Exact", Exact(max_memory=2**34), 0.0),
        (f"Torch, {device}", Torch(device, "double", n_bytes), DOUBLE),
        (f"Torch, {device}, single precision", Torch(device, "single", n_bytes), SINGLE),
    ]


def contender(label: str, make: Callable[[], Callable], **about) -> Contender:
    """One whose call is what `make` returns; one that is not installed where it cannot."""
    try:
        return Contender(label, make(), **about)
    except (ImportError, LookupError) as error:
        return Contender(label, None, note=str(error))


def use_jax(device: str, n_bytes: int) -> None:
    """Refuse JAX where it would compute elsewhere than PyTorch, or what it keeps does not fit."""
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # or nothing is left for PyTorch
    if device == "cuda" and import_module("jax").default_backend() != "gpu":
        raise LookupError("JAX finds no GPU")
    if n_bytes > memory(device):
        raise LookupError(f"needs {n_bytes / 2**30:.0f} GiB for what it keeps")


def values_and_gradients(device: str, n_qubits: int, n_layers: int, n_samples: int) -> Group:
    """Means over rows of Z of qubit 0 behind `gradients.ring_circuit`, and its derivatives by the weights."""
    rng = np.random.default_rng(0)
    X, w = rng.uniform(0, np.pi, (n_samples, n_qubits)), rng.uniform(0, np.pi, 2 * n_qubits * n_layers)

    def called(compute: Callable, rows: np.ndarray = X) -> Callable:
        def call() -> np.ndarray:
            values, gradient = compute(rows, w)
            return np.append(gradient, values.sum()) / len(rows)

        return call

    def by_ours(backend) -> Callable:
        return called(gradients.skqml(n_qubits, n_layers, backend))

    def by_jax() -> Callable:
        use_jax(device, n_qubits * (4 * n_layers + 1) * n_samples * 16 << n_qubits)
        return called(gradients.pennylane_jax(n_qubits, n_layers))

    def by_lightning(rows: np.ndarray) -> Callable:
        if find_spec("pennylane") is None or find_spec("pennylane_lightning.lightning_gpu") is None:
            raise LookupError("pennylane-lightning-gpu")
        return called(gradients.lightning(n_qubits, n_layers, "lightning.gpu"), rows)

    few = X[: min(8, n_samples)]
    peers = [contender(label, partial(by_ours, backend), tolerance=bound) for label, backend, bound in ours(device)]
    peers.append(contender("PennyLane, JAX", by_jax, note="jit and vmap, compiled before"))
    peers.append(
        contender(
            "PennyLane, lightning.gpu",
            partial(by_lightning, few),
            part=lambda expected: called(gradients.skqml(n_qubits, n_layers), few)(),
            share=len(few) / n_samples,
            note=f"adjoint; ran {len(few)} of {n_samples} rows, scaled",
        )
    )
    return Group(f"Value and gradient, {n_qubits} qubits, {n_layers} layers, {n_samples} rows", peers, "Exact")


def gram(device: str, n_qubits: int, n_samples: int) -> Group:
    """The ZZ feature map of two repetitions, all rows with all."""
    from skqml import ZZEncoding, clear_cache
    from skqml.kernels import FidelityKernel

    X = np.random.default_rng(0).uniform(0, 2 * np.pi, (n_samples, n_qubits))

    def by_ours(backend) -> Callable:
        return partial(FidelityKernel(ZZEncoding(reps=2), backend=backend), X)

    def by_jax() -> Callable:
        use_jax(device, 0)
        return partial(import_module("benchmarks.peers.pennylane_jax").gram_in_tiles, X)

    about = {"before": clear_cache, "read": lambda K: K[SHOWN, SHOWN].copy()}
    peers = [
        contender(label, partial(by_ours, backend), tolerance=bound, **about) for label, backend, bound in ours(device)
    ]
    peers.append(contender("PennyLane, JAX", by_jax, note="tiles on and above the diagonal", **about))
    name = f"Gram matrix, ZZ feature map of 2 repetitions, {n_qubits} qubits, {n_samples} rows"
    return Group(name, peers, "Exact", rounds=3)


def epoch(device: str, n_qubits: int, n_layers: int, n_samples: int) -> Group:
    """One epoch of 64 inputs, a dense layer, a circuit, a dense layer and 10 classes; batches of 250, plain descent."""
    from benchmarks.peers import hybrid

    task = hybrid.Task.drawn(n_qubits, n_layers, n_samples)

    def by_ours(backend, at: str) -> Callable:
        return hybrid.epoch_of(task, backend, at)

    def by_jax() -> Callable:
        use_jax(device, 0)
        return import_module("benchmarks.peers.hybrid_jax").epoch_of(task)

    peers = [
        contender(label, partial(by_ours, backend, "cpu" if label == "Exact" else device), tolerance=bound)
        for label, backend, bound in ours(device)
    ]
    peers.append(contender("PennyLane, JAX", by_jax, note="a step under one jit, compiled before"))
    return Group(f"Epoch of a hybrid network, {n_qubits} qubits, {n_layers} layers, {n_samples} rows", peers, "Exact")
