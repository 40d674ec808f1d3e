"""Nystroem features of many rows on workers of a Dask cluster, beside this process alone."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import numpy as np

from benchmarks.frame.contest import Contender, Group

_N_FEATURES, _N_COMPONENTS = 10, 100


def cases(quick: bool) -> Iterator[Group]:
    """Yield features of 100,000 rows, block after block, by one thread and by two."""
    from distributed import Client, LocalCluster

    from skqml import clear_cache

    n_samples = 2_000 if quick else 100_000
    X = np.random.default_rng(0).normal(size=(n_samples, _N_FEATURES))
    for n in (1, 2):
        contenders = [Contender(f"this process, threads={n}", partial(_features(X, n).transform, X), clear_cache)]
        with ExitStack() as stack:
            options = {"n_workers": n, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
            client = stack.enter_context(Client(stack.enter_context(LocalCluster(**options))))
            call = partial(_on_workers, client, _features(X, 1), X)
            contenders.append(Contender(f"Dask, {n} workers", call, partial(client.run, clear_cache)))
            title = f"{_N_COMPONENTS} Nystroem features of {n_samples} rows, {_N_FEATURES} features, {n} threads"
            yield Group(title, contenders, contenders[0].label, rounds=5)


def _features(X, threads: int):
    """The transformer, learnt from a sample."""
    from skqml import Exact, FidelityKernel, QuantumNystroem, ZZEncoding

    kernel = FidelityKernel(ZZEncoding(), backend=Exact(threads=threads))
    return QuantumNystroem(kernel, n_components=_N_COMPONENTS, random_state=0).fit(X[:1000])


def _on_workers(client, features, X) -> np.ndarray:
    """Blocks of rows go there and features come back."""
    import dask.array as da

    rows = da.from_array(X, chunks=(len(X) // 8, X.shape[1]))
    done = rows.map_blocks(features.transform, dtype=float, chunks=(rows.chunks[0], (_N_COMPONENTS,)))
    return client.compute(done, sync=True)
