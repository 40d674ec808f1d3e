"""Features of Dask arrays: those of the rows, in the memory of a few blocks."""

import subprocess
import sys

import numpy as np
import pytest

from skqml import QuantumFeatures, QuantumNystroem, QuanvolutionTransformer, one_qubit_paulis

MODELS = {
    "nystroem": QuantumNystroem(n_components=20, random_state=0),
    "features": QuantumFeatures(observables=one_qubit_paulis, random_state=0),
    "quanvolution": QuanvolutionTransformer(random_state=0),
}


@pytest.mark.parametrize("name", MODELS)
def test_blocks_give_the_features_of_all_rows(name):
    import dask.array as da

    rows = da.random.default_rng(0).normal(size=(200, 4), chunks=(64, 4))
    X = rows.compute()
    model = MODELS[name].fit(X[:50])
    expected = model.transform(X)
    Z = rows.map_blocks(model.transform, dtype=float, chunks=(rows.chunks[0], expected.shape[1:]))
    assert Z.shape == expected.shape
    np.testing.assert_allclose(Z.compute(), expected, atol=1e-12)


PEAK = """
import resource, sys
import dask
import dask.array as da
from skqml import QuantumFeatures, QuantumNystroem

unit = 1 if sys.platform == "darwin" else 1024
dask.config.set(scheduler="synchronous")
for model in (QuantumNystroem(n_components=100, random_state=0), QuantumFeatures(random_state=0)):
    rows = da.random.default_rng(0).normal(size=(int(sys.argv[1]), 2), chunks=(2000, 2))
    model.fit(rows[:1000].compute())
    n_features = len(model.get_feature_names_out())
    Z = rows.map_blocks(model.transform, dtype=float, chunks=(rows.chunks[0], (n_features,)))
    Z[:6000].sum(axis=0).compute()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    Z.sum(axis=0).compute()
    print(unit * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before), Z.nbytes)
"""


def test_memory_is_that_of_blocks():
    """A hundred blocks need no more than three did, in a process of their own, whose peak nothing else moves."""
    command = [sys.executable, "-c", PEAK, "200000"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in printed.splitlines():
        grown, whole = map(int, line.split())
        assert grown < whole / 8
