"""Many rows are run in blocks: the memory of a block, and the numbers of all at once."""

import tracemalloc

import numpy as np
import pytest

from skqml import Exact, ReuploadingEncoding, one_qubit_paulis
from skqml.engine.statevector import row_blocks

N_QUBITS, N_ROWS = 8, 3000
STATES = N_ROWS * 16 * 2**N_QUBITS  # bytes
RNG = np.random.default_rng(0)
X, W, G = RNG.uniform(0, 1, (N_ROWS, 4)), RNG.uniform(0, 1, 64), RNG.normal(size=(N_ROWS, 3 * N_QUBITS))


def everything(measured=False):
    """Values and gradients of all rows, and the most bytes that they took."""
    circuit = ReuploadingEncoding(N_QUBITS, trainable=True).build(4)
    program = Exact(threads=1).compile(circuit, one_qubit_paulis(N_QUBITS))
    w = W[: program.n_weights]
    program.forward(X[:100], w)[1](G[:100])  # finds out about itself
    if measured:
        tracemalloc.start()
    values, pullback = program.forward(X, w)
    found = [values, *pullback(G)]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found, most


@pytest.mark.parametrize("kept", [0, 2 * STATES])
def test_blocks_change_nothing_but_the_memory(monkeypatch, kept):
    whole, _ = everything()
    monkeypatch.setattr(row_blocks, "_SMALL", STATES // 20)
    monkeypatch.setattr(row_blocks, "_KEPT", kept)
    blocks, most = everything(measured=True)
    for a, b in zip(whole[:2], blocks[:2], strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(blocks[2], whole[2], rtol=0, atol=1e-13 * np.abs(whole[2]).max())
    assert (most > STATES) == bool(kept)
    assert kept or most < STATES / 2
