"""A circuit as a layer of a PyTorch network: steps of gradient descent, against PennyLane's TorchLayer.

Steps follow each other, as in a training, each with other weights: a single one is so short that it would be timed with
whatever the contender before it left in the processor's caches.
"""

from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec

import numpy as np

from benchmarks.frame.contest import Contender, Group

_STEPS = 20


def cases(quick: bool) -> Iterator[Group]:
    """Yield 5 qubits, 3 strongly entangling layers, 64 rows, or a small one."""
    if find_spec("torch") is None:  # nobody is left to compare with
        return
    n_qubits, n_layers, n_samples = (3, 1, 4) if quick else (5, 3, 64)
    name = f"{_STEPS} times forward and backward, {n_qubits} qubits, {n_layers} layers, {n_samples} rows"
    yield Group(name, list(_contenders(n_qubits, n_layers, n_samples)), reference="skqml")


def _contenders(n_qubits: int, n_layers: int, n_samples: int) -> Iterator[Contender]:
    """All give the values and their derivatives by inputs and weights in each step; the slowest takes a single one."""
    rng = np.random.default_rng(0)
    X, w = rng.uniform(0, np.pi, (n_samples, n_qubits)), rng.uniform(0, np.pi, (n_layers, n_qubits, 3))
    peers: list[tuple[str, Callable, int, str]] = [
        ("skqml", skqml, _STEPS, "QuantumLayer, double precision"),
        ("PennyLane, default.qubit", partial(pennylane, "default.qubit", "backprop"), _STEPS, "TorchLayer"),
        ("PennyLane, lightning.qubit", partial(pennylane, "lightning.qubit", "adjoint"), 1, "TorchLayer, one step"),
    ]
    for label, make, n_steps, note in peers:
        try:
            call = _steps(*make(X, w), X, n_steps)
        except ImportError as error:
            yield Contender(label, None, note=str(error))
        else:
            part = partial(_first, n_steps)
            yield Contender(label, call, part=part, share=n_steps / _STEPS, note=note)


def _first(n_steps: int, found: np.ndarray) -> np.ndarray:
    return found[:n_steps]


def _steps(layer, weights, X: np.ndarray, n_steps: int) -> Callable:
    import torch

    x, start = torch.tensor(X, requires_grad=True), weights.detach().clone()

    def steps() -> np.ndarray:
        found = []
        weights.data.copy_(start)
        for _ in range(n_steps):
            values = layer(x)
            slopes = torch.autograd.grad(values.sum(), [x, weights])
            weights.data.sub_(slopes[1], alpha=0.01)
            found.append(torch.cat([t.detach().ravel() for t in (values, *slopes)]))
        return torch.stack(found).numpy()

    return steps


def skqml(X: np.ndarray, w: np.ndarray) -> tuple:
    """RX of the inputs, then rotations RZ, RY, RZ and CX to the qubit 1, 2, ... places on."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    from skqml.nn import QuantumLayer

    n_layers, n_qubits, _ = w.shape
    x, weights, circuit = ParameterVector("x", n_qubits), ParameterVector("w", w.size), QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        circuit.rx(x[q], q)
    for layer in range(n_layers):
        for q in range(n_qubits):
            k = 3 * (layer * n_qubits + q)
            circuit.rz(weights[k], q)
            circuit.ry(weights[k + 1], q)
            circuit.rz(weights[k + 2], q)
        for q in range(n_qubits):
            circuit.cx(q, (q + 1 + layer % (n_qubits - 1)) % n_qubits)
    layer = QuantumLayer(circuit, weights=w.ravel()).double()
    return layer, layer.weights


def pennylane(device: str, method: str, X: np.ndarray, w: np.ndarray) -> tuple:
    """The same circuit by PennyLane's own templates."""
    import pennylane as qml
    import torch

    n_qubits = X.shape[1]

    @qml.qnode(qml.device(device, wires=n_qubits), interface="torch", diff_method=method)
    def node(inputs, weights):
        qml.AngleEmbedding(inputs, range(n_qubits))
        qml.StronglyEntanglingLayers(weights, range(n_qubits))
        return [qml.expval(qml.PauliZ(q)) for q in range(n_qubits)]

    layer = qml.qnn.TorchLayer(node, {"weights": w.shape}, init_method=lambda t: t.data.copy_(torch.tensor(w)))
    return layer.double(), next(layer.parameters())
