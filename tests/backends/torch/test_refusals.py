"""What is refused: a GPU that is not there, what does not fit, and settings that are none."""

import numpy as np
import pytest
import torch
from qiskit import QuantumCircuit

from skqml import Exact, FidelityKernel, QuantumKernelSVC, Torch, all_z, clear_cache


def test_a_gpu_that_is_not_there(monkeypatch):
    """Wherever it is asked for, in one sentence that names the parameter."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    backend, X = Torch(device="cuda"), np.random.default_rng(0).normal(size=(6, 2))
    for ask in (
        lambda: backend.compile(QuantumCircuit(1), all_z(1)),
        lambda: backend.check_width(1),
        lambda: backend.overlaps(QuantumCircuit(1), np.zeros((1, 0))),
        lambda: QuantumKernelSVC(FidelityKernel(backend=backend)).fit(X, [0, 1, 0, 1, 0, 1]),
    ):
        with pytest.raises(ValueError, match=r'^device="cuda" needs a GPU that PyTorch can use, and there is none'):
            ask()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"device": "gpu"}, r"device must be one of \['cpu', 'cuda'\], got 'gpu'"),
        ({"precision": "half"}, "precision must be one of"),
        ({"max_memory": 0}, "max_memory must be"),
        ({"max_memory": 2**10}, r"max_memory=1024 bytes, but 6 qubits need 6144 bytes; use fewer qubits"),
    ],
)
def test_settings_that_are_none(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        Torch(**settings).check_width(6)


def test_complex_states_are_refused_by_their_own_size():
    """A width is refused where not even real states fit; then circuits whose states are complex."""
    backend, circuit = Torch(max_memory=2**13), QuantumCircuit(6)
    backend.check_width(6)
    for q in range(6):
        circuit.h(q)
        circuit.t(q)
        circuit.rx(0.3, q)
    with pytest.raises(ValueError, match="6 qubits need 12288 bytes"):
        backend.compile_overlaps(circuit)


def test_results_of_other_backends_are_not_taken_for_its_own():
    """Gram matrices are remembered: each backend computes its own."""
    circuit = QuantumCircuit(1)
    keys = [b.compile_overlaps(circuit).cache_key() for b in (Exact(), Torch(), Torch(precision="single"))]
    assert len(set(keys)) == 3
    clear_cache()
    X = np.random.default_rng(0).normal(size=(5, 3))
    K, other = (FidelityKernel(backend=b)(X) for b in (Exact(), Torch(precision="single")))
    assert 0 < np.abs(K - other).max() < 1e-5
