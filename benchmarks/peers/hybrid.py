"""A small hybrid network, an epoch of plain gradient descent: in PyTorch, with circuits of skqml."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

N_INPUTS, N_CLASSES, BATCH, RATE = 64, 10, 250, 0.1


@dataclass(frozen=True)
class Task:
    """Rows with labels, and where the parameters start: a dense layer, angles, a dense layer."""

    X: np.ndarray
    y: np.ndarray
    start: tuple[np.ndarray, ...]
    n_layers: int

    @classmethod
    def drawn(cls, n_qubits: int, n_layers: int, n_samples: int) -> "Task":
        """One of random numbers: only times matter."""
        rng = np.random.default_rng(0)
        shapes = [(n_qubits, N_INPUTS), (2 * n_qubits * n_layers,), (N_CLASSES, n_qubits)]
        start = tuple(rng.normal(size=shape) * 0.2 for shape in shapes)
        return cls(rng.normal(size=(n_samples, N_INPUTS)), rng.integers(0, N_CLASSES, n_samples), start, n_layers)

    def batches(self) -> list[slice]:
        """Slices of rows."""
        return [slice(a, a + BATCH) for a in range(0, len(self.X), BATCH)]


def epoch_of(task: Task, backend, device: str) -> Callable[[], np.ndarray]:
    """A function that trains from the start, and returns all parameters as one vector."""
    import torch
    from torch import nn

    from benchmarks.gradients import ring_circuit
    from skqml.nn import QuantumLayer

    n_qubits = len(task.start[0])
    layer = QuantumLayer(ring_circuit(n_qubits, task.n_layers), weights=task.start[1], backend=backend)
    network = nn.Sequential(
        nn.Linear(N_INPUTS, n_qubits, bias=False), nn.Tanh(), layer, nn.Linear(n_qubits, N_CLASSES, bias=False)
    ).to(device, torch.float64)
    start = [torch.tensor(values, device=device) for values in task.start]
    parameters = [network[0].weight, layer.weights, network[3].weight]
    X, y = torch.tensor(task.X, device=device), torch.tensor(task.y, device=device)

    def run() -> np.ndarray:
        with torch.no_grad():
            for parameter, values in zip(parameters, start, strict=True):
                parameter.copy_(values)
        for rows in task.batches():
            slopes = torch.autograd.grad(nn.functional.cross_entropy(network(X[rows]), y[rows]), parameters)
            with torch.no_grad():
                for parameter, slope in zip(parameters, slopes, strict=True):
                    parameter -= RATE * slope
        return np.concatenate([parameter.detach().cpu().numpy().ravel() for parameter in parameters])

    return run
